// Commands that print data: analyse, encode, models, params, devices.
#include "analysis/report.h"
#include "app/commands.h"
#include "app/stage_window.h"
#include "audio/devices.h"
#include "audio/sound.h"
#include "controls/midi.h"
#include "core/log.h"
#include "guidance/encode.h"
#include "guidance/model_list.h"
#include "params/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace titanus::app {
using nlohmann::json;

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

} // namespace

int failed(const core::Problem& problem) {
    core::logFailure(problem);
    return 1;
}

int runCommand(const Command& command) {
    struct Run {
        int operator()(const PlayOptions& o) const { return play(o); }
        int operator()(const RenderOptions& o) const { return render(o); }
        int operator()(const DrawOptions& o) const { return draw(o); }
        int operator()(const AnalyseOptions& o) const { return analyse(o); }
        int operator()(const EncodeOptions& o) const { return encode(o); }
        int operator()(const ModelsOptions& o) const { return models(o); }
        int operator()(const BenchOptions& o) const { return bench(o); }
        int operator()(const ParamsOptions& o) const { return listParams(o); }
        int operator()(const DevicesOptions& o) const { return listDevices(o); }
    };
    return std::visit(Run{}, command);
}

int analyse(const AnalyseOptions& options) {
    const auto sound = audio::readSound(options.file);
    if (!sound) return failed(sound.problem());
    print(analysis::analyseToJson(sound.value().samples, sound.value().sampleRate) + "\n");
    return 0;
}

int encode(const EncodeOptions& options) {
    json out = json::array();
    if (options.tokens) {
        for (const std::string& text : options.texts) {
            const auto ids = guidance::tokenIds(options.model, text);
            if (!ids) return failed(ids.problem());
            out.push_back({{"text", text}, {"ids", ids.value()}});
        }
    } else {
        const auto texts = guidance::encodeTexts(options.model, options.texts);
        if (!texts) return failed(texts.problem());
        for (std::size_t i = 0; i < options.texts.size(); ++i)
            out.push_back({{"text", options.texts[i]}, {"embedding", texts.value()[i]}});
        const std::vector<std::filesystem::path> paths(options.images.begin(), options.images.end());
        const auto images = guidance::encodeImageFiles(options.model, paths);
        if (!images) return failed(images.problem());
        for (std::size_t i = 0; i < paths.size(); ++i)
            out.push_back({{"image", options.images[i]}, {"embedding", images.value()[i]}});
    }
    print(out.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
    return 0;
}

int models(const ModelsOptions& options) {
    if (options.verb == "list") {
        print(guidance::listModels());
        return 0;
    }
    const auto report = guidance::verifyModel(options.name);
    if (!report) return failed(report.problem());
    print(report.value() + "\n");
    return 0;
}

int listDevices(const DevicesOptions&) {
    const auto sound = audio::listDevices();
    const auto list = [](const char* title, const auto& names) {
        fmt::print("{}\n", title);
        for (const std::string& name : names) fmt::print("  {}\n", name);
        if (names.empty()) fmt::print("  none\n");
    };
    std::vector<std::string> inputs, outputs;
    for (const auto& d : sound.inputs)
        inputs.push_back(fmt::format("device:{}  ({}, {} channels, {:.0f} Hz{}{})", d.name, d.system, d.inputs, d.sampleRate,
                                     d.defaultInput ? ", default" : "", d.monitor ? ", what the computer plays" : ""));
    for (const auto& d : sound.outputs) outputs.push_back(fmt::format("{}  ({}{})", d.name, d.system, d.defaultOutput ? ", default" : ""));
    list("Sound inputs", inputs);
    list("Sound outputs", outputs);
    const auto midi = controls::listMidiPorts();
    list("MIDI inputs", midi.inputs);
    list("MIDI outputs", midi.outputs);
    std::vector<std::string> displays;
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) == 0) {
        displays = displayNames();
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    }
    for (std::size_t i = 0; i < displays.size(); ++i) displays[i] = fmt::format("{}  {}", i + 1, displays[i]);
    list("Displays", displays);
    return 0;
}

int listParams(const ParamsOptions& options) {
    print(options.markdown ? params::catalogueMarkdown() : params::catalogueTable());
    return 0;
}

} // namespace titanus::app
