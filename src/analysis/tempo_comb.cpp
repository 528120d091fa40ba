#include "analysis/tempo_comb.h"

#include "analysis/tempo_weights.h"
#include "analysis/wide.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

constexpr double kWindowSeconds = 6, kMeanSeconds = 0.12; // the mean before a frame is taken off it
constexpr double kEverySeconds = 0.25, kLeastSeconds = 2; // between judgements, and before the first
constexpr std::size_t kLeastOverlap = 20;
constexpr double kCentreSeconds = 0.75, kFirstBell = -1.3, kBellApart = 0.325, kBellWide = 0.25; // octaves
constexpr double kDrift = 0.012; // a tooth is this share of the period wide

// Of eight signals side by side, `n` frames: products[lag] = mean of x[i + lag] x[i].
TITANUS_WIDE void correlateLines(const float* x, std::size_t n, std::size_t lags, float* products) {
    for (std::size_t lag = 0; lag < lags; ++lag) {
        float sums[2][8]{};
        const float* late = x + 8 * lag;
        const std::size_t count = n - lag;
        std::size_t i = 0;
        for (; i + 2 <= count; i += 2)
            for (std::size_t k = 0; k < 8; ++k) {
                sums[0][k] += late[8 * i + k] * x[8 * i + k];
                sums[1][k] += late[8 * i + 8 + k] * x[8 * i + 8 + k];
            }
        for (; i < count; ++i)
            for (std::size_t k = 0; k < 8; ++k) sums[0][k] += late[8 * i + k] * x[8 * i + k];
        for (std::size_t k = 0; k < 8; ++k) products[8 * lag + k] = (sums[0][k] + sums[1][k]) / static_cast<float>(count);
    }
}

} // namespace

TempoComb::TempoComb(double framesPerSecond, std::size_t shortest, std::size_t count)
    : shortest_(shortest), count_(count), every_(static_cast<std::size_t>(std::lround(kEverySeconds * framesPerSecond))),
      ring_(static_cast<std::size_t>(kWindowSeconds * framesPerSecond)),
      recent_(std::max<std::size_t>(1, static_cast<std::size_t>(kMeanSeconds * framesPerSecond))), line_(ring_.size()),
      correlation_(ring_.size()), inputs_(count * kInputs), places_(count * kPlaces), scores_(count),
      first_(tempo_weights::kFirstWeights, tempo_weights::kFirstScale, tempo_weights::kFirstBias),
      second_(tempo_weights::kSecondWeights, tempo_weights::kSecondScale, tempo_weights::kSecondBias),
      out_(tempo_weights::kOutWeights, tempo_weights::kOutScale, tempo_weights::kOutBias), hidden_(first_.out()),
      hiddenToo_(second_.out()) {
    static_assert(tempo_weights::kFirstWeights.size() == (kInputs + kPlaces) * tempo_weights::kFirstBias.size());
    for (std::size_t i = 0; i < count_; ++i)
        for (std::size_t k = 0; k < kPlaces; ++k) {
            const double octave = std::log2(static_cast<double>(shortest_ + i) / framesPerSecond / kCentreSeconds);
            const double away = (octave - kFirstBell - kBellApart * static_cast<double>(k)) / kBellWide;
            places_[i * kPlaces + k] = static_cast<float>(std::exp(-away * away));
        }
}

void TempoComb::reset() {
    std::fill(ring_.begin(), ring_.end(), Signals{});
    std::fill(recent_.begin(), recent_.end(), Signals{});
    std::fill(scores_.begin(), scores_.end(), 0.f);
    at_ = filled_ = recentAt_ = since_ = 0;
}

bool TempoComb::push(const Signals& signals) {
    Signals mean{};
    for (const Signals& s : recent_)
        for (std::size_t k = 0; k < kLanes; ++k) mean[k] += s[k];
    for (std::size_t k = 0; k < kLanes; ++k)
        ring_[at_][k] = std::max(0.f, signals[k] - mean[k] / static_cast<float>(recent_.size()));
    recent_[recentAt_] = signals;
    recentAt_ = (recentAt_ + 1) % recent_.size();
    at_ = (at_ + 1) % ring_.size();
    filled_ = std::min(filled_ + 1, ring_.size());
    if (++since_ < every_) return false;
    since_ = 0;
    if (static_cast<double>(filled_) < kLeastSeconds / kWindowSeconds * static_cast<double>(ring_.size()) || !correlate()) return false;
    readTeeth();
    judge();
    ++judged_;
    return true;
}

bool TempoComb::correlate() {
    const std::size_t n = n_ = filled_, first = (at_ + ring_.size() - n) % ring_.size();
    Signals mean{};
    for (std::size_t i = 0; i < n; ++i) {
        line_[i] = ring_[(first + i) % ring_.size()];
        for (std::size_t k = 0; k < kLanes; ++k) mean[k] += line_[i][k];
    }
    if (mean[2] <= 0) return false;
    for (float& m : mean) m /= static_cast<float>(n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < kLanes; ++k) line_[i][k] -= mean[k];
    std::fill(correlation_.begin(), correlation_.end(), Signals{});
    correlateLines(line_.data()->data(), n, n - kLeastOverlap, correlation_.data()->data());
    const Signals power = correlation_[0];
    for (std::size_t lag = 0; lag < n; ++lag)
        for (std::size_t k = 0; k < kLanes; ++k) correlation_[lag][k] /= std::max(power[k], 1e-7f);
    return true;
}

// The highest point within each tooth; 0 where the window does not hold it.
void TempoComb::readTeeth() {
    for (std::size_t i = 0; i < count_; ++i) {
        const auto period = static_cast<double>(shortest_ + i);
        float* to = &inputs_[i * kInputs];
        for (const double tooth : kTeeth) {
            const auto lag = static_cast<std::size_t>(std::lround(tooth * period));
            const auto wide = static_cast<std::size_t>(std::max(1L, std::lround(std::max(tooth, 1.0) * kDrift * period)));
            Signals best{};
            if (lag + wide + kLeastOverlap < n_) {
                best.fill(-1);
                for (std::size_t l = lag - std::min(wide, lag); l <= lag + wide; ++l)
                    for (std::size_t k = 0; k < kLanes; ++k) best[k] = std::max(best[k], correlation_[l][k]);
            }
            to = std::copy_n(best.begin(), kSignals, to);
        }
    }
}

void TempoComb::judge() {
    std::array<float, kInputs + kPlaces> shown;
    float top = -1e9f;
    for (std::size_t i = 0; i < count_; ++i) {
        std::copy_n(&places_[i * kPlaces], kPlaces, std::copy_n(&inputs_[i * kInputs], kInputs, shown.begin()));
        first_.apply(shown.data(), hidden_.data());
        for (float& h : hidden_) h = std::max(0.f, h);
        second_.apply(hidden_.data(), hiddenToo_.data());
        for (float& h : hiddenToo_) h = std::max(0.f, h);
        out_.apply(hiddenToo_.data(), &scores_[i]);
        top = std::max(top, scores_[i]);
    }
    constexpr float kLog2OfE = 1.442695f;
    for (float& s : scores_) s = (s - top) * kLog2OfE;
}

} // namespace titanus::analysis
