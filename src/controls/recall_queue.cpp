#include "controls/recall_queue.h"

#include <algorithm>
#include <cmath>

namespace titanus::controls {

double morphSeconds(const RecallRequest& request, const params::Store& store, const MusicTime& now) {
    const double beatSeconds = now.hasBeat() ? now.beatSeconds : 0.5;
    if (request.morphBeats && *request.morphBeats > 0) return *request.morphBeats * beatSeconds;
    if (request.morphSeconds) return std::max(*request.morphSeconds, 0.0);
    if (request.morphBeats) return 0; // 0 beats: at once
    const auto beats = static_cast<double>(store[params::param("morph.beats")]);
    return beats > 0 ? beats * beatSeconds : static_cast<double>(store[params::param("morph.seconds")]);
}

void RecallQueue::request(RecallRequest request, Quantise quantise, double lookaheadSeconds, const MusicTime& now) {
    pending_ = std::move(request);
    quantise_ = now.hasBeat() ? quantise : Quantise::Now;
    lookahead_ = std::isfinite(lookaheadSeconds) ? std::max(lookaheadSeconds, 0.0) : 0;
    line_ = nextLine(quantise_, now);
    asked_ = now.seconds;
    waited_ = std::max(secondsLeft(now), 0.0);
}

void RecallQueue::request(RecallRequest request, const params::Store& store, const MusicTime& now) {
    const auto quantise = static_cast<Quantise>(store.snapshot().choice(params::param("scene.quantise")));
    this->request(std::move(request), quantise,
                  static_cast<double>(store[params::param("scene.lookahead_ms")]) / 1000, now);
}

bool RecallQueue::cancel() {
    const bool had = pending_.has_value();
    pending_.reset();
    return had;
}

double RecallQueue::secondsLeft(const MusicTime& now) const {
    if (quantise_ == Quantise::Now || !now.hasBeat()) return 0;
    return (line_ - now.beat) * now.beatSeconds - lookahead_;
}

std::optional<RecallRequest> RecallQueue::step(const MusicTime& now) {
    if (!pending_) return std::nullopt;
    // A clock that was set back (resync, a new tempo source, another bar) leaves the line too far
    // away: the next line of the new count is meant.
    // A downbeat that moves by whole bars keeps the line, or four bars would never come.
    const double grid = gridBeats(quantise_, now.beatsPerBar);
    if (grid > 0 && now.hasBeat()) {
        const double unit = quantise_ == Quantise::Beat ? 1 : gridBeats(Quantise::Bar, now.beatsPerBar);
        const double phase = (line_ - static_cast<double>(now.downbeat)) / unit;
        if (line_ - now.beat > grid + 1e-6 || std::abs(phase - std::round(phase)) > 1e-6) line_ = nextLine(quantise_, now);
    }
    if (secondsLeft(now) > now.frameSeconds / 2) return std::nullopt;
    return std::exchange(pending_, std::nullopt);
}

std::optional<RecallQueue::Countdown> RecallQueue::countdown(const MusicTime& now) const {
    if (!pending_) return std::nullopt;
    Countdown out;
    out.seconds = std::max(secondsLeft(now), 0.0);
    out.beats = now.hasBeat() ? out.seconds / now.beatSeconds : 0;
    out.share = waited_ > 0 ? std::clamp(1 - out.seconds / waited_, 0.0, 1.0) : 1;
    return out;
}

} // namespace titanus::controls
