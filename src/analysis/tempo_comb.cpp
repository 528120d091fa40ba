#include "analysis/tempo_comb.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace titanus::analysis {
namespace {

constexpr std::size_t kTeeth = 4, kLeastOverlap = 20;

} // namespace

TempoComb::TempoComb(double framesPerSecond, std::size_t shortest, std::size_t count, TempoCombTuning tuning)
    : fps_(framesPerSecond), tuning_(tuning), shortest_(shortest), count_(count),
      every_(static_cast<std::size_t>(std::lround(tuning.everySeconds * framesPerSecond))),
      ring_(static_cast<std::size_t>(tuning.windowSeconds * framesPerSecond)),
      recent_(std::max<std::size_t>(1, static_cast<std::size_t>(tuning.meanSeconds * framesPerSecond))),
      line_(ring_.size()), correlation_(ring_.size()), prior_(count), raw_(count), scores_(count, 1.f) {
    for (std::size_t i = 0; i < count_; ++i) {
        const double bpm = fps_ * 60 / static_cast<double>(shortest_ + i);
        const double octaves = std::log2(bpm / static_cast<double>(tuning_.priorBpm)) / static_cast<double>(tuning_.priorOctaves);
        prior_[i] = static_cast<float>(std::exp(-0.5 * octaves * octaves));
    }
}

void TempoComb::reset() {
    std::fill(ring_.begin(), ring_.end(), 0.f);
    std::fill(recent_.begin(), recent_.end(), 0.f);
    std::fill(scores_.begin(), scores_.end(), 1.f);
    at_ = filled_ = recentAt_ = since_ = 0;
    known_ = false;
}

bool TempoComb::push(float activation) {
    const float mean = std::accumulate(recent_.begin(), recent_.end(), 0.f) / static_cast<float>(recent_.size());
    recent_[recentAt_] = activation;
    recentAt_ = (recentAt_ + 1) % recent_.size();
    ring_[at_] = std::max(0.f, activation - mean);
    at_ = (at_ + 1) % ring_.size();
    filled_ = std::min(filled_ + 1, ring_.size());
    if (++since_ < every_) return false;
    since_ = 0;
    if (filled_ < ring_.size() / 3 || !correlate()) return false;
    comb();
    return true;
}

bool TempoComb::correlate() {
    const std::size_t n = filled_, first = (at_ + ring_.size() - n) % ring_.size();
    for (std::size_t i = 0; i < n; ++i) line_[i] = ring_[(first + i) % ring_.size()];
    const float mean = std::accumulate(line_.begin(), line_.begin() + static_cast<std::ptrdiff_t>(n), 0.f) / static_cast<float>(n);
    float power = 0;
    for (std::size_t i = 0; i < n; ++i) {
        line_[i] -= mean;
        power += line_[i] * line_[i];
    }
    power /= static_cast<float>(n);
    if (power < 1e-9f) return false;
    // The teeth reach four slowest beats and three frames; the longest lags hold too little.
    const std::size_t longest = std::min(n - kLeastOverlap, kTeeth * (shortest_ + count_) + kTeeth);
    std::fill(correlation_.begin(), correlation_.end(), 0.f);
    for (std::size_t lag = shortest_ - 1; lag < longest; ++lag) {
        float sums[4]{}; // four at a time
        const float *a = &line_[lag], *b = line_.data();
        const std::size_t count = n - lag;
        std::size_t i = 0;
        for (; i + 4 <= count; i += 4)
            for (std::size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
        for (; i < count; ++i) sums[0] += a[i] * b[i];
        correlation_[lag] = (sums[0] + sums[1] + sums[2] + sums[3]) / static_cast<float>(count) / power;
    }
    return true;
}

void TempoComb::comb() {
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t period = shortest_ + i;
        float sum = 0, teeth = 0;
        for (std::size_t p = 1; p <= kTeeth && p * (period + 1) < filled_ * 9 / 10; ++p) {
            const auto from = correlation_.begin() + static_cast<std::ptrdiff_t>(p * period - (p - 1));
            sum += std::max(0.f, *std::max_element(from, from + static_cast<std::ptrdiff_t>(2 * p - 1)));
            teeth += 1;
        }
        raw_[i] = teeth > 0 ? sum / teeth * prior_[i] : 0.f;
    }
    const float top = *std::max_element(raw_.begin(), raw_.end());
    if (top <= 0) return;
    float best = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        float held = known_ ? 0.f : 1.f;
        if (known_) {
            const double here = static_cast<double>(shortest_ + i), drift = static_cast<double>(tuning_.drift);
            const auto reach = static_cast<std::size_t>(here * drift * 3);
            for (std::size_t j = i > reach ? i - reach : 0; j < std::min(count_, i + reach + 1); ++j) {
                const double moved = (static_cast<double>(shortest_ + j) / here - 1) / drift;
                held = std::max(held, scores_[j] * static_cast<float>(std::exp(-0.5 * moved * moved)));
            }
        }
        raw_[i] *= std::max(held, tuning_.leastKept) / top;
        best = std::max(best, raw_[i]);
    }
    for (std::size_t i = 0; i < count_; ++i) scores_[i] = raw_[i] / best;
    known_ = true;
}

} // namespace titanus::analysis
