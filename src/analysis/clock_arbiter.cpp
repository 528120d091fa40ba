#include "analysis/clock_arbiter.h"

#include <algorithm>
#include <cmath>

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
    tapHolds_ = known_ = performersOne_ = false;
    clock_ = {};
    clock_.beatsPerBar = meter_;
    last_ = {};
    position_ = lag_ = nudge_ = 0;
    shift_ = 0;
    colourNow_ = colourBefore_ = {};
    kickNow_ = 0;
    listening_ = 0;
    weight_ = {};
    leadBeats_ = 0;
    leader_ = -1;
}

void ClockArbiter::setMeter(int beats) {
    if (beats == meter_) return;
    meter_ = beats;
    clock_.beatsPerBar = beats;
    leader_ = -1;
}

int ClockArbiter::barPosition(std::int64_t beat) const { return positive(beat - clock_.downbeat, meter_) + 1; }

ClockArbiter::Opinion ClockArbiter::opinion(const BeatTracker& tracker, double now) const {
    const bool any = choice_ == SourceChoice::Automatic;
    if (midi_.valid() && (any || choice_ == SourceChoice::MidiClock)) {
        const double quiet = now - midi_.lastTick();
        if (quiet < kHoldTicks + kGiveUpBeats * midi_.line().period || !any)
            return {midi_.line(), ClockSource::MidiClock,
                    quiet > kHoldTicks ? ClockState::Holding : ClockState::Locked,
                    quiet > kHoldTicks ? 0.5f : 1.f, true, true};
    }
    if (tapHolds_ && (any || choice_ == SourceChoice::Tap))
        return {tapLine_, ClockSource::Tap, ClockState::Locked, 1.f, true, false};
    return {tracker.line(), ClockSource::Audio, tracker.state(), tracker.confidence(), tracker.known(), false};
}

void ClockArbiter::process(BeatTracker& tracker, const Attack& attack, std::span<const float> colour, double now) {
    const Opinion source = opinion(tracker, now);
    clock_.source = source.source;
    clock_.state = source.state;
    clock_.confidence = source.confidence;
    if (!source.known) return;
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
        const bool changed = source.source != last_.source || source.line.beat != last_.line.beat ||
                             source.line.anchor != last_.line.anchor || source.line.period != last_.line.period;
        if (changed) {
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
    last_ = source;
    if (source.ownOne && !performersOne_) clock_.downbeat = shift_;
    // The nudge moves the line as a whole.
    const double shown = position_;
    const double whole = std::floor(shown);
    clock_.beat = static_cast<std::int64_t>(whole);
    clock_.periodSeconds = source.line.period;
    clock_.anchorSeconds = now - (shown - whole) * source.line.period + nudge_;
    if (!source.ownOne) findOne(attack, colour, now);
}

void ClockArbiter::findOne(const Attack& attack, std::span<const float> colour, double now) {
    const double at = clock_.at(now);
    const double off = at - std::round(at);
    const auto nearest = static_cast<std::int64_t>(std::round(at));
    const auto go = static_cast<float>(std::min(1.0, hopSeconds_ / clock_.periodSeconds * 6));
    // After the attack the new harmony stands: its colour is averaged over the beat.
    for (std::size_t i = 0; i < kColours && i < colour.size(); ++i)
        colourNow_[i] += go * (colour[i] - colourNow_[i]);
    if (std::abs(off) * clock_.periodSeconds < 0.05) kickNow_ = std::max(kickNow_, attack.kick);
    if (nearest > listening_ && off > 0.35 - 1 && off < -0.3) { // 65 % into the beat: it has been heard
        score(nearest - 1);
        listening_ = nearest;
    }
}

void ClockArbiter::score(std::int64_t beat) {
    double difference = 0, sum = 1e-3;
    for (std::size_t i = 0; i < kColours; ++i) {
        difference += static_cast<double>(std::abs(colourNow_[i] - colourBefore_[i]));
        sum += static_cast<double>(colourNow_[i] + colourBefore_[i]);
    }
    colourBefore_ = colourNow_;
    const double evidence = 0.6 * std::min(1.0, static_cast<double>(kickNow_)) + 1.6 * difference / sum;
    kickNow_ = 0;
    const double keep = std::exp(-1.0 / (8 * meter_));
    for (double& w : weight_) w *= keep;
    weight_[static_cast<std::size_t>(positive(beat, 24))] += evidence;
    if (performersOne_) return;
    std::array<double, 8> position{};
    for (std::size_t i = 0; i < weight_.size(); ++i)
        position[static_cast<std::size_t>(positive(static_cast<std::int64_t>(i) - clock_.downbeat, meter_))] += weight_[i];
    const auto best = static_cast<int>(std::max_element(position.begin(), position.begin() + meter_) - position.begin());
    const bool leads = best != 0 && position[static_cast<std::size_t>(best)] > 1.15 * position[0];
    leadBeats_ = leads && best == leader_ ? leadBeats_ + 1 : 0;
    leader_ = best;
    if (leadBeats_ >= 2 * meter_) {
        clock_.downbeat += best;
        leadBeats_ = 0;
        leader_ = -1;
    }
}

void ClockArbiter::tap(BeatTracker& tracker, double seconds) {
    if (!tap_.tap(seconds)) return;
    tapLine_ = tap_.line();
    nudge_ = 0;
    if (tapLocks_ || choice_ == SourceChoice::Tap) {
        tapHolds_ = true;
    } else {
        tapHolds_ = false;
        tracker.setLine(tapLine_.anchor, tapLine_.period, true);
    }
}

void ClockArbiter::scale(BeatTracker& tracker, double factor, double now) {
    if (tapHolds_) tapLine_.setPeriod(std::clamp(tapLine_.period / factor, 60.0 / 300, 60.0 / 20), now);
    tracker.scaleTempo(factor, now);
}

void ClockArbiter::resync(BeatTracker& tracker, double seconds) {
    nudge_ = 0;
    if (tapHolds_) tapLine_.anchor = seconds;
    tracker.setLine(seconds, tracker.line().period, false);
    // Forwards to the next whole beat; from then on the source is at a whole number there too.
    const double at = clock_.at(seconds);
    const std::int64_t beat = static_cast<std::int64_t>(std::ceil(at - 1e-6));
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

void ClockArbiter::followSound(BeatTracker& tracker) {
    tapHolds_ = performersOne_ = false;
    nudge_ = 0;
    tap_.reset();
    midi_.reset();
    tracker.release();
}

} // namespace titanus::analysis
