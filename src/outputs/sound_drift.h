#pragma once
// Keeps the sound of a recording on the clock of its pictures. A sound card counts its own seconds:
// a card 100 ppm off is a third of a second away after an hour. Slow drift is answered by
// stretching the sound a little each second, a gap (device lost, ring overrun) by silence at once.
// Pure. Thread: any   Units: seconds, sample frames
#include <cstdint>

namespace titanus::outputs {

struct SoundCorrection {
    std::int64_t jumpFrames = 0; // above 0: insert that much silence; below: leave that much out
    int stretchFrames = 0;       // spread over the next second
};

class SoundDrift {
  public:
    explicit SoundDrift(double sampleRate) : rate_(sampleRate) {}

    // `seconds` since the first picture; `heardFrames` of sound arrived by then since the start.
    SoundCorrection update(double seconds, std::uint64_t heardFrames);

  private:
    double rate_;
    std::int64_t given_ = 0;               // frames inserted minus frames left out, so far
    double sum_ = 0, usual_ = 0, smooth_ = 0;
    int count_ = 0;
    double last_ = 0, corrected_ = 0, settleFrom_ = 0; // seconds
    bool settled_ = false;
};

} // namespace titanus::outputs
