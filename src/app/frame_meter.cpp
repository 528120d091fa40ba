#include "app/frame_meter.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace titanus::app {

void FrameMeter::frame(double dtSeconds, double targetFps) {
    milliseconds_[next_] = static_cast<float>(dtSeconds * 1000);
    next_ = (next_ + 1) % kWindow;
    filled_ = std::min(filled_ + 1, kWindow);
    ++frames_;
    if (dtSeconds * targetFps > 1.5) ++missed_;
}

FrameMeter::Figures FrameMeter::figures() const {
    Figures f;
    f.frames = frames_;
    f.missed = missed_;
    if (filled_ == 0) return f;
    std::vector<float> sorted(milliseconds_.begin(), milliseconds_.begin() + static_cast<std::ptrdiff_t>(filled_));
    std::sort(sorted.begin(), sorted.end());
    const double sum = std::accumulate(sorted.begin(), sorted.end(), 0.0);
    f.fpsMean = 1000.0 * static_cast<double>(filled_) / sum;
    const std::size_t slow = std::max<std::size_t>(1, filled_ / 100);
    const double slowSum = std::accumulate(sorted.end() - static_cast<std::ptrdiff_t>(slow), sorted.end(), 0.0);
    f.fpsLow1 = 1000.0 * static_cast<double>(slow) / slowSum;
    f.p50Ms = sorted[filled_ / 2];
    f.p99Ms = sorted[std::min(filled_ - 1, filled_ * 99 / 100)];
    f.maxMs = sorted.back();
    return f;
}

void RateMeter::update(std::uint64_t total, double seconds) {
    constexpr double kWindowSeconds = 1;
    if (!started_ || total < total_) {
        started_ = true;
        total_ = total;
        since_ = seconds;
        return;
    }
    if (seconds - since_ < kWindowSeconds) return;
    rate_ = static_cast<double>(total - total_) / (seconds - since_);
    total_ = total;
    since_ = seconds;
}

} // namespace titanus::app
