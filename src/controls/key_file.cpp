// The performer's own keys: keys.toml.
#include "controls/keyboard.h"

#include "controls/pads.h"
#include "controls/toml_text.h"
#include "core/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;
using params::Action;

namespace {

constexpr int kKeySchema = 1;
constexpr std::string_view kPanicChord = "Shift+Esc";

// Names of keys that are no single character, as window systems give them.
constexpr std::array<std::string_view, 22> kKeyNames{
    "Esc", "Escape", "Enter", "Return", "Tab", "Space", "Backspace", "Delete", "Insert", "Home", "End", "PageUp", "PageDown",
    "Up", "Down", "Left", "Right", "PrintScreen", "ScrollLock", "Pause", "Menu", "CapsLock"};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::optional<std::string> keyName(std::string_view text) {
    const std::string small = lower(text);
    if (text.size() == 1) return text[0] > ' ' && text[0] < 127 ? std::optional(std::string(text)) : std::nullopt;
    for (int n = 1; n <= 24; ++n)
        if (small == fmt::format("f{}", n)) return fmt::format("F{}", n);
    for (const std::string_view name : kKeyNames)
        if (lower(name) == small) return std::string(name);
    // A letter outside ASCII, as on many keyboards.
    return static_cast<unsigned char>(text[0]) >= 0xC0 && text.size() <= 4 ? std::optional(std::string(text)) : std::nullopt;
}

bool isNumbered(Action action) {
    return action == Action::PresetRecall || params::isPadAction(action);
}

std::optional<KeyBinding> readKey(const std::string& chord, const toml::node& node, const detail::Reader& reader) {
    const auto bad = [&](const std::string& what) -> std::optional<KeyBinding> {
        reader.warn(ProblemId::PresetValueInvalid, node, chord + ": " + what);
        return std::nullopt;
    };
    const auto* table = node.as_table();
    const auto id = table ? (*table)["action"].value_or<std::string>("") : node.value_or<std::string>("");
    const auto action = params::findAction(id);
    if (!action) return bad(fmt::format("no action \"{}\"", id));
    KeyBinding out{chord, *action, defaultArgument(*action)};
    if (!table) return out;
    for (const auto& [key, value] : *table) {
        if (key == "action") continue;
        if (key == "number" && isNumbered(*action)) {
            const auto number = value.value<std::int64_t>();
            const std::int64_t most = *action == Action::PresetRecall ? 999 : kScenePads;
            if (!value.is_integer() || *number < 1 || *number > most) return bad(fmt::format("number: 1 to {}", most));
            out.argument = static_cast<int>(*number) - 1;
        } else if (key == "on" && isSwitch(*action) && value.is_boolean()) {
            out.argument = value.as_boolean()->get() ? 1 : 0;
        } else {
            return bad(fmt::format("{} does not go with {}", key.str(), id));
        }
    }
    return out;
}

} // namespace

std::filesystem::path userKeyFile() { return core::configDir() / "keys.toml"; }

std::optional<std::string> normalChord(std::string_view text) {
    bool ctrl = false, shift = false, alt = false;
    text = trimmed(text);
    for (;;) {
        const auto plus = text.find('+');
        if (plus == std::string_view::npos || plus + 1 >= text.size() || plus == 0) break; // "+" itself is a key
        const std::string part = lower(trimmed(text.substr(0, plus)));
        bool* modifier = part == "ctrl" || part == "control" ? &ctrl : part == "shift" ? &shift : part == "alt" ? &alt : nullptr;
        if (!modifier || *modifier) return std::nullopt;
        *modifier = true;
        text = trimmed(text.substr(plus + 1));
    }
    if (text.empty()) return std::nullopt;
    const auto key = keyName(text);
    return key ? std::optional(chord(*key, ctrl, shift, alt)) : std::nullopt;
}

core::Result<void> Keyboard::parse(const std::string& text, const std::string& origin, std::vector<Problem>* warnings) {
    auto parsed = detail::parseToml(text, origin);
    if (!parsed) return parsed.problem();
    toml::table& root = parsed.value();
    const detail::Reader reader{origin, warnings};
    detail::migrate(root, kKeySchema, reader);
    std::map<std::string, std::string> seen; // chord -> how the file spelt it
    for (const auto& [name, node] : root) {
        const auto* keys = node.as_table();
        if (name != "keys" || !keys) {
            reader.unknown(node, std::string(name.str()));
            continue;
        }
        // In the order of the file, so that of two the first one counts.
        std::vector<std::pair<std::string, const toml::node*>> lines;
        for (const auto& [key, value] : *keys) lines.emplace_back(key.str(), &value);
        std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
            return a.second->source().begin.line < b.second->source().begin.line;
        });
        for (const auto& [spelt, value] : lines) {
            const auto chord = normalChord(spelt);
            if (!chord) {
                reader.warn(ProblemId::PresetValueInvalid, *value, fmt::format("\"{}\" is no key", spelt));
                continue;
            }
            if (const auto [first, fresh] = seen.try_emplace(*chord, spelt); !fresh) {
                reader.warn(ProblemId::PresetValueInvalid, *value, fmt::format("\"{}\" is the same key as \"{}\" above", spelt, first->second));
                continue;
            }
            const auto* nothing = value->as_string();
            const bool empty = nothing && nothing->get().empty();
            auto binding = empty ? std::nullopt : readKey(*chord, *value, reader);
            if (*chord == kPanicChord && (empty || (binding && binding->action != Action::Panic)))
                reader.warn(ProblemId::PresetValueInvalid, *value, fmt::format("{} is panic and stays panic", kPanicChord));
            else if (empty)
                unbind(*chord);
            else if (binding)
                bind(std::move(*binding));
        }
    }
    return {};
}

core::Result<void> Keyboard::load(const std::filesystem::path& file, std::vector<Problem>* warnings) {
    const auto bytes = core::readFile(file);
    if (!bytes) return bytes.problem();
    return parse(bytes.value(), file.string(), warnings);
}

std::string writeKeys(const Keyboard& keyboard) {
    const Keyboard standard;
    const auto find = [](const Keyboard& in, const std::string& chord) -> const KeyBinding* {
        for (const KeyBinding& b : in.bindings())
            if (b.chord == chord) return &b;
        return nullptr;
    };
    std::string out = fmt::format("schema = {}\n", kKeySchema), keys;
    for (const KeyBinding& b : standard.bindings())
        if (!find(keyboard, b.chord)) keys += detail::quoted(b.chord) + " = \"\"\n";
    for (const KeyBinding& b : keyboard.bindings()) {
        const auto* before = find(standard, b.chord);
        if (before && before->action == b.action && before->argument == b.argument) continue;
        const auto id = detail::quoted(params::row(b.action).id);
        keys += detail::quoted(b.chord) + " = ";
        if (b.argument == defaultArgument(b.action) && !isNumbered(b.action)) keys += id;
        else if (isNumbered(b.action) && b.argument >= 0) keys += fmt::format("{{ action = {}, number = {} }}", id, b.argument + 1);
        else if (isSwitch(b.action) && b.argument >= 0) keys += fmt::format("{{ action = {}, on = {} }}", id, b.argument != 0);
        else keys += id;
        keys += "\n";
    }
    return keys.empty() ? out : out + "\n[keys]\n" + keys;
}

} // namespace titanus::controls
