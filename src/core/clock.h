#pragma once
// Time is passed in, never asked for: live, offline and tests differ only in the clock.
// Unit: seconds since an arbitrary start, never decreasing. Thread: any
#include <chrono>

namespace titanus::core {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual double seconds() const = 0;
};

class SteadyClock final : public Clock {
  public:
    double seconds() const override {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Moves only when told to: offline rendering and tests.
class ManualClock final : public Clock {
  public:
    double seconds() const override { return seconds_; }
    void set(double seconds) { seconds_ = seconds; }
    void advance(double seconds) { seconds_ += seconds; }

  private:
    double seconds_ = 0;
};

} // namespace titanus::core
