#pragma once
// What the analysis knows about the sound at one instant: the value on the arrow from analysis to
// modulation. Counts are running totals, so a reader that skips values takes the difference.
// Thread: written by analysis, read by main   Times: seconds of sound since the analysis began; without signal they go on
#include "params/sources.h"

#include <array>
#include <cstdint>
#include <type_traits>

namespace titanus::analysis {

enum class OnsetKind : std::uint8_t { Other, Kick, Snare, Hat, Count };
inline constexpr std::array<std::string_view, 4> kOnsetKinds{"onset", "kick", "snare", "hat"};
inline constexpr std::size_t kOnsetKindCount = 4;

// One decided attack. `Other` is the broadband onset, told at once; the class of an attack, if any, follows as
// an event of its own 5 hops (14.5 ms) later, also where the broadband detector had heard none.
struct Onset {
    double time = 0;     // when it happens in the sound
    double decided = 0;  // how much sound had been heard when the analyser said so
    float strength = 0;  // 0..1
    OnsetKind kind{};
};
static_assert(std::is_trivially_copyable_v<Onset>);

inline constexpr int kBandCount = 7;      // sub bass low_mid mid high_mid presence air
inline constexpr int kSpectrumCount = 64; // for display, logarithmic 20 Hz - 20 kHz
inline constexpr int kUserBandCount = 4;  // the performer's own: band.1.hz, band.1.width, ...
inline constexpr int kFineCount = 24;     // logarithmic 20 Hz - 20 kHz, followed like the bands

enum class ClockState : std::uint8_t { Searching, Tentative, Locked, Holding };
enum class ClockSource : std::uint8_t { Audio, Tap, MidiClock, Link };
enum class Section : std::uint8_t { Silence, Steady, Build, Drop, Break };

// The beat as a straight line: index(t) = beat + (t - anchor) / period. Consumers evaluate it for
// the time their frame will be seen; the line changes slope or anchor, and runs backwards only under the
// performer's nudge.
struct BeatClock {
    double anchorSeconds = 0;    // time of beat number `beat`
    double periodSeconds = 0.5;
    std::int64_t beat = 0;       // running number of the beat at the anchor
    std::int64_t downbeat = 0;   // number of some beat that is a "one"
    int beatsPerBar = 4;
    float confidence = 0;        // 0..1
    ClockState state{};
    ClockSource source{};

    double at(double seconds) const { return static_cast<double>(beat) + (seconds - anchorSeconds) / periodSeconds; }
    float bpm() const { return static_cast<float>(60.0 / periodSeconds); }
};

struct Features {
    double seconds = 0;                      // sound analysed so far
    double hostSeconds = 0;                  // app clock when sound `seconds` was heard in the room: followed, less
                                             // audio.latency_ms
    float peak[2] = {0, 0}, rms[2] = {0, 0}; // per channel, after input gain, before automatic gain
    bool clipped = false;                    // within the last second
    bool silent = true;                      // digital or near silence
    bool noSignal = true;                    // no samples arrive at all
    float agcGain = 1;
    float loudness = -70;                    // momentary, LUFS-like, dB
    float level = 0;                         // 0..1, after automatic gain
    std::array<float, kBandCount> raw{}, band{}, relative{}; // no gain; 0..1 followed; 1 = usual
    std::array<float, 3> triple{};           // low, mid, high, 0..1
    std::array<float, kSpectrumCount> spectrum{}; // 0..1
    std::array<float, kFineCount> fine{};         // 0..1
    std::array<float, kUserBandCount> user{};     // 0..1, the bands band.N.hz
    float balance = 0, width = 0;            // -1 left .. 1 right; 0 mono .. 1 only difference
    float centroid = 0, flux = 0, flatness = 0, tonal = 0; // 0..1
    float energy = 0, build = 0;             // 0..1
    Section section{};
    float sectionConfidence = 0;
    std::uint64_t drops = 0;                 // running total of drops heard
    double lastDropSeconds = -1e9;
    std::array<std::uint64_t, kOnsetKindCount> onsets{};   // running totals
    std::array<float, kOnsetKindCount> lastStrength{};
    std::array<double, kOnsetKindCount> lastOnset{-1e9, -1e9, -1e9, -1e9}; // times
    BeatClock clock{};
    std::uint64_t nonFinite = 0;             // samples replaced
    std::uint64_t overruns = 0;              // samples lost before the analysis
};
static_assert(std::is_trivially_copyable_v<Features>);

} // namespace titanus::analysis
