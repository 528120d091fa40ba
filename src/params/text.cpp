#include "params/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace titanus::params {
using core::Problem;
using core::ProblemId;

float clamped(const Param& param, float value) {
    value = std::clamp(value, param.min, param.max);
    return param.kind == Kind::Float ? value : std::round(value);
}

std::string format(const Param& param, float value) {
    switch (param.kind) {
    case Kind::Bool: return value >= 0.5f ? "on" : "off";
    case Kind::Choice: return std::string(param.choices[static_cast<std::size_t>(clamped(param, value))]);
    case Kind::Int: return fmt::format("{}", static_cast<int>(std::lround(value)));
    case Kind::Float: break;
    }
    return fmt::format("{}", value); // shortest text that reads back to the same float
}

std::string_view symbol(Unit unit) {
    switch (unit) {
    case Unit::None: return "";
    case Unit::Percent: return "%";
    case Unit::Decibel: return "dB";
    case Unit::Hertz: return "Hz";
    case Unit::Seconds: return "s";
    case Unit::Milliseconds: return "ms";
    case Unit::Beats: return "beats";
    case Unit::Bpm: return "BPM";
    case Unit::Degrees: return "deg";
    case Unit::PerSecond: return "/s";
    case Unit::DegreesPerSecond: return "deg/s";
    case Unit::Pixels: return "px";
    case Unit::Levels: return "levels";
    }
    return "";
}

namespace {

std::string rangeText(const Param& param) {
    if (param.kind == Kind::Bool) return "on, off";
    if (param.kind == Kind::Choice) return fmt::format("{}", fmt::join(param.choices, ", "));
    return fmt::format("{} to {}", param.min, param.max);
}

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> line(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) line[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = line[0];
        line[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t up = line[j];
            line[j] = std::min({line[j] + 1, line[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = up;
        }
    }
    return line.back();
}

} // namespace

core::Result<float> parse(const Param& param, std::string_view text) {
    const Problem bad{ProblemId::ParamValueInvalid,
                      fmt::format("{} = {} (allowed: {})", param.id, text, rangeText(param))};
    if (param.kind == Kind::Choice)
        for (std::size_t i = 0; i < param.choices.size(); ++i)
            if (param.choices[i] == text) return static_cast<float>(i);
    if (param.kind == Kind::Bool) {
        if (text == "on" || text == "true" || text == "1") return 1.f;
        if (text == "off" || text == "false" || text == "0") return 0.f;
        return bad;
    }
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return bad;
    if (param.kind == Kind::Choice && clamped(param, value) != value) return bad;
    if (value < param.min || value > param.max) return bad;
    return clamped(param, value);
}

std::string nearestId(std::string_view id) {
    const auto best = std::min_element(kCatalogue.begin(), kCatalogue.end(),
                                       [&](const Param& a, const Param& b) {
                                           return editDistance(a.id, id) < editDistance(b.id, id);
                                       });
    return std::string(best->id);
}

core::Result<std::pair<ParamIndex, float>> parseAssignment(std::string_view assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos)
        return Problem{ProblemId::UsageError, fmt::format("--set {}: write id=value", assignment)};
    const auto id = assignment.substr(0, equals);
    const auto index = findParam(id);
    if (!index)
        return Problem{ProblemId::ParamUnknown, fmt::format("{}; did you mean {}?", id, nearestId(id))};
    auto value = parse(row(*index), assignment.substr(equals + 1));
    if (!value) return value.problem();
    return std::pair{*index, value.value()};
}

float toTravel(const Param& param, float value) {
    value = std::clamp(value, param.min, param.max);
    if (param.curve == Curve::Exponential)
        return std::log(value / param.min) / std::log(param.max / param.min);
    return (value - param.min) / (param.max - param.min);
}

float fromTravel(const Param& param, float travel) {
    travel = std::clamp(travel, 0.f, 1.f);
    if (param.curve == Curve::Exponential)
        return clamped(param, param.min * std::pow(param.max / param.min, travel));
    return clamped(param, param.min + travel * (param.max - param.min));
}

std::string catalogueTable() {
    std::string out = fmt::format("{:<28} {:<10} {:<28} {}\n", "id", "default", "range", "help");
    for (const Param& p : kCatalogue) {
        const std::string unit = symbol(p.unit).empty() ? "" : " " + std::string(symbol(p.unit));
        out += fmt::format("{:<28} {:<10} {:<28} {}\n", p.id, format(p, p.def), rangeText(p) + unit, p.help);
    }
    return out;
}

std::string catalogueMarkdown() {
    std::string out = "# Parameters\n\nMade by `titanus params --markdown`; a test compares. Each id is also a preset key, "
                      "an OSC address (`/titanus/<id>`), a MIDI target and a `--set` key.\n"
                      "M: routes may move it. P: saved in presets.\n";
    std::string_view group;
    for (const Param& p : kCatalogue) {
        if (p.group() != group) {
            group = p.group();
            out += fmt::format("\n## {}\n\n| id | name | default | range | | what it does |\n|---|---|---|---|---|---|\n", group);
        }
        const std::string unit = symbol(p.unit).empty() ? "" : " " + std::string(symbol(p.unit));
        out += fmt::format("| `{}` | {} | {} | {}{} | {}{} | {} |\n", p.id, p.name, format(p, p.def), rangeText(p), unit,
                           p.modulatable() ? "M" : "", p.saved() ? "P" : "", p.help);
    }
    out += "\n## Texts\n\n| id | what it is |\n|---|---|\n";
    for (const TextParam& t : kTexts) out += fmt::format("| `{}` | {} |\n", t.id, t.help);
    out += "\n## Actions\n\n| id | key | what it does |\n|---|---|---|\n";
    for (const ActionRow& a : kActions) out += fmt::format("| `{}` | {} | {} |\n", a.id, a.key, a.help);
    return out;
}

} // namespace titanus::params
