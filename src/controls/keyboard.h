#pragma once
// Which key does what: a table from chords ("Ctrl+Z", "Shift+Esc", "Space", "1") to actions, made
// from the catalogue's key column, and from the performer's own file:
//   schema = 1
//   [keys]
//   "Ctrl+B" = "action.blackout"
//   "B" = ""                                        # does nothing
//   "F5" = { action = "action.scene", number = 5 }  # presets and scenes: from 1
//   "F6" = { action = "action.freeze", on = true }  # switches: on or off instead of the other
// Free of any window library.
// Thread: main   Ownership: value
#include "controls/event.h"
#include "core/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace titanus::controls {

// "Ctrl+Alt+Shift+KEY" in this order. `key` is the name of the unshifted key as window systems
// give it ("A", "a", "Escape", "Return", "Keypad 1", "["); Escape becomes Esc, Keypad 1 becomes 1.
std::string chord(std::string_view key, bool ctrl, bool shift, bool alt);

struct KeyBinding {
    std::string chord;
    params::Action action{};
    int argument = 0;
};

class Keyboard {
  public:
    Keyboard(); // the catalogue's keys, and F11 for full screen

    // What pressing the chord asks for. While a text field has the focus, keys belong to it:
    // only panic, function keys, Ctrl+S and Ctrl+Q act. Auto-repeat acts for nudges only, four times a
    // second whatever the desktop's rate. time: seconds, of one clock.
    std::optional<params::ActionEvent> press(std::string_view chord, bool textFocus, bool repeat, double time);
    // The chord of a key that the layout calls `name` and a US keyboard, at its place, `place`: a digit or
    // sign that the layout has elsewhere (digits of a French keyboard, brackets of a German one) counts
    // by its place, unless what the layout has there is bound. Letters go by the layout alone.
    std::string chordOf(std::string_view name, std::string_view place, bool ctrl, bool shift, bool alt) const;
    void bind(KeyBinding binding); // replaces what the chord did
    void unbind(std::string_view chord);
    const std::vector<KeyBinding>& bindings() const { return bindings_; }

    // The performer's keys over the present ones. What cannot be meant is left out and warned
    // about with its line: a key named twice (in two spellings), no such key or action, Shift+Esc
    // for anything but panic. Errors: FileUnreadable, FileSyntax; nothing changes then.
    core::Result<void> load(const std::filesystem::path& file, std::vector<core::Problem>* warnings = nullptr);
    core::Result<void> parse(const std::string& toml, const std::string& origin, std::vector<core::Problem>* warnings = nullptr);

  private:
    std::vector<KeyBinding> bindings_;
    double actedAt_ = 0; // when a key last did something
};

std::filesystem::path userKeyFile(); // configDir()/keys.toml
// What differs from the catalogue's keys, as such a file.
std::string writeKeys(const Keyboard& keyboard);
// "shift + ctrl+z" -> "Ctrl+Shift+Z"; nullopt if it names no key.
std::optional<std::string> normalChord(std::string_view text);

} // namespace titanus::controls
