#include "controls/keyboard.h"

#include <algorithm>
#include <cctype>

namespace titanus::controls {
using params::Action;

namespace {

bool isFunctionKey(std::string_view chord) {
    const auto key = chord.substr(chord.rfind('+') == std::string_view::npos || chord.back() == '+'
                                      ? 0 : chord.rfind('+') + 1);
    return key.size() >= 2 && key[0] == 'F' && std::isdigit(static_cast<unsigned char>(key[1]));
}

bool worksInTextField(std::string_view chord, Action action) {
    return action == Action::Panic || isFunctionKey(chord) || action == Action::SavePreset ||
           action == Action::Quit;
}

// A nudge is 5 ms: held, it turns the beat 2 % faster or slower, as a hand on a platter does.
constexpr double kRepeatSeconds = 0.25;
bool repeats(Action action) { return action == Action::NudgeEarlier || action == Action::NudgeLater; }

} // namespace

std::string chord(std::string_view key, bool ctrl, bool shift, bool alt) {
    std::string name(key);
    if (name.starts_with("Keypad ")) name.erase(0, 7);
    if (name == "Escape") name = "Esc";
    if (name == "Return") name = "Enter";
    if (name.size() == 1) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    return (ctrl ? "Ctrl+" : "") + std::string(alt ? "Alt+" : "") + (shift ? "Shift+" : "") + name;
}

Keyboard::Keyboard() {
    for (const params::ActionRow& row : params::kActions) {
        // "1-8": one key per argument, from 0.
        if (row.key.size() == 3 && row.key[1] == '-') {
            for (char c = row.key[0]; c <= row.key[2]; ++c)
                bindings_.push_back({std::string(1, c), row.action, c - row.key[0]});
        } else if (!row.key.empty()) {
            bindings_.push_back({std::string(row.key), row.action, defaultArgument(row.action)});
        }
    }
    bindings_.push_back({"F11", Action::ToggleFullScreen, -1});
}

std::optional<params::ActionEvent> Keyboard::press(std::string_view chord, bool textFocus, bool repeat,
                                                   double time) {
    const auto found = std::find_if(bindings_.begin(), bindings_.end(),
                                    [&](const KeyBinding& b) { return b.chord == chord; });
    if (found == bindings_.end()) return std::nullopt;
    if (textFocus && !worksInTextField(chord, found->action)) return std::nullopt;
    if (repeat && (!repeats(found->action) || time - actedAt_ < kRepeatSeconds)) return std::nullopt;
    actedAt_ = time;
    return params::ActionEvent{found->action, found->argument, params::Origin::Key, time};
}

std::string Keyboard::chordOf(std::string_view name, std::string_view place, bool ctrl, bool shift, bool alt) const {
    std::string own = chord(name, ctrl, shift, alt);
    const bool sign = place.size() == 1 && !std::isalpha(static_cast<unsigned char>(place[0]));
    const bool bound = std::any_of(bindings_.begin(), bindings_.end(), [&](const KeyBinding& b) { return b.chord == own; });
    return sign && !bound ? chord(place, ctrl, shift, alt) : own;
}

void Keyboard::bind(KeyBinding binding) {
    std::erase_if(bindings_, [&](const KeyBinding& b) { return b.chord == binding.chord; });
    bindings_.push_back(std::move(binding));
}

void Keyboard::unbind(std::string_view chord) {
    std::erase_if(bindings_, [&](const KeyBinding& b) { return b.chord == chord; });
}

} // namespace titanus::controls
