#include "analysis/beat_inputs.h"

#include "analysis/fast_math.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {

BeatInputs::BeatInputs(const LogBands& wide) {
    for (std::size_t b = 0; b < wide.count(); ++b) {
        const double octaves = std::log2(wide.centreHz(b) / 30);
        const auto g = static_cast<std::size_t>(std::clamp(octaves * 2, 0.0, kGroups - 1.0));
        group_.push_back(g);
        share_[g] += 1;
    }
    for (float& s : share_) s = s > 0 ? 1 / s : 0;
}

void BeatInputs::reset() {
    rise_ = {};
    before_ = {};
    hop_ = at_ = 0;
    frame_ = {};
}

bool BeatInputs::push(std::span<const float> logBands, std::span<const float> rise, std::span<const float> low) {
    for (std::size_t b = 0; b < group_.size(); ++b) rise_[group_[b]] += rise[b];
    if (++hop_ < kHops) return false;
    hop_ = 0;
    frame_ = {};
    for (std::size_t b = 0; b < group_.size(); ++b) frame_[group_[b]] += logBands[b];
    for (std::size_t g = 0; g < kGroups; ++g) {
        frame_[g] *= share_[g];
        frame_[kGroups + g] = rise_[g] * share_[g];
    }
    rise_ = {};
    float* level = &frame_[2 * kGroups];
    for (std::size_t k = 0; k < kBins; ++k) {
        level[k] = fastLog10(1.f + 4.f * low[kFirstBin + k]); // 4: to the scale of the 1024 window
        level[kBins + k] = std::max(0.f, level[k] - before_[at_][k]);
        before_[at_][k] = level[k];
    }
    at_ = (at_ + 1) % kLag;
    return true;
}

} // namespace titanus::analysis
