#pragma once
// The one source of truth for every setting. A row gives widget, OSC address /titanus/<id>,
// MIDI target, preset key, --set key and documentation; nothing else spells a range.
// Use: values[param("camera.zoom")]; a misspelt id does not compile.
// Thread: any (constant data)
#include "params/rows_motion.h"

#include <optional>

namespace titanus::params {

template <class T, std::size_t... N> constexpr auto joined(const std::array<T, N>&... parts) {
    std::array<T, (N + ...)> all{};
    std::size_t at = 0;
    (([&] { for (const T& part : parts) all[at++] = part; }()), ...);
    return all;
}

inline constexpr auto kCatalogue = joined(rows::kSound, rows::kPainter, rows::kPicture, rows::kMotion);
inline constexpr std::size_t kParamCount = kCatalogue.size();

// Position in the catalogue; stable within a build, never stored in files.
struct ParamIndex {
    std::uint16_t value = 0;
    constexpr bool operator==(const ParamIndex&) const = default;
};

constexpr std::optional<ParamIndex> findParam(std::string_view id) {
    for (std::size_t i = 0; i < kParamCount; ++i)
        if (kCatalogue[i].id == id) return ParamIndex{static_cast<std::uint16_t>(i)};
    return std::nullopt;
}
consteval ParamIndex param(std::string_view id) { return findParam(id).value(); }
constexpr const Param& row(ParamIndex index) { return kCatalogue[index.value]; }

// Prompt slots: consecutive rows, two per slot.
inline constexpr int kPromptSlots = 8;
constexpr ParamIndex promptWeight(int slot) {
    return {static_cast<std::uint16_t>(param("prompt.1.weight").value + 2 * slot)};
}
constexpr ParamIndex promptTarget(int slot) {
    return {static_cast<std::uint16_t>(param("prompt.1.target").value + 2 * slot)};
}

namespace detail {
consteval bool catalogueIsSound() {
    for (std::size_t i = 0; i < kParamCount; ++i) {
        const Param& p = kCatalogue[i];
        if (p.min >= p.max || p.def < p.min || p.def > p.max || p.help.empty()) return false;
        if ((p.kind == Kind::Choice) != !p.choices.empty()) return false;
        if (p.kind == Kind::Choice && p.max != static_cast<float>(p.choices.size() - 1)) return false;
        if (p.curve == Curve::Exponential && p.min <= 0) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (kCatalogue[j].id == p.id) return false;
    }
    return true;
}
} // namespace detail
static_assert(detail::catalogueIsSound(), "ids unique, ranges and defaults sound, help present");

// Values that are text: prompts, devices. Not modulatable.
struct TextParam {
    std::string_view id, name;
    bool saved; // in presets
    std::string_view help;
};
inline constexpr std::array kTexts{
    TextParam{"prompt.1.text", "Prompt 1", true, "What is painted; prompt language in docs/PROMPTS.md."},
    TextParam{"prompt.2.text", "Prompt 2", true, "What is painted."},
    TextParam{"prompt.3.text", "Prompt 3", true, "What is painted."},
    TextParam{"prompt.4.text", "Prompt 4", true, "What is painted."},
    TextParam{"prompt.5.text", "Prompt 5", true, "What is painted."},
    TextParam{"prompt.6.text", "Prompt 6", true, "What is painted."},
    TextParam{"prompt.7.text", "Prompt 7", true, "What is painted."},
    TextParam{"prompt.8.text", "Prompt 8", true, "What is painted."},
    TextParam{"audio.input", "Input", false, "demo, silence, a file, or device:NAME."},
    TextParam{"midi.input", "MIDI input", false, "Device names to open, separated by |; * opens all."},
    TextParam{"output.display", "Output display", false, "Name or number of the display for the clean picture; empty: none."},
    TextParam{"prompt.prefix", "Before every prompt", true, "Words put before the text of every prompt: a style, a medium."},
    TextParam{"prompt.suffix", "After every prompt", true, "Words put after the text of every prompt."},
    TextParam{"canvas.init", "Opening picture", true, "Image file that the canvas begins with; empty: noise."},
    TextParam{"hold.image", "Image prompt", true, "Image file whose colours the canvas is drawn to; strength: hold.image_weight."},
    TextParam{"palette.target", "Palette target", true, "Image file whose colours the palettes take."},
    TextParam{"source.file", "Video source", true, "Video file or camera (/dev/video0) to paint on; see source.mode."},
    TextParam{"guide.model", "Guide", false, "Folder or file of the model that judges the picture; empty: what the command line chose."},
    TextParam{"hold.direct_mask", "Picture mask", true, "Picture or video that is white where the picture is held; a - before it turns it round."},
    TextParam{"hold.edge_mask", "Edge mask", true, "Picture or video that is white where the outlines are held; a - before it turns it round."},
    TextParam{"hold.semantic_mask", "Meaning mask", true, "Picture or video that is white where the meaning is held; a - before it turns it round."},
    TextParam{"output.v4l2", "Video device out", false, "v4l2loopback device (/dev/video10) that other programs can read; empty: none."},
};
inline constexpr std::size_t kTextCount = kTexts.size();
struct TextIndex {
    std::uint16_t value = 0;
    constexpr bool operator==(const TextIndex&) const = default;
};
constexpr std::optional<TextIndex> findText(std::string_view id) {
    for (std::size_t i = 0; i < kTextCount; ++i)
        if (kTexts[i].id == id) return TextIndex{static_cast<std::uint16_t>(i)};
    return std::nullopt;
}
consteval TextIndex text(std::string_view id) { return findText(id).value(); }
constexpr TextIndex promptText(int slot) { return {static_cast<std::uint16_t>(slot)}; }

// Things that happen at once; mapped to keys, MIDI and OSC like parameters.
enum class Action : std::uint8_t {
    Blackout, Freeze, Panic, Reseed, Tap, TempoDouble, TempoHalf, NudgeLater, NudgeEarlier, Resync,
    PresetRecall, PresetNext, PresetPrevious, ToggleUi, ToggleHelp, ToggleFullScreen, MidiLearn,
    SaveStill, SavePreset, Undo, Redo, Record, Quit,
    SceneRecall, SceneStore, SceneClear, CueGo, CueBack, CueStop, TestCard, Autopilot, FreezeStrip,
    ScenePrepare, Count
};
struct ActionRow {
    Action action;
    std::string_view id, name, key, help; // key: default on the keyboard, as docs and UI show it
};
inline constexpr std::array kActions{
    ActionRow{Action::Blackout, "action.blackout", "Blackout", "B", "Output black on and off."},
    ActionRow{Action::Freeze, "action.freeze", "Freeze", "Space", "Holds the picture bit for bit; again to go on."},
    ActionRow{Action::Panic, "action.panic", "Panic", "Shift+Esc", "Blackout and freeze off, flash and modulation to rest, last good preset."},
    ActionRow{Action::Reseed, "action.reseed", "Reseed", "R", "Stirs fresh noise into the canvas."},
    ActionRow{Action::Tap, "action.tap", "Tap tempo", "T", "Four taps set tempo and beat."},
    ActionRow{Action::TempoDouble, "action.tempo_double", "Tempo x2", "]", "Beats twice as fast."},
    ActionRow{Action::TempoHalf, "action.tempo_half", "Tempo /2", "[", "Beats half as fast."},
    ActionRow{Action::NudgeLater, "action.nudge_later", "Nudge later", ".", "Moves the beat 5 ms later; held, it runs 2 % slower."},
    ActionRow{Action::NudgeEarlier, "action.nudge_earlier", "Nudge earlier", ",", "Moves the beat 5 ms earlier; held, it runs 2 % faster."},
    ActionRow{Action::Resync, "action.resync", "Resync", "0", "This instant is the one of the bar."},
    ActionRow{Action::PresetRecall, "action.preset", "Preset", "1-8", "Recalls the preset with the given number."},
    ActionRow{Action::PresetNext, "action.preset_next", "Next preset", "N", "Recalls the next preset."},
    ActionRow{Action::PresetPrevious, "action.preset_previous", "Previous preset", "P", "Recalls the preset before."},
    ActionRow{Action::ToggleUi, "action.ui", "Show or hide UI", "Tab", "The picture without the controls."},
    ActionRow{Action::ToggleHelp, "action.help", "Keys", "F1", "Shows this list."},
    ActionRow{Action::ToggleFullScreen, "action.full_screen", "Full screen", "F", "Window to full screen and back."},
    ActionRow{Action::MidiLearn, "action.midi_learn", "MIDI learn", "L", "Learn on or off: click a control, move a fader."},
    ActionRow{Action::SaveStill, "action.still", "Save still", "F12", "Writes the picture as PNG."},
    ActionRow{Action::SavePreset, "action.save", "Save preset", "Ctrl+S", "Saves the present state as a user preset."},
    ActionRow{Action::Undo, "action.undo", "Undo", "Ctrl+Z", "Takes the last change back."},
    ActionRow{Action::Redo, "action.redo", "Redo", "Ctrl+Shift+Z", "Does it again."},
    ActionRow{Action::Record, "action.record", "Record", "F9", "Starts and stops recording."},
    ActionRow{Action::Quit, "action.quit", "Quit", "Ctrl+Q", "Ends the show; the state is saved."},
    ActionRow{Action::SceneRecall, "action.scene", "Scene", "", "Recalls the scene on the given pad, with its canvas."},
    ActionRow{Action::SceneStore, "action.scene_store", "Store scene", "", "Stores the present state on the given pad."},
    ActionRow{Action::SceneClear, "action.scene_clear", "Clear scene", "", "Empties the given pad."},
    ActionRow{Action::CueGo, "action.cue_go", "Next cue", "G", "Goes to the next cue of the list."},
    ActionRow{Action::CueBack, "action.cue_back", "Cue back", "Shift+G", "Goes back one cue."},
    ActionRow{Action::CueStop, "action.cue_stop", "Stop cues", "", "Stops the cue list where it is."},
    ActionRow{Action::TestCard, "action.test_card", "Test card", "F10", "Test card on and off."},
    ActionRow{Action::Autopilot, "action.autopilot", "Autopilot", "A", "Autopilot on and off."},
    ActionRow{Action::FreezeStrip, "action.strip", "Freeze why strip", "F3", "Holds the why strip to be read; again to go on."},
    ActionRow{Action::ScenePrepare, "action.scene_prepare", "Prepare scene", "", "Paints the scene on the given pad out of sight, to be there when it is recalled; again: not."},
};
static_assert(kActions.size() == static_cast<std::size_t>(Action::Count));
std::optional<Action> findAction(std::string_view id);
constexpr const ActionRow& row(Action action) { return kActions[static_cast<std::size_t>(action)]; }
// Whose argument is the number of a scene pad.
constexpr bool isPadAction(Action action) {
    return action == Action::SceneRecall || action == Action::SceneStore || action == Action::SceneClear || action == Action::ScenePrepare;
}

} // namespace titanus::params
