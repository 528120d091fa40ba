#pragma once
// Main's switches, for lights of controllers and for remote controls.
// Thread: main (value)
#include "controls/pads.h"
#include "params/catalogue.h"

namespace titanus::controls {

struct SwitchState {
    bool blackout = false, frozen = false, recording = false, uiVisible = true, learning = false;
    int preset = -1; // index in the bank
    PadStates pads{};                       // SceneBank::states
    bool storing = false, clearing = false, preparing = false; // PadHands
    bool autopilot = false, testCard = false, stripFrozen = false, cuesRunning = false;
    bool blendArmed = false; // PadHands
};

// Of the action with this argument; null: it has no state.
std::optional<bool> isOn(const SwitchState& state, params::Action action, int argument = -1);

} // namespace titanus::controls
