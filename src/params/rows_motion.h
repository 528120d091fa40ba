#pragma once
// Catalogue rows: LFOs, macros, morph.
#include "params/rows_picture.h"

namespace titanus::params::rows {

inline constexpr std::array<std::string_view, 7> kLfoShapes{"sine", "triangle", "saw up", "saw down", "square", "random", "drift"};

inline constexpr std::array<std::string_view, 5> kQuantise{"now", "beat", "bar", "2 bars", "4 bars"};

#define TITANUS_LFO_ROWS(n, beats)                                                                 \
    Param{"lfo." n ".shape", "LFO " n " shape", Choice, Unit::None, 0, 6, 0, Curve::Linear, kSaved, kLfoShapes, \
          "Form of low-frequency oscillator " n "."},                                              \
    Param{"lfo." n ".sync", "LFO " n " sync", Bool, Unit::None, 0, 1, 1, Curve::Linear, kSaved, {}, \
          "On: the period is counted in beats and locked to the beat; off: free rate."},           \
    Param{"lfo." n ".beats", "LFO " n " period", Float, Unit::Beats, 0.25f, 64, beats, Curve::Exponential, kSaved, {}, \
          "Period in beats when synced."},                                                         \
    Param{"lfo." n ".rate", "LFO " n " rate", Float, Unit::Hertz, 0.01f, 20, 0.2f, Curve::Exponential, kModulatable | kSaved, {}, \
          "Rate when not synced."},                                                                \
    Param{"lfo." n ".phase", "LFO " n " phase", Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {}, \
          "Start of the cycle."}
#define TITANUS_MACRO_ROW(n)                                                                       \
    Param{"macro." n, "Macro " n, Float, Unit::None, 0, 1, 0, Curve::Linear, kModulatable | kSaved, {}, \
          "A fader without a meaning of its own: route it anywhere."}

inline constexpr std::array kMotion{
    TITANUS_LFO_ROWS("1", 1), TITANUS_LFO_ROWS("2", 4), TITANUS_LFO_ROWS("3", 16), TITANUS_LFO_ROWS("4", 32),
    TITANUS_MACRO_ROW("1"), TITANUS_MACRO_ROW("2"), TITANUS_MACRO_ROW("3"), TITANUS_MACRO_ROW("4"),
    Param{"route.amount", "Modulation", Float, Unit::None, 0, 2, 1, Curve::Linear, kSaved, {},
          "Multiplies the depth of every route: how strongly the sound moves the show."},
    Param{"morph.seconds", "Morph time", Float, Unit::Seconds, 0, 60, 0, Curve::Linear, kMachine, {},
          "Time in which a preset takes over; 0 is at once."},
    Param{"morph.beats", "Morph beats", Float, Unit::Beats, 0, 64, 0, Curve::Linear, kMachine, {},
          "The same in beats; 0 leaves it to the seconds."},
    Param{"scene.quantise", "Recall on", Choice, Unit::None, 0, 4, 0, Curve::Linear, kMachine, kQuantise,
          "Scenes, presets and cues wait for this line of the music."},
    Param{"scene.lookahead_ms", "Recall lead", Float, Unit::Milliseconds, 0, 1000, 0, Curve::Linear, kMachine, {},
          "How long before the line a recall begins."},
    Param{"scene.warm", "Warm start", Bool, Unit::None, 0, 1, 1, Curve::Linear, kMachine, {},
          "A scene comes back with the canvas it was left with."},
    Param{"scene.prepare", "Prepare next", Float, Unit::None, 0, 0.5f, 0.2f, Curve::Linear, kMachine, {},
          "Share of the painting's steps for the scene that comes next, out of sight, so that a cut finds it painted. 0: none."},
    Param{"scene.blend", "Scene blend", Float, Unit::None, 0, 1, 0, Curve::Linear, kMachine, {},
          "Between the first (0) and the second (1) of two pads held together."},
    Param{"autopilot.on", "Autopilot", Bool, Unit::None, 0, 1, 0, Curve::Linear, kMachine, {},
          "Build-ups, drops and breaks choose the scene; any hand on a control takes over."},
    Param{"autopilot.bars", "Autopilot returns", Int, Unit::None, 1, 64, 8, Curve::Linear, kMachine, {},
          "Bars after the last touch of a hand until the autopilot goes on."},
    Param{"ui.scale", "Size of the controls", Float, Unit::None, 0.6f, 2.5f, 1, Curve::Linear, kMachine, {},
          "Multiplies the size of text and controls, as far as they fit into the window."},
};
#undef TITANUS_LFO_ROWS
#undef TITANUS_MACRO_ROW

} // namespace titanus::params::rows
