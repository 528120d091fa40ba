#pragma once
// What all TOML files of the controls share: parsing with "path:line" in every message, and
// writing strings and keys in one fixed form, so that load = save byte for byte.
// Internal to controls: the only header that shows toml++.
// Thread: main
#include "core/result.h"
#include "params/catalogue.h"

#include <optional>
#include <string>
#include <toml++/toml.h>
#include <utility>
#include <vector>

namespace titanus::controls::detail {

// A message's place and list: origin is the file's name.
struct Reader {
    const std::string& origin;
    std::vector<core::Problem>* warnings;

    std::string at(const toml::node& node) const; // "path:line"
    void warn(core::ProblemId id, const toml::node& node, const std::string& what) const;
    void unknown(const toml::node& node, const std::string& key) const;
};

// Errors: FileSyntax "path:line: reason".
core::Result<toml::table> parseToml(const std::string& text, const std::string& origin);
// Warns when the file has no schema or a newer one. Here older schemas are brought up to date.
void migrate(toml::table& root, int schema, const Reader& reader);

// A parameter's value in its unit. Numbers out of range are clamped with a warning; a value of
// the wrong kind is left out with a warning.
std::optional<float> readValue(const params::Param& param, const toml::node& node, const Reader& reader);
std::string writeValue(const params::Param& param, float value); // 0.3, true, "mirror"

std::string quoted(std::string_view text);           // a TOML basic string; bytes that are no UTF-8 become U+FFFD
std::string keyText(std::string_view key);           // bare where TOML allows it
std::string nodeText(const toml::node& node);        // value as toml++ prints it
std::string tableText(std::string_view header, const toml::node& node); // with its header

// Leaves of nested tables by dotted key, in the order of the file.
std::vector<std::pair<std::string, const toml::node*>> leaves(const toml::table& table);

// Position of `text` in a list of names; npos if absent.
template <class List> std::optional<std::size_t> indexIn(const List& names, std::string_view text) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == text) return i;
    return std::nullopt;
}

} // namespace titanus::controls::detail
