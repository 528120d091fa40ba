#pragma once
// Cue lists: what comes when, by time, by beat or by hand. One file drives the live show and
// `titanus render --cues FILE`.
//   schema = 1
//   name = "Saturday"
//   loop = false                # begin again after the last cue
//   [[cue]]
//   name = "Opening"
//   at = "0:00"                 # m:s or h:m:s since the list started, or a number of seconds
//   preset = "Coral reef"
//   [[cue]]
//   bar = 17                    # bar (from 1) since the list started; or beat = 65
//   scene = 5                   # pad, from 1
//   morph_beats = 16            # or morph_seconds; else morph.beats, morph.seconds decide
//   [[cue]]
//   after_bars = 8              # since the cue before; or after_beats, after (seconds)
//   scene = 6
//   back_to = "Opening"         # then go on from there; a name or a number from 1
//   times = 2                   # so often, 0 for ever
//   [[cue]]                     # none of these: by hand
//   scene = 7
// Only one condition in a cue. A cue may do nothing but jump (back_to without scene or preset).
// Thread: main   Ownership: values
#include "controls/recall_queue.h"
#include "core/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace titanus::controls {

struct Cue {
    enum class When : std::uint8_t { Hand, Seconds, Beats, AfterSeconds, AfterBeats, Bar, AfterBars } when{};
    double value = 0;            // seconds, beats (from 0) or bars (from 0; AfterBars: length)
    std::string name{};
    int scene = -1;              // pad from 0; -1: none
    std::string preset{};        // empty: none
    std::optional<double> morphSeconds{}, morphBeats{};
    int backTo = -1;             // cue from 0; -1: the next one follows
    int times = 0;               // 0: for ever
    int line = 0;                // in the file

    bool operator==(const Cue&) const = default;
    RecallRequest request(int index) const; // Kind::Scene or Preset; a jump alone: Kind::Cue
};

struct CueList {
    std::string name{};
    bool loop = false;
    std::vector<Cue> cues{};
};

// Errors: FileUnreadable; FileSyntax "path:line: reason" for anything that cannot be meant: two
// conditions, a time before the one above, a target that is not there, no cues at all.
// Warnings are appended: PresetUnknownKey.
core::Result<CueList> readCueList(const std::filesystem::path& path, std::vector<core::Problem>* warnings = nullptr);
core::Result<CueList> parseCueList(const std::string& toml, const std::string& origin,
                                   std::vector<core::Problem>* warnings = nullptr);
std::string writeCueList(const CueList& list);

// Plays a list. Times count from start(); beats from the bar line at or before it.
class CuePlayer {
  public:
    void load(CueList list); // stops
    const CueList& list() const { return list_; }

    // By hand: starts a stopped list with its first cue (or goes on where stop() left it), else
    // fires the next cue whatever it waits for. go() and back() return the cue to recall now;
    // pass it through a RecallQueue for quantise. Null: there is none.
    std::optional<RecallRequest> go(const MusicTime& now);
    std::optional<RecallRequest> back(const MusicTime& now);
    void stop();
    // Offline and "play from the top": runs without a hand; cues at 0 fire with the first step.
    void start(const MusicTime& now);

    // Call each frame. The cues due, in order, each at the frame nearest to its time.
    std::vector<RecallRequest> step(const MusicTime& now);

    bool running() const { return running_; }
    int current() const { return current_; } // last fired; -1: none yet
    int next() const;                        // -1: the list is at its end
    // Until the next cue fires by itself; nullopt: it waits for a hand, or nothing runs.
    std::optional<double> secondsToNext(const MusicTime& now) const;

  private:
    RecallRequest fire(int index, double seconds, double beat);
    void rebase(int index, double seconds, double beat, const MusicTime& now);
    double beatsPerBar(const MusicTime& now) const;

    CueList list_;
    bool running_ = false;
    int current_ = -1, next_ = 0;
    double startSeconds_ = 0, startBeat_ = 0; // origin of `at`, `beat` and `bar`
    double lastSeconds_ = 0, lastBeat_ = 0;   // when the last cue was due
    std::vector<int> jumps_;                  // how often each back_to was taken
};

} // namespace titanus::controls
