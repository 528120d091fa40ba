#pragma once
// The line that turns frame counts into host time: least squares over the last 512 blocks, as
// Ableton Link's host time filter does, since single block times jitter by a period.
// Thread: one   Real-time safe: yes
#include "audio/input.h"

#include <array>
#include <cstddef>

namespace titanus::audio {

class ClockFit {
  public:
    void add(const BlockStamp& stamp);
    void reset() { count_ = 0; }
    bool ready() const { return count_ >= 2; }
    double hostSeconds(double frames) const; // 0 before the first stamp
    double framesPerSecond() const;          // measured rate; 0 until ready

  private:
    struct Line { double frame0 = 0, host0 = 0, secondsPerFrame = 0; };
    Line line() const;

    static constexpr std::size_t kBlocks = 512;
    std::array<BlockStamp, kBlocks> stamps_{};
    std::size_t count_ = 0, next_ = 0;
};

} // namespace titanus::audio
