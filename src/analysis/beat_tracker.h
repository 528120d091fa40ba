#pragma once
// From attacks to a steady line of beats. The filter says what it believes each 12 ms (four hops); the line
// follows it like a second-order phase lock: it moves by at most a tenth of its speed while it is
// locked, jumps only when the belief has contradicted it for a while, and runs on alone through
// breaks.
// Thread: one at a time   Real-time safe: yes after construction   Times: seconds of sound
#include "analysis/beat_filter.h"
#include "analysis/features.h"
#include "analysis/tempo_comb.h"

#include <array>
#include <cstdint>

namespace titanus::analysis {

// What the detector measured in one hop.
struct Attack {
    float any = 0, kick = 0, snare = 0, hat = 0;
};

struct BeatTuning {
    BeatFilterTuning filter;
    std::array<float, 4> weights{0.52f, 0.18f, 0.08f, 0.02f}; // any, kick, snare, hat: flux
    // Log odds per frame of 12 ms of a beat: gain * (flux - rest).
    float beatGain = 2.902f, beatRest = 0.09072f;
    // And from the network: gain * (log odds of a beat + what is usual), within limits.
    float netGain = 0.28f, netUsual = 2.697f, netLeast = -0.8369f, netMost = 2.705f;
    // For a "one" among beats: oneGain * log(share / usual), the share drawn to the usual where a beat is doubtful.
    float oneGain = 0.6f, oneUsual = 0.28f, oneDoubt = 0.08f;
    double fluxDelaySeconds = 0.064; // the network answers later than the flux
    double delaySeconds = 0.07441;     // by which the filter's beats lag the sound, at frames of 512 / 44100 s
    double gridBeats = 2.5;            // from so many beats ago stems what the filter believes
    float firstBelief = 0.25f; // in tempo and place together, from which on a line is told at all
    // How long another belief must win. Half or twice the tempo: so many times as long as told before, but not more than so many beats.
    double octaveFactor = 2.802, octavePatience = 78.95;
    double tentativeWait = 0.8644, tempoWait = 3.905; // another tempo, beats of the faster: while unsure of the present one, and while sure
    // Another place of the beat, beats: at first, more with each beat told, at most while unsure, holding, sure.
    double youngWait = 0.3, youngGrows = 0.03, holdingWait = 2.358, lockedWait = 4.468;
    // How sure is the line? By what stands on it and what beside it, of flux and, this much, of the network's probability;
    // it is told as sure if that is more than the faint pulse that a network hears in a voice.
    float netShare = 1;
    double leastPulse = 0.055;
    double referenceSeconds = 6;
    // Per beat. A line just taken over learns its period faster, but not faster than youngGain.
    float phaseGain = 0.8143f, periodGain = 0.02f, youngGain = 0.15f;
};

// A beat line: index(t) = beat + (t - anchor) / period.
struct BeatLine {
    double anchor = 0, period = 0.5;
    std::int64_t beat = 0;
    bool operator==(const BeatLine&) const = default;
    double at(double t) const { return static_cast<double>(beat) + (t - anchor) / period; }
    double timeOf(double index) const { return anchor + (index - static_cast<double>(beat)) * period; }
    bool onBeat(double t) const; // within 40 ms
    void move(double seconds) { anchor += seconds; }
    void setPeriod(double seconds, double now); // keeps the phase at `now`
    // `factor` times as fast about its beat number `kept`. False, and nothing, beyond 20 to 300 BPM.
    bool scale(double factor, double kept);
};

// How sure a line is, with hysteresis.
struct Trust {
    float confidence = 0;
    ClockState state = ClockState::Searching;
    double goodBeats = 0, holdingBeats = 0;
    // `beats` have passed; `raw`: 0..1, how well they fitted. True when the line was given up.
    bool judge(double raw, double beats, bool silent);
};

class BeatTracker {
  public:
    BeatTracker(double hopSeconds, BeatTuning tuning = {});
    void reset();
    // The beat network's newest answer: probabilities of a beat and of a "one", every fourth hop, before that hop is processed.
    void hear(float beatProbability, float oneProbability);
    void process(const Attack& attack, double now, bool silent);

    const BeatLine& line() const { return line_; }
    float confidence() const { return told_.confidence; }
    ClockState state() const { return told_.state; }
    // Where in its bar the line's present beat stands; sum 0 while the belief is at another tempo.
    const BeatFilter::Places& places() const { return places_; }
    bool known() const { return known_; } // a tempo has been heard
    // There is a beat, however faint; confidence() asks for more than the faint pulse of a voice.
    bool heard() const { return own_.state != ClockState::Searching || own_.confidence >= 0.05f; }
    const TempoComb& comb() const { return comb_; }
    double delaySeconds() const { return tuning_.delaySeconds; } // by which it believes later than the sound

    // The performer.
    bool scaleTempo(double factor, double kept); // x2, /2 about that beat, and holds that level; as BeatLine::scale
    void setLine(double anchor, double period, bool hold); // tap, resync
    void release();                             // automatic again
    // Goes on with the line, the hold and the trust of another, which listened to another device.
    void takeOver(const BeatTracker& other);
    // Both tell a beat, and another one.
    bool differs(const BeatTracker& other, double now) const;
    bool held() const { return heldPeriod_ > 0; } // the level, by the performer
    // Goes on with what a younger one believes, whose own is worth nothing afterwards; half and double do not change the line,
    // unless it stands half a beat off: then both places are told.
    void adopt(BeatTracker& younger, double now, bool offBeat);

  private:
    void jumpTo(BeatLine line);
    void beginAnew(BeatLine line); // the same, of another piece: on which beat is still to be heard
    void follow(double now);
    void judge(double now);
    double heldLevel() const; // heldPeriod_, or twice, half ... of it that the filter knows
    bool onBeatOfBoth(double now, const BeatFilter::Estimate& belief) const;
    bool mayChangeLevel(double now, const BeatFilter::Estimate& belief);

    BeatTuning tuning_;
    double hopSeconds_, frameSeconds_;
    BeatFilter filter_;
    TempoComb comb_;
    Attack pending_;
    std::size_t hop_ = 0;
    std::array<float, 4> reference_{};
    float activation_ = 0, netOdds_ = 0, netBeat_ = 0, netOne_ = 0, oneOdds_ = 0, otherOdds_ = 0;
    static constexpr std::size_t kMostDelay = 16;
    std::array<std::array<float, 4>, kMostDelay> past_{}; // flux and what it is of, waiting for the network
    std::size_t pastAt_ = 0, fluxDelay_ = 0;

    BeatFilter::Places places_{};
    BeatLine line_;
    bool known_ = false, silent_ = true;
    double silentSeconds_ = 1e9;
    double heldPeriod_ = 0;     // the performer's level, 0: none
    double contradicted_ = 0;   // seconds for which the belief differed in phase
    double otherTempo_ = 0;     // seconds for which it differed in tempo

    // Activation on and off the beat, newest 8 beats.
    double onSum_ = 0, offSum_ = 0, onWeight_ = 0, offWeight_ = 0;
    float belief_ = 0;
    // What is told, and what the line itself goes by: it has nothing better than the faint pulse of soft music either.
    Trust told_, own_;
    double followed_ = 0; // beats since the line was taken over
    double age_ = 0;      // beats since its level was
};

} // namespace titanus::analysis
