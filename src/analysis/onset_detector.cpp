#include "analysis/onset_detector.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

constexpr std::size_t index(OnsetKind kind) { return static_cast<std::size_t>(kind); }
int lagHops(double hopSeconds) { return std::max(1, static_cast<int>(std::lround(0.010 / hopSeconds))); }

} // namespace

PeakPicker::PeakPicker(double hopSeconds, double meanSeconds, double maxSeconds)
    : meanHops_(static_cast<std::size_t>(std::lround(meanSeconds / hopSeconds))),
      maxHops_(static_cast<std::size_t>(std::lround(maxSeconds / hopSeconds))) {
    past_.assign(std::max(meanHops_, maxHops_), 0.f);
}

void PeakPicker::reset() {
    std::fill(past_.begin(), past_.end(), 0.f);
    at_ = 0;
    value_ = mean_ = max_ = 0;
}

void PeakPicker::push(float value) {
    const std::size_t n = past_.size();
    float sum = 0;
    max_ = 0;
    for (std::size_t i = 1; i <= meanHops_; ++i) sum += past_[(at_ + n - i) % n];
    for (std::size_t i = 1; i <= maxHops_; ++i) max_ = std::max(max_, past_[(at_ + n - i) % n]);
    mean_ = sum / static_cast<float>(meanHops_);
    value_ = value;
    past_[at_] = value;
    at_ = (at_ + 1) % n;
}

OnsetDetector::OnsetDetector(double sampleRate, std::size_t hop, double sourceNyquistHz, OnsetTuning tuning)
    : tuning_(tuning), hopSeconds_(static_cast<double>(hop) / sampleRate),
      wide_(sampleRate, 1024, 1.f, lagHops(hopSeconds_), 30, 17000),
      low_(sampleRate / 8, 256, 4.f, lagHops(hopSeconds_), 30, 180),
      pickers_{PeakPicker(hopSeconds_, 0.1, 0.03), PeakPicker(hopSeconds_, 0.1, 0.03),
               PeakPicker(hopSeconds_, 0.1, 0.03), PeakPicker(hopSeconds_, 0.1, 0.03)} {
    const LogBands& bands = wide_.bands();
    active_ = std::min(bands.count(), bands.indexAbove(sourceNyquistHz * 0.95));
    snareFirst_ = std::min(active_, bands.indexAbove(150));
    snareLast_ = std::min(active_, bands.indexAbove(2500));
    hatFirst_ = std::min(active_, bands.indexAbove(5000));
    theta_ = tuning_.theta;
    reset();
}

void OnsetDetector::reset() {
    wide_.reset();
    low_.reset();
    for (PeakPicker& picker : pickers_) picker.reset();
    odf_ = {};
    last_.fill(-1e9);
    candidate_.fill(-1e9);
    noiseRise_ = -1e9;
    difference_ = {};
}

void OnsetDetector::setSensitivity(OnsetKind kind, float sensitivity) {
    // 0 doubles the threshold, 1 halves it, evenly in between.
    theta_[index(kind)] = tuning_.theta[index(kind)] * std::exp2(1 - 2 * std::clamp(sensitivity, 0.f, 1.f));
}
void OnsetDetector::setGap(OnsetKind kind, double seconds) { gap_[index(kind)] = seconds; }

std::size_t OnsetDetector::process(std::span<const float> wide, std::span<const float> low, double now,
                                   bool silent, std::span<Onset, kOnsetKindCount> out) {
    difference_ = wide_.process(wide);
    low_.process(low);
    odf_[index(OnsetKind::Other)] = wide_.mean(0, active_);
    odf_[index(OnsetKind::Kick)] = low_.mean(0, low_.bands().count());
    odf_[index(OnsetKind::Snare)] = wide_.mean(snareFirst_, snareLast_);
    odf_[index(OnsetKind::Hat)] = wide_.mean(hatFirst_, active_);

    std::size_t count = 0;
    for (std::size_t k = 0; k < kOnsetKindCount; ++k) pickers_[k].push(odf_[k]);
    if (silent) return 0;
    const PeakPicker& top = pickers_[index(OnsetKind::Hat)];
    if (top.value() >= top.mean() + tuning_.snareNoise) noiseRise_ = now;
    for (std::size_t k = 0; k < kOnsetKindCount; ++k) {
        const PeakPicker& picker = pickers_[k];
        const bool any = k == index(OnsetKind::Other);
        if (picker.over(theta_[k])) {
            candidate_[k] = now;
            candidateStrength_[k] = std::clamp((picker.value() - picker.mean()) / (4 * theta_[k]), 0.f, 1.f);
        }
        if (now - last_[k] <= gap_[k]) continue;
        const bool fired = any ? candidate_[k] == now : classify(static_cast<OnsetKind>(k), now);
        if (!fired) continue;
        last_[k] = now;
        out[count++] = Onset{now - tuning_.backdateSeconds, now, candidateStrength_[k], static_cast<OnsetKind>(k)};
    }
    return count;
}

bool OnsetDetector::classify(OnsetKind kind, double now) {
    const double wait = tuning_.classWaitSeconds + 1e-6;
    const std::size_t k = index(kind);
    if (now - candidate_[k] > wait) return false;
    switch (kind) {
    case OnsetKind::Kick: {
        const PeakPicker& middle = pickers_[index(OnsetKind::Snare)];
        return odf_[k] >= tuning_.kickRatio * middle.value() || now - last_[index(OnsetKind::Other)] <= wait;
    }
    case OnsetKind::Snare: return now - noiseRise_ <= wait;
    default: return true;
    }
}

} // namespace titanus::analysis
