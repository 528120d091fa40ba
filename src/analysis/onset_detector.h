#pragma once
// Decides when something begins, and whether it is a kick, a snare or a hat. Flux of one 1024 window
// for everything, of a 2048 window below 180 Hz for the kick. No look-ahead: the decision falls with
// the hop that crosses the threshold. Figures in docs/ACCURACY.md.
// Thread: one at a time   Real-time safe: yes after construction
#include "analysis/drum_classifier.h"
#include "analysis/features.h"
#include "analysis/flux.h"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

// Fires where a function exceeds its own past.
class PeakPicker {
  public:
    PeakPicker(double hopSeconds, double meanSeconds, double maxSeconds);
    void reset();
    void push(float value);
    float mean() const { return mean_; }
    // The newest value is theta above the past mean and not below any of the last 30 ms.
    bool over(float theta, float meanFactor) const { return value_ >= meanFactor * mean_ + theta && value_ >= max_; }

  private:
    std::vector<float> past_; // ring, newest at at_ - 1
    std::size_t meanHops_, maxHops_, at_ = 0;
    float value_ = 0, mean_ = 0, max_ = 0;
};

struct OnsetTuning {
    float theta = 0.0172f;      // above the past mean times meanFactor
    float meanFactor = 1.25f;
    float middleTheta = 0.04f;  // the same for the bands of 150 - 2500 Hz alone
    double backdateSeconds = 0.004;
    // Attacks that only one region shows are looked at too, from these fluxes on.
    std::array<float, 3> lookAt{0.10f, 0.08f, 0.06f};
    std::array<float, 3> logOdds{0, 0, 0}; // from which a class is said: kick, snare, hat; as trained
};

class OnsetDetector {
  public:
    OnsetDetector(double sampleRate, std::size_t hop, double sourceNyquistHz, OnsetTuning tuning = {});
    void reset();
    void setSensitivity(OnsetKind kind, float sensitivity); // 0..1
    void setGap(OnsetKind kind, double seconds);

    // One hop: its samples, magnitudes of the 1024 window and of the 256 window at an eighth of the rate.
    // Appends decided onsets (times in seconds, both at `now`); at most one of each kind.
    std::size_t process(std::span<const float> samples, std::span<const float> wide, std::span<const float> low,
                        double now, bool silent, std::span<Onset, kOnsetKindCount> out);

    // What the classes were last judged by, and whether that was in the newest hop.
    const DrumClassifier::Inputs& classInputs() const { return inputs_; }
    bool judged() const { return judged_; }
    double attackTime() const { return attackAt_ - tuning_.backdateSeconds; }

    float odf() const { return odf_[0]; }
    float odf(OnsetKind kind) const { return odf_[static_cast<std::size_t>(kind)]; }
    std::span<const float> logBands() const { return wide_.logBands(); }
    std::span<const float> difference() const { return difference_; }
    const LogBands& bands() const { return wide_.bands(); }

  private:
    std::size_t classes(double now, std::span<Onset> out);

    OnsetTuning tuning_;
    double hopSeconds_;
    BandFlux wide_, low_;
    std::span<const float> difference_;
    std::size_t active_, snareFirst_, snareLast_, hatFirst_;
    std::array<PeakPicker, kOnsetKindCount> pickers_;
    std::array<float, kOnsetKindCount> odf_{};
    std::array<float, kOnsetKindCount> sensitivity_{0.5f, 0.5f, 0.5f, 0.5f};
    std::array<double, kOnsetKindCount> gap_{0.030, 0.120, 0.100, 0.060}, last_{};
    DrumClassifier classifier_;
    double attackAt_ = -1e9; // when the attack under judgement began
    int waiting_ = 0;        // hops until it is judged
    std::array<float, 3> rise_{}; // largest flux per class region meanwhile
    DrumClassifier::Inputs inputs_{};
    bool judged_ = false;
};

} // namespace titanus::analysis
