#include "audio/clock_fit.h"

#include <algorithm>

namespace titanus::audio {

void ClockFit::add(const BlockStamp& stamp) {
    stamps_[next_] = stamp;
    next_ = (next_ + 1) % kBlocks;
    count_ = std::min(count_ + 1, kBlocks);
}

ClockFit::Line ClockFit::line() const {
    Line result;
    if (count_ == 0) return result;
    // Relative to the newest stamp, so that the sums keep their digits after hours.
    const BlockStamp& origin = stamps_[(next_ + kBlocks - 1) % kBlocks];
    const auto x = [&](std::size_t i) {
        return static_cast<double>(static_cast<std::int64_t>(stamps_[i].frames - origin.frames));
    };
    const auto n = static_cast<double>(count_);
    double meanX = 0, meanY = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        meanX += x(i) / n;
        meanY += (stamps_[i].hostSeconds - origin.hostSeconds) / n;
    }
    double xx = 0, xy = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        const double dx = x(i) - meanX;
        xx += dx * dx;
        xy += dx * (stamps_[i].hostSeconds - origin.hostSeconds - meanY);
    }
    result.frame0 = static_cast<double>(origin.frames) + meanX;
    result.host0 = origin.hostSeconds + meanY;
    result.secondsPerFrame = xx > 0 ? xy / xx : 0;
    return result;
}

double ClockFit::hostSeconds(double frames) const {
    const Line l = line();
    return l.host0 + (frames - l.frame0) * l.secondsPerFrame;
}

double ClockFit::framesPerSecond() const {
    const Line l = line();
    return ready() && l.secondsPerFrame > 0 ? 1 / l.secondsPerFrame : 0;
}

} // namespace titanus::audio
