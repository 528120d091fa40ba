#pragma once
// A recall that waits for its line of the music: now, beat, bar, 2 bars, 4 bars, and begins
// `lookahead` before it. One recall waits at a time; the next one replaces it, as a performer's
// second thought does. Lines are beat numbers, so a tempo that drifts moves the moment with it.
// Law: it fires at the frame nearest to (line - lookahead), so within half a frame of it.
// Thread: main   Ownership: value
#include "controls/music_time.h"
#include "params/store.h"

#include <optional>
#include <string>

namespace titanus::controls {

struct RecallRequest {
    enum class Kind : std::uint8_t { Scene, Preset, Cue } kind{};
    int index = 0;                       // pad, preset of the bank or cue
    std::string name{};                  // of a preset that is asked for by name; else empty
    params::Origin origin{};
    double time = 0;                     // when it was asked for, app clock
    std::optional<double> morphSeconds{}; // instead of morph.seconds
    std::optional<double> morphBeats{};   // instead of morph.beats; wins over morphSeconds when > 0
};

// Seconds in which the recall's morph runs: its own, else morph.beats when > 0, else morph.seconds.
double morphSeconds(const RecallRequest& request, const params::Store& store, const MusicTime& now);

class RecallQueue {
  public:
    // Waits for the next line of `quantise`; with Now, or without a beat, the next step() gives it.
    // A line nearer than the lookahead is still taken: the recall begins at once.
    void request(RecallRequest request, Quantise quantise, double lookaheadSeconds, const MusicTime& now);
    // The same with scene.quantise and scene.lookahead_ms.
    void request(RecallRequest request, const params::Store& store, const MusicTime& now);
    bool cancel(); // true if one was waiting

    // Call once each frame, before the morph's step. Gives the recall whose moment has come.
    std::optional<RecallRequest> step(const MusicTime& now);

    const RecallRequest* pending() const { return pending_ ? &*pending_ : nullptr; }
    // For the screen: how long until it begins.
    struct Countdown {
        double seconds = 0, beats = 0;
        double share = 0; // 0 when asked for .. 1 when it begins
    };
    std::optional<Countdown> countdown(const MusicTime& now) const;

  private:
    double secondsLeft(const MusicTime& now) const;

    std::optional<RecallRequest> pending_;
    Quantise quantise_{};
    double lookahead_ = 0; // seconds
    double line_ = 0;      // beat number
    double waited_ = 0;    // seconds between request and begin, as foreseen
    double asked_ = 0;
};

} // namespace titanus::controls
