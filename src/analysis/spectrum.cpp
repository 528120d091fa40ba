#include "analysis/spectrum.h"

#include "core/units.h"

#include <kissfft/kiss_fftr.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace titanus::analysis {

struct SlidingSpectrum::Plan {
    explicit Plan(std::size_t size) : config(kiss_fftr_alloc(static_cast<int>(size), 0, nullptr, nullptr)) {}
    ~Plan() { kiss_fftr_free(config); }
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;
    kiss_fftr_cfg config;
};

SlidingSpectrum::SlidingSpectrum(std::size_t size, std::size_t fall, std::size_t back)
    : size_(size), kept_(size + back), window_(size), history_(2 * kept_), buffer_(size), magnitude_(size / 2 + 1),
      spectrum_(size / 2 + 1), plan_(std::make_unique<Plan>(size)) {
    static_assert(sizeof(kiss_fft_cpx) == sizeof(std::complex<float>));
    const double falls = static_cast<double>(fall > 0 ? fall : size / 2), rises = static_cast<double>(size) - falls;
    for (std::size_t i = 0; i < size; ++i) {
        const double at = static_cast<double>(i);
        const double w = 0.5 - 0.5 * std::cos(core::kPi * (at < rises ? at / rises : 1 + (at - rises) / falls));
        window_[i] = static_cast<float>(w);
    }
}
SlidingSpectrum::~SlidingSpectrum() = default;
SlidingSpectrum::SlidingSpectrum(SlidingSpectrum&&) noexcept = default;

void SlidingSpectrum::reset() {
    std::fill(history_.begin(), history_.end(), 0.f);
    std::fill(magnitude_.begin(), magnitude_.end(), 0.f);
    at_ = 0;
}

void SlidingSpectrum::push(std::span<const float> samples) {
    for (float s : samples) { // twice: a window never wraps
        history_[at_] = s;
        history_[at_ + kept_] = s;
        if (++at_ == kept_) at_ = 0;
    }
}

void SlidingSpectrum::transform(std::size_t back) {
    const float* x = &history_[at_ + kept_ - size_ - std::min(back, kept_ - size_)];
    for (std::size_t i = 0; i < size_; ++i) buffer_[i] = x[i] * window_[i];
    kiss_fftr(plan_->config, buffer_.data(), reinterpret_cast<kiss_fft_cpx*>(spectrum_.data()));
    for (std::size_t i = 0; i < magnitude_.size(); ++i) {
        const float re = spectrum_[i].real(), im = spectrum_[i].imag();
        magnitude_[i] = std::sqrt(re * re + im * im);
    }
}

DecimatorBy8::DecimatorBy8() : weights_(kTaps), history_(kTaps, 0.f) {
    // Passes to 0.015 of the rate (660 Hz), stops what folds onto it, beyond 0.11.
    double sum = 0;
    for (std::size_t i = 0; i < kTaps; ++i) {
        const double x = static_cast<double>(i) - (kTaps - 1) / 2.0;
        const double arg = 2 * core::kPi * 0.06 * x;
        const double t = x / (kTaps / 2.0);
        const double w = 0.42 + 0.5 * std::cos(core::kPi * t) + 0.08 * std::cos(2 * core::kPi * t);
        const double weight = std::sin(arg) / arg * w;
        weights_[i] = static_cast<float>(weight);
        sum += weight;
    }
    for (float& w : weights_) w = static_cast<float>(w / sum);
}

void DecimatorBy8::reset() { std::fill(history_.begin(), history_.end(), 0.f); }

void DecimatorBy8::process(std::span<const float> in, std::span<float> out) {
    std::size_t o = 0;
    for (std::size_t i = 0; i + kFactor <= in.size(); i += kFactor) {
        std::memmove(history_.data(), history_.data() + kFactor, (kTaps - kFactor) * sizeof(float));
        std::memcpy(history_.data() + kTaps - kFactor, in.data() + i, kFactor * sizeof(float));
        float sum = 0;
        for (std::size_t k = 0; k < kTaps; ++k) sum += weights_[k] * history_[k];
        out[o++] = sum;
    }
}

} // namespace titanus::analysis
