#include "analysis/resampler.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

constexpr int kZeroCrossings = 12;  // on each side: -70 dB images, 0.27 ms at 44.1 kHz
constexpr std::size_t kPhases = 256;

double chooseRate(double inputRate) {
    for (double base : {44100.0, 48000.0})
        for (double factor : {1.0, 2.0, 4.0})
            if (std::abs(inputRate - base * factor) < 1) return inputRate / factor;
    return 44100;
}

double window(double x) { // Blackman, x in -1..1
    return std::abs(x) >= 1 ? 0 : 0.42 + 0.5 * std::cos(core::kPi * x) + 0.08 * std::cos(2 * core::kPi * x);
}

} // namespace

Resampler::Resampler(double inputRate) : outputRate_(chooseRate(inputRate)) {
    step_ = inputRate / outputRate_;
    passThrough_ = std::abs(step_ - 1) < 1e-9;
    if (passThrough_) return;
    const double narrowing = std::max(1.0, step_);
    const double half = std::ceil(kZeroCrossings * narrowing);
    taps_ = static_cast<std::size_t>(2 * half);
    delaySeconds_ = half / inputRate;
    history_.assign(2 * taps_, 0.f);
    // Row p: weights for a point p/kPhases samples before the middle of the window, newest last.
    const double cutoff = 0.94 / narrowing;
    table_.resize((kPhases + 1) * taps_);
    for (std::size_t p = 0; p <= kPhases; ++p) {
        double sum = 0;
        float* row = &table_[p * taps_];
        for (std::size_t k = 0; k < taps_; ++k) {
            const double x = static_cast<double>(k) - (half - 1) + static_cast<double>(p) / kPhases;
            const double arg = core::kPi * cutoff * x;
            const double sinc = std::abs(arg) < 1e-9 ? 1 : std::sin(arg) / arg;
            const double weight = cutoff * sinc * window(x / half);
            row[k] = static_cast<float>(weight);
            sum += weight;
        }
        for (std::size_t k = 0; k < taps_; ++k) row[k] = static_cast<float>(row[k] / sum);
    }
    reset();
}

void Resampler::reset() {
    std::fill(history_.begin(), history_.end(), 0.f);
    at_ = 0;
    position_ = step_;
}

float Resampler::interpolate(double age) const {
    const double phase = std::clamp(age, 0.0, 1.0) * kPhases;
    const auto row = std::min(static_cast<std::size_t>(phase), kPhases - 1);
    const float mix = static_cast<float>(phase - static_cast<double>(row));
    const float* a = &table_[row * taps_];
    const float* b = a + taps_;
    const float* x = &history_[at_];
    float low = 0, high = 0;
    for (std::size_t k = 0; k < taps_; ++k) {
        low += a[k] * x[k];
        high += b[k] * x[k];
    }
    return low + mix * (high - low);
}

} // namespace titanus::analysis
