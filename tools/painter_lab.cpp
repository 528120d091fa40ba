// Paints a list of prompts and writes a contact sheet and figures: the tool behind docs/QUALITY.md.
//   painter_lab OUT.png [--steps N] [--side N] [--aspect A] [--seed N] [--threads N]
//               [--set id=value]... [--list FILE | PROMPT...]
// Without prompts the fixed list of 40 is painted. On stdout: one JSON line per prompt.
#include "core/image.h"
#include "guidance/clip/engine_clip.h"
#include "guidance/quality_prompts.h"
#include "params/store.h"
#include "params/text.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace titanus;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void paste(core::Image& sheet, const guidance::Canvas& canvas, int column, int row) {
    for (int y = 0; y < canvas.height; ++y)
        for (int x = 0; x < canvas.width; ++x) {
            std::uint8_t* to = sheet.at(column * canvas.width + x, row * canvas.height + y);
            const float* from = &canvas.rgba[static_cast<std::size_t>(y * canvas.width + x) * 4];
            for (int c = 0; c < 4; ++c) to[c] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(from[c], 0.f, 1.f)));
        }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fprintf(stderr, "usage: painter_lab OUT.png [options] [PROMPT...]\n"), 2;
    params::Store store;
    std::vector<std::string> prompts;
    int steps = 120, columns = 5;
    guidance::EngineOptions options;
    options.maxThreads = 0;
    for (int i = 2; i < argc; ++i) {
        const std::string a = argv[i];
        const auto next = [&] { return std::string(++i < argc ? argv[i] : ""); };
        if (a == "--steps") steps = std::stoi(next());
        else if (a == "--columns") columns = std::stoi(next());
        else if (a == "--aspect") options.aspect = std::stof(next());
        else if (a == "--seed") options.seed = std::stoull(next());
        else if (a == "--threads") options.threads = std::stoi(next());
        else if (a == "--every") { // each Nth of the fixed list
            const int nth = std::stoi(next());
            for (std::size_t k = 0; k < guidance::kQualityPrompts.size(); k += static_cast<std::size_t>(nth))
                prompts.push_back("a photo of " + std::string(guidance::kQualityPrompts[k]));
        } else if (a == "--set") {
            const std::string pair = next();
            const auto equals = pair.find('=');
            const auto index = params::findParam(pair.substr(0, equals));
            if (!index) return std::fprintf(stderr, "no parameter %s\n", pair.c_str()), 2;
            store.apply({*index, std::stof(pair.substr(equals + 1)), params::Origin::CommandLine, 0});
        } else prompts.push_back(a);
    }
    if (prompts.empty())
        for (const auto name : guidance::kQualityPrompts) prompts.push_back("a photo of " + std::string(name));
    if (options.threads == 0) options.threads = 1;

    core::Image sheet;
    double meanSimilarity = 0, seconds = 0;
    int best = 0;
    std::vector<guidance::Canvas> canvases;
    for (std::size_t k = 0; k < prompts.size(); ++k) {
        auto guide = guidance::loadGuide(options.modelDir);
        if (!guide) return std::fprintf(stderr, "%s\n", guide.problem().line().c_str()), 1;
        guidance::ClipEngine engine(std::move(guide).value(), options);
        engine.useThreads(options.threads);
        store.setText(params::promptText(0), prompts[k]);
        modulation::FrameState state;
        state.effective = store.snapshot();
        state.texts = store.texts();
        state.space.aspect = options.aspect;
        guidance::Canvas canvas;
        const double began = now();
        for (int step = 0; step < steps; ++step) {
            state.frame = static_cast<std::uint64_t>(step);
            state.seconds = step / 30.0;
            state.dtSeconds = 1 / 30.0;
            engine.step(state, canvas);
        }
        seconds += now() - began;
        std::vector<std::string> texts{prompts[k]};
        for (const auto other : guidance::kQualityPrompts) texts.push_back("a photo of " + std::string(other));
        const std::vector<float> all = engine.similaritiesTo(texts, 24);
        const float similarity = all[0];
        best += *std::max_element(all.begin() + 1, all.end()) <= similarity + 1e-6f;
        meanSimilarity += similarity / static_cast<double>(prompts.size());
        std::printf("{\"prompt\":\"%s\",\"similarity\":%.4f,\"presence\":%.3f}\n", prompts[k].c_str(), similarity, canvas.prompts[0].presence);
        std::fflush(stdout);
        if (sheet.width == 0) {
            const int rows = static_cast<int>((prompts.size() + static_cast<std::size_t>(columns) - 1) / static_cast<std::size_t>(columns));
            sheet.width = canvas.width * columns;
            sheet.height = canvas.height * rows;
            sheet.rgba.assign(static_cast<std::size_t>(sheet.width * sheet.height * 4), 255);
        }
        paste(sheet, canvas, static_cast<int>(k) % columns, static_cast<int>(k) / columns);
        if (!core::writePng(argv[1], sheet)) return 1;
    }
    std::printf("{\"mean_similarity\":%.4f,\"best_of_list\":%d,\"of\":%zu,\"ms_per_step\":%.2f}\n", meanSimilarity, best, prompts.size(),
                1000 * seconds / (static_cast<double>(steps) * static_cast<double>(prompts.size())));
    return 0;
}
