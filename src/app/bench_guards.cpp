// What protecting the show costs the main path: the flash guard on the GPU, the control log and the
// journal on main, the collapse guard on guidance. Each beside the frame or the step that it is
// taken from, in the same run.
#include "app/bench_guards.h"

#include "app/journal.h"
#include "app/replay.h"
#include "controls/control_log.h"
#include "guidance/collapse_guard.h"
#include "render/bench.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace titanus::app {
using nlohmann::json;
using params::param;

namespace {

namespace fs = std::filesystem;
constexpr double kFps = 60, kStepsPerSecond = 25;
constexpr int kFrames = 3600, kSteps = 500;

class Scratch { // a folder of its own, gone afterwards
  public:
    Scratch() : path(fs::temp_directory_path() / ("titanus-bench-" + std::to_string(::getpid()))) { fs::create_directories(path); }
    ~Scratch() {
        std::error_code ec;
        fs::remove_all(path, ec);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const fs::path path;
};

struct Times {
    std::vector<double> seconds;
    template <class Call> void take(const core::Clock& clock, Call call) {
        const double began = clock.seconds();
        call();
        seconds.push_back(clock.seconds() - began);
    }
    double quantileUs(double share) {
        std::sort(seconds.begin(), seconds.end());
        return 1e6 * seconds[std::min(seconds.size() - 1, static_cast<std::size_t>(share * static_cast<double>(seconds.size())))];
    }
    json figures() { return {{"medianUs", quantileUs(0.5)}, {"p99Us", quantileUs(0.99)}, {"mostUs", quantileUs(1)}}; }
};

guidance::Canvas canvasOf(int width, int height) {
    guidance::Canvas canvas;
    canvas.width = width;
    canvas.height = height;
    canvas.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    for (std::size_t i = 0; i < canvas.rgba.size(); ++i) canvas.rgba[i] = 0.5f + 0.4f * std::sin(static_cast<float>(i) * 0.013f);
    return canvas;
}

} // namespace

core::Result<std::string> benchGuards(double seconds) {
    const core::SteadyClock clock;
    const auto flash = render::benchFlashGuard({.seconds = seconds});
    if (!flash) return flash.problem();

    const Scratch scratch;
    controls::ControlLogHeader header;
    header.featureBytes = sizeof(analysis::Features);
    header.featureLayout = featureLayout();
    auto log = controls::ControlLogWriter::create(scratch.path / "bench.tlog", header);
    if (!log) return log.problem();
    auto journal = Journal::open(scratch.path);
    if (!journal) return journal.problem();
    params::Store store;
    analysis::Features features;
    guidance::Canvas canvas = canvasOf(512, 288);
    const controls::Preset preset;
    Times logged, journaled;
    core::Result<void> written;
    // Something moves and sounds in each frame: the most that there is to write down.
    for (int i = 0; i < kFrames && written; ++i) {
        const double now = i / kFps;
        store.apply({param("camera.zoom"), 0.5f + 0.4f * std::sin(static_cast<float>(i) * 0.1f), params::Origin::Midi, now});
        features.seconds = now;
        features.level = 0.5f + 0.5f * std::sin(static_cast<float>(i) * 0.3f);
        for (float& band : features.band) band = features.level * band + 0.01f * static_cast<float>(i % 7);
        ++canvas.generation;
        ++canvas.steps;
        logged.take(clock, [&] {
            log.value()->frame(now, canvas.steps, std::as_bytes(std::span(&features, 1)));
            log.value()->check(controls::hashOf(store));
            written = log.value()->tick(now);
        });
        if (written) journaled.take(clock, [&] { written = journal.value()->tick(store, preset, canvas, now); });
    }
    if (!written) return written.problem();

    Times looked;
    guidance::CollapseGuard guard;
    modulation::FrameState state;
    state.effective = store.snapshot();
    for (int i = 0; i < kSteps; ++i)
        looked.take(clock, [&] {
            guard.nudge(state);
            guard.look(canvas, i / kStepsPerSecond);
        });
    const double frameUs = 1000 * flash.value().frameMs;
    json logFigures = logged.figures(), journalFigures = journaled.figures();
    const double perFrame = logFigures["medianUs"].get<double>() + journalFigures["medianUs"].get<double>();
    const json all{{"flashGuard", {{"frameMs", flash.value().frameMs}, {"guardMs", flash.value().guardMs}, {"ratio", flash.value().ratio}}},
                   {"controlLog", logFigures}, {"journal", journalFigures},
                   {"logAndJournalRatio", (frameUs + perFrame) / frameUs},
                   {"collapseGuard", looked.figures()}};
    return all.dump();
}

} // namespace titanus::app
