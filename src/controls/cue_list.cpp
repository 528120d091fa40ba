#include "controls/cue_list.h"

#include "controls/scenes.h"
#include "controls/toml_text.h"
#include "core/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;
using When = Cue::When;

namespace {

constexpr int kCueSchema = 1;
constexpr double kLongest = 1e6; // seconds, beats, bars: days

struct Condition { std::string_view key; When when; };
constexpr std::array kConditions{
    Condition{"at", When::Seconds},          Condition{"beat", When::Beats},
    Condition{"bar", When::Bar},             Condition{"after", When::AfterSeconds},
    Condition{"after_beats", When::AfterBeats}, Condition{"after_bars", When::AfterBars},
};

// "1:02:03.5", "2:03", "3" -> seconds.
std::optional<double> secondsOf(std::string_view text) {
    double total = 0;
    int parts = 0;
    for (bool more = true; more; ++parts) {
        const auto colon = text.find(':');
        const auto part = text.substr(0, colon);
        more = colon != std::string_view::npos;
        double value = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value, std::chars_format::fixed);
        if (error != std::errc{} || end != part.data() + part.size() || !(value >= 0) || parts == 3) return std::nullopt;
        if (parts > 0 && value >= 60) return std::nullopt;
        if (more && value != std::floor(value)) return std::nullopt;
        total = total * 60 + value;
        if (more) text.remove_prefix(colon + 1);
    }
    return total;
}

std::string clockText(double seconds) {
    if (seconds < 60) return fmt::format("{}", seconds);
    const auto minutes = static_cast<long>(seconds / 60);
    const double rest = seconds - static_cast<double>(minutes) * 60;
    return fmt::format("\"{}:{}{}\"", minutes, rest < 10 ? "0" : "", rest);
}

// Parses one list; the first thing that cannot be meant ends it.
struct Parser {
    const detail::Reader& reader;
    std::optional<Problem> failed{};
    std::vector<std::pair<int, std::string>> jumps{}; // cue, name of its target

    void fail(const toml::node& node, const std::string& what) {
        if (!failed) failed = Problem{ProblemId::FileSyntax, reader.at(node) + ": " + what};
    }

    std::optional<double> number(const toml::table& table, std::string_view key, double min, double max) {
        const auto* node = table.get(key);
        if (!node) return std::nullopt;
        const auto value = node->is_number() ? node->value<double>() : std::nullopt;
        if (value && *value >= min && *value <= max) return *value;
        fail(*node, fmt::format("{}: a number from {} to {}", key, min, max));
        return std::nullopt;
    }

    void condition(const toml::table& table, Cue& cue) {
        std::string_view first;
        for (const Condition& c : kConditions) {
            const auto* node = table.get(c.key);
            if (!node) continue;
            if (!first.empty()) return fail(*node, fmt::format("{} and {}: a cue has one condition", first, c.key));
            first = c.key;
            cue.when = c.when;
            if (const auto* text = node->as_string(); text && (c.when == When::Seconds || c.when == When::AfterSeconds)) {
                const auto seconds = secondsOf(text->get());
                if (!seconds || *seconds > kLongest) return fail(*node, fmt::format("{}: write m:s, for example \"1:30\"", c.key));
                cue.value = *seconds;
                continue;
            }
            const bool counted = c.when == When::Beats || c.when == When::Bar; // from 1, as musicians do
            const auto value = number(table, c.key, counted ? 1 : 0, kLongest);
            if (value) cue.value = *value - (counted ? 1 : 0);
        }
    }

    Cue cue(const toml::table& table, int index) {
        Cue cue;
        cue.line = static_cast<int>(table.source().begin.line);
        condition(table, cue);
        for (const auto& [keyNode, node] : table) {
            const std::string_view key = keyNode.str();
            if (key == "name" || key == "preset") {
                if (!node.is_string()) fail(node, fmt::format("{}: a text", key));
                else (key == "name" ? cue.name : cue.preset) = node.as_string()->get();
            } else if (key == "scene" || key == "times") {
                const auto value = node.value<std::int64_t>();
                const std::int64_t most = key == "scene" ? kScenePads : 1000;
                if (!node.is_integer() || *value < (key == "scene" ? 1 : 0) || *value > most)
                    fail(node, fmt::format("{}: a whole number to {}", key, most));
                else if (key == "scene") cue.scene = static_cast<int>(*value) - 1;
                else cue.times = static_cast<int>(*value);
            } else if (key == "morph_seconds") {
                cue.morphSeconds = number(table, key, 0, 3600);
            } else if (key == "morph_beats") {
                cue.morphBeats = number(table, key, 0, 4096);
            } else if (key == "back_to") {
                if (const auto* text = node.as_string()) jumps.emplace_back(index, text->get());
                else if (const auto n = node.value<std::int64_t>(); node.is_integer() && *n >= 1 && *n <= 100000) cue.backTo = static_cast<int>(*n) - 1;
                else fail(node, "back_to: the name of a cue, or its number from 1");
            } else if (std::none_of(kConditions.begin(), kConditions.end(), [&](const Condition& c) { return c.key == key; })) {
                reader.unknown(node, "cue." + std::string(key));
            }
        }
        if (cue.morphSeconds && cue.morphBeats) fail(table, "morph_seconds and morph_beats: one of them");
        const bool jumpsAway = table.contains("back_to");
        if (table.contains("times") && !jumpsAway) fail(table, "times without back_to");
        if (static_cast<int>(cue.scene >= 0) + static_cast<int>(!cue.preset.empty()) + static_cast<int>(jumpsAway) != 1)
            fail(table, "a cue has one of scene, preset and back_to");
        return cue;
    }

    void check(const toml::array& nodes, CueList& list) {
        for (const auto& [index, name] : jumps) {
            const auto found = std::find_if(list.cues.begin(), list.cues.end(), [&](const Cue& c) { return c.name == name; });
            if (found == list.cues.end()) return fail(nodes[static_cast<std::size_t>(index)], "back_to \"" + name + "\": no cue has that name");
            list.cues[static_cast<std::size_t>(index)].backTo = static_cast<int>(found - list.cues.begin());
        }
        std::array<double, 3> last{-1, -1, -1}; // of at, beat, bar
        for (std::size_t i = 0; i < list.cues.size(); ++i) {
            const Cue& cue = list.cues[i];
            if (cue.backTo >= static_cast<int>(i)) return fail(nodes[i], "back_to: a cue before this one");
            if (cue.backTo >= 0 && list.cues[static_cast<std::size_t>(cue.backTo)].backTo >= 0)
                return fail(nodes[i], "back_to: a cue that recalls something");
            const auto absolute = cue.when == When::Seconds ? 0u : cue.when == When::Beats ? 1u : cue.when == When::Bar ? 2u : 3u;
            if (absolute > 2) continue;
            if (cue.value < last[absolute]) return fail(nodes[i], "earlier than a cue above it");
            last[absolute] = cue.value;
        }
        // A loop that never waits would go round within one frame.
        for (std::size_t i = 0; i < list.cues.size(); ++i) {
            if (list.cues[i].backTo < 0) continue;
            const auto to = static_cast<std::size_t>(list.cues[i].backTo);
            const auto waits = [&](const Cue& c) {
                const bool absolute = c.when == When::Seconds || c.when == When::Beats || c.when == When::Bar;
                return c.when == When::Hand || c.value > (absolute && c.when == list.cues[to].when ? list.cues[to].value : 0);
            };
            if (std::none_of(list.cues.begin() + list.cues[i].backTo + 1, list.cues.begin() + static_cast<std::ptrdiff_t>(i) + 1, waits))
                return fail(nodes[i], "back_to: nothing in this loop waits");
        }
    }
};

} // namespace

RecallRequest Cue::request() const {
    RecallRequest out{.origin = params::Origin::Preset, .morphSeconds = morphSeconds, .morphBeats = morphBeats};
    out.kind = scene >= 0 ? RecallRequest::Kind::Scene : RecallRequest::Kind::Preset;
    out.index = scene;
    out.name = preset;
    return out;
}

core::Result<CueList> parseCueList(const std::string& text, const std::string& origin, std::vector<Problem>* warnings) {
    auto parsed = detail::parseToml(text, origin);
    if (!parsed) return parsed.problem();
    toml::table& root = parsed.value();
    const detail::Reader reader{origin, warnings};
    detail::migrate(root, kCueSchema, reader);
    CueList list;
    Parser parser{.reader = reader};
    const toml::array* cues = nullptr;
    for (const auto& [key, node] : root) {
        if (key == "name" && node.is_string()) list.name = node.as_string()->get();
        else if (key == "loop" && node.is_boolean()) list.loop = node.as_boolean()->get();
        else if (key == "cue" && node.is_array_of_tables()) cues = node.as_array();
        else if (key == "name" || key == "loop" || key == "cue") parser.fail(node, std::string(key.str()) + ": of the wrong type");
        else reader.unknown(node, std::string(key.str()));
    }
    if (!cues || cues->empty()) parser.fail(root, "no [[cue]]");
    if (parser.failed) return *parser.failed;
    for (const auto& node : *cues) list.cues.push_back(parser.cue(*node.as_table(), static_cast<int>(list.cues.size())));
    if (!parser.failed) parser.check(*cues, list);
    if (parser.failed) return *parser.failed;
    return list;
}

core::Result<CueList> readCueList(const std::filesystem::path& path, std::vector<Problem>* warnings) {
    const auto bytes = core::readFile(path);
    if (!bytes) return bytes.problem();
    return parseCueList(bytes.value(), path.string(), warnings);
}

std::string writeCueList(const CueList& list) {
    std::string out = fmt::format("schema = {}\n", kCueSchema);
    if (!list.name.empty()) out += "name = " + detail::quoted(list.name) + "\n";
    if (list.loop) out += "loop = true\n";
    for (const Cue& cue : list.cues) {
        out += "\n[[cue]]\n";
        if (!cue.name.empty()) out += "name = " + detail::quoted(cue.name) + "\n";
        for (const Condition& c : kConditions) {
            if (c.when != cue.when) continue;
            const bool counted = c.when == When::Beats || c.when == When::Bar;
            const bool time = c.when == When::Seconds || c.when == When::AfterSeconds;
            out += fmt::format("{} = {}\n", c.key, time ? clockText(cue.value) : fmt::format("{}", cue.value + (counted ? 1 : 0)));
        }
        if (cue.scene >= 0) out += fmt::format("scene = {}\n", cue.scene + 1);
        if (!cue.preset.empty()) out += "preset = " + detail::quoted(cue.preset) + "\n";
        if (cue.morphSeconds) out += fmt::format("morph_seconds = {}\n", *cue.morphSeconds);
        if (cue.morphBeats) out += fmt::format("morph_beats = {}\n", *cue.morphBeats);
        if (cue.backTo >= 0) out += fmt::format("back_to = {}\n", cue.backTo + 1);
        if (cue.times > 0) out += fmt::format("times = {}\n", cue.times);
    }
    return out;
}

} // namespace titanus::controls
