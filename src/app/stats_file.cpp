#include "app/stats_file.h"

#include "core/files.h"
#include "params/text.h"

#include <nlohmann/json.hpp>

namespace titanus::app {
using nlohmann::json;

std::string statsJson(const Stats& s) {
    json parameters = json::object();
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const params::Param& p = params::kCatalogue[i];
        const float value = s.store.snapshot().values[i];
        if (p.kind == params::Kind::Choice) parameters[std::string(p.id)] = params::format(p, value);
        else if (p.kind == params::Kind::Bool) parameters[std::string(p.id)] = value >= 0.5f;
        else parameters[std::string(p.id)] = value;
    }
    json texts = json::object();
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        texts[std::string(params::kTexts[i].id)] = s.store.texts()->values[i];
    json onsets = json::object();
    for (std::size_t i = 0; i < analysis::kOnsetKindCount; ++i)
        onsets[std::string(analysis::kOnsetKinds[i])] = s.features.onsets[i];
    json presence = json::object();
    for (int i = 0; i < params::kPromptSlots; ++i) {
        const auto& reading = s.canvas.prompts[static_cast<std::size_t>(i)];
        if (reading.active) presence[(*s.store.texts())[params::promptText(i)]] = reading.presence;
    }
    json problems = json::array();
    for (const auto& entry : s.problems.entries())
        problems.push_back({{"text", entry.problem.line()}, {"count", entry.count}});
    const json all{
        {"parameters", parameters},
        {"texts", texts},
        {"seconds", s.seconds},
        {"firstPictureSeconds", s.firstPictureSeconds},
        {"steps", s.canvas.steps},
        {"stepsPerSecond", s.stepsPerSecond},
        {"stepMs", s.canvas.stepSeconds * 1000},
        {"fps", {{"mean", s.display.fpsMean}, {"low1", s.display.fpsLow1}}},
        {"frameMs", {{"p50", s.display.p50Ms}, {"p99", s.display.p99Ms}, {"max", s.display.maxMs}}},
        {"frames", s.display.frames},
        {"missedDeadlines", s.display.missed},
        {"onsets", onsets},
        {"bpm", s.features.clock.bpm()},
        {"beatConfidence", s.features.clock.confidence},
        {"level", s.features.level},
        {"canvasAgeMs", s.canvasAgeMs},
        {"audio", {{"device", s.audioDevice}, {"rate", s.audioRate}, {"overruns", s.audioOverruns}}},
        {"presence", presence},
        {"collapse", {{"contrast", s.health.contrast}, {"extremes", s.health.extremes}, {"fineness", s.health.fineness},
                      {"change", s.health.change}, {"nudges", s.nudges}}},
        {"problems", problems},
    };
    // Prompts come from outside and may not be valid UTF-8.
    return all.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

void StatsFile::update(const Stats& stats, ProblemBoard& problems, bool force) {
    if (path_.empty() || (!force && stats.seconds - lastSeconds_ < 1)) return;
    lastSeconds_ = stats.seconds;
    if (const auto written = core::writeFileAtomic(path_, statsJson(stats)); !written)
        problems.add(written.problem(), stats.seconds);
}

} // namespace titanus::app
