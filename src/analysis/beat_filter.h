#pragma once
// Where in the bar are we, and how long is a beat? A forward filter over all phases of all tempi from
// 40 to 240 BPM, in bars of three and of four, at once (the bar pointer: Whiteley, Cemgil & Godsill
// 2006; Krebs, Boeck & Widmer 2015): every state moves on by one frame per frame, tempo may change
// only at a beat and the length of a bar only at its end, and what is heard favours the states that
// expect it. What is heard of a "one" moves belief between the places in the bar only: the network is
// less sure of ones than of beats, and tempi must not pay for that. Moving on costs nothing (the rings
// turn), so only states near a beat are touched.
// Thread: one at a time   Real-time safe: yes after construction
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

struct BeatFilterTuning {
    float lambda = 67.07f; // tempo change at a beat: exp(-lambda |ratio - 1|)
    float jump = 0.01f; // share of mass that may start afresh at any tempo, per beat
    float priorBpm = 136.0f, priorOctaves = 0.4031f, priorWeight = 0.514f; // weight: exponent, per half second
    float scoreWeight = 1.976f, scoreLeast = -8.635f; // exponent of outer scores; their least, octaves
    float temper = 0.5236f; // exponent of a tempo's own mass beside them: frames are taken for independent, and too sure
    float four = 0.75f;        // of all music has four beats in a bar, the rest three
    float otherBar = 0.002f;   // at the end of a bar: the next has another length
    double beatSeconds = 0.062; // an attack's flux lasts this long
    float beatShare = 0.0538f;    // but not more than this share of the beat
};

class BeatFilter {
  public:
    static constexpr double kSlowestBpm = 40, kFastestBpm = 240;

    explicit BeatFilter(double framesPerSecond, BeatFilterTuning tuning = {});
    void reset();
    void setPriorBpm(double bpm, double octaves);
    // What else speaks for a tempo: one score per period of periods(), logarithms (base 2), the best 0. The estimate is weighed
    // with them, the states are not: the same seconds are not counted again and again.
    void setScores(std::span<const float> scores);
    std::size_t shortestPeriod() const { return shortest_; } // frames
    std::size_t periods() const { return count_; }
    // One frame: log odds of this being heard at the start of a beat against anywhere else; then, at the
    // start of a beat, of a "one" and of another beat against any. With `blind` time passes without listening.
    void step(float onBeat, float onOne, float onOther, bool blind);
    static constexpr std::size_t kPlaces = 8; // of a beat: 0..3 in a bar of four, 4..6 in one of three; 7 is empty
    using Places = std::array<float, kPlaces>;

    struct Estimate {
        double period = 0.5;   // seconds
        double phase = 0;      // 0..1 at the newest frame
        float tempoShare = 0;  // of what is weighed with the scores, within 4 % of that period
        float phaseShare = 0;  // of that, concentration of the phase, 0..1
        Places places{};       // of that, where in its bar the present beat stands; sum 1
    };
    // The most probable tempo and its phase; with periodHint > 0 only tempi within 8 % of it.
    Estimate estimate(double periodHint = 0) const;
    // The same share, within 4 % of a period.
    float shareAt(double periodSeconds) const;

  private:
    std::size_t slot(std::size_t tempo, std::size_t position) const; // where that state lies now
    void weigh();
    void renormalise();

    double fps_;
    BeatFilterTuning tuning_;
    std::size_t shortest_, count_; // periods shortest_ .. shortest_ + count_ - 1 frames
    std::vector<std::size_t> start_, head_, region_;
    std::vector<Places> state_, leaving_, entering_;
    std::vector<float> mass_, prior_, favour_, scores_;
    std::vector<double> weighed_; // each tempo's mass, tempered and times its score, for the estimate
    std::vector<std::size_t> reachFirst_, reachStart_; // tempo transitions, banded
    std::vector<float> reach_;
    int sinceNormal_ = 0;
};

} // namespace titanus::analysis
