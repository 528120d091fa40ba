#pragma once
// Where the music stands, as plain numbers: what recalls, cues and the autopilot count by. Made
// from the analysis' beat clock by whoever has one; offline from the same clock at frame time.
// Thread: any (value)   Ownership: value
#include "params/catalogue.h"

#include <cstdint>

namespace titanus::controls {

struct MusicTime {
    double seconds = 0;           // of the app's clock, now
    double beat = 0;              // running position at `seconds`, in beats
    double beatSeconds = 0.5;     // length of a beat; <= 0 or not finite: no beat, nothing waits
    int beatsPerBar = 4;
    std::int64_t downbeat = 0;    // number of some beat that is a "one"
    double frameSeconds = 1.0 / 60; // until the next call, about

    bool hasBeat() const;
    double bars() const;          // position in bars since the downbeat; negative before it
};

// The choices of scene.quantise, in its order.
enum class Quantise : std::uint8_t { Now, Beat, Bar, Bars2, Bars4 };

// Length of the grid in beats; 0 for Now.
double gridBeats(Quantise quantise, int beatsPerBar);
// Beat number of the first line of the grid after `beat` (a line within 1e-6 beats counts as
// past). Lines of bars are counted from the downbeat, as the four-bar phase of the matrix is.
double nextLine(Quantise quantise, const MusicTime& now);

} // namespace titanus::controls
