#pragma once
// The show under the performer's hands: store, presets, morph, and the states that actions switch.
// Every event from keys, MIDI, OSC and UI ends here, on one thread, in order.
// Thread: main   Owns: store, bank, morph
#include "analysis/clock_command.h"
#include "app/command_line.h"
#include "app/problem_board.h"
#include "controls/event.h"
#include "controls/morph.h"
#include "controls/preset_bank.h"
#include "controls/session.h"

namespace titanus::app {

class Desk {
  public:
    Desk(ProblemBoard& problems, bool safeMode);

    // Preset, prompts and --set of the command line; without a preset the given session, else the
    // first preset. Errors: PresetMissing, FileSyntax, ParamUnknown, ParamValueInvalid.
    core::Result<void> begin(const CommonOptions& options, const std::optional<controls::Session>& session);

    void handle(const controls::ControlEvent& event);
    void act(const params::ActionEvent& event);
    void recall(std::size_t index, params::Origin origin, double seconds);
    // Moves a morph on; call each frame.
    void step(double seconds) { morph_.step(store_, seconds); }

    params::Store& store() { return store_; }
    const params::Store& store() const { return store_; }
    controls::PresetBank& bank() { return bank_; }
    const controls::Preset& preset() const { return preset_; }
    int presetIndex() const { return presetIndex_; } // -1: not in the bank
    bool presetModified() const;
    bool blackout() const { return blackout_; }
    bool frozen() const { return frozen_; }
    std::uint64_t reseeds() const { return reseeds_; }

    // Left for others since the last call: the beat's commands, and what concerns windows.
    std::vector<analysis::ClockCommand> takeClockCommands() { return std::exchange(clock_, {}); }
    std::vector<params::ActionEvent> takeWindowActions() { return std::exchange(window_, {}); }

  private:
    void adopt(controls::Preset preset, int index, params::Origin origin, double seconds);
    void toggle(params::ParamIndex index, const params::ActionEvent& event);
    void panic(double seconds);
    void save();

    ProblemBoard& problems_;
    params::Store store_;
    controls::PresetBank bank_;
    controls::Preset preset_;
    int presetIndex_ = -1;
    controls::Morph morph_;
    bool blackout_ = false, frozen_ = false;
    std::uint64_t reseeds_ = 0;
    std::vector<analysis::ClockCommand> clock_;
    std::vector<params::ActionEvent> window_;
};

} // namespace titanus::app
