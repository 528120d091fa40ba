// Commands that print data: analyse, encode, models, params, devices.
#include "analysis/report.h"
#include "app/commands.h"
#include "app/stage_window.h"
#include "audio/devices.h"
#include "audio/sound.h"
#include "controls/midi.h"
#include "controls/pytti_import.h"
#include "core/files.h"
#include "core/log.h"
#include "guidance/encode.h"
#include "guidance/model_get.h"
#include "guidance/model_list.h"
#include "params/text.h"
#include "render/icon.h"

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
        int operator()(const ImportOptions& o) const { return importSettings(o); }
        int operator()(const IconOptions& o) const { return icon(o); }
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
    if (options.verb == "get") {
        guidance::GetOptions get;
        get.into = core::configDir() / "models";
        get.progress = [](const std::string& file, std::uint64_t bytes, std::uint64_t total) {
            constexpr double kMiB = 1 << 20;
            fmt::print(stderr, "\rtitanus: {} {:.1f} MiB{}", file, static_cast<double>(bytes) / kMiB,
                       total ? fmt::format(" of {:.1f}", static_cast<double>(total) / kMiB) : std::string());
        };
        const auto folder = guidance::getModel(options.name, get);
        fmt::print(stderr, "\n");
        if (!folder) return failed(folder.problem());
        print(folder.value().string() + "\n");
        return 0;
    }
    if (options.verb == "convert") {
        const auto done = guidance::convertModel(options.name, options.to, {.script = core::dataDir("tools") / "convert_clip.py"});
        return done ? 0 : failed(done.problem());
    }
    const auto report = guidance::verifyModel(options.name);
    if (!report) return failed(report.problem());
    print(report.value() + "\n");
    return 0;
}

int importSettings(const ImportOptions& options) {
    const auto imported = controls::importPytti(options.file);
    if (!imported) return failed(imported.problem());
    for (const std::string& key : imported.value().unknown) fmt::print(stderr, "titanus: {}: not a setting of PyTTI, left out\n", key);
    for (const std::string& note : imported.value().notes) fmt::print(stderr, "titanus: {}\n", note);
    const std::string preset = controls::writePreset(imported.value().preset);
    if (options.output == "-") {
        print(preset);
        return 0;
    }
    const auto path = options.output.empty() ? std::filesystem::path(options.file).replace_extension(".toml") : std::filesystem::path(options.output);
    if (const auto written = core::writeFileAtomic(path, preset); !written) return failed(written.problem());
    print(path.string() + "\n");
    return 0;
}

int icon(const IconOptions& options) {
    const auto written = core::writePng(options.output, render::drawIcon(options.side));
    return written ? 0 : failed(written.problem());
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
