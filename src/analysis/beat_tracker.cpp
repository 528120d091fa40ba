#include "analysis/beat_tracker.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

constexpr std::size_t kHops = 4; // per frame: as the network answers
constexpr double kNear = 0.05; // tempi closer than this are the same tempo
constexpr double kNeighbours = 0.04; // of a tempo, which count as the same: below, the filter's mean period is no finer than its grid
constexpr double kOtherPlace = 0.15; // beats: farther apart, they are different beats
constexpr double kMeets = 0.2; // beats
double wrapped(double phase) { return phase - std::round(phase); }
bool octaveApart(double ratio) { return std::abs(ratio / 2 - 1) < kNear || std::abs(ratio * 2 - 1) < kNear; }

// A belief twice or half as fast as the line, told at the line's level: the beat of the slower is a beat of both.
BeatFilter::Estimate atLevelOf(const BeatLine& line, double now, BeatFilter::Estimate belief) {
    const double index = line.at(now);
    if (belief.period < line.period) {
        belief.phase = index + wrapped(belief.phase - 2 * index) / 2;
        belief.period *= 2;
    } else {
        belief.phase = index + wrapped(2 * belief.phase - index);
        belief.period /= 2;
    }
    return belief;
}

} // namespace

bool BeatLine::onBeat(double t) const { return std::abs(wrapped(at(t))) * period < 0.04; }

void BeatLine::setPeriod(double seconds, double now) {
    const double index = at(now);
    const double whole = std::floor(index);
    beat = static_cast<std::int64_t>(whole);
    period = seconds;
    anchor = now - (index - whole) * seconds;
}

bool BeatLine::scale(double factor, double kept) {
    const double seconds = period / factor;
    if (seconds < 60.0 / 300 || seconds > 60.0 / 20) return false;
    anchor = timeOf(kept);
    beat = std::llround(kept);
    period = seconds;
    return true;
}

BeatTracker::BeatTracker(double hopSeconds, BeatTuning tuning)
    : tuning_(tuning), hopSeconds_(hopSeconds), frameSeconds_(kHops * hopSeconds),
      filter_(1 / frameSeconds_, tuning.filter),
      comb_(1 / frameSeconds_, filter_.shortestPeriod(), filter_.periods()),
      fluxDelay_(std::min(kMostDelay - 1, static_cast<std::size_t>(std::lround(tuning.fluxDelaySeconds / frameSeconds_)))) {
    // The network, the flux and the windows are late by a count of samples.
    tuning_.delaySeconds *= frameSeconds_ * 44100 / 512;
    reset();
}

void BeatTracker::reset() {
    filter_.reset();
    comb_.reset();
    pending_ = {};
    hop_ = 0;
    reference_.fill(0.02f);
    activation_ = netOdds_ = netBeat_ = netOne_ = oneOdds_ = otherOdds_ = 0;
    past_ = {};
    line_ = {};
    places_ = {};
    known_ = false;
    silent_ = true;
    silentSeconds_ = 1e9;
    heldPeriod_ = contradicted_ = otherTempo_ = 0;
    age_ = followed_ = 0;
    onSum_ = offSum_ = onWeight_ = offWeight_ = 0;
    belief_ = 0;
    told_ = own_ = {};
}

void BeatTracker::hear(float beatProbability, float oneProbability) {
    const float p = std::clamp(beatProbability, 1e-4f, 1 - 1e-4f);
    netBeat_ = p;
    netOne_ = oneProbability;
    netOdds_ = tuning_.netGain * std::clamp(std::log(p / (1 - p)) + tuning_.netUsual, tuning_.netLeast, tuning_.netMost);
    const float share = std::clamp((oneProbability + tuning_.oneUsual * tuning_.oneDoubt) /
                                       (std::max(p, oneProbability) + tuning_.oneDoubt), 0.02f, 0.98f);
    oneOdds_ = tuning_.oneGain * std::log(share / tuning_.oneUsual);
    otherOdds_ = tuning_.oneGain * std::log((1 - share) / (1 - tuning_.oneUsual));
}

void BeatTracker::process(const Attack& attack, double now, bool silent) {
    // A pause between two strokes tells something; a silence of seconds does not.
    silentSeconds_ = silent ? silentSeconds_ + hopSeconds_ : 0;
    silent = silentSeconds_ > 1.6;
    silent_ = silent;
    pending_ = {std::max(pending_.any, attack.any), std::max(pending_.kick, attack.kick),
                std::max(pending_.snare, attack.snare), std::max(pending_.hat, attack.hat)};
    if (++hop_ < kHops) return;
    hop_ = 0;
    const std::array<float, 4> values{pending_.any, pending_.kick, pending_.snare, pending_.hat};
    pending_ = {};
    const auto fall = static_cast<float>(std::exp(-frameSeconds_ / tuning_.referenceSeconds));
    static constexpr std::array<float, 4> kFloor{0.06f, 0.15f, 0.06f, 0.06f};
    std::array<float, 4>& heard = past_[pastAt_];
    heard = {};
    for (std::size_t i = 0; i < 4; ++i) {
        if (!silent) reference_[i] = std::max({values[i], reference_[i] * fall, kFloor[i]});
        const float share = std::min(1.f, values[i] / reference_[i]);
        heard[0] += tuning_.weights[i] * share;
        if (i > 0) heard[i] = share;
    }
    const auto [flux, kick, snare, hat] = past_[(pastAt_ + kMostDelay - fluxDelay_) % kMostDelay];
    pastAt_ = (pastAt_ + 1) % kMostDelay;
    activation_ = silent ? 0.f : flux + tuning_.netShare * netBeat_;
    if (!silent && comb_.push({netBeat_, netOne_, flux, kick, snare, hat})) filter_.setScores(comb_.scores());
    filter_.step(tuning_.beatGain * (flux - tuning_.beatRest) + netOdds_, oneOdds_, otherOdds_, silent);
    follow(now - tuning_.delaySeconds);
    judge(now - tuning_.delaySeconds);
}

bool BeatTracker::mayChangeLevel(double now, const BeatFilter::Estimate& belief) {
    const double ratio = belief.period / line_.period;
    if (std::abs(ratio - 1) < kNear) {
        otherTempo_ = 0;
        return true;
    }
    if (heldPeriod_ > 0 && octaveApart(ratio)) return false; // the performer holds a level that the filter has not
    // Another tempo, or another level of this one: it must win clearly for a while, the longer the
    // surer the present one is.
    const float ours = filter_.shareAt(line_.period);
    const bool wins = belief.tempoShare > 1.3f * ours && belief.tempoShare * belief.phaseShare > 0.3f;
    otherTempo_ = wins ? otherTempo_ + frameSeconds_ : 0;
    const bool unsure = own_.state == ClockState::Searching || own_.state == ClockState::Tentative;
    double wait = (unsure ? tuning_.tentativeWait : tuning_.tempoWait) * std::max(0.4, std::min(line_.period, belief.period));
    // At half or twice the tempo the line still stands on beats, and a jump to and fro is seen more than either
    // level: the other must have been the better one for longer than this one had been told before.
    if (octaveApart(ratio)) {
        const double told = std::max(0.0, age_ - otherTempo_ / line_.period);
        wait = std::max(wait, std::min(tuning_.octaveFactor * told, tuning_.octavePatience) * line_.period);
    }
    return otherTempo_ > wait && (!octaveApart(ratio) || onBeatOfBoth(now, belief) || otherTempo_ > wait + 4 * std::max(line_.period, belief.period));
}

// Just now, where the show is: the line's beat begins, and the belief's.
bool BeatTracker::onBeatOfBoth(double now, const BeatFilter::Estimate& belief) const {
    const double present = now + tuning_.delaySeconds;
    return std::floor(line_.at(present)) > std::floor(line_.at(present - frameSeconds_)) &&
           std::abs(wrapped(belief.phase + tuning_.delaySeconds / belief.period)) < kMeets;
}

void BeatTracker::follow(double now) {
    places_ = {}; // in a silence the line runs on alone, and the bar with it
    if (silent_) return;
    BeatFilter::Estimate belief = filter_.estimate(heldLevel());
    belief_ = belief.tempoShare * belief.phaseShare;
    if (known_ && kNeighbours * belief.period < frameSeconds_) {
        // The filter knows periods by whole frames. What it believes stems from some beats ago on average, and so is late by that
        // many times what its period is too long by; the line's own, at any level, is finer.
        const double level = std::exp2(std::round(std::log2(belief.period / line_.period))), grid = belief.period - level * line_.period;
        if (std::abs(grid) < 0.75 * frameSeconds_) belief.phase += tuning_.gridBeats * grid / belief.period;
    }
    const bool ours = known_ && std::abs(belief.period / line_.period - 1) < kNear &&
                      std::abs(wrapped(belief.phase - line_.at(now))) < kOtherPlace && belief.phase > 0.15 && belief.phase < 0.85;
    if (ours) places_ = belief.places;
    const double step = frameSeconds_;
    if (!known_) {
        if (belief_ < tuning_.firstBelief) return;
        known_ = true;
        line_ = {now - belief.phase * belief.period, belief.period, 0};
        followed_ = age_ = 0;
        return;
    }
    age_ += step / line_.period;
    const bool changes = mayChangeLevel(now, belief);
    const double ratio = belief.period / line_.period;
    if (!changes) { // meanwhile its attacks still tell where this line's beats are
        if (!octaveApart(ratio)) return;
        belief = atLevelOf(line_, now, belief);
    } else if (std::abs(ratio - 1) >= kNear) { // accepted: take it over whole
        const double present = now + tuning_.delaySeconds;
        if (octaveApart(ratio) && onBeatOfBoth(now, belief)) { // half or twice: its own beat goes on, so that none between is told on the way
            const double beat = std::floor(line_.at(present));
            jumpTo({line_.timeOf(beat), line_.period * (ratio < 1 ? 0.5 : 2), static_cast<std::int64_t>(beat)});
        } else {
            beginAnew({now - belief.phase * belief.period, belief.period, static_cast<std::int64_t>(std::floor(line_.at(now))) + 1});
        }
        return;
    }
    const double error = wrapped(belief.phase - line_.at(now)); // beats; positive: the sound is ahead
    const double weight = std::clamp(static_cast<double>(belief_) * 1.5 - 0.2, 0.0, 1.0);
    if (weight <= 0) return;
    if (std::abs(error) > kOtherPlace) {
        contradicted_ += step * weight;
        // The longer the line has been told, the longer it stands against what is heard.
        const double most = own_.state == ClockState::Locked ? tuning_.lockedWait : own_.state == ClockState::Holding ? tuning_.holdingWait : tuning_.youngWait;
        const double wait = std::min(most, tuning_.youngWait + tuning_.youngGrows * age_);
        if (contradicted_ > wait * line_.period) {
            contradicted_ = 0;
            line_.move(-error * line_.period);
            line_.setPeriod(belief.period, now);
            told_.goodBeats = own_.goodBeats = followed_ = 0;
        }
        return;
    }
    contradicted_ = std::max(0.0, contradicted_ - step);
    const double beats = step / line_.period;
    // A young line learns its tempo fast, as the least squares over its n beats would (the gains of an
    // alpha-beta filter at its start, 6 / (n + 1)(n + 2)); an old one is steady.
    followed_ += beats * weight;
    const double gain = std::max(static_cast<double>(tuning_.periodGain),
                                 std::min(static_cast<double>(tuning_.youngGain), 6 / ((followed_ + 1) * (followed_ + 2))));
    double period = line_.period * (1 - gain * weight * error * beats);
    // The filter's own period, which knows tempi by whole frames only, pulls where the line is off by
    // more than that grid; closer it would pull to its nearest frame.
    const double gap = belief.period / period - 1;
    const double pull = std::abs(gap) > 0.025 ? 0.5 : std::abs(gap) > 0.012 ? 0.12 : 0;
    period *= 1 + gap * pull * weight * beats;
    line_.setPeriod(period, now);
    const double limit = 0.1 * step;
    line_.move(-std::clamp(error * line_.period * std::min(1.0, tuning_.phaseGain * weight * beats), -limit, limit));
}

void BeatTracker::judge(double now) {
    if (!known_) return;
    // Forgetting over 8 beats.
    const double beats = frameSeconds_ / line_.period;
    const double keep = std::exp(-beats / 8);
    onSum_ *= keep;
    offSum_ *= keep;
    onWeight_ *= keep;
    offWeight_ *= keep;
    const bool on = line_.onBeat(now);
    (on ? onSum_ : offSum_) += static_cast<double>(activation_);
    (on ? onWeight_ : offWeight_) += 1;
    const double meanOn = onWeight_ > 0 ? onSum_ / onWeight_ : 0;
    const double meanOff = offWeight_ > 0 ? offSum_ / offWeight_ : 0;
    const auto fits = [&](double least) {
        const double share = meanOn / (meanOn + meanOff + least);
        return silent_ ? 0 : std::min({1.0, std::max(0.0, (share - 0.5) / 0.35), static_cast<double>(belief_) * 1.6});
    };
    told_.judge(fits(tuning_.leastPulse), beats, silent_);
    if (own_.judge(fits(1e-6), beats, silent_)) age_ = 0; // what comes next may have any level
}

bool Trust::judge(double raw, double beats, bool silent) {
    confidence += static_cast<float>((1 - std::exp(-beats / 2)) * (raw - static_cast<double>(confidence)));
    if (confidence < 1e-20f) confidence = 0;
    goodBeats = confidence > 0.6f ? goodBeats + beats : 0;
    switch (state) {
    case ClockState::Searching:
        if (confidence > 0.3f) state = ClockState::Tentative;
        break;
    case ClockState::Tentative:
        if (goodBeats >= 4) state = ClockState::Locked;
        if (confidence < 0.2f) state = ClockState::Searching;
        break;
    case ClockState::Locked:
        if (confidence < 0.3f || silent) {
            state = ClockState::Holding;
            holdingBeats = 0;
        }
        break;
    case ClockState::Holding:
        holdingBeats += beats;
        if (confidence > 0.5f && !silent) state = ClockState::Locked;
        else if (holdingBeats > 32) {
            state = ClockState::Searching;
            return true;
        }
        break;
    }
    return false;
}

double BeatTracker::heldLevel() const {
    double period = heldPeriod_;
    if (period <= 0) return 0;
    while (period < 60 / BeatFilter::kFastestBpm) period *= 2;
    while (period > 60 / BeatFilter::kSlowestBpm) period /= 2;
    return period;
}

bool BeatTracker::scaleTempo(double factor, double kept) {
    if (!known_ || !line_.scale(factor, kept)) return false;
    heldPeriod_ = line_.period;
    otherTempo_ = contradicted_ = age_ = 0;
    return true;
}

void BeatTracker::setLine(double anchor, double period, bool hold) {
    line_.anchor = anchor;
    line_.period = std::clamp(period, 60.0 / 300, 60.0 / 20);
    known_ = true;
    otherTempo_ = contradicted_ = age_ = 0;
    if (hold) heldPeriod_ = line_.period;
}

void BeatTracker::release() { heldPeriod_ = 0; }

void BeatTracker::takeOver(const BeatTracker& other) {
    line_ = other.line_;
    known_ = other.known_;
    heldPeriod_ = other.heldPeriod_;
    told_ = other.told_;
    own_ = other.own_;
    followed_ = other.followed_;
    age_ = other.age_;
}

bool BeatTracker::differs(const BeatTracker& other, double now) const {
    if (!known_ || !other.known_) return false;
    const double then = now - tuning_.delaySeconds;
    return std::abs(other.line_.period / line_.period - 1) >= kNear || std::abs(wrapped(other.line_.at(then) - line_.at(then))) >= kOtherPlace;
}

void BeatTracker::adopt(BeatTracker& younger, double now, bool offBeat) {
    std::swap(filter_, younger.filter_);
    std::swap(comb_, younger.comb_);
    BeatLine line = younger.line_;
    if (octaveApart(line.period / line_.period) && !(offBeat && line.period < line_.period)) return;
    const double then = now - tuning_.delaySeconds;
    line.beat += std::llround(line_.at(then) - line.at(then));
    const double age = std::max(age_, younger.age_); // one jump was just seen: the next level waits for as long as the old one had been told
    beginAnew(line);
    age_ = age;
    followed_ = younger.followed_;
}

void BeatTracker::jumpTo(BeatLine line) {
    line_ = line;
    told_.goodBeats = own_.goodBeats = 0;
    otherTempo_ = contradicted_ = followed_ = age_ = 0;
}

void BeatTracker::beginAnew(BeatLine line) {
    jumpTo(line);
    for (Trust* t : {&told_, &own_})
        if (t->state != ClockState::Searching) t->state = ClockState::Tentative;
}

} // namespace titanus::analysis
