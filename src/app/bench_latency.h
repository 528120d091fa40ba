#pragma once
// How long from a sound to the first pixel that it changes: clicks are played, come back through a
// loop-back (a cable, or a connection inside the sound server), are heard by the analysis that plays
// live and flash a picture drawn at 60 frames a second. Every instant is stamped when it happens on one
// clock, never taken back in time.
// Thread: main, which draws; blocks come on the sound system's   Units: milliseconds
// Errors: AudioDeviceMissing (no input or output, or no click came back), AudioOpenFailed, and those of
// Renderer and OffscreenContext
#include "core/result.h"

#include <string>

namespace titanus::app {

struct LatencyOptions {
    int clicks = 20;
    double givenUpSeconds = 20;      // without a click that came back
    std::string input{}, output{};   // device names; "": the default ones
};

struct LatencyStage {
    double p50 = 0, p90 = 0, most = 0;
};

struct LatencyFigures {
    int played = 0, answered = 0;     // clicks; answered: seen at every stage
    LatencyStage capture;             // sample handed to the output .. block that holds it came in
    LatencyStage decision;            // .. the analysis told the onset
    LatencyStage waiting;             // .. the next frame began
    LatencyStage drawing;             // .. its pixels are in memory, changed
    LatencyStage total;
    double sampleRate = 0;
    std::string input, output, renderer;
};

core::Result<LatencyFigures> measureLatency(const LatencyOptions& options);

} // namespace titanus::app
