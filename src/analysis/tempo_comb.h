#pragma once
// Which tempi the last seconds repeat at. The autocorrelation of six signals (network's beat and "one", and the flux of
// all, kick, snare and hat) is read at each tempo's beat, its parts and its multiples (the teeth of a comb, Davies & Plumbley
// 2007); a small network, the same for every tempo, has learnt which of these patterns people count at.
// Single attacks say little of the level, half or double; their repetition in bass, backbeat and bar does. So this weighs the
// tempi of the bar-pointer filter.
// Thread: one at a time   Real-time safe: yes after construction   Periods in frames
#include "analysis/neural_layers.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace titanus::analysis {

class TempoComb {
  public:
    static constexpr std::size_t kSignals = 6, kLanes = 8; // lanes: two are empty
    using Signals = std::array<float, kLanes>;
    static constexpr std::array<double, 11> kTeeth{1 / 4., 1 / 3., 1 / 2., 2 / 3., 3 / 4., 1, 4 / 3., 3 / 2., 2, 3, 4}; // beats
    static constexpr std::size_t kInputs = kTeeth.size() * kSignals;
    static constexpr std::size_t kPlaces = 9; // and where the tempo lies: bells over the scale of tempi

    // Scores the periods shortest .. shortest + count - 1.
    TempoComb(double framesPerSecond, std::size_t shortest, std::size_t count);
    void reset();
    // One frame. True when the scores are new.
    bool push(const Signals& signals);
    // Logarithm (base 2) of each period's probability against the most probable one's: 0 and below.
    std::span<const float> scores() const { return scores_; }
    std::size_t shortest() const { return shortest_; }
    std::uint64_t judged() const { return judged_; } // how often
    // What the network was shown last: per period the teeth, all signals of each.
    std::span<const float> inputs() const { return inputs_; }

  private:
    bool correlate();
    void readTeeth();
    void judge();

    std::size_t shortest_, count_, every_, n_ = 0;
    std::vector<Signals> ring_, recent_, line_, correlation_; // newest window; the frames of the mean; in order
    std::vector<float> inputs_, places_, scores_;
    Affine first_, second_, out_;
    std::vector<float> hidden_, hiddenToo_;
    std::size_t at_ = 0, filled_ = 0, recentAt_ = 0, since_ = 0;
    std::uint64_t judged_ = 0;
};

} // namespace titanus::analysis
