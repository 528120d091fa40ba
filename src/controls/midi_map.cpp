#include "controls/midi_map.h"

#include "controls/event.h"
#include "controls/toml_text.h"
#include "core/files.h"
#include "params/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace titanus::controls {
namespace fs = std::filesystem;
using core::Problem;
using core::ProblemId;
using detail::Reader;

namespace {

constexpr int kMidiSchema = 1;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

int largestNumber(MidiType type) {
    switch (type) {
    case MidiType::Cc14: return 31;
    case MidiType::Nrpn: return 16383;
    case MidiType::Bend:
    case MidiType::Program: return 0;
    default: return 127;
    }
}

bool findTarget(std::string_view id, MidiTarget& target) {
    if (const auto param = params::findParam(id)) target = *param;
    else if (const auto action = params::findAction(id)) target = ActionTarget{*action, defaultArgument(*action)};
    else return false;
    return true;
}

void readInteger(const toml::table& table, std::string_view key, int& out, int min, int max, const Reader& reader) {
    const auto* node = table.get(key);
    if (!node) return;
    const auto value = node->value<std::int64_t>();
    if (value && *value >= min && *value <= max)
        out = static_cast<int>(*value);
    else
        reader.warn(ProblemId::PresetValueInvalid, *node, fmt::format("{}: {} to {}", key, min, max));
}

template <class Enum, class Names>
void readName(const toml::table& table, std::string_view key, Enum& out, const Names& names, const Reader& reader) {
    const auto* node = table.get(key);
    if (!node) return;
    if (const auto index = detail::indexIn(names, node->value_or<std::string_view>("")))
        out = static_cast<Enum>(*index);
    else
        reader.warn(ProblemId::PresetValueInvalid, *node, fmt::format("{}: one of {}", key, fmt::join(names, ", ")));
}

std::optional<MidiBinding> readBinding(const toml::table& table, const std::string& device, const Reader& reader) {
    MidiBinding b;
    b.device = table["device"].value_or(device);
    const auto id = table["target"].value_or<std::string>("");
    if (!findTarget(id, b.target)) {
        reader.warn(ProblemId::PresetUnknownKey, table, "target \"" + id + "\"; did you mean " + params::nearestId(id) + "?");
        return std::nullopt;
    }
    readName(table, "type", b.type, kMidiTypes, reader);
    if (std::holds_alternative<ActionTarget>(b.target)) b.mode = MidiMode::Trigger;
    readName(table, "mode", b.mode, kMidiModes, reader);
    readName(table, "takeover", b.takeover, kTakeovers, reader);
    readName(table, "curve", b.curve, params::kRouteCurves, reader);
    readInteger(table, "channel", b.channel, 0, 16, reader);
    readInteger(table, "number", b.number, 0, largestNumber(b.type), reader);
    readInteger(table, "led_on", b.ledOn, 0, 127, reader);
    readInteger(table, "led_off", b.ledOff, 0, 127, reader);
    if (auto* action = std::get_if<ActionTarget>(&b.target))
        readInteger(table, "argument", action->argument, -1, 999, reader);
    b.invert = table["invert"].value_or(false);
    if (const auto* param = std::get_if<params::ParamIndex>(&b.target)) {
        if (const auto* node = table.get("min")) b.min = detail::readValue(params::row(*param), *node, reader);
        if (const auto* node = table.get("max")) b.max = detail::readValue(params::row(*param), *node, reader);
    }
    for (const auto& [key, node] : table) {
        static constexpr std::array<std::string_view, 15> kKnown{
            "device", "target", "type", "mode", "takeover", "curve", "channel", "number",
            "led_on", "led_off", "argument", "invert", "min", "max", "name"};
        if (!detail::indexIn(kKnown, key.str())) reader.unknown(node, "bind." + std::string(key.str()));
    }
    return b;
}

void readPads(const toml::table& table, MidiMap& map, const Reader& reader) {
    for (const auto& [key, node] : table) {
        const auto state = detail::indexIn(kPadStates, key.str());
        const auto* light = node.as_table();
        if (!state || !light) {
            if (state) reader.warn(ProblemId::PresetValueInvalid, node, "pads: a table with value expected");
            else reader.unknown(node, "pads." + std::string(key.str()));
            continue;
        }
        PadLight& out = map.padLights[*state] = {};
        readInteger(*light, "value", out.value, 0, 127, reader);
        readInteger(*light, "channel", out.channel, 0, 16, reader);
        out.blink = (*light)["blink"].value_or(false);
        for (const auto& [name, value] : *light)
            if (name != "value" && name != "channel" && name != "blink") reader.unknown(value, "pads." + std::string(name.str()));
    }
}

std::optional<std::vector<std::uint8_t>> bytesOf(std::string_view hex) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < hex.size();) {
        if (hex[i] == ' ') { ++i; continue; }
        unsigned value = 0;
        const auto [end, error] = std::from_chars(&hex[i], hex.data() + std::min(i + 2, hex.size()), value, 16);
        if (error != std::errc{}) return std::nullopt;
        i = static_cast<std::size_t>(end - hex.data());
        bytes.push_back(static_cast<std::uint8_t>(value));
    }
    return bytes;
}

} // namespace

std::string targetId(const MidiTarget& target) {
    if (const auto* param = std::get_if<params::ParamIndex>(&target)) return std::string(params::row(*param).id);
    return std::string(params::row(std::get<ActionTarget>(target).action).id);
}

bool deviceMatches(std::string_view pattern, std::string_view port) {
    const std::string part = lower(pattern), name = lower(port);
    // A whole name (drivers write client:port) means the first of equal devices, a part of one all of them.
    if (part.find(':') != std::string::npos && name.starts_with(part + " #")) return false;
    return pattern.empty() || pattern == "*" || name.find(part) != std::string::npos;
}

bool MidiBinding::sameControl(const MidiBinding& o) const {
    const bool device1 = deviceMatches(device, o.device) || deviceMatches(o.device, device);
    const bool channel1 = channel == 0 || o.channel == 0 || channel == o.channel;
    return device1 && channel1 && type == o.type && number == o.number;
}

std::string controlName(MidiType type, int number) {
    static constexpr std::array<std::string_view, kMidiTypes.size()> kNames{"CC", "CC14", "NRPN", "note", "bend", "program"};
    const std::string_view name = kNames[static_cast<std::size_t>(type)];
    return largestNumber(type) > 0 ? fmt::format("{} {}", name, number) : std::string(name);
}

std::string MidiBinding::controlText() const {
    std::string out = (device.empty() ? "any device" : device) + " " + controlName(type, number);
    if (channel > 0) out += fmt::format(" channel {}", channel);
    return out;
}

core::Result<MidiMap> parseMidiMap(const std::string& text, const std::string& origin, std::vector<Problem>* warnings) {
    auto parsed = detail::parseToml(text, origin);
    if (!parsed) return parsed.problem();
    toml::table& root = parsed.value();
    const Reader reader{origin, warnings};
    detail::migrate(root, kMidiSchema, reader);
    MidiMap map;
    map.name = root["name"].value_or<std::string>("");
    map.device = root["device"].value_or<std::string>("");
    for (const auto& [key, node] : root) {
        if (key == "name" || key == "device") continue;
        const auto* list = node.as_array();
        if (key == "init" && list) {
            for (const auto& line : *list) {
                auto bytes = bytesOf(line.value_or<std::string_view>(""));
                if (bytes && !bytes->empty()) map.init.push_back(std::move(*bytes));
                else reader.warn(ProblemId::PresetValueInvalid, line, "init: bytes in hexadecimal expected");
            }
        } else if (key == "pads" && node.is_table()) {
            readPads(*node.as_table(), map, reader);
        } else if (key == "bind" && list) {
            for (const auto& entry : *list)
                if (const auto* table = entry.as_table()) {
                    if (auto binding = readBinding(*table, map.device, reader)) map.bindings.push_back(std::move(*binding));
                } else {
                    reader.warn(ProblemId::PresetValueInvalid, entry, "bind: table expected");
                }
        } else {
            reader.unknown(node, std::string(key.str()));
        }
    }
    return map;
}

core::Result<MidiMap> readMidiMap(const fs::path& path, std::vector<Problem>* warnings) {
    const auto bytes = core::readFile(path);
    if (!bytes) return bytes.problem();
    return parseMidiMap(bytes.value(), path.string(), warnings);
}

std::string writeMidiMap(const MidiMap& map) {
    std::string out = fmt::format("schema = {}\nname = {}\n", kMidiSchema, detail::quoted(map.name));
    if (!map.device.empty()) out += "device = " + detail::quoted(map.device) + "\n";
    if (!map.init.empty()) {
        out += "init = [";
        for (std::size_t i = 0; i < map.init.size(); ++i)
            out += fmt::format("{}\"{:02X}\"", i ? ", " : "", fmt::join(map.init[i], " "));
        out += "]\n";
    }
    if (map.padLights != kPlainPadLights) {
        out += "\n[pads]\n";
        for (std::size_t i = 0; i < map.padLights.size(); ++i) {
            const PadLight& light = map.padLights[i];
            out += fmt::format("{} = {{ value = {}", kPadStates[i], light.value);
            if (light.channel != 0) out += fmt::format(", channel = {}", light.channel);
            if (light.blink) out += ", blink = true";
            out += " }\n";
        }
    }
    for (const MidiBinding& b : map.bindings) {
        out += "\n[[bind]]\n";
        if (b.device != map.device) out += "device = " + detail::quoted(b.device) + "\n";
        out += "type = " + detail::quoted(kMidiTypes[static_cast<std::size_t>(b.type)]) + "\n";
        if (largestNumber(b.type) > 0) out += fmt::format("number = {}\n", b.number);
        if (b.channel != 0) out += fmt::format("channel = {}\n", b.channel);
        out += "target = " + detail::quoted(targetId(b.target)) + "\n";
        const auto* action = std::get_if<ActionTarget>(&b.target);
        if (action && action->argument != defaultArgument(action->action)) out += fmt::format("argument = {}\n", action->argument);
        if (b.mode != (action ? MidiMode::Trigger : MidiMode::Absolute))
            out += "mode = " + detail::quoted(kMidiModes[static_cast<std::size_t>(b.mode)]) + "\n";
        if (b.takeover != Takeover::Pickup) out += "takeover = " + detail::quoted(kTakeovers[static_cast<std::size_t>(b.takeover)]) + "\n";
        if (const auto* param = std::get_if<params::ParamIndex>(&b.target)) {
            if (b.min) out += "min = " + detail::writeValue(params::row(*param), *b.min) + "\n";
            if (b.max) out += "max = " + detail::writeValue(params::row(*param), *b.max) + "\n";
        }
        if (b.curve != params::RouteCurve::Linear)
            out += "curve = " + detail::quoted(params::kRouteCurves[static_cast<std::size_t>(b.curve)]) + "\n";
        if (b.invert) out += "invert = true\n";
        if (b.ledOn != 127) out += fmt::format("led_on = {}\n", b.ledOn);
        if (b.ledOff != 0) out += fmt::format("led_off = {}\n", b.ledOff);
    }
    return out;
}

std::vector<MidiMap> factoryMidiMaps(std::vector<Problem>* problems) {
    std::vector<fs::path> files;
    std::error_code ec;
    for (fs::directory_iterator it(core::dataDir("presets") / "midi", ec), end; !ec && it != end; it.increment(ec))
        if (it->path().extension() == ".toml") files.push_back(it->path());
    std::sort(files.begin(), files.end());
    std::vector<MidiMap> maps;
    for (const fs::path& file : files) {
        auto map = readMidiMap(file, problems);
        if (map) maps.push_back(std::move(map).value());
        else if (problems) problems->push_back(map.problem());
    }
    return maps;
}

fs::path userMidiMapFile() { return core::configDir() / "midi.toml"; }

} // namespace titanus::controls
