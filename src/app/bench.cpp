// `titanus bench`: figures as JSON, each a ratio inside one run or a count.
#include "analysis/bench.h"
#include "app/bench_guards.h"
#include "app/commands.h"
#include "audio/demo_track.h"
#include "render/bench.h"
#include "render/offscreen_context.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace titanus::app {
using nlohmann::json;

namespace {

int print(const json& figures) {
    fmt::print("{}\n", figures.dump(1));
    return 0;
}
int benchAnalysisCommand() {
    const audio::Sound sound = audio::demoTrack();
    const auto r = analysis::benchAnalysis(sound.samples, sound.sampleRate);
    return print({{"soundSeconds", r.seconds}, {"realTimeFactor", r.realTimeFactor}, {"meanHopMs", r.meanHopMs},
                  {"p99HopMs", r.p99HopMs}, {"worstHopMs", r.worstHopMs}, {"denormalRatio", r.denormalRatio},
                  {"must", {{"realTimeFactor", 0.01}}}});
}

int benchDisplayCommand(const BenchOptions& options) {
    auto context = render::OffscreenContext::create();
    if (!context) return failed(context.problem());
    json all;
    // A painter that is merely slow, and one that hangs: the display must not notice.
    for (const auto& [name, rate] : {std::pair{"slowGuidance", 5.0}, std::pair{"hungGuidance", 0.0}}) {
        const auto run = render::benchDisplay({.seconds = options.seconds, .canvasesPerSecond = rate});
        if (!run) return failed(run.problem());
        const auto& r = run.value();
        all[name] = {{"pacedFps", r.pacedFps}, {"fpsMean", r.pace.fpsMean}, {"fpsLow1", r.pace.fpsLow1}, {"p50Ms", r.pace.p50Ms}, {"p99Ms", r.pace.p99Ms},
                     {"p99OverMedian", r.p99OverMedian}, {"longestPeriods", r.longestPeriods}, {"frames", r.pace.frames},
                     {"missedDeadlines", r.pace.missed}, {"longerThanTwoFrames", r.longerThanTwoFrames},
                     {"drawMsMedian", r.drawMsMedian}, {"drawMsP99", r.drawMsP99}, {"renderer", r.renderer.device},
                     {"paintHeight", r.renderer.paintHeight}};
    }
    auto guards = benchGuards(options.seconds);
    if (!guards) return failed(guards.problem());
    all["guards"] = json::parse(guards.value());
    all["aim"] = {{"p99OverMedian", 1.3}, {"longerThanTwoFrames", 0}};
    return print(all);
}

} // namespace

int bench(const BenchOptions& options) {
    if (options.what == "analysis") return benchAnalysisCommand();
    if (options.what == "display") return benchDisplayCommand(options);
    if (options.what == "latency") return benchLatency(options);
    return benchPainter(options);
}

} // namespace titanus::app
