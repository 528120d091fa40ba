#pragma once
// The show under the performer's hands: store, presets, morph, and the states that actions switch.
// Every event from keys, MIDI, OSC and UI ends here, on one thread, in order; so here it is logged.
// Thread: main   Owns: store, bank, morph
#include "analysis/clock_command.h"
#include "app/command_line.h"
#include "app/problem_board.h"
#include "controls/blend.h"
#include "controls/control_log.h"
#include "controls/event.h"
#include "controls/morph.h"
#include "controls/preset_bank.h"
#include "controls/session.h"

namespace titanus::app {

class Desk {
  public:
    Desk(ProblemBoard& problems, bool safeMode);

    // Preset, prompts and --set of the command line; without a preset the given session, else the
    // first preset. Settings of the machine are the session's in any case. Errors: PresetMissing, FileSyntax, ParamUnknown, ParamValueInvalid.
    core::Result<void> begin(const CommonOptions& options, const std::optional<controls::Session>& session);

    // Prompts and --set of the command line alone.
    core::Result<void> assign(const CommonOptions& options);

    // The hands: everything that changes the show comes through these five.
    void handle(const controls::ControlEvent& event);
    void change(const params::ParamChange& change);
    void act(const params::ActionEvent& event);
    void setText(params::TextIndex index, const std::string& value, params::Origin origin, double seconds);
    void setRoutes(std::vector<params::Route> routes, params::Origin origin, double seconds);
    void setFormulas(std::vector<params::Formula> formulas, params::Origin origin, double seconds);

    // What was decided: a preset of the bank, or any other, takes over in `morphSeconds`.
    void recall(std::size_t index, double morphSeconds, params::Origin origin, double seconds);
    void play(controls::Preset preset, double morphSeconds, params::Origin origin, double seconds);
    // Between the show as it is and this one, by the fader scene.blend, until that or something else ends it.
    void blend(controls::Preset second, params::Origin origin, double seconds);
    void endBlend(double seconds);
    // What panic goes back to, without playing it: of a log that is played again.
    void setPreset(controls::Preset preset) { preset_ = std::move(preset); }
    void keepAsPreset() { preset_.show = store_.show(); }
    // Moves a morph on, or a blend; call each frame.
    void step(double seconds);

    params::Store& store() { return store_; }
    const params::Store& store() const { return store_; }
    controls::PresetBank& bank() { return bank_; }
    const controls::Preset& preset() const { return preset_; }
    int presetIndex() const { return presetIndex_; } // -1: not in the bank
    bool presetModified() const;
    bool morphing() const { return morph_.active(); }
    bool blending() const { return blend_.active(); }
    bool blackout() const { return blackout_; }
    bool frozen() const { return frozen_; }
    std::uint64_t reseeds() const { return reseeds_; }

    // Left for others since the last call: the beat's commands, and what concerns windows.
    std::vector<analysis::ClockCommand> takeClockCommands() { return std::exchange(clock_, {}); }
    std::vector<params::ActionEvent> takeWindowActions() { return std::exchange(window_, {}); }
    // ... what the conductor decides on: scenes, cues and presets asked for, and whether a hand moved the show.
    bool recallAsked() const { return !recalls_.empty() || !names_.empty(); }
    std::vector<params::ActionEvent> takeRecallActions() { return std::exchange(recalls_, {}); }
    std::vector<std::string> takePresetNames() { return std::exchange(names_, {}); }
    bool takeHand() { return std::exchange(hand_, false); }

    // Everything from now on is written to it; null ends that.
    void setLog(controls::ControlLogWriter* log) { log_ = log; }

  private:
    void adopt(controls::Preset preset, int index, double morphSeconds, double seconds);
    void carryOut(const params::ActionEvent& event);
    void leaveBlend();
    void askPreset(std::size_t index, const params::ActionEvent& event);
    void toggle(params::ParamIndex index, const params::ActionEvent& event);
    void panic(double seconds);
    void save();

    ProblemBoard& problems_;
    params::Store store_;
    controls::PresetBank bank_;
    controls::Preset preset_;
    int presetIndex_ = -1;
    controls::Morph morph_;
    controls::Blend blend_;
    controls::Preset second_; // of the blend
    bool blackout_ = false, frozen_ = false;
    std::uint64_t reseeds_ = 0;
    std::vector<analysis::ClockCommand> clock_;
    std::vector<params::ActionEvent> window_, recalls_;
    std::vector<std::string> names_;
    bool hand_ = false;
    controls::ControlLogWriter* log_ = nullptr;
};

} // namespace titanus::app
