#pragma once
// Cue lists: what comes when, by time, by beat or by hand. One file drives the live show and
// `titanus render --cues FILE`.
//   schema = 1
//   name = "Saturday"
//   loop = false                # by hand the first cue follows the last one
//   [[cue]]
//   name = "Opening"
//   at = "0:00"                 # m:s or h:m:s since the list started, or a number of seconds
//   preset = "Coral reef"
//   [[cue]]
//   name = "Verse"
//   bar = 17                    # bar (from 1) since the list started; or beat = 65
//   scene = 5                   # pad, from 1
//   morph_beats = 16            # or morph_seconds; else morph.beats, morph.seconds decide
//   [[cue]]
//   after_bars = 8              # since the cue before; or after_beats, after (seconds)
//   scene = 6
//   [[cue]]
//   after_bars = 8
//   back_to = "Verse"           # that cue comes instead; a name or a number from 1
//   times = 2                   # so often, then this cue is passed over; 0: for ever
//   [[cue]]                     # none of these: by hand
//   scene = 7
// Going back, by a loop or by hand, takes the list's own time back to where that cue was.
// A cue has one condition at most, and one of scene, preset, back_to.
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
    RecallRequest request() const; // Kind::Scene, or Preset by name
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

// Plays a list. Times count from the start, beats from the bar line at or before it.
class CuePlayer {
  public:
    void load(CueList list); // stops, back to the beginning
    const CueList& list() const { return list_; }

    // By hand: starts the list with its first cue, goes on where stop() left it, or fires the next
    // cue whatever it waits for. The recall to make comes back; null: there is no such cue. To go
    // on a line of the music, send a RecallRequest of Kind::Cue through a RecallQueue and call this
    // when it comes out.
    std::optional<RecallRequest> go(const MusicTime& now);
    std::optional<RecallRequest> back(const MusicTime& now);
    void stop();
    // Offline and "play from the top": runs without a hand; a cue at 0 fires with the first step.
    void start(const MusicTime& now);

    // Call each frame. The recalls due, in order, each in the frame nearest to its time: they are
    // not to wait for another line. Cues later in the same frame win.
    std::vector<RecallRequest> step(const MusicTime& now);

    bool running() const { return running_; }
    int current() const { return current_; } // last fired; -1: none yet
    int next() const;                        // what go() fires; -1: nothing is left
    // Until the next cue fires by itself; nullopt: it waits for a hand, or nothing runs.
    std::optional<double> secondsToNext(const MusicTime& now) const;

  private:
    struct Place { double seconds = 0, beats = 0; }; // on the list's own time
    Place here(const MusicTime& now) const { return {now.seconds - startSeconds_, now.beat - startBeat_}; }
    std::optional<double> secondsUntil(int index, const MusicTime& now) const;
    RecallRequest fire(int index, Place place);
    int landing(int index);
    void goTo(int index, Place from, const MusicTime& now); // sets the list's time to the cue's place

    CueList list_;
    bool running_ = false;
    int current_ = -1, next_ = 0;
    double startSeconds_ = 0, startBeat_ = 0; // origin of the list's time
    Place last_{};                            // when the last cue was due
    double seenSeconds_ = 0, seenBeat_ = 0;   // newest time given, for going on after a stop
    std::vector<std::optional<Place>> places_; // where each cue was when it fired
    std::vector<int> jumps_;                  // how often each back_to was taken
};

} // namespace titanus::controls
