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
    std::size_t back = at_;
    for (std::size_t i = 1; i <= n; ++i) { // newest first; no division in here
        back = back == 0 ? n - 1 : back - 1;
        if (i <= meanHops_) sum += past_[back];
        if (i <= maxHops_) max_ = std::max(max_, past_[back]);
    }
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
               PeakPicker(hopSeconds_, 0.1, 0.03), PeakPicker(hopSeconds_, 0.1, 0.03)},
      classifier_(wide_.bands(), low_.bands(), sampleRate) {
    const LogBands& bands = wide_.bands();
    active_ = std::min(bands.count(), bands.indexAbove(sourceNyquistHz * 0.95));
    snareFirst_ = std::min(active_, bands.indexAbove(150));
    snareLast_ = std::min(active_, bands.indexAbove(2500));
    hatFirst_ = std::min(active_, bands.indexAbove(5000));
    reset();
}

void OnsetDetector::reset() {
    wide_.reset();
    low_.reset();
    for (PeakPicker& picker : pickers_) picker.reset();
    odf_ = {};
    last_.fill(-1e9);
    difference_ = {};
    classifier_.reset();
    attackAt_ = -1e9;
    waiting_ = 0;
    rise_ = {};
    judged_ = false;
}

void OnsetDetector::setSensitivity(OnsetKind kind, float sensitivity) {
    sensitivity_[index(kind)] = std::clamp(sensitivity, 0.f, 1.f);
}
void OnsetDetector::setGap(OnsetKind kind, double seconds) { gap_[index(kind)] = seconds; }

std::size_t OnsetDetector::process(std::span<const float> samples, std::span<const float> wide, std::span<const float> low,
                                   double now, bool silent, std::span<Onset, kOnsetKindCount> out) {
    difference_ = wide_.process(wide);
    low_.process(low);
    classifier_.push(samples, wide_.logBands(), low_.logBands());
    odf_[index(OnsetKind::Other)] = wide_.mean(0, active_);
    odf_[index(OnsetKind::Kick)] = low_.mean(0, low_.bands().count());
    odf_[index(OnsetKind::Snare)] = wide_.mean(snareFirst_, snareLast_);
    odf_[index(OnsetKind::Hat)] = wide_.mean(hatFirst_, active_);
    for (std::size_t k = 0; k < kOnsetKindCount; ++k) pickers_[k].push(odf_[k]);
    judged_ = false;
    if (silent) {
        waiting_ = 0;
        return 0;
    }

    std::size_t count = 0;
    constexpr std::size_t kAny = index(OnsetKind::Other);
    // 0 doubles the threshold, 1 halves it, evenly in between.
    const float scale = std::exp2(1 - 2 * sensitivity_[kAny]), theta = tuning_.theta * scale;
    bool attack = false;
    // A stroke in the middle right after a hat's is lost in the sum of all bands, but not in its own.
    if ((pickers_[kAny].over(theta, tuning_.meanFactor) ||
         pickers_[index(OnsetKind::Snare)].over(tuning_.middleTheta * scale, tuning_.meanFactor)) && now - last_[kAny] > gap_[kAny]) {
        attack = true;
        last_[kAny] = now;
        const float strength = (odf_[kAny] - pickers_[kAny].mean()) / (4 * theta);
        out[count++] = Onset{now - tuning_.backdateSeconds, now, std::clamp(strength, 0.05f, 1.f), OnsetKind::Other};
    }
    for (std::size_t c = 0; c < 3; ++c) attack = attack || pickers_[c + 1].over(tuning_.lookAt[c], 1.25f);
    const bool begins = waiting_ == 0 && attack && now - attackAt_ > 0.025;
    if (begins) {
        attackAt_ = now;
        waiting_ = DrumClassifier::kLate;
        classifier_.markBefore();
        rise_ = {};
    }
    for (std::size_t c = 0; c < 3; ++c) rise_[c] = std::max(rise_[c], odf_[c + 1]);
    if (!begins && waiting_ > 0) {
        --waiting_;
        if (waiting_ == DrumClassifier::kLate - DrumClassifier::kEarly) classifier_.readEarly();
        if (waiting_ == 0) count += classes(now, out.subspan(count));
    }
    return count;
}

std::size_t OnsetDetector::classes(double now, std::span<Onset> out) {
    inputs_ = classifier_.inputs();
    judged_ = true;
    const auto odds = DrumClassifier::judge(inputs_);
    std::size_t count = 0;
    // In the drumming that it was trained on a kick seldom comes alone, so a kick is half an answer for the rest.
    // These log odds, by which a snare and a hat must be surer beside one, leave bare kicks bare (docs/ACCURACY.md).
    static constexpr std::array<float, 3> kBesideKick{0, 0.6f, 1.5f};
    const bool kick = odds[0] > tuning_.logOdds[0];
    static constexpr std::array<float, 3> kFull{0.5f, 0.45f, 0.4f}; // flux of a hard stroke
    for (std::size_t c = 0; c < 3 && count < out.size(); ++c) {
        const std::size_t k = c + 1;
        // Evenly from four times to a quarter of the odds.
        if (odds[c] < tuning_.logOdds[c] + (kick ? kBesideKick[c] : 0) + 2.8f * (1 - 2 * sensitivity_[k])) continue;
        if (now - last_[k] <= gap_[k]) continue;
        last_[k] = now;
        const float strength = std::clamp(rise_[c] / kFull[c], 0.05f, 1.f);
        out[count++] = Onset{attackAt_ - tuning_.backdateSeconds, now, strength, static_cast<OnsetKind>(k)};
    }
    return count;
}

} // namespace titanus::analysis
