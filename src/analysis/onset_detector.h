#pragma once
// Decides when something begins, and whether it is a kick, a snare or a hat. Flux of one 1024 window
// for everything, of a 2048 window below 180 Hz for the kick. No look-ahead: the decision falls with
// the hop that crosses the threshold. Figures in docs/ACCURACY.md.
// Thread: one at a time   Real-time safe: yes after construction
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
    bool over(float theta) const { return value_ >= mean_ + theta && value_ >= max_; }
    float value() const { return value_; }

  private:
    std::vector<float> past_; // ring, newest at at_ - 1
    std::size_t meanHops_, maxHops_, at_ = 0;
    float value_ = 0, mean_ = 0, max_ = 0;
};

struct OnsetTuning {
    std::array<float, kOnsetKindCount> theta{0.0172f, 0.03f, 0.02f, 0.02f}; // Other Kick Snare Hat
    float snareNoise = 0.02f;  // rise above 5 kHz that makes a middle attack a snare
    float kickRatio = 1.0f;    // low attack against the middle one
    double backdateSeconds = 0.004;
    double classWaitSeconds = 0.010; // latest after the broadband onset
};

class OnsetDetector {
  public:
    OnsetDetector(double sampleRate, std::size_t hop, double sourceNyquistHz, OnsetTuning tuning = {});
    void reset();
    void setSensitivity(OnsetKind kind, float sensitivity); // 0..1
    void setGap(OnsetKind kind, double seconds);

    // One hop: magnitudes of the 1024 window and of the 256 window at an eighth of the rate.
    // Appends decided onsets (times in seconds, both at `now`); at most one of each kind.
    std::size_t process(std::span<const float> wide, std::span<const float> low, double now,
                        bool silent, std::span<Onset, kOnsetKindCount> out);

    float odf() const { return odf_[0]; }
    float odf(OnsetKind kind) const { return odf_[static_cast<std::size_t>(kind)]; }
    std::span<const float> logBands() const { return wide_.logBands(); }
    std::span<const float> difference() const { return difference_; }
    const LogBands& bands() const { return wide_.bands(); }

  private:
    bool classify(OnsetKind kind, double now);

    OnsetTuning tuning_;
    double hopSeconds_;
    BandFlux wide_, low_;
    std::span<const float> difference_;
    std::size_t active_, snareFirst_, snareLast_, hatFirst_;
    std::array<PeakPicker, kOnsetKindCount> pickers_;
    std::array<float, kOnsetKindCount> odf_{}, theta_{};
    std::array<double, kOnsetKindCount> gap_{0.030, 0.120, 0.100, 0.060}, last_{};
    std::array<double, kOnsetKindCount> candidate_{}; // when the class's own flux last fired
    std::array<float, kOnsetKindCount> candidateStrength_{};
    double noiseRise_ = -1; // when the top last rose
};

} // namespace titanus::analysis
