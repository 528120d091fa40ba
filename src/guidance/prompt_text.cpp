#include "guidance/prompt_text.h"

#include <charconv>
#include <cmath>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;

namespace {

struct Piece {
    std::string text;     // with backslashes taken away
    std::size_t column;   // of its first character, from 0
};

// Splits at a separator that no backslash stands before; keeps backslashes for the next level.
std::vector<Piece> split(const Piece& whole, char separator) {
    std::vector<Piece> out{{"", whole.column}};
    for (std::size_t i = 0; i < whole.text.size(); ++i) {
        const char c = whole.text[i];
        if (c == '\\' && i + 1 < whole.text.size()) {
            out.back().text += c;
            out.back().text += whole.text[++i];
        } else if (c == separator) {
            out.push_back({"", whole.column + i + 1});
        } else {
            out.back().text += c;
        }
    }
    return out;
}

std::string trimmed(std::string_view s) {
    const auto first = s.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1));
}

std::string unescaped(const std::string& s) {
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '\\' && i + 1 < s.size()) ++i;
        out += s[i];
    }
    return out;
}

// The line with a caret under the place, as one detail text.
Problem invalid(std::string_view line, std::size_t column, const std::string& why) {
    return {ProblemId::PromptInvalid, why + " at column " + std::to_string(column + 1) + " of \"" + std::string(line) + "\""};
}

bool readNumber(const std::string& text, float& value) {
    const std::string t = trimmed(text);
    const char* first = t.c_str() + (t.starts_with('+') ? 1 : 0);
    const char* last = t.c_str() + t.size();
    const auto [end, error] = std::from_chars(first, last, value);
    return error == std::errc{} && end == last && std::isfinite(value);
}

} // namespace

core::Result<std::vector<PromptSpec>> parsePrompts(std::string_view line) {
    std::vector<PromptSpec> prompts;
    for (const Piece& part : split({std::string(line), 0}, '|')) {
        if (trimmed(part.text).empty()) continue;
        const auto fields = split(part, ':');
        PromptSpec prompt;
        prompt.text = trimmed(unescaped(fields[0].text));
        if (prompt.text.empty()) return invalid(line, part.column, "no text before the weight");
        if (fields.size() > 3)
            return invalid(line, fields[3].column, "too many colons (text:weight:stop; write \\: for a colon in the text)");
        if (fields.size() > 1 && !readNumber(fields[1].text, prompt.weight))
            return invalid(line, fields[1].column, "the weight \"" + trimmed(fields[1].text) + "\" is no number (write \\: for a colon in the text)");
        if (fields.size() > 2 && !readNumber(fields[2].text, prompt.stop))
            return invalid(line, fields[2].column, "the stop \"" + trimmed(fields[2].text) + "\" is no number");
        prompts.push_back(std::move(prompt));
    }
    return prompts;
}

} // namespace titanus::guidance
