#include "controls/cue_list.h"

#include <algorithm>
#include <cmath>

namespace titanus::controls {
using When = Cue::When;

namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }
double barBeats(const MusicTime& now) { return now.beatsPerBar > 0 ? now.beatsPerBar : 4; }

} // namespace

void CuePlayer::load(CueList list) {
    list_ = std::move(list);
    running_ = false;
    current_ = -1;
    next_ = 0;
    last_ = {};
    places_.assign(list_.cues.size(), std::nullopt);
    jumps_.assign(list_.cues.size(), 0);
}

void CuePlayer::start(const MusicTime& now) {
    load(std::move(list_));
    running_ = !list_.cues.empty();
    startSeconds_ = now.seconds;
    // Bars are the music's bars: bar 1 is the one that the start falls into.
    const double bar = barBeats(now), origin = static_cast<double>(now.downbeat);
    startBeat_ = origin + std::floor((now.beat - origin) / bar + 1e-9) * bar;
    seenSeconds_ = now.seconds;
    seenBeat_ = now.beat;
}

void CuePlayer::stop() { running_ = false; }

int CuePlayer::next() const {
    const int size = static_cast<int>(list_.cues.size());
    if (next_ < size) return next_;
    return list_.loop && size > 0 ? 0 : -1;
}

// Seconds until the cue is due by itself; nullopt: only a hand can.
std::optional<double> CuePlayer::secondsUntil(int index, const MusicTime& now) const {
    const Cue& cue = list_.cues[at(index)];
    const Place h = here(now);
    const auto beats = [&](double due) -> std::optional<double> {
        if (!now.hasBeat()) return std::nullopt; // it comes when the beat does
        return (due - h.beats) * now.beatSeconds;
    };
    switch (cue.when) {
    case When::Hand: return std::nullopt;
    case When::Seconds: return cue.value - h.seconds;
    case When::AfterSeconds: return last_.seconds + cue.value - h.seconds;
    case When::Beats: return beats(cue.value);
    case When::Bar: return beats(cue.value * barBeats(now));
    case When::AfterBeats: return beats(last_.beats + cue.value);
    case When::AfterBars: return beats(last_.beats + cue.value * barBeats(now));
    }
    return std::nullopt;
}

std::optional<double> CuePlayer::secondsToNext(const MusicTime& now) const {
    if (!running_ || next_ >= static_cast<int>(list_.cues.size())) return std::nullopt;
    const auto left = secondsUntil(next_, now);
    return left ? std::optional(std::max(*left, 0.0)) : std::nullopt;
}

RecallRequest CuePlayer::fire(int index, Place place) {
    current_ = index;
    next_ = index + 1;
    last_ = place;
    places_[at(index)] = place;
    return list_.cues[at(index)].request();
}

// Where a cue leads: itself; a jump to its target until it was taken often enough, then to the cue
// after it.
int CuePlayer::landing(int index) {
    const Cue& cue = list_.cues[at(index)];
    if (cue.backTo < 0) return index;
    int& taken = jumps_[at(index)];
    if (cue.times > 0 && taken >= cue.times) {
        taken = 0;
        return index + 1;
    }
    ++taken;
    std::fill(jumps_.begin() + cue.backTo, jumps_.begin() + index, 0); // loops inside begin anew
    return cue.backTo;
}

// The list's time at the cue: as it says, or where it was when it fired before; else from here on.
void CuePlayer::goTo(int index, Place from, const MusicTime& now) {
    const Cue& cue = list_.cues[at(index)];
    Place to = from;
    const double beatSeconds = now.hasBeat() ? now.beatSeconds : 0.5;
    const auto toBeats = [&](double beats) { to = {from.seconds + (beats - from.beats) * beatSeconds, beats}; };
    switch (cue.when) {
    case When::Seconds: to = {cue.value, from.beats + (cue.value - from.seconds) / beatSeconds}; break;
    case When::Beats: toBeats(cue.value); break;
    case When::Bar: toBeats(cue.value * barBeats(now)); break;
    default:
        if (index <= current_ && places_[at(index)]) to = *places_[at(index)];
        break;
    }
    startSeconds_ += from.seconds - to.seconds;
    startBeat_ += from.beats - to.beats;
    last_ = to;
}

std::optional<RecallRequest> CuePlayer::go(const MusicTime& now) {
    if (list_.cues.empty()) return std::nullopt;
    if (!running_ && current_ < 0) start(now);
    if (!running_) { // the time of the stop did not pass for the list
        startSeconds_ += now.seconds - seenSeconds_;
        startBeat_ += now.beat - seenBeat_;
        running_ = true;
    }
    int index = next();
    const int size = static_cast<int>(list_.cues.size());
    while (index >= 0 && index < size && list_.cues[at(index)].backTo >= 0) index = landing(index);
    if (index < 0 || index >= size) return std::nullopt;
    goTo(index, here(now), now);
    return fire(index, last_);
}

std::optional<RecallRequest> CuePlayer::back(const MusicTime& now) {
    int index = current_ - 1;
    while (index >= 0 && list_.cues[at(index)].backTo >= 0) --index;
    if (index < 0) return std::nullopt;
    if (!running_) {
        startSeconds_ += now.seconds - seenSeconds_;
        startBeat_ += now.beat - seenBeat_;
        running_ = true;
    }
    goTo(index, here(now), now);
    return fire(index, last_);
}

std::vector<RecallRequest> CuePlayer::step(const MusicTime& now) {
    std::vector<RecallRequest> out;
    if (!running_) return out;
    seenSeconds_ = now.seconds;
    seenBeat_ = now.beat;
    const std::size_t most = 2 * list_.cues.size(); // a loop shorter than a frame does not hang
    while (out.size() < most && next_ < static_cast<int>(list_.cues.size())) {
        const auto left = secondsUntil(next_, now);
        if (!left || *left > now.frameSeconds / 2) break;
        const Place h = here(now);
        const Place due{h.seconds + *left, h.beats + (now.hasBeat() ? *left / now.beatSeconds : 0)};
        const int passed = next_, index = landing(next_);
        if (index > passed) { // a loop that is done: what follows waits for its own time
            next_ = index;
            last_ = due;
            continue;
        }
        if (index < passed) goTo(index, due, now);
        out.push_back(fire(index, index < passed ? last_ : due));
    }
    return out;
}

} // namespace titanus::controls
