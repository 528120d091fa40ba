#pragma once
// What the demo track plays, apart from how it sounds: notes and hits for each sixteenth, and the
// slow movements of filters and levels. Pure functions of the place in the track.
// Thread: any
#include <array>
#include <cstdint>

namespace titanus::audio::demo {

inline constexpr int kStepsPerBar = 16;
inline constexpr int kNoNote = -1;

struct Step {
    float kick = 0, snare = 0, closedHat = 0, openHat = 0, crash = 0; // loudness, 0 = not played
    int bass = kNoNote, acid = kNoNote, arp = kNoNote;                // MIDI notes
    bool acidAccent = false, acidSlide = false;
    float stab = 0; // the pad chord, opened for an instant
};

struct Macro {
    float padLevel = 0, padCutoffHz = 500;
    float bassLevel = 0, bassCutoffHz = 300;
    float acidLevel = 0, acidCutoffHz = 400;
    float arpLevel = 0, arpCutoffHz = 2000;
    float riser = 0;      // noise sweep, 0..1
    float riserCutoffHz = 500;
    float drumsLowCutHz = 20; // the drums lose their floor before the drop
};

Step step(int index);       // sixteenths since the start
Macro macro(double bars);   // bars since the start
const std::array<int, 5>& chord(int bar); // MIDI notes of the pad
std::int64_t stepFrame(int index);        // first sample of a step

} // namespace titanus::audio::demo
