#include "controls/preset.h"

#include "controls/preset_toml.h"
#include "core/files.h"
#include "params/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::controls {
using core::ProblemId;
using detail::Reader;
using params::kCatalogue;
using params::kPromptSlots;

namespace {

constexpr float kLongestFollowerSeconds = 60;
constexpr std::array<std::string_view, 9> kKnownKeys{"name", "about", "author", "tags", "energy", "prompts", "values", "formulas", "route"};
// Session and scene files are presets with one of these; kept from elsewhere it would stand there twice.
constexpr std::array<std::string_view, 2> kOthersKeys{"machine", "scene"};

bool isPromptRow(std::size_t i) {
    const auto first = params::promptWeight(0).value, last = params::promptTarget(kPromptSlots - 1).value;
    return i >= first && i <= last;
}

// ---- reading -----------------------------------------------------------------------------------

void readPrompt(Preset& preset, int slot, const toml::node& node, const Reader& reader) {
    auto& text = preset.show.texts[params::promptText(slot).value];
    auto& weight = preset.show.values[params::promptWeight(slot).value];
    auto& target = preset.show.values[params::promptTarget(slot).value];
    if (const auto* plain = node.as_string()) {
        text = plain->get();
        weight = 1;
        return;
    }
    const auto* table = node.as_table();
    if (!table) {
        reader.warn(ProblemId::PresetValueInvalid, node, fmt::format("prompts.{}: text or table expected", slot + 1));
        return;
    }
    if (!table->contains("weight")) weight = 1; // a text without a weight is wanted
    for (const auto& [key, value] : *table) {
        const std::string name = fmt::format("prompts.{}.{}", slot + 1, key.str());
        if (key == "text") {
            if (value.is_string()) text = value.as_string()->get();
            else reader.warn(ProblemId::PresetValueInvalid, value, name + ": text expected");
        } else if (key == "weight" || key == "target") {
            const auto index = key == "weight" ? params::promptWeight(slot) : params::promptTarget(slot);
            if (const auto read = detail::readValue(params::row(index), value, reader))
                (key == "weight" ? weight : target) = *read;
        } else {
            reader.unknown(value, name);
            preset.unknownPrompts[static_cast<std::size_t>(slot)].emplace_back(
                detail::keyText(key.str()), detail::nodeText(value));
        }
    }
}

void readPrompts(Preset& preset, const toml::table& prompts, const Reader& reader) {
    for (const auto& [key, node] : prompts) {
        const std::string_view name = key.str();
        if (name.size() == 1 && name[0] >= '1' && name[0] < '1' + kPromptSlots) {
            readPrompt(preset, name[0] - '1', node, reader);
        } else {
            reader.unknown(node, "prompts." + std::string(name));
            preset.unknownPromptKeys.emplace_back(detail::keyText(name), detail::nodeText(node));
        }
    }
}

void readValues(Preset& preset, const toml::table& values, const Reader& reader) {
    for (const auto& [id, node] : detail::leaves(values)) {
        if (const auto index = params::findParam(id)) {
            const auto& row = params::row(*index);
            if (!row.saved())
                reader.warn(ProblemId::PresetValueInvalid, *node, id + " belongs to the machine, not to presets");
            else if (const auto value = detail::readValue(row, *node, reader))
                preset.show.values[index->value] = *value;
        } else if (const auto text = params::findText(id); text && node->is_string() && params::kTexts[text->value].saved) {
            preset.show.texts[text->value] = node->as_string()->get();
        } else {
            reader.unknown(*node, id + "; did you mean " + params::nearestId(id) + "?");
            preset.unknownValues.emplace_back(id, detail::nodeText(*node));
        }
    }
}

// What cannot have one is kept like an unknown key. Whether the text is a formula is said by the
// modulator, with a caret.
void readFormulas(Preset& preset, const toml::table& formulas, const Reader& reader) {
    for (const auto& [id, node] : detail::leaves(formulas)) {
        const auto index = params::findParam(id);
        if (index && params::takesFormula(params::row(*index)) && node->is_string()) {
            preset.show.formulas.push_back({*index, node->as_string()->get()});
            continue;
        }
        if (!index) reader.unknown(*node, "formulas." + id + "; did you mean " + params::nearestId(id) + "?");
        else reader.warn(ProblemId::PresetValueInvalid, *node,
                         node->is_string() ? id + " takes no formula" : id + ": a formula is a text");
        preset.unknownFormulas.emplace_back(id, detail::nodeText(*node));
    }
}

// nullopt and a warning if source or target is not known.
std::optional<params::Route> readRoute(const toml::table& table, const Reader& reader) {
    const auto sourceId = table["source"].value_or<std::string>(""), targetId = table["target"].value_or<std::string>("");
    const auto source = params::findSource(sourceId);
    const auto target = params::findParam(targetId);
    if (!source || !target || !params::row(*target).modulatable()) {
        reader.warn(ProblemId::PresetUnknownKey, table,
                    fmt::format("route \"{}\" to \"{}\": {}", sourceId, targetId,
                                !source ? "no such source" : !target ? "no such parameter" : "cannot be modulated"));
        return std::nullopt;
    }
    params::Route route{.source = *source, .target = *target};
    const auto number = [&](std::string_view key, float& out, float min, float max) {
        const auto* node = table.get(key);
        if (!node) return;
        const auto value = node->value<double>();
        if (!value || !std::isfinite(*value) || *value < min || *value > max)
            reader.warn(ProblemId::PresetValueInvalid, *node, fmt::format("route {}: {} to {}", key, min, max));
        if (value && std::isfinite(*value)) out = static_cast<float>(std::clamp<double>(*value, min, max));
    };
    number("depth", route.depth, -1, 1);
    number("attack", route.attackSeconds, 0, kLongestFollowerSeconds);
    number("release", route.releaseSeconds, 0, kLongestFollowerSeconds);
    number("hold", route.holdSeconds, 0, kLongestFollowerSeconds);
    route.mute = table["mute"].value_or(false);
    route.solo = table["solo"].value_or(false);
    const auto choice = [&](std::string_view key, const auto& names, auto& out) {
        const auto* node = table.get(key);
        if (!node) return;
        if (const auto index = detail::indexIn(names, node->template value_or<std::string_view>("")))
            out = static_cast<std::remove_reference_t<decltype(out)>>(*index);
        else
            reader.warn(ProblemId::PresetValueInvalid, *node, fmt::format("route {}: one of {}", key, fmt::join(names, ", ")));
    };
    choice("curve", params::kRouteCurves, route.curve);
    choice("quantise", params::kRouteQuantise, route.quantise);
    return route;
}

bool knownRouteKey(std::string_view key) {
    for (const std::string_view known : {"source", "target", "depth", "curve", "attack", "release", "hold", "quantise", "mute", "solo"})
        if (key == known) return true;
    return false;
}

void readRoutes(Preset& preset, const toml::array& routes, const Reader& reader) {
    for (const toml::node& node : routes) {
        const auto* table = node.as_table();
        if (!table) {
            reader.warn(ProblemId::PresetValueInvalid, node, "route: table expected");
            continue;
        }
        if (const auto route = readRoute(*table, reader))
            preset.show.routes.push_back(*route);
        else
            preset.unknownTables += detail::tableText("route", toml::array{*table}) + "\n\n";
        for (const auto& [key, value] : *table)
            if (!knownRouteKey(key.str())) reader.unknown(value, "route." + std::string(key.str()));
    }
}

// What the autopilot knows of the preset.
void readTags(Preset& preset, const toml::table& table, const Reader& reader) {
    if (const auto* tags = table["tags"].as_array())
        for (const auto& tag : *tags)
            if (const auto* name = tag.as_string()) preset.tags.push_back(name->get());
    const auto* node = table.get("energy");
    const auto energy = node ? node->value<double>() : std::nullopt;
    if (!energy) return;
    if (*energy >= 0 && *energy <= 1) preset.energy = static_cast<float>(*energy);
    else reader.warn(ProblemId::PresetValueInvalid, *node, "energy: 0 to 1");
}

} // namespace

Preset detail::presetFrom(toml::table& root, const Reader& reader) {
    Preset preset;
    migrate(root, kPresetSchema, reader);
    readTags(preset, root, reader);
    std::string tables;
    for (const auto& [key, node] : root) {
        const std::string_view name = key.str();
        if (name == "name" && node.is_string()) preset.name = node.as_string()->get();
        else if (name == "about" && node.is_string()) preset.about = node.as_string()->get();
        else if (name == "author" && node.is_string()) preset.author = node.as_string()->get();
        else if (name == "prompts" && node.is_table()) readPrompts(preset, *node.as_table(), reader);
        else if (name == "values" && node.is_table()) readValues(preset, *node.as_table(), reader);
        else if (name == "formulas" && node.is_table()) readFormulas(preset, *node.as_table(), reader);
        else if (name == "route" && node.is_array()) readRoutes(preset, *node.as_array(), reader);
        else if ((name == "tags" && node.is_array()) || (name == "energy" && node.is_number())) continue;
        else if (indexIn(kKnownKeys, name)) {
            reader.warn(ProblemId::PresetValueInvalid, node, std::string(name) + ": of the wrong type, left out");
        } else if (indexIn(kOthersKeys, name)) {
            reader.warn(ProblemId::PresetValueInvalid, node, std::string(name) + " belongs to a session or a scene, left out");
        } else {
            reader.unknown(node, std::string(name));
            if (node.is_table() || node.is_array_of_tables())
                tables += tableText(name, node) + "\n\n";
            else
                preset.unknownKeys.emplace_back(keyText(name), nodeText(node));
        }
    }
    preset.unknownTables += tables;
    return preset;
}

core::Result<Preset> parsePreset(const std::string& toml, const std::string& origin,
                                 std::vector<core::Problem>* warnings) {
    auto root = detail::parseToml(toml, origin);
    if (!root) return root.problem();
    return detail::presetFrom(root.value(), {origin, warnings});
}

core::Result<Preset> readPreset(const std::filesystem::path& path, std::vector<core::Problem>* warnings) {
    const auto bytes = core::readFile(path);
    if (!bytes) return bytes.problem();
    auto preset = parsePreset(bytes.value(), path.string(), warnings);
    if (preset && preset.value().name.empty()) preset.value().name = path.stem().string();
    return preset;
}

// ---- writing -----------------------------------------------------------------------------------

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>; // key, value

// Beside a key none can stand that is the same, holds it or lies in it: TOML would not be read again.
bool clash(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    return b.starts_with(a) && (a.size() == b.size() || b[a.size()] == '.');
}

// What is set now goes before what was not understood.
std::string linesText(const Lines& set, const Lines& unknown) {
    std::string out;
    for (const auto& [key, value] : set) out += fmt::format("{} = {}\n", key, value);
    for (const auto& [key, value] : unknown)
        if (std::none_of(set.begin(), set.end(), [&](const auto& line) { return clash(line.first, key); }))
            out += fmt::format("{} = {}\n", key, value);
    return out;
}

std::string promptLine(const Preset& preset, int slot) {
    const auto& values = preset.show.values;
    const auto weight = params::promptWeight(slot), target = params::promptTarget(slot);
    const std::string& text = preset.show.texts[params::promptText(slot).value];
    const auto& unknown = preset.unknownPrompts[static_cast<std::size_t>(slot)];
    const auto differs = [&](params::ParamIndex i) { return values[i.value] != params::row(i).def; };
    if (text.empty() && unknown.empty() && !differs(weight) && !differs(target)) return {};
    std::string line = fmt::format("{} = {{ text = {}, weight = {}", slot + 1, detail::quoted(text),
                                   params::format(params::row(weight), values[weight.value]));
    if (differs(target))
        line += ", target = " + params::format(params::row(target), values[target.value]);
    for (const auto& [key, value] : unknown) line += fmt::format(", {} = {}", key, value);
    return line + " }\n";
}

std::string routeText(const params::Route& route) {
    std::string out = fmt::format("\n[[route]]\nsource = {}\ntarget = {}\ndepth = {}\n",
                                  detail::quoted(params::row(route.source).id),
                                  detail::quoted(params::row(route.target).id), route.depth);
    if (route.curve != params::RouteCurve::Linear)
        out += fmt::format("curve = {}\n", detail::quoted(params::kRouteCurves[static_cast<std::size_t>(route.curve)]));
    if (route.attackSeconds != 0) out += fmt::format("attack = {}\n", route.attackSeconds);
    if (route.releaseSeconds != 0) out += fmt::format("release = {}\n", route.releaseSeconds);
    if (route.holdSeconds != 0) out += fmt::format("hold = {}\n", route.holdSeconds);
    if (route.quantise != params::RouteQuantise::Off)
        out += fmt::format("quantise = {}\n", detail::quoted(params::kRouteQuantise[static_cast<std::size_t>(route.quantise)]));
    if (route.mute) out += "mute = true\n";
    if (route.solo) out += "solo = true\n";
    return out;
}

// In the catalogue's order, whatever order they were made in.
std::string formulasText(const Preset& preset) {
    auto formulas = preset.show.formulas;
    std::stable_sort(formulas.begin(), formulas.end(), [](const auto& a, const auto& b) { return a.target.value < b.target.value; });
    Lines lines;
    for (const params::Formula& formula : formulas)
        lines.emplace_back(params::row(formula.target).id, detail::quoted(formula.text));
    return linesText(lines, preset.unknownFormulas);
}

std::string valuesText(const Preset& preset) {
    Lines lines;
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const float value = preset.show.values[i];
        if (kCatalogue[i].saved() && !isPromptRow(i) && value != kCatalogue[i].def)
            lines.emplace_back(kCatalogue[i].id, detail::writeValue(kCatalogue[i], value));
    }
    for (std::size_t i = params::kPromptSlots; i < params::kTextCount; ++i)
        if (const std::string& text = preset.show.texts[i]; params::kTexts[i].saved && !text.empty())
            lines.emplace_back(params::kTexts[i].id, detail::quoted(text));
    return linesText(lines, preset.unknownValues);
}

} // namespace

std::string writePreset(const Preset& preset) {
    std::string out = fmt::format("schema = {}\nname = {}\n", kPresetSchema, detail::quoted(preset.name));
    if (!preset.about.empty()) out += fmt::format("about = {}\n", detail::quoted(preset.about));
    if (!preset.author.empty()) out += fmt::format("author = {}\n", detail::quoted(preset.author));
    if (!preset.tags.empty()) {
        out += "tags = [";
        for (std::size_t i = 0; i < preset.tags.size(); ++i) out += (i ? ", " : "") + detail::quoted(preset.tags[i]);
        out += "]\n";
    }
    if (preset.energy != Preset{}.energy) out += fmt::format("energy = {}\n", preset.energy);
    for (const auto& [key, value] : preset.unknownKeys) out += fmt::format("{} = {}\n", key, value);

    std::string prompts;
    for (int slot = 0; slot < kPromptSlots; ++slot) prompts += promptLine(preset, slot);
    for (const auto& [key, value] : preset.unknownPromptKeys) prompts += fmt::format("{} = {}\n", key, value);
    if (!prompts.empty()) out += "\n[prompts]\n" + prompts;

    const std::string values = valuesText(preset);
    if (!values.empty()) out += "\n[values]\n" + values;

    const std::string formulas = formulasText(preset);
    if (!formulas.empty()) out += "\n[formulas]\n" + formulas;

    for (const params::Route& route : preset.show.routes) out += routeText(route);
    if (!preset.unknownTables.empty()) {
        std::string tables = preset.unknownTables;
        while (!tables.empty() && tables.back() == '\n') tables.pop_back();
        out += "\n" + tables + "\n";
    }
    return out;
}

} // namespace titanus::controls
