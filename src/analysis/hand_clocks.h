#pragma once
// Tempo by hand and by wire: straight beat lines from taps and from MIDI clock ticks.
// Thread: one at a time   Real-time safe: yes   Times: seconds of sound
#include "analysis/beat_tracker.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace titanus::analysis {

// Least squares over the last 8 taps; valid from the fourth. A pause of 2 s or 2.5 periods begins
// a new set. The last tap is a beat.
class TapTempo {
  public:
    void reset();
    // True when the line is (again) valid.
    bool tap(double seconds);
    const BeatLine& line() const { return line_; }

  private:
    std::array<double, 8> taps_{};
    std::size_t count_ = 0;
    BeatLine line_;
};

// 24 ticks per beat, fitted over 48 of them (more above 120 BPM, where a tick's jitter weighs more), those further
// than 3 sigma from the line left out. Ticks that were lost on the way are counted all the same.
class MidiClock {
  public:
    void reset();
    void tick(double seconds);
    void start();
    // Most devices tick on while they stand: the beat goes on then, and Continue goes back to the place in
    // the song where Stop left it.
    void stop();
    void resume();
    void songPosition(double beats);

    bool valid() const { return known_; } // from then on: through a gap the line before goes on
    double lastTick() const { return lastTick_; }
    const BeatLine& line() const { return line_; } // beat 0 = start of the song, a "one"

  private:
    void goTo(std::int64_t tick);
    void countLost(double gap);
    std::size_t wanted() const; // ticks to fit over
    void fit();

    static constexpr std::size_t kTicks = 128, kUsual = 48;
    std::array<double, kTicks> times_{};
    std::array<std::int64_t, kTicks> numbers_{};
    std::size_t count_ = 0, at_ = 0;
    std::int64_t next_ = 0; // number of the coming tick
    std::int64_t lost_ = 0; // as many ticks seem to lie between the newest and the one before it
    double lastTick_ = -1e9;
    bool running_ = true, known_ = false; // known: there was a line
    bool begins_ = false;        // the coming tick is the first after Start or Continue
    std::int64_t stoppedAt_ = 0; // number of the tick that Continue goes on with
    BeatLine line_;
};

} // namespace titanus::analysis
