#include "render/pacer.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

namespace titanus::render {
namespace {

// What a sleep may overshoot by on a busy desktop kernel (docs: "Pacing").
constexpr double kYieldSeconds = 0.0015;

void sleepForReal(double seconds) {
    if (seconds > 0) std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    else std::this_thread::yield();
}

} // namespace

void FrameTimes::add(double seconds, double periodSeconds) {
    ms_[next_] = static_cast<float>(seconds * 1000);
    next_ = (next_ + 1) % kWindow;
    filled_ = std::min(filled_ + 1, kWindow);
    ++frames_;
    if (periodSeconds > 0 && seconds > 1.5 * periodSeconds) ++missed_;
}

void FrameTimes::clear() { *this = {}; }

std::uint64_t FrameTimes::longerThan(double seconds) const {
    return static_cast<std::uint64_t>(std::count_if(
        ms_.begin(), ms_.begin() + static_cast<std::ptrdiff_t>(filled_),
        [&](float ms) { return static_cast<double>(ms) > seconds * 1000; }));
}

PaceFigures FrameTimes::figures() const {
    PaceFigures f;
    f.frames = frames_;
    f.missed = missed_;
    if (filled_ == 0) return f;
    std::vector<float> sorted(ms_.begin(), ms_.begin() + static_cast<std::ptrdiff_t>(filled_));
    std::sort(sorted.begin(), sorted.end());
    const auto rank = [&](double share) {
        return static_cast<double>(sorted[std::min(filled_ - 1, static_cast<std::size_t>(share * static_cast<double>(filled_)))]);
    };
    f.p50Ms = rank(0.5);
    f.p95Ms = rank(0.95);
    f.p99Ms = rank(0.99);
    f.maxMs = sorted.back();
    f.fpsMean = 1000.0 * static_cast<double>(filled_) / std::accumulate(sorted.begin(), sorted.end(), 0.0);
    const std::size_t slow = std::max<std::size_t>(1, filled_ / 100);
    f.fpsLow1 = 1000.0 * static_cast<double>(slow) /
                std::accumulate(sorted.end() - static_cast<std::ptrdiff_t>(slow), sorted.end(), 0.0);
    return f;
}

Pacer::Pacer(const core::Clock& clock, Sleep sleep)
    : clock_(clock), sleep_(sleep ? std::move(sleep) : Sleep(sleepForReal)) {}

void Pacer::setRate(double fps) {
    if (fps == fps_) return;
    fps_ = fps;
    deadline_ = last_;
}

double Pacer::wait() {
    double now = clock_.seconds();
    const double period = fps_ > 0 ? 1 / fps_ : 0;
    if (!started_) {
        started_ = true;
        deadline_ = last_ = now;
        return now;
    }
    if (period > 0) {
        deadline_ += period;
        if (now > deadline_ + period) deadline_ = now;
        if (deadline_ - now > kYieldSeconds) sleep_(deadline_ - now - kYieldSeconds);
        while ((now = clock_.seconds()) < deadline_) sleep_(0);
    }
    times_.add(now - last_, period);
    last_ = now;
    return now;
}

bool SwapProbe::add(double swapSeconds) {
    if (!decided()) {
        sum_ += swapSeconds;
        ++count_;
    }
    return decided();
}

bool SwapProbe::paces(double refreshHz) const {
    return decided() && refreshHz > 0 && sum_ / count_ >= 0.8 / refreshHz;
}

} // namespace titanus::render
