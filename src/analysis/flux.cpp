#include "analysis/flux.h"

#include "analysis/fast_math.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {

LogBands::LogBands(double sampleRate, std::size_t fftSize, double lowHz, double highHz, int perOctave) {
    const double binHz = sampleRate / static_cast<double>(fftSize);
    std::vector<std::size_t> corners;
    for (int k = 0;; ++k) {
        const double hz = lowHz * std::exp2(static_cast<double>(k) / perOctave);
        if (hz > highHz || hz > sampleRate / 2) break;
        const auto bin = static_cast<std::size_t>(std::lround(hz / binHz));
        if (corners.empty() || bin != corners.back()) corners.push_back(bin);
    }
    for (std::size_t i = 0; i + 2 < corners.size(); ++i) {
        const std::size_t low = corners[i], mid = corners[i + 1], high = corners[i + 2];
        first_.push_back(low + 1);
        start_.push_back(weights_.size());
        centre_.push_back(static_cast<double>(mid) * binHz);
        for (std::size_t bin = low + 1; bin < high; ++bin)
            weights_.push_back(bin <= mid ? static_cast<float>(bin - low) / static_cast<float>(mid - low)
                                          : static_cast<float>(high - bin) / static_cast<float>(high - mid));
    }
    start_.push_back(weights_.size());
}

std::size_t LogBands::indexAbove(double hz) const {
    return static_cast<std::size_t>(std::lower_bound(centre_.begin(), centre_.end(), hz) - centre_.begin());
}

void LogBands::apply(std::span<const float> magnitude, std::span<float> out) const {
    for (std::size_t b = 0; b < count(); ++b) {
        float sum = 0;
        const std::size_t weights = start_[b + 1] - start_[b];
        const float* w = &weights_[start_[b]];
        const float* m = &magnitude[first_[b]];
        for (std::size_t k = 0; k < weights; ++k) sum += w[k] * m[k];
        out[b] = sum;
    }
}

BandGroups::BandGroups(const LogBands& bands) {
    for (std::size_t b = 0; b < bands.count(); ++b) {
        const double octaves = std::log2(bands.centreHz(b) / 30), place = octaves < 4 ? octaves : 4 + 4 * (octaves - 4);
        const auto g = static_cast<std::size_t>(std::clamp(place, 0.0, kGroups - 1.0));
        group_.push_back(g);
        share_[g] += 1;
    }
    for (float& s : share_) s = s > 0 ? 1 / s : 0;
}

void BandGroups::mean(std::span<const float> bands, std::span<float> groups) const {
    std::fill(groups.begin(), groups.end(), 0.f);
    for (std::size_t b = 0; b < group_.size(); ++b) groups[group_[b]] += bands[b];
    for (std::size_t g = 0; g < kGroups; ++g) groups[g] *= share_[g];
}

BandFlux::BandFlux(double sampleRate, std::size_t fftSize, float scale, int lagHops, double lowHz,
                   double highHz)
    : bands_(sampleRate, fftSize, lowHz, highHz), scale_(scale), lag_(static_cast<std::size_t>(lagHops)),
      history_(bands_.count() * lag_), now_(bands_.count()), difference_(bands_.count()) {}

void BandFlux::reset() {
    std::fill(history_.begin(), history_.end(), 0.f);
    std::fill(now_.begin(), now_.end(), 0.f);
    std::fill(difference_.begin(), difference_.end(), 0.f);
    at_ = 0;
}

std::span<const float> BandFlux::process(std::span<const float> magnitude) {
    const std::size_t n = bands_.count();
    bands_.apply(magnitude, now_);
    for (float& v : now_) v = fastLog10(1.f + scale_ * v);
    float* before = &history_[at_ * n]; // what was `lag_` hops ago
    for (std::size_t b = 0; b < n; ++b) {
        float reference = before[b];
        if (b > 0) reference = std::max(reference, before[b - 1]);
        if (b + 1 < n) reference = std::max(reference, before[b + 1]);
        difference_[b] = std::max(0.f, now_[b] - reference);
    }
    std::copy(now_.begin(), now_.end(), before);
    at_ = (at_ + 1) % lag_;
    return difference_;
}

float BandFlux::mean(std::size_t first, std::size_t last) const {
    if (last <= first) return 0;
    float sum = 0;
    for (std::size_t b = first; b < last; ++b) sum += difference_[b];
    return sum / static_cast<float>(last - first);
}

} // namespace titanus::analysis
