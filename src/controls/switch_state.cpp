#include "controls/switch_state.h"

namespace titanus::controls {

std::optional<bool> isOn(const SwitchState& state, params::Action action, int argument) {
    using params::Action;
    switch (action) {
    case Action::Blackout: return state.blackout;
    case Action::Freeze: return state.frozen;
    case Action::Record: return state.recording;
    case Action::ToggleUi: return state.uiVisible;
    case Action::MidiLearn: return state.learning;
    case Action::PresetRecall: return state.preset == argument;
    case Action::SceneStore: return argument < 0 && state.storing;
    case Action::SceneClear: return argument < 0 && state.clearing;
    case Action::ScenePrepare: return argument < 0 && state.preparing;
    case Action::SceneRecall: return argument < 0 && state.blendArmed;
    case Action::Autopilot: return state.autopilot;
    case Action::TestCard: return state.testCard;
    case Action::FreezeStrip: return state.stripFrozen;
    case Action::CueGo: return state.cuesRunning;
    default: return std::nullopt;
    }
}

} // namespace titanus::controls
