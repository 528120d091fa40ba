#pragma once
// What the beat network is shown: every fourth hop, how the spectrum stands and what rose in it, in
// quarter octaves of the short window (octaves below 480 Hz) and in single bins (60 - 660 Hz) of the long
// low window, where harmony changes. Levels are log10(1 + magnitude), as for the onsets.
// Thread: one at a time   Real-time safe: yes after construction
#include "analysis/flux.h"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

class BeatInputs {
  public:
    static constexpr std::size_t kHops = 4;             // per frame
    static constexpr std::size_t kGroups = BandGroups::kGroups;
    static constexpr std::size_t kFirstBin = 3, kBins = 28; // of the 256 window at an eighth of the rate
    static constexpr std::size_t kCount = 2 * kGroups + 2 * kBins;
    using Frame = std::array<float, kCount>;

    explicit BeatInputs(const LogBands& wide);
    void reset();
    // One hop: log bands and their rises, magnitudes of the low window. True when a frame is full.
    bool push(std::span<const float> logBands, std::span<const float> rise, std::span<const float> low);
    const Frame& frame() const { return frame_; }

  private:
    static constexpr std::size_t kLag = 3; // frames between which a bin's rise is taken
    BandGroups groups_;
    std::vector<float> rise_; // per band, of the hops so far
    std::array<std::array<float, kBins>, kLag> before_{};
    std::size_t hop_ = 0, at_ = 0;
    Frame frame_{};
};

} // namespace titanus::analysis
