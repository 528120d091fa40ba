#pragma once
// Holds the frame rate where vsync does not: absolute deadlines, so errors do not add up; sleeps
// until 1.5 ms before the deadline and yields for the rest, because a sleep may last too long but
// yielding for a whole frame would steal the painter's core.
// Thread: main   Real-time safe: no (sleeps)   Time: the injected clock
#include "core/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace titanus::render {

// Frame times over the last ten seconds at 60 Hz.
struct PaceFigures {
    double fpsMean = 0, fpsLow1 = 0;                     // low1: rate in the slowest 1 % of frames
    double p50Ms = 0, p95Ms = 0, p99Ms = 0, maxMs = 0;
    std::uint64_t frames = 0, missed = 0;                // since start; missed: deadline overrun by
};                                                       // more than half a period

class FrameTimes {
  public:
    void add(double seconds, double periodSeconds);
    PaceFigures figures() const;
    std::uint64_t longerThan(double seconds) const; // frames of the window
    void clear();

  private:
    static constexpr std::size_t kWindow = 600;
    std::array<float, kWindow> ms_{};
    std::size_t next_ = 0, filled_ = 0;
    std::uint64_t frames_ = 0, missed_ = 0;
};

class Pacer {
  public:
    using Sleep = std::function<void(double seconds)>;

    // The clock must outlive the pacer. `sleep` may return late, never early by more than it must;
    // called with 0 to yield. Without one the thread sleeps for real.
    explicit Pacer(const core::Clock& clock, Sleep sleep = {});

    // 0: never wait, only measure (vsync or an encoder sets the pace).
    void setRate(double fps);
    double rate() const { return fps_; }
    // Ends a frame: waits for its deadline, returns the time at which the next frame begins. A
    // frame later than a whole period sets a new row of deadlines instead of hurrying after.
    double wait();
    PaceFigures figures() const { return times_.figures(); }
    std::uint64_t longerThan(double seconds) const { return times_.longerThan(seconds); }
    void clearFigures() { times_.clear(); }

  private:
    const core::Clock& clock_;
    Sleep sleep_;
    double fps_ = 60, deadline_ = 0, last_ = 0;
    bool started_ = false;
    FrameTimes times_;
};

// Tells whether swapping buffers really waits for the screen: drivers without a screen report
// success and do not wait. Feed it the time between swaps with nothing else pacing.
class SwapProbe {
  public:
    // refreshHz 0: unknown. Returns true once it has seen enough (60 swaps).
    bool add(double swapSeconds);
    bool decided() const { return count_ >= kSwaps; }
    // Only meaningful once decided: mean at least 80 % of the refresh period, which is known.
    bool paces(double refreshHz) const;

  private:
    static constexpr int kSwaps = 60;
    int count_ = 0;
    double sum_ = 0;
};

} // namespace titanus::render
