// The painter's benches: guidance, response, quality.
#include "app/commands.h"
#include "guidance/bench.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace titanus::app {
using nlohmann::json;

namespace {

int print(const json& figures) {
    fmt::print("{}\n", figures.dump(1));
    return 0;
}
} // namespace

int benchPainter(const BenchOptions& options) {
    if (options.what == "guidance") {
        const auto r = guidance::benchGuidance(options.model, options.seconds);
        if (!r) return failed(r.problem());
        const auto& g = r.value();
        return print({{"guide", g.guide}, {"threads", g.threads}, {"inputSize", g.inputSize}, {"crops", g.crops}, {"steps", g.steps},
                      {"stepMs", g.stepMs}, {"towerMs", g.towerMs}, {"stepOverhead", g.overhead}, {"stepsPerSecond", g.stepsPerSecond},
                      {"must", {{"stepOverhead", 1.35}}}, {"aim", {{"stepOverhead", 1.15}}}});
    }
    if (options.what == "response") {
        const auto r = guidance::benchResponse(options.model);
        if (!r) return failed(r.problem());
        json changes = json::array();
        for (const auto& c : r.value().changes)
            changes.push_back({{"from", c.from}, {"to", c.to}, {"steps", c.steps}, {"settledPresence", c.settledPresence}});
        return print({{"changes", changes}, {"medianSteps", r.value().medianSteps}, {"must", 80}, {"aim", 40}});
    }
    const auto r = guidance::benchQuality(options.model, 120, "titanus-quality.png");
    if (!r) return failed(r.problem());
    json items = json::array();
    for (const auto& i : r.value().items) items.push_back({{"prompt", i.prompt}, {"similarity", i.similarity}, {"rank", i.rank}});
    return print({{"items", items}, {"meanSimilarity", r.value().meanSimilarity}, {"first", r.value().first}, {"sheet", "titanus-quality.png"}});
}

} // namespace titanus::app
