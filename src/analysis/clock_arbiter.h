#pragma once
// One beat for the show out of several opinions: MIDI clock before a locked tap before the sound.
// The output line takes over phase and tempo of the source within one beat and never runs
// backwards; only the performer's resync jumps, and forwards. Also finds the "one".
// Thread: one at a time   Real-time safe: yes   Times: seconds of sound
#include "analysis/beat_tracker.h"
#include "analysis/hand_clocks.h"

#include <array>
#include <span>

namespace titanus::analysis {

enum class SourceChoice : std::uint8_t { Automatic, Sound, Tap, MidiClock }; // catalogue clock.source

class ClockArbiter {
  public:
    explicit ClockArbiter(double hopSeconds);
    void reset();
    void setChoice(SourceChoice choice) { choice_ = choice; }
    void setTapLocks(bool locks) { tapLocks_ = locks; }
    void setMeter(int beats);

    // Once per hop. kick and colour (a summary of the spectrum) serve to find the "one".
    void process(BeatTracker& tracker, const Attack& attack, std::span<const float> colour, double now);
    BeatClock clock() const { return clock_; }
    bool known() const { return known_; }
    int barPosition(std::int64_t beat) const; // 1 = downbeat

    void tap(BeatTracker& tracker, double seconds);
    void scale(BeatTracker& tracker, double factor, double now);
    void nudge(double seconds) { nudge_ += seconds; }
    void resync(BeatTracker& tracker, double seconds);
    void followSound(BeatTracker& tracker);
    MidiClock& midi() { return midi_; }

  private:
    struct Opinion {
        BeatLine line;
        ClockSource source{};
        ClockState state{};
        float confidence = 0;
        bool known = false;
        bool ownOne = false; // its beat 0 is a "one"
    };
    Opinion opinion(const BeatTracker& tracker, double now) const;
    void findOne(const Attack& attack, std::span<const float> colour, double now);
    void score(std::int64_t beat);

    double hopSeconds_;
    SourceChoice choice_ = SourceChoice::Automatic;
    bool tapLocks_ = false, tapHolds_ = false;
    int meter_ = 4;
    TapTempo tap_;
    BeatLine tapLine_;
    MidiClock midi_;

    BeatClock clock_;
    bool known_ = false, performersOne_ = false;
    Opinion last_;
    double position_ = 0;  // output index at the last hop
    double lag_ = 0;       // output minus source beyond the whole shift, in beats; dies away
    std::int64_t shift_ = 0;
    double nudge_ = 0;     // seconds, stays

    // The "one": what was heard at each of the last beats.
    static constexpr std::size_t kColours = 24;
    std::array<float, kColours> colourNow_{}, colourBefore_{};
    float kickNow_ = 0;
    std::int64_t listening_ = 0;  // beat whose surroundings are gathered
    std::array<double, 24> weight_{}; // by beat number modulo 24, common multiple of all meters
    double leadBeats_ = 0;
    int leader_ = -1;
};

} // namespace titanus::analysis
