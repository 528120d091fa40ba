#pragma once
// Which key does what: a table from chords ("Ctrl+Z", "Shift+Esc", "Space", "1") to actions, made
// from the catalogue's key column. Free of any window library.
// Thread: main   Ownership: value
#include "controls/event.h"

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
    // only panic, function keys, Ctrl+S and Ctrl+Q act. Auto-repeat acts for nudges only.
    std::optional<params::ActionEvent> press(std::string_view chord, bool textFocus, bool repeat,
                                             double time) const;
    void bind(KeyBinding binding); // replaces what the chord did
    const std::vector<KeyBinding>& bindings() const { return bindings_; }

  private:
    std::vector<KeyBinding> bindings_;
};

// The list that F1 shows: one line per action, "key", "name", "help".
struct KeyLine { std::string key, name, help; };
std::vector<KeyLine> keyList(const Keyboard& keyboard);

} // namespace titanus::controls
