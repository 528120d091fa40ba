#include "guidance/bench.h"

#include "core/image.h"
#include "guidance/clip/engine_clip.h"
#include "guidance/clip/make_engine.h"
#include "guidance/quality_prompts.h"
#include "params/store.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace titanus::guidance {
namespace {

constexpr double kDt = 1 / 30.0;
constexpr int kFreshCrops = 24;

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

// An engine with the states that drive it: catalogue defaults, no camera.
class Bench {
  public:
    static core::Result<std::unique_ptr<Bench>> open(const std::filesystem::path& modelDir, int threads = 0) {
        auto engine = makeClipEngine({.modelDir = modelDir, .threads = threads});
        if (!engine) return engine.problem();
        return std::unique_ptr<Bench>(new Bench(std::move(engine).value()));
    }
    void prompt(const std::string& text) { store_.setText(params::promptText(0), text); }
    const Canvas& step() {
        state_.effective = store_.snapshot();
        state_.texts = store_.texts();
        ++state_.frame;
        state_.seconds += kDt;
        state_.dtSeconds = kDt;
        engine().step(state_, canvas_);
        return canvas_;
    }
    ClipEngine& engine() { return static_cast<ClipEngine&>(*engine_); }
    int crops() const { return static_cast<int>(store_[params::param("guide.crops")]); }

  private:
    explicit Bench(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

    std::unique_ptr<Engine> engine_;
    params::Store store_;
    modulation::FrameState state_;
    Canvas canvas_;
};

std::string photoOf(std::string_view thing) { return "a photo of " + std::string(thing); }

} // namespace

core::Result<GuidanceBench> benchGuidance(const std::filesystem::path& modelDir, double forSeconds) {
    auto made = Bench::open(modelDir);
    if (!made) return made.problem();
    Bench& bench = *made.value();
    bench.prompt(photoOf(kQualityPrompts[1]));
    constexpr int kWarmUp = 3, kLeast = 8;
    std::vector<double> step, tower;
    const double began = seconds();
    for (int i = 0; i < kWarmUp + kLeast || seconds() - began < forSeconds; ++i) {
        const double t0 = seconds();
        bench.step();
        const double t1 = seconds();
        bench.engine().bareTower(bench.crops());
        const double t2 = seconds();
        if (i < kWarmUp) continue;
        step.push_back(t1 - t0);
        tower.push_back(t2 - t1);
    }
    const EngineInfo info = bench.engine().info();
    GuidanceBench out{info.guide, info.threads, info.inputSize, bench.crops(), static_cast<int>(step.size())};
    out.stepMs = 1000 * median(step);
    out.towerMs = 1000 * median(tower);
    out.overhead = out.stepMs / out.towerMs;
    out.stepsPerSecond = 1000 / out.stepMs;
    return out;
}

core::Result<ResponseBench> benchResponse(const std::filesystem::path& modelDir) {
    constexpr int kSteps = 160, kSettledFrom = 120;
    constexpr float kShare = 0.8f;
    auto made = Bench::open(modelDir);
    if (!made) return made.problem();
    Bench& bench = *made.value();
    ResponseBench out;
    std::vector<double> all;
    const std::size_t order[] = {1, 14, 6, 37, 9}; // of the fixed list, unlike one another
    for (std::size_t k = 0; k < std::size(order); ++k) {
        bench.prompt(photoOf(kQualityPrompts[order[k]]));
        std::vector<float> presence;
        for (int i = 0; i < kSteps; ++i) presence.push_back(bench.step().prompts[0].presence);
        if (k == 0) continue; // from noise is another matter
        float settled = 0;
        for (int i = kSettledFrom; i < kSteps; ++i) settled += presence[static_cast<std::size_t>(i)] / (kSteps - kSettledFrom);
        // The meter follows with a delay and first shows the prompt before: counted from the change,
        // but looked for after its lowest reading.
        const auto lowest = std::min_element(presence.begin(), presence.begin() + kSettledFrom);
        const auto reached = std::find_if(lowest, presence.end(), [&](float p) { return p >= kShare * settled; });
        const int steps = static_cast<int>(reached - presence.begin()) + 1;
        out.changes.push_back({std::string(kQualityPrompts[order[k - 1]]), std::string(kQualityPrompts[order[k]]), steps, settled});
        all.push_back(steps);
    }
    out.medianSteps = median(all);
    return out;
}

core::Result<QualityBench> benchQuality(const std::filesystem::path& modelDir, int steps, const std::filesystem::path& sheetPath) {
    constexpr int kColumns = 5, kRows = static_cast<int>(kQualityPrompts.size()) / kColumns;
    QualityBench out;
    core::Image sheet;
    int threads = 0; // measured once
    for (std::size_t k = 0; k < kQualityPrompts.size(); ++k) {
        auto made = Bench::open(modelDir, threads);
        if (!made) return made.problem();
        Bench& bench = *made.value();
        threads = bench.engine().info().threads;
        QualityBench::Item item{photoOf(kQualityPrompts[k])};
        bench.prompt(item.prompt);
        const Canvas* canvas = nullptr;
        for (int i = 0; i < steps; ++i) canvas = &bench.step();
        std::vector<std::string> texts{item.prompt};
        for (const auto name : kQualityPrompts) texts.push_back(photoOf(name));
        const std::vector<float> similar = bench.engine().similaritiesTo(texts, kFreshCrops);
        item.similarity = similar[0];
        for (std::size_t j = 1; j < similar.size(); ++j) item.rank += similar[j] > similar[0] + 1e-6f;
        out.meanSimilarity += item.similarity / static_cast<double>(kQualityPrompts.size());
        out.first += item.rank == 1;
        out.items.push_back(std::move(item));
        if (sheetPath.empty()) continue;
        const int width = canvas->width, height = canvas->height;
        if (sheet.width == 0) {
            sheet = {width * kColumns, height * kRows, {}};
            sheet.rgba.resize(static_cast<std::size_t>(sheet.width) * static_cast<std::size_t>(sheet.height) * 4);
        }
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width * 4; ++x)
                sheet.at(static_cast<int>(k) % kColumns * width, static_cast<int>(k) / kColumns * height + y)[x] =
                    static_cast<std::uint8_t>(std::lround(255 * std::clamp(canvas->rgba[static_cast<std::size_t>(y * width * 4 + x)], 0.f, 1.f)));
    }
    if (!sheetPath.empty())
        if (const auto written = core::writePng(sheetPath, sheet); !written) return written.problem();
    return out;
}

} // namespace titanus::guidance
