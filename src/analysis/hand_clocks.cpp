#include "analysis/hand_clocks.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace titanus::analysis {
namespace {

struct Fit {
    double intercept = 0, slope = 0; // y = intercept + slope * x
};
// Weighted by 0 or 1.
Fit leastSquares(std::span<const double> x, std::span<const double> y, std::span<const bool> use) {
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!use[i]) continue;
        n += 1;
        sx += x[i];
        sy += y[i];
        sxx += x[i] * x[i];
        sxy += x[i] * y[i];
    }
    const double d = n * sxx - sx * sx;
    if (n < 2 || std::abs(d) < 1e-12) return {};
    const double slope = (n * sxy - sx * sy) / d;
    return {(sy - slope * sx) / n, slope};
}

} // namespace

void TapTempo::reset() { count_ = 0; }

bool TapTempo::tap(double seconds) {
    if (count_ > 0) {
        const double pause = seconds - taps_[count_ - 1];
        if (pause <= 0.05) return false; // a bouncing button
        const double period = count_ > 1 ? (taps_[count_ - 1] - taps_[0]) / static_cast<double>(count_ - 1) : 2;
        if (pause > 2 || pause > 2.5 * period) count_ = 0;
    }
    if (count_ == taps_.size()) {
        std::copy(taps_.begin() + 1, taps_.end(), taps_.begin());
        --count_;
    }
    taps_[count_++] = seconds;
    if (count_ < 4) return false;
    std::array<double, 8> x{};
    std::array<bool, 8> use{};
    for (std::size_t i = 0; i < count_; ++i) {
        x[i] = static_cast<double>(i);
        use[i] = true;
    }
    const Fit fit = leastSquares({x.data(), count_}, {taps_.data(), count_}, {use.data(), count_});
    line_.period = std::clamp(fit.slope, 60.0 / 300, 60.0 / 20);
    line_.anchor = seconds;
    line_.beat = 0;
    return true;
}

void MidiClock::reset() { *this = MidiClock(); }

void MidiClock::start() {
    // The first tick after Start is beat 0; what the ticks before said of the tempo stays true.
    goTo(0);
    running_ = begins_ = true;
}

void MidiClock::stop() {
    if (running_) stoppedAt_ = next_;
    running_ = false;
}

void MidiClock::resume() {
    if (!running_) goTo(stoppedAt_);
    running_ = begins_ = true;
}

void MidiClock::songPosition(double beats) {
    stoppedAt_ = std::llround(beats * 24);
    goTo(stoppedAt_);
}

void MidiClock::goTo(std::int64_t tick) {
    const std::int64_t shift = tick - next_;
    for (std::size_t i = 0; i < count_; ++i) numbers_[i] += shift;
    next_ = tick;
    const double beats = static_cast<double>(shift) / 24, whole = std::floor(beats);
    line_.beat += static_cast<std::int64_t>(whole);
    line_.move((whole - beats) * line_.period);
    fit();
}

void MidiClock::tick(double seconds) {
    const double gap = seconds - lastTick_;
    if (!begins_ && known_) countLost(gap);
    else lost_ = 0;
    if (gap > 0.5) { // its tempo may be another; until that is known it goes on as before, but from this tick if it begins here
        count_ = at_ = 0;
        if (begins_) {
            line_.anchor = seconds;
            line_.beat = 0;
            line_.move(-static_cast<double>(next_) / 24 * line_.period);
        }
    } else if (begins_ && valid()) // a pause is no slow tick: those before it are moved up to its end
        for (double& time : times_) time += gap - line_.period / 24;
    begins_ = false;
    lastTick_ = seconds;
    times_[at_] = seconds;
    numbers_[at_] = next_++;
    at_ = (at_ + 1) % kTicks;
    count_ = std::min(count_ + 1, kTicks);
    fit();
}

// A tick that comes late is followed at once by the next one, a slower device is slow at the next one too: only
// where that one has its usual distance were ticks lost in between.
void MidiClock::countLost(double gap) {
    const double ticks = gap / (line_.period / 24);
    if (lost_ > 0 && ticks > 0.5 && ticks < 1.5) {
        next_ += lost_;
        numbers_[(at_ + kTicks - 1) % kTicks] += lost_;
    }
    lost_ = ticks > 1.75 ? std::llround(ticks) - 1 : 0;
}

// The error of the tempo in BPM grows with its square and falls with this to the power 1.5.
std::size_t MidiClock::wanted() const {
    const double faster = std::max(1.0, 60 / line_.period / 120);
    return std::min(kTicks, static_cast<std::size_t>(std::lround(kUsual * std::pow(faster, 4.0 / 3))));
}

void MidiClock::fit() {
    if (count_ < 12) return;
    const std::size_t used = std::min(count_, known_ ? wanted() : kUsual);
    std::array<double, kTicks> x{}, y{};
    std::array<bool, kTicks> use{};
    const double origin = times_[(at_ + kTicks - 1) % kTicks];
    const std::int64_t number = numbers_[(at_ + kTicks - 1) % kTicks];
    for (std::size_t i = 0; i < used; ++i) {
        const std::size_t k = (at_ + kTicks - 1 - i) % kTicks;
        x[i] = static_cast<double>(numbers_[k] - number);
        y[i] = times_[k] - origin;
        use[i] = true;
    }
    const std::span<const double> xs{x.data(), used}, ys{y.data(), used};
    Fit line = leastSquares(xs, ys, {use.data(), used});
    double variance = 0;
    for (std::size_t i = 0; i < used; ++i) {
        const double error = y[i] - line.intercept - line.slope * x[i];
        variance += error * error / static_cast<double>(used);
    }
    const double limit = 3 * std::sqrt(variance);
    bool dropped = false;
    for (std::size_t i = 0; i < used; ++i)
        if (std::abs(y[i] - line.intercept - line.slope * x[i]) > limit && limit > 1e-4) {
            use[i] = false;
            dropped = true;
        }
    if (dropped) line = leastSquares(xs, ys, {use.data(), used});
    if (line.slope <= 1e-4) return;
    known_ = true;
    line_.period = std::clamp(line.slope * 24, 60.0 / 400, 60.0 / 15);
    // Index 0 lies at the time where the fitted tick number is 0.
    const double newest = static_cast<double>(number) / 24;
    const double whole = std::floor(newest);
    line_.beat = static_cast<std::int64_t>(whole);
    line_.anchor = origin + line.intercept - (newest - whole) * line_.period;
}

} // namespace titanus::analysis
