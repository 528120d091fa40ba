#include "analysis/clock_arbiter.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace titanus::analysis {
namespace {

constexpr double kHoldTicks = 0.5;   // seconds without a tick until MIDI clock is held
constexpr double kGiveUpBeats = 32;  // held for this long: back to the sound

int positive(std::int64_t value, std::int64_t modulus) {
    const std::int64_t r = value % modulus;
    return static_cast<int>(r < 0 ? r + modulus : r);
}

} // namespace

ClockArbiter::ClockArbiter(double hopSeconds) : hopSeconds_(hopSeconds) { reset(); }

void ClockArbiter::reset() {
    tap_.reset();
    midi_.reset();
    tapHolds_ = known_ = performersOne_ = linked_ = false;
    clock_ = {};
    clock_.beatsPerBar = meter_;
    last_ = {};
    position_ = lag_ = nudge_ = 0;
    shift_ = 0;
    bar_.reset();
    meter_ = bar_.meter();
    clock_.beatsPerBar = meter_;
    beatNow_ = oneNow_ = 0;
    listening_ = 0;
    period_ = 0;
}

void ClockArbiter::setMeter(int beats) {
    bar_.setMeter(beats);
    if (beats > 0) meter_ = beats;
    clock_.beatsPerBar = meter_;
}

int ClockArbiter::barPosition(std::int64_t beat) const { return positive(beat - clock_.downbeat, meter_) + 1; }

ClockArbiter::Opinion ClockArbiter::opinion(const BeatTracker& tracker, double now) const {
    const bool any = choice_ == SourceChoice::Automatic;
    if (linked_ && any) return {linkLine_, ClockSource::Link, ClockState::Locked, 1.f, true, true};
    if (midi_.valid() && (any || choice_ == SourceChoice::MidiClock)) {
        const double quiet = now - midi_.lastTick();
        if (quiet < kHoldTicks + kGiveUpBeats * midi_.line().period || !any)
            return {midi_.line(), ClockSource::MidiClock,
                    quiet > kHoldTicks ? ClockState::Holding : ClockState::Locked,
                    quiet > kHoldTicks ? 0.5f : 1.f, true, true};
    }
    if (tapLeads())
        return {tapLine_, ClockSource::Tap, ClockState::Locked, 1.f, true, false};
    return {tracker.line(), ClockSource::Audio, tracker.state(), tracker.confidence(), tracker.known(), false};
}

void ClockArbiter::process(BeatTracker& tracker, double now) {
    Opinion source = opinion(tracker, now);
    clock_.source = source.source;
    clock_.state = source.state;
    clock_.confidence = source.confidence;
    if (!source.known) {
        if (!known_) return;
        // Nobody says anything any more: the beat goes on.
        source.line = last_.line;
        source.source = last_.source;
    }
    const double wanted = source.line.at(now);
    if (!known_) {
        known_ = true;
        shift_ = source.ownOne ? 0 : -static_cast<std::int64_t>(std::floor(wanted));
        position_ = wanted + static_cast<double>(shift_);
        lag_ = 0;
        clock_.downbeat = 0;
        listening_ = static_cast<std::int64_t>(std::floor(position_));
    } else {
        // What the source promised a hop ago against what it says now: a jump becomes lag. The
        // whole part of it belongs to the numbering.
        if (source.source != last_.source || source.line != last_.line) {
            const double expected = position_ + hopSeconds_ / source.line.period;
            const double jump = expected - lag_ - static_cast<double>(shift_) - wanted;
            if (std::abs(jump) > 0.02) {
                const double whole = std::round(jump);
                shift_ += static_cast<std::int64_t>(whole);
                lag_ += jump - whole;
                lag_ -= std::round(lag_);
            }
        }
        const double step = hopSeconds_ / source.line.period;
        // Dies away within a beat, without ever stopping the line or doubling its speed.
        const double die = std::clamp(lag_ * (1 - std::exp(-4 * step)), -0.8 * step, 0.8 * step);
        lag_ -= die;
        const double before = position_;
        position_ = std::max(before, wanted + static_cast<double>(shift_) + lag_);
    }
    if (last_.ownOne && !source.ownOne) keepOne();
    last_ = source;
    if (source.ownOne && !performersOne_) clock_.downbeat = shift_;
    // The nudge moves the line as a whole.
    const double shown = position_;
    const double whole = std::floor(shown);
    clock_.beat = static_cast<std::int64_t>(whole);
    clock_.periodSeconds = source.line.period;
    clock_.anchorSeconds = now - (shown - whole) * source.line.period + nudge_;
    hearsBars_ = source.source == ClockSource::Audio;
    places_ = tracker.places();
    if (!source.ownOne) findOne(tracker);
}

void ClockArbiter::hear(double time, float beatProbability, float oneProbability) {
    if (!known_) return;
    const double at = clock_.at(time + nudge_), nearest = std::round(at);
    if (static_cast<std::int64_t>(nearest) != listening_ || std::abs(at - nearest) * clock_.periodSeconds > 0.06) return;
    beatNow_ = std::max(beatNow_, beatProbability);
    oneNow_ = std::max(oneNow_, oneProbability);
}

bool ClockArbiter::tapLeads() const {
    return tapHolds_ && (choice_ == SourceChoice::Automatic || choice_ == SourceChoice::Tap);
}

void ClockArbiter::keepOne() {
    const auto now = static_cast<std::int64_t>(std::floor(position_));
    bar_.tell(clock_.downbeat, now);
    listening_ = now + 1;
}

// Where the sound is, whatever the nudge. The belief, which is late, must be well into the beat that follows.
void ClockArbiter::findOne(const BeatTracker& tracker) {
    const auto passed = static_cast<std::int64_t>(std::floor(position_ - 0.25 - tracker.delaySeconds() / clock_.periodSeconds));
    if (passed < listening_) return;
    if (period_ > 0 && std::abs(clock_.periodSeconds / period_ - 1) > 0.2) bar_.forget();
    period_ = clock_.periodSeconds;
    if (!hearsBars_) bar_.beat(listening_, beatNow_, oneNow_);
    else if (std::accumulate(places_.begin(), places_.end(), 0.f) > 0.5f && passed == listening_) bar_.beat(listening_, places_);
    beatNow_ = oneNow_ = 0;
    listening_ = passed + 1;
    if (performersOne_) return;
    meter_ = bar_.meter();
    clock_.beatsPerBar = meter_;
    clock_.downbeat = bar_.one();
}

void ClockArbiter::link(double seconds, double beats, double period) {
    constexpr double kSame = 0.01; // beats: the jitter of the clocks between is no news
    const bool told = linked_ && std::abs(linkLine_.at(seconds) - beats) < kSame && std::abs(linkLine_.period / period - 1) < 1e-6;
    linked_ = period > 0;
    if (!linked_ || told) return;
    const double whole = std::floor(beats);
    linkLine_ = {seconds - (beats - whole) * period, period, static_cast<std::int64_t>(whole)};
}

void ClockArbiter::tap(BeatTracker& tracker, double seconds) {
    if (!tap_.tap(seconds)) return;
    tapLine_ = tap_.line();
    if (!last_.ownOne) nudge_ = 0; // that of another machine's beat is no business of the tap's
    if (tapLocks_ || choice_ == SourceChoice::Tap) {
        tapHolds_ = true;
    } else {
        tapHolds_ = false;
        tracker.setLine(tapLine_.anchor, tapLine_.period, true);
    }
}

void ClockArbiter::scale(BeatTracker& tracker, double factor) {
    if (last_.ownOne) return;
    const bool tapped = tapLeads();
    const auto scaled = [&](double kept) { return tapped ? tapLine_.scale(factor, kept) : tracker.scaleTempo(factor, kept); };
    const BeatLine line = tapped ? tapLine_ : tracker.line();
    if (!known_ || line != last_.line) { // tapped this instant
        scaled(static_cast<double>(line.beat));
        return;
    }
    // About the nearest beat that is one before and after.
    const double at = position_ - lag_, one = static_cast<double>(clock_.downbeat), step = std::max(1.0, 1 / factor);
    const double kept = one + step * std::round((at - one) / step);
    if (!scaled(kept - static_cast<double>(shift_))) return;
    last_.line = tapped ? tapLine_ : tracker.line();
    lag_ = position_ - kept - (at - kept) * factor;
    clock_.downbeat = std::llround(kept + (one - kept) * factor);
    keepOne();
    period_ = last_.line.period;
}

void ClockArbiter::resync(BeatTracker& tracker, double seconds) {
    if (tapHolds_) tapLine_.anchor = seconds;
    tracker.setLine(seconds, tracker.line().period, false);
    // Forwards to the next whole beat; from then on the source is at a whole number there too.
    const double shown = clock_.at(seconds), at = shown + nudge_ / clock_.periodSeconds;
    const std::int64_t beat = static_cast<std::int64_t>(std::ceil(shown - 1e-6));
    nudge_ = 0;
    if (known_) {
        position_ += static_cast<double>(beat) - at;
        lag_ = 0;
        last_.line.beat = -1; // noticed as a change: the whole difference goes to the shift
        clock_.anchorSeconds = seconds;
        clock_.beat = beat;
    }
    clock_.downbeat = beat;
    performersOne_ = true;
}

void ClockArbiter::automatic(BeatTracker& tracker) {
    tapHolds_ = performersOne_ = false;
    nudge_ = 0;
    tap_.reset();
    tracker.release();
}

void ClockArbiter::midiStart() {
    midi_.start();
    if (last_.source == ClockSource::MidiClock) performersOne_ = false;
}

void ClockArbiter::takeOver(const ClockArbiter& other) {
    const double hop = hopSeconds_;
    *this = other;
    hopSeconds_ = hop;
}

} // namespace titanus::analysis
