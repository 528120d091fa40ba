#pragma once
// One beat for the show out of several opinions: Link before MIDI clock before a locked tap before the sound.
// The output line takes over phase and tempo of the source within one beat and does not run
// backwards; only the performer's hand makes it jump: resync forwards, a nudge either way. Also finds the "one".
// Thread: one at a time   Real-time safe: yes   Times: seconds of sound
#include "analysis/bar_finder.h"
#include "analysis/beat_tracker.h"
#include "analysis/hand_clocks.h"

#include <array>

namespace titanus::analysis {

enum class SourceChoice : std::uint8_t { Automatic, Sound, Tap, MidiClock }; // catalogue clock.source

class ClockArbiter {
  public:
    explicit ClockArbiter(double hopSeconds);
    void reset();
    void setChoice(SourceChoice choice) { choice_ = choice; }
    void setTapLocks(bool locks) { tapLocks_ = locks; }
    void setMeter(int beats); // 0: three or four, as heard

    // The beat network's newest answer, whenever there is one: about `time`.
    void hear(double time, float beatProbability, float oneProbability);
    void process(BeatTracker& tracker, double now); // once per hop
    BeatClock clock() const { return clock_; }
    bool known() const { return known_; }
    int barPosition(std::int64_t beat) const; // 1 = downbeat

    void tap(BeatTracker& tracker, double seconds);
    // x2 and /2 of the sound's or the tap's beat; its "one" stays one. Others say themselves how fast they are.
    void scale(BeatTracker& tracker, double factor);
    void nudge(double seconds) { nudge_ += seconds; }
    void resync(BeatTracker& tracker, double seconds);
    void automatic(BeatTracker& tracker); // forgets what the hand did; MIDI clock and Link stay
    MidiClock& midi() { return midi_; }
    void midiStart(); // the coming tick is a "one", whatever the hand had said
    // Goes on where another left off, which listened to another device.
    void takeOver(const ClockArbiter& other);
    // Where the Link session stands at `seconds`; period 0: nobody is there. Call as often as you like.
    void link(double seconds, double beats, double period);

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
    bool tapLeads() const; // over the sound
    void keepOne();        // the present "one" stays until another is heard
    void findOne(const BeatTracker& tracker);

    double hopSeconds_;
    SourceChoice choice_ = SourceChoice::Automatic;
    bool tapLocks_ = false, tapHolds_ = false;
    int meter_ = 4;
    TapTempo tap_;
    BeatLine tapLine_;
    MidiClock midi_;
    BeatLine linkLine_;
    bool linked_ = false;

    BeatClock clock_;
    bool known_ = false, performersOne_ = false;
    Opinion last_;
    double position_ = 0;  // output index at the last hop
    double lag_ = 0;       // output minus source beyond the whole shift, in beats; dies away
    std::int64_t shift_ = 0;
    double nudge_ = 0;     // seconds, stays

    BarFinder bar_;
    BeatFilter::Places places_{}; // what the tracker believes; for its own line only
    bool hearsBars_ = false;
    float beatNow_ = 0, oneNow_ = 0; // largest around the beat that is gathered
    std::int64_t listening_ = 0;     // its number
    double period_ = 0;              // when positions were last counted
};

} // namespace titanus::analysis
