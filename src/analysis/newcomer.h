#pragma once
// A second listener that has just come in: it hears the beat as the first does, but begins anew every four seconds. After a
// change of track it tells the new beat while the first still holds on to the old one. It is believed, and the first goes on
// as it does, where its line fits what both networks say better than the first one's line: clearly, or slightly for long,
// or its own far better while the other is of two minds. In a drummer's fill the newcomer is led astray too, but then the
// network that knows what went before says the old beat. Measured: docs/ACCURACY.md.
// Thread: one at a time   Real-time safe: yes after construction   Times: seconds of sound
#include "analysis/beat_net.h"
#include "analysis/beat_tracker.h"

#include <array>
#include <cstddef>

namespace titanus::analysis {

struct NewcomerTuning {
    double every = 4, grown = 2;       // seconds: begins anew; is believed only from that age on
    double window = 3;                 // seconds over which lines are compared
    double better = 0.2, betterForOurs = 0.15; // by which its line must fit its own network's answers, and the listener's
    // Or in sum, while the listener's network, which still expects the old beat, is hardly against it.
    double farBetter = 0.6, leastForOurs = -0.12;
    int frames = 5;            // of 12 ms, in a row
    double slightly = 0.04;    // or by this both, for so many frames
    int slightlyFrames = 120;
    double between = 0.06;     // in sum: a line half a beat later than the listener's fits by this better than that line
};

class Newcomer {
  public:
    explicit Newcomer(double hopSeconds, NewcomerTuning tuning = {});
    void reset();
    // Every fourth hop, before it is processed: what both hear. True where `net` and `listener` now go on as it did.
    bool hear(const BeatNet::Answers& answers, BeatNet& net, BeatTracker& listener, double now);
    void process(const Attack& attack, double now, bool silent) { tracker_.process(attack, now, silent); } // once per hop

  private:
    using Heard = std::array<float, 512>; // probabilities of a beat, a ring
    struct Gain {
        double its, ours; // by which a line fits its own network's answers better than another line does, and the listener's
    };
    double fit(const BeatLine& line, const Heard& heard, double newest) const;
    Gain gain(const BeatLine& line, const BeatLine& than, double newest) const;
    bool offBeat(const BeatLine& line, double newest) const;

    NewcomerTuning tuning_;
    double frameSeconds_, age_ = 0;
    BeatTracker tracker_;
    Heard its_{}, ours_{};
    std::size_t frames_ = 0; // since it came
    int better_ = 0, slightlyBetter_ = 0;
};

} // namespace titanus::analysis
