#pragma once
// Kick, snare, hat, several at once or none: small networks (the mean of three) on how far the spectrum rose at an
// attack and how it stands then, 9 and 14.5 ms later, in the windows of the onsets and in a short one that holds
// the stroke alone. Weights in drum_weights.h, made by
// tests/accuracy/train_classes.py from rendered drum performances, CC0 strokes and computed ones.
// Thread: one at a time   Real-time safe: yes after construction
#include "analysis/flux.h"
#include "analysis/spectrum.h"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

class DrumClassifier {
  public:
    static constexpr std::size_t kGroups = 13; // 2 of the long low window, 11 of the wide one
    static constexpr std::size_t kShortGroups = 15; // of the short window
    static constexpr std::size_t kMoment = 2 * (kGroups + kShortGroups), kInputs = 2 * kMoment, kHidden = 96, kClasses = 3;
    using Inputs = std::array<float, kInputs>;

    DrumClassifier(const LogBands& wide, const LogBands& low, double sampleRate);
    void reset();
    // Every hop: its samples, and the log bands as they stand.
    void push(std::span<const float> samples, std::span<const float> wide, std::span<const float> low);
    // The spectrum before this attack, as it was some 12 ms ago.
    void markBefore();
    // How far it rose since, and how it stands: read kEarly hops after the attack, and again after kLate.
    static constexpr int kEarly = 3, kLate = 5;
    void readEarly();
    Inputs inputs(); // both readings, the late one now
    // Log odds of kick, snare, hat.
    static std::array<float, kClasses> judge(const Inputs& inputs);

  private:
    static constexpr std::size_t kBack = 4; // hops
    using Groups = std::array<float, kGroups>;
    using ShortGroups = std::array<float, kShortGroups>;
    ShortGroups shortGroups(std::size_t back);
    void read(std::size_t first); // into inputs_ from there on
    SlidingSpectrum short_;
    std::vector<std::size_t> shortGroup_;           // bin -> group
    std::array<float, kShortGroups> shortShare_{};
    std::vector<std::size_t> wideGroup_, lowGroup_; // band -> group
    std::array<float, kGroups> share_{};            // 1 / bands in the group
    std::array<Groups, kBack + 1> history_{};
    std::size_t at_ = 0;
    Groups before_{}, now_{};
    ShortGroups shortBefore_{};
    Inputs inputs_{};
};

} // namespace titanus::analysis
