#include "outputs/sound_drift.h"

#include <algorithm>
#include <cmath>

namespace titanus::outputs {
namespace {

// Sound comes in blocks and pictures are read back a few frames late: a constant distance that is
// learnt in the first seconds and kept, since it is no drift.
constexpr double kSettleSeconds = 2;
// What such a distance can be: a block the one way, a few frames the other. More is an error to
// be corrected, as after sound that began late.
constexpr double kMostBehind = 0.05, kMostAhead = 0.15;
// Smooths the jitter of both; lags 100 ppm by less than a millisecond.
constexpr double kSmoothSeconds = 5;
// More than any jitter, less than a gap one would not notice.
constexpr double kJumpSeconds = 0.25;
// Of the pitch: 0.5 % is about a twelfth of a semitone, and real cards need a hundredth of it.
constexpr double kMostStretch = 0.005;
constexpr double kLeastSeconds = 0.001;

} // namespace

SoundCorrection SoundDrift::update(double seconds, std::uint64_t heardFrames) {
    SoundCorrection correction;
    double ahead = (static_cast<double>(heardFrames) + static_cast<double>(given_)) / rate_ - seconds;
    if (std::abs(ahead - usual_) > kJumpSeconds) {
        correction.jumpFrames = -std::llround((ahead - usual_) * rate_);
        given_ += correction.jumpFrames;
        ahead = usual_;
        smooth_ = usual_;
        if (!settled_) {
            sum_ = 0;
            count_ = 0;
            settleFrom_ = seconds;
        }
    }
    const double dt = std::max(seconds - last_, 0.0);
    last_ = seconds;
    if (!settled_) {
        sum_ += ahead;
        ++count_;
        if (seconds - settleFrom_ < kSettleSeconds) return correction;
        smooth_ = sum_ / count_;
        usual_ = std::clamp(smooth_, -kMostBehind, kMostAhead);
        settled_ = true;
        corrected_ = seconds;
        return correction;
    }
    smooth_ += (1 - std::exp(-dt / kSmoothSeconds)) * (ahead - smooth_);
    if (seconds - corrected_ < 1) return correction;
    corrected_ = seconds;
    const double error = smooth_ - usual_;
    if (std::abs(error) < kLeastSeconds) return correction;
    correction.stretchFrames = static_cast<int>(std::lround(std::clamp(-error, -kMostStretch, kMostStretch) * rate_));
    given_ += correction.stretchFrames;
    smooth_ += correction.stretchFrames / rate_;
    return correction;
}

} // namespace titanus::outputs
