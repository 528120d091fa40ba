#include "modulation/formula_variables.h"

#include <algorithm>
#include <numeric>

namespace titanus::modulation {
using params::kSourceCount;
using params::Source;

namespace {

constexpr auto kNames = [] {
    std::array<std::string_view, kFormulaNameCount> names{};
    for (std::size_t i = 0; i < kSourceCount; ++i) names[i] = params::kSources[i].id;
    constexpr std::array kOthers{"t", "dt", "beat", "bpm", "phase", "rms", "r", "R", "mu"};
    static_assert(kSourceCount + kOthers.size() == kFormulaNameCount);
    std::copy(kOthers.begin(), kOthers.end(), names.begin() + kSourceCount);
    return names;
}();

// Nearest, farthest and middle distance, the middle as in PyTTI: (mean + median) / 2.
std::array<double, 3> depthOf(const CameraSpace& space) {
    constexpr int kColumns = 17, kRows = 9;
    std::array<double, kColumns * kRows> depths{};
    std::size_t n = 0;
    for (int row = 0; row < kRows; ++row)
        for (int column = 0; column < kColumns; ++column) {
            const Vec2 p{space.aspect * (2.0 * column / (kColumns - 1) - 1), 2.0 * row / (kRows - 1) - 1};
            // The picture's own brightness is not known here: spread it evenly.
            depths[n] = depthAt(space, p, static_cast<double>(n % 11) / 10);
            ++n;
        }
    std::sort(depths.begin(), depths.end());
    const double mean = std::accumulate(depths.begin(), depths.end(), 0.0) / static_cast<double>(depths.size());
    return {depths.front(), depths.back(), (mean + depths[depths.size() / 2]) / 2};
}

bool same(const CameraSpace& a, const CameraSpace& b) {
    return a.depth == b.depth && a.relief == b.relief && a.aspect == b.aspect;
}

} // namespace

std::span<const std::string_view, kFormulaNameCount> formulaNames() { return kNames; }

void FormulaVariables::update(const FrameState& state, double dtSeconds) {
    before_ = now_;
    dtSeconds_ = dtSeconds;
    for (std::size_t i = 0; i < kSourceCount; ++i) now_[i] = static_cast<double>(state.sources[i]);
    if (!started_ || !same(space_, state.space)) {
        space_ = state.space;
        depth_ = depthOf(space_);
    }
    const auto source = [&](Source s) { return now_[static_cast<std::size_t>(s)]; };
    const std::array others{state.seconds, dtSeconds, state.beat, state.bpm, source(Source::BeatPhase), source(Source::Level),
                            depth_[0], depth_[1], depth_[2]};
    std::copy(others.begin(), others.end(), now_.begin() + kSourceCount);
    if (!started_) before_ = now_;
    started_ = true;
}

} // namespace titanus::modulation
