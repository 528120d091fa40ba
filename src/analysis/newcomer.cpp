#include "analysis/newcomer.h"

#include <algorithm>

namespace titanus::analysis {

Newcomer::Newcomer(double hopSeconds, NewcomerTuning tuning)
    : tuning_(tuning), frameSeconds_(static_cast<double>(BeatInputs::kHops) * hopSeconds), tracker_(hopSeconds) {}

void Newcomer::reset() {
    tracker_.reset();
    age_ = 0;
    frames_ = 0;
    better_ = slightlyBetter_ = 0;
}

bool Newcomer::hear(const BeatNet::Answers& answers, BeatNet& net, BeatTracker& listener, double now) {
    age_ += frameSeconds_;
    tracker_.hear(answers[BeatNet::New].beat, answers[BeatNet::New].one);
    its_[frames_ % its_.size()] = answers[BeatNet::New].beat;
    ours_[frames_ % ours_.size()] = answers[BeatNet::Old].beat;
    ++frames_;
    const double newest = now - listener.delaySeconds();
    bool better = false, slightly = false;
    if (age_ > tuning_.grown && !listener.held() && listener.differs(tracker_, now)) {
        const Gain by = gain(tracker_.line(), listener.line(), newest);
        better = (by.its > tuning_.better && by.ours > tuning_.betterForOurs) || (by.ours > tuning_.leastForOurs && by.its + by.ours > tuning_.farBetter);
        slightly = std::min(by.its, by.ours) > tuning_.slightly;
    }
    better_ = better ? better_ + 1 : 0;
    slightlyBetter_ = slightly ? slightlyBetter_ + 1 : 0;
    const bool right = better_ >= tuning_.frames || slightlyBetter_ >= tuning_.slightlyFrames;
    if (right) {
        net.adopt();
        listener.adopt(tracker_, now, listener.state() == ClockState::Locked && offBeat(listener.line(), newest));
    }
    if (right || age_ > tuning_.every) {
        net.forget();
        reset();
    }
    return right;
}

// 0..1: how much more probable a beat was on the line's beats than between them.
double Newcomer::fit(const BeatLine& line, const Heard& heard, double newest) const {
    const std::size_t count = std::min({frames_, heard.size(), static_cast<std::size_t>(tuning_.window / frameSeconds_)});
    double on = 0, off = 0, ons = 0, offs = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const auto probability = static_cast<double>(heard[(frames_ - 1 - k) % heard.size()]);
        const bool beat = line.onBeat(newest - static_cast<double>(k) * frameSeconds_);
        (beat ? on : off) += probability;
        (beat ? ons : offs) += 1;
    }
    on /= std::max(1.0, ons);
    off /= std::max(1.0, offs);
    return on / (on + off + 0.03); // .03: where hardly anything is heard, nothing fits
}

Newcomer::Gain Newcomer::gain(const BeatLine& line, const BeatLine& than, double newest) const {
    return {fit(line, its_, newest) - fit(than, its_, newest), fit(line, ours_, newest) - fit(than, ours_, newest)};
}

// A beat stands half-way between the line's.
bool Newcomer::offBeat(const BeatLine& line, double newest) const {
    BeatLine between = line;
    between.move(line.period / 2);
    const Gain by = gain(between, line, newest);
    return by.its + by.ours > tuning_.between;
}

} // namespace titanus::analysis
