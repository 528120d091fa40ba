#include "controls/toml_text.h"

#include "params/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace titanus::controls::detail {
using core::Problem;
using core::ProblemId;

std::string Reader::at(const toml::node& node) const {
    return fmt::format("{}:{}", origin, node.source().begin.line);
}

void Reader::warn(ProblemId id, const toml::node& node, const std::string& what) const {
    if (warnings) warnings->push_back({id, at(node) + ": " + what});
}

void Reader::unknown(const toml::node& node, const std::string& key) const {
    warn(ProblemId::PresetUnknownKey, node, key);
}

core::Result<toml::table> parseToml(const std::string& text, const std::string& origin) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        return Problem{ProblemId::FileSyntax, fmt::format("{}:{}: {}", origin, error.source().begin.line,
                                                          error.description())};
    }
}

void migrate(toml::table& root, int schema, const Reader& reader) {
    const auto found = root["schema"].value<std::int64_t>();
    if (!found)
        reader.warn(ProblemId::PresetValueInvalid, root, fmt::format("no schema, read as {}", schema));
    else if (*found > schema)
        reader.warn(ProblemId::PresetValueInvalid, *root.get("schema"),
                    fmt::format("schema {} is newer than this program's {}", *found, schema));
    root.erase("schema"); // schema 1 is the first: nothing to rewrite
}

std::optional<float> readValue(const params::Param& param, const toml::node& node, const Reader& reader) {
    const auto bad = [&](const std::string& text) -> std::optional<float> {
        const auto parsed = params::parse(param, text);
        if (parsed) return parsed.value();
        reader.warn(ProblemId::PresetValueInvalid, node, parsed.problem().detail);
        return std::nullopt;
    };
    if (const auto* text = node.as_string()) return bad(text->get());
    if (const auto* flag = node.as_boolean()) {
        if (param.kind != params::Kind::Bool) return bad(flag->get() ? "true" : "false");
        return flag->get() ? 1.f : 0.f;
    }
    if (!node.is_number()) return bad("a table or list");
    const double number = node.value<double>().value_or(0);
    if (!std::isfinite(number)) return bad(fmt::format("{}", number));
    const float value = params::clamped(param, static_cast<float>(std::clamp(number, -1e30, 1e30)));
    const bool fits = param.kind == params::Kind::Float ? value == static_cast<float>(number)
                                                        : static_cast<double>(value) == number;
    if (!fits)
        reader.warn(ProblemId::PresetValueInvalid, node,
                    fmt::format("{} = {} became {} (range {} to {})", param.id, number,
                                params::format(param, value), param.min, param.max));
    return value;
}

std::string writeValue(const params::Param& param, float value) {
    if (param.kind == params::Kind::Bool) return value >= 0.5f ? "true" : "false";
    const std::string text = params::format(param, value);
    return param.kind == params::Kind::Choice ? detail::quoted(text) : text;
}

std::string quoted(std::string_view text) {
    // A JSON string is a TOML string but for DEL. Texts come from outside (OSC, names of devices)
    // and what is not UTF-8 would make the whole file unreadable.
    using Json = nlohmann::json;
    std::string out = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    for (auto at = out.find('\x7F'); at != std::string::npos; at = out.find('\x7F', at)) out.replace(at, 1, "\\u007F");
    return out;
}

std::string keyText(std::string_view key) {
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    return bare ? std::string(key) : detail::quoted(key);
}

std::string nodeText(const toml::node& node) {
    std::ostringstream out;
    if (const toml::table* table = node.as_table()) { // as the value of one key it stands on one line
        toml::table line = *table;
        line.is_inline(true);
        out << line;
    } else {
        node.visit([&](const auto& value) { out << value; });
    }
    return out.str();
}

std::string tableText(std::string_view header, const toml::node& node) {
    toml::table wrapper;
    node.visit([&](const auto& value) { wrapper.insert(header, value); });
    std::ostringstream out;
    out << wrapper;
    return out.str();
}

namespace {

void collect(const toml::table& table, const std::string& prefix,
             std::vector<std::pair<std::string, const toml::node*>>& out) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + keyText(key.str());
        if (const auto* inner = node.as_table(); inner && !inner->empty())
            collect(*inner, name + ".", out);
        else
            out.emplace_back(name, &node);
    }
}

} // namespace

std::vector<std::pair<std::string, const toml::node*>> leaves(const toml::table& table) {
    std::vector<std::pair<std::string, const toml::node*>> out;
    collect(table, "", out);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return a.second->source().begin.line < b.second->source().begin.line;
    });
    return out;
}

} // namespace titanus::controls::detail
