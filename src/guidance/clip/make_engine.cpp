// Builds the torch engine: the device, threads, then the guides, and how finely they reckon.
#include "guidance/clip/make_engine.h"

#include "guidance/clip/engine_clip.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace titanus::guidance {
namespace {

double seconds(ClipEngine& engine) {
    const auto start = std::chrono::steady_clock::now();
    engine.bareTower(4);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A second thread helps on a quiet machine and harms on a busy one: measure, interleaved, and take
// the smaller team unless the larger is clearly faster.
int fastestTeam(ClipEngine& engine, int most) {
    constexpr double kWorthIt = 0.85;
    constexpr int kRounds = 3;
    std::vector<int> teams;
    for (int n = 1; n < most; n *= 2) teams.push_back(n);
    teams.push_back(most);
    std::vector<double> best(teams.size(), 1e9);
    for (int round = 0; round < kRounds; ++round)
        for (std::size_t i = 0; i < teams.size(); ++i) {
            at::set_num_threads(teams[i]);
            best[i] = std::min(best[i], seconds(engine));
        }
    std::size_t chosen = 0;
    for (std::size_t i = 1; i < teams.size(); ++i)
        if (best[i] < kWorthIt * best[chosen]) chosen = i;
    return teams[chosen];
}

// Half precision on a processor: only where it has instructions for it, and a pass of the tower is
// clearly faster. Interleaved; the guide stays in float32 unless this says otherwise.
bool bfloat16IsFaster(const std::filesystem::path& model, const Guide& guide) {
    if (!processorHasBfloat16()) return false;
    auto other = loadGuide(model);
    if (!other) return false;
    Device half;
    half.tower = at::kBFloat16;
    other.value()->moveTo(half);
    const at::NoGradGuard noGrad;
    const at::Tensor images = at::full({4, 3, guide.inputSize(), guide.inputSize()}, 0.5);
    const auto pass = [&](const Guide& g) {
        const auto start = std::chrono::steady_clock::now();
        g.encodeImages(images);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    constexpr double kWorthIt = 0.85;
    double wide = 1e9, narrow = 1e9;
    for (int round = 0; round < 4; ++round) {
        wide = std::min(wide, pass(guide));
        narrow = std::min(narrow, pass(*other.value()));
    }
    return narrow < kWorthIt * wide;
}

} // namespace

core::Result<std::unique_ptr<Engine>> makeClipEngine(const EngineOptions& options) {
    static const bool interOpSet = [] {
        at::set_num_interop_threads(1);
        return true;
    }();
    (void)interOpSet;
    auto guide = loadGuide(options.modelDir);
    if (!guide) return guide.problem();
    std::vector<Judge> more;
    for (const GuideChoice& choice : options.more) {
        auto other = loadGuide(choice.model);
        if (!other) return other.problem();
        if (choice.weight > 0) more.push_back({std::move(other).value(), choice.weight});
    }
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const int most = options.maxThreads > 0 ? std::min(options.maxThreads, cores) : cores;
    at::set_num_threads(std::max(options.threads, 1));
    Device device = chooseDevice(options);
    if (device.isCpu() && !options.repeatable && options.precision == Precision::Automatic && bfloat16IsFaster(options.modelDir, *guide.value()))
        device.tower = at::kBFloat16;
    guide.value()->moveTo(device);
    for (const Judge& judge : more) judge.guide->moveTo(device);
    auto engine = std::make_unique<ClipEngine>(std::move(guide).value(), options, std::move(more), device);
    // On a GPU the processor only launches.
    engine->useThreads(options.threads > 0 ? options.threads : device.isCpu() ? fastestTeam(*engine, most) : 1);
    return std::unique_ptr<Engine>(std::move(engine));
}

} // namespace titanus::guidance
