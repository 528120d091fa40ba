#pragma once
// What every input does with a block of stereo sound: rings, counters, time stamp. All of the audio
// thread's work that does not depend on where the sound comes from.
// Thread: deliver() and finish() [audio], the rest any   Real-time safe: yes after construction
#include "audio/input.h"

#include <atomic>

namespace titanus::audio {

class Tap {
  public:
    static constexpr double kStallSeconds = 0.5; // without a block: the device is gone
    static constexpr double kStartSeconds = 3;   // before the first: PulseAudio may take two

    Tap(double sampleRate, const core::Clock& clock);

    void begin(); // the stream starts now
    void deliver(const float* stereo, std::size_t frames, bool xrun);
    void finish() { finished_.store(true, std::memory_order_release); }
    bool alive() const;

    core::SampleRing& ring() { return ring_; }
    core::SampleRing& recorderRing() { return recorderRing_; }
    core::Spsc<BlockStamp>& stamps() { return stamps_; }
    void setRecording(bool on) { recording_.store(on, std::memory_order_release); }
    std::uint64_t frames() const { return frames_.load(std::memory_order_acquire); }
    std::uint64_t overruns() const { return ring_.dropped() / 2; }
    std::uint64_t xruns() const { return xruns_.load(std::memory_order_relaxed); }

  private:
    const core::Clock& clock_;
    core::SampleRing ring_, recorderRing_;
    core::Spsc<BlockStamp> stamps_{1024};
    std::atomic<bool> recording_{false}, finished_{false};
    std::atomic<std::uint64_t> frames_{0}, xruns_{0};
    std::atomic<std::uint64_t> framesAtStart_{0};
    std::atomic<double> started_{0}, lastBlock_{0}; // the app's clock
};

} // namespace titanus::audio
