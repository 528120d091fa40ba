#include "analysis/beat_inputs.h"

#include "analysis/fast_math.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {

BeatInputs::BeatInputs(const LogBands& wide) : groups_(wide), rise_(wide.count()) {}

void BeatInputs::reset() {
    std::fill(rise_.begin(), rise_.end(), 0.f);
    before_ = {};
    hop_ = at_ = 0;
    frame_ = {};
}

bool BeatInputs::push(std::span<const float> logBands, std::span<const float> rise, std::span<const float> low) {
    for (std::size_t b = 0; b < rise_.size(); ++b) rise_[b] += rise[b];
    if (++hop_ < kHops) return false;
    hop_ = 0;
    const std::span<float> all(frame_);
    groups_.mean(logBands, all.first(kGroups));
    groups_.mean(rise_, all.subspan(kGroups, kGroups));
    std::fill(rise_.begin(), rise_.end(), 0.f);
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
