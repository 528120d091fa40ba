#pragma once
// Frame rate as an audience feels it: mean and the slowest percent, over the last ten seconds.
// Thread: main   Real-time safe: yes after construction
#include <array>
#include <cstddef>
#include <cstdint>

namespace titanus::app {

class FrameMeter {
  public:
    struct Figures {
        double fpsMean = 0, fpsLow1 = 0; // low1: rate during the slowest 1 % of frames
        double p50Ms = 0, p99Ms = 0, maxMs = 0;
        std::uint64_t frames = 0, missed = 0; // missed: longer than 1.5 periods
    };

    void frame(double dtSeconds, double targetFps);
    Figures figures() const;

  private:
    static constexpr std::size_t kWindow = 600;
    std::array<float, kWindow> milliseconds_{};
    std::size_t next_ = 0, filled_ = 0;
    std::uint64_t frames_ = 0, missed_ = 0;
};

// Events per second, followed over about a second (steps of guidance).
class RateMeter {
  public:
    void update(std::uint64_t total, double seconds);
    double perSecond() const { return rate_; }

  private:
    std::uint64_t total_ = 0;
    double since_ = 0, rate_ = 0;
    bool started_ = false;
};

} // namespace titanus::app
