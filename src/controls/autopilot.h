#pragma once
// Flies the show by the sections of the track: at each change of section a scene whose tags or
// energy fit it. A hand on any control takes over at once and keeps the show until it has been
// still for autopilot.bars bars. The hand always wins: a recall that the autopilot asked for and
// that still waits for its line is to be cancelled (takeCancel).
// Thread: main   Ownership: value   Deterministic: same inputs and seed, same choices
#include "controls/event.h"
#include "controls/recall_queue.h"

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace titanus::controls {

// As analysis::Section, in its order.
enum class TrackSection : std::uint8_t { Silence, Steady, Build, Drop, Break };
inline constexpr std::array<std::string_view, 5> kTrackSections{"silence", "steady", "build", "drop", "break"};
// What a scene may be tagged with: sections it is for, "any" fits each, "never" none.
inline constexpr std::array<std::string_view, 7> kSceneTags{"silence", "steady", "build", "drop", "break", "any", "never"};

// True for what moves the show, and of a hand: not for help, UI, stills, recording, tempo and the
// autopilot's own switch and rows.
bool isHand(const ControlEvent& event);
bool isHand(params::Origin origin); // Ui, Key, Midi, Osc

struct AutopilotScene {
    int pad = 0;
    std::vector<std::string> tags{}; // kSceneTags; others are ignored
    float energy = 0.5f;             // 0..1
};

struct AutopilotInput {
    MusicTime music;
    TrackSection section{};
    float energy = 0;              // 0..1, of the track
    bool on = false;               // autopilot.on
    int returnBars = 8;            // autopilot.bars
};

struct AutopilotChoice {
    RecallRequest request;         // Kind::Scene, Origin::Preset, with its own morph
    Quantise quantise{};           // Now for a drop (it has fallen already), Bar else
};

class Autopilot {
  public:
    explicit Autopilot(std::uint64_t seed = 1) : random_(seed) {}
    enum class State : std::uint8_t { Off, Flying, Hand };

    // Something of isHand() happened.
    void hand(const MusicTime& now);
    // Call each frame. `scenes`: what is stored now; `active`: pad that plays, -1 none.
    std::optional<AutopilotChoice> step(const AutopilotInput& in, const std::vector<AutopilotScene>& scenes, int active);
    // True once after a hand took over while a choice of ours may still wait in the queue.
    bool takeCancel() { return std::exchange(cancel_, false); }

    State state() const { return state_; }
    double barsUntilReturn(const MusicTime& now, int returnBars) const; // 0 when flying or off

  private:
    std::optional<int> choose(TrackSection section, float energy, const std::vector<AutopilotScene>& scenes, int active);

    std::mt19937_64 random_;
    State state_ = State::Off;
    bool cancel_ = false, asked_ = false;
    double handBeat_ = 0;
    std::optional<TrackSection> flown_;   // section that the present scene was chosen for
    TrackSection candidate_{};            // section heard now, and since when
    double candidateBeat_ = 0, chosenBeat_ = 0;
    std::vector<int> recent_;             // pads chosen last, newest at the back
};

} // namespace titanus::controls
