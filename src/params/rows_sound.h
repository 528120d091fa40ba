#pragma once
// Catalogue rows: sound in, analysis, clock.
#include "params/param.h"

#include <array>

namespace titanus::params::rows {
using enum Kind;

inline constexpr std::uint8_t kMachine = 0; // neither modulated nor saved in presets

inline constexpr std::array<std::string_view, 6> kMeters{"2", "3", "4", "6", "8", "auto"};
inline constexpr std::array<std::string_view, 4> kClockSources{"automatic", "sound", "tap", "midi clock"};
inline constexpr std::array<std::string_view, 2> kTapModes{"follow", "keep"};

#define TITANUS_BAND_ROWS(n, hz)                                                                   \
    Param{"band." n ".hz", "Own band " n, Float, Unit::Hertz, 20, 16000, hz, Curve::Exponential, kSaved, {}, \
          "Centre of band " n " of your own: a source of its own in the matrix."},                \
    Param{"band." n ".width", "Own band " n " width", Float, Unit::Hertz, 5, 8000, hz / 2, Curve::Exponential, kSaved, {}, \
          "Width of the band, from edge to edge."}

inline constexpr std::array kSound{
    Param{"audio.gain_db", "Input gain", Float, Unit::Decibel, -24, 24, 0, Curve::Linear, kMachine, {},
          "Gain before all analysis; the clip light shows when it is too high."},
    Param{"audio.monitor_db", "Monitor level", Float, Unit::Decibel, -60, 6, 0, Curve::Linear, kMachine, {},
          "Loudness of files and the demo track on the sound output; -60 is silent."},
    Param{"audio.latency_ms", "Input latency", Float, Unit::Milliseconds, -100, 500, 0, Curve::Linear, kMachine, {},
          "Age of the sound when it reaches the analysis; corrects event times."},
    Param{"analysis.sensitivity", "Onset sensitivity", Float, Unit::None, 0, 1, 0.5f, Curve::Linear, kSaved, {},
          "How small an attack counts as an onset: 0 only the strongest, 1 almost any."},
    Param{"analysis.kick_sensitivity", "Kick sensitivity", Float, Unit::None, 0, 1, 0.5f, Curve::Linear, kSaved, {},
          "How small a low attack counts as a kick."},
    Param{"analysis.snare_sensitivity", "Snare sensitivity", Float, Unit::None, 0, 1, 0.5f, Curve::Linear, kSaved, {},
          "How small a noisy middle attack counts as a snare."},
    Param{"analysis.hat_sensitivity", "Hat sensitivity", Float, Unit::None, 0, 1, 0.5f, Curve::Linear, kSaved, {},
          "How small a high attack counts as a hat."},
    Param{"analysis.kick_gap_ms", "Kick gap", Float, Unit::Milliseconds, 30, 500, 120, Curve::Linear, kSaved, {},
          "Shortest time between two kicks."},
    Param{"analysis.snare_gap_ms", "Snare gap", Float, Unit::Milliseconds, 30, 500, 100, Curve::Linear, kSaved, {},
          "Shortest time between two snares."},
    Param{"analysis.hat_gap_ms", "Hat gap", Float, Unit::Milliseconds, 30, 500, 60, Curve::Linear, kSaved, {},
          "Shortest time between two hats."},
    Param{"analysis.attack_scale", "Band attack", Float, Unit::None, 0.2f, 10, 1, Curve::Exponential, kSaved, {},
          "Multiplies the attack time of every band."},
    Param{"analysis.release_scale", "Band release", Float, Unit::None, 0.2f, 10, 1, Curve::Exponential, kSaved, {},
          "Multiplies the release time of every band."},
    Param{"clock.lead_ms", "Beat lead", Float, Unit::Milliseconds, 0, 500, 100, Curve::Linear, kMachine, {},
          "How long ahead `titanus analyse` tells a beat. The live picture needs none: each frame is drawn for when it will be seen."},
    Param{"clock.offset_ms", "Beat offset", Float, Unit::Milliseconds, -500, 500, 0, Curve::Linear, kMachine, {},
          "Moves beat and bar phase against the sound: compensates the delay of display and hall."},
    Param{"clock.meter", "Beats in a bar", Choice, Unit::None, 0, 5, 2, Curve::Linear, kSaved, kMeters,
          "Length of a bar; auto: three or four, as it is heard."},
    Param{"clock.source", "Clock source", Choice, Unit::None, 0, 3, 0, Curve::Linear, kMachine, kClockSources,
          "Who sets the beat; automatic: Link or else MIDI clock if there is one, then a locked tap, then the sound."},
    Param{"clock.tap", "Tap tempo", Choice, Unit::None, 0, 1, 0, Curve::Linear, kMachine, kTapModes,
          "After four taps: follow the sound near the tapped tempo, or keep exactly what was tapped."},
    TITANUS_BAND_ROWS("1", 65.f), TITANUS_BAND_ROWS("2", 200.f),
    TITANUS_BAND_ROWS("3", 900.f), TITANUS_BAND_ROWS("4", 6000.f),
};
#undef TITANUS_BAND_ROWS

} // namespace titanus::params::rows
