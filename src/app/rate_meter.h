#pragma once
// Events per second, counted over a second at a time (steps of guidance). Thread: main
#include <cstdint>

namespace titanus::app {

class RateMeter {
  public:
    void update(std::uint64_t total, double seconds) {
        if (!started_ || total < total_) { // the first, or a restarted counter
            started_ = true;
            total_ = total;
            since_ = seconds;
        } else if (seconds - since_ >= 1) {
            rate_ = static_cast<double>(total - total_) / (seconds - since_);
            total_ = total;
            since_ = seconds;
        }
    }
    double perSecond() const { return rate_; }

  private:
    std::uint64_t total_ = 0;
    double since_ = 0, rate_ = 0;
    bool started_ = false;
};

} // namespace titanus::app
