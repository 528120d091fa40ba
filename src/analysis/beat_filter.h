#pragma once
// Where in the beat are we, and how long is it? A forward filter over all phases of all tempi from
// 40 to 240 BPM at once (the bar pointer: Whiteley, Cemgil & Godsill 2006; Krebs, Boeck & Widmer
// 2015): every state moves on by one frame per frame, tempo may change only at a beat, and what is
// heard favours the states that expect it. Moving on costs nothing (the rings turn), so only states
// near a beat or half beat are touched.
// Thread: one at a time   Real-time safe: yes after construction
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

struct BeatFilterTuning {
    float lambda = 60;         // tempo change at a beat: exp(-lambda |ratio - 1|)
    float jump = 0.0004f;      // share of mass that may start afresh at any tempo, per beat
    float priorBpm = 118, priorOctaves = 0.55f, priorWeight = 0.3f; // weight: exponent, per half second
    float combWeight = 0.2f, combLeast = 0.05f; // exponent of outer scores, per half second; their least
    double beatSeconds = 0.05; // an attack's flux lasts this long
    float beatShare = 0.054f;    // but not more than this share of the beat
};

class BeatFilter {
  public:
    static constexpr double kSlowestBpm = 40, kFastestBpm = 240;

    explicit BeatFilter(double framesPerSecond, BeatFilterTuning tuning = {});
    void reset();
    void setPriorBpm(double bpm, double octaves);
    // What else speaks for a tempo: one score per period of periods(), the best 1.
    void setScores(std::span<const float> scores);
    std::size_t shortestPeriod() const { return shortest_; } // frames
    std::size_t periods() const { return count_; }
    // One frame: log odds of this being heard at the start of a beat, and in the middle between two,
    // against anywhere else. With `blind` time passes without listening.
    void step(float onBeat, float onHalf, bool blind);

    struct Estimate {
        double period = 0.5;   // seconds
        double phase = 0;      // 0..1 at the newest frame
        float tempoShare = 0;  // probability within 4 % of that period
        float phaseShare = 0;  // of that, concentration of the phase, 0..1
    };
    // The most probable tempo and its phase; with periodHint > 0 only tempi within 8 % of it.
    Estimate estimate(double periodHint = 0) const;
    // Probability within 4 % of a period.
    float shareAt(double periodSeconds) const;

  private:
    std::size_t slot(std::size_t tempo, std::size_t position) const; // where that state lies now
    void weigh();
    void renormalise();

    double fps_;
    BeatFilterTuning tuning_;
    std::size_t shortest_, count_; // periods shortest_ .. shortest_ + count_ - 1 frames
    std::vector<std::size_t> start_, head_, region_;
    std::vector<float> state_, mass_, prior_, favour_, scores_, leaving_, entering_;
    std::vector<std::size_t> reachFirst_, reachStart_; // tempo transitions, banded
    std::vector<float> reach_;
    int sinceNormal_ = 0;
};

} // namespace titanus::analysis
