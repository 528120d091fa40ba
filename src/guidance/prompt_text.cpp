#include "guidance/prompt_text.h"

#include "modulation/formula_variables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;

namespace {

constexpr std::string_view kPyttiMark = "#pytti ";
constexpr double kFadeShare = 1.0 / 8; // of a scene's length, where no fade is given

std::string_view trimmed(std::string_view s) {
    const auto first = s.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return s.substr(s.size());
    return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

std::string unescaped(std::string_view s) {
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '\\' && i + 1 < s.size()) ++i;
        out += s[i];
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool moving(std::string_view path) {
    const std::string name = lower(path);
    if (name.starts_with("/dev/")) return true;
    constexpr std::array kEndings{".mp4", ".mkv", ".mov", ".webm", ".avi", ".m4v", ".gif"};
    return std::any_of(kEndings.begin(), kEndings.end(), [&](const char* ending) { return name.ends_with(ending); });
}

// Views into the line, so that a place in them is a column.
class Parser {
  public:
    Parser(std::string_view line, PromptGrammar grammar) : line_(line), grammar_(grammar) {}

    core::Result<PromptLine> run() {
        try {
            std::string_view rest = line_;
            if (rest.starts_with(kPyttiMark)) {
                grammar_ = PromptGrammar::PyTTI;
                rest.remove_prefix(kPyttiMark.size());
            }
            for (const std::string_view part : split(rest, "||")) scene(part);
            if (out_.scenes.empty()) out_.scenes.emplace_back();
            return std::move(out_);
        } catch (const Failure& failure) {
            return Problem{ProblemId::PromptInvalid, formula::withCaret(line_, failure.error)};
        }
    }

  private:
    struct Failure { formula::TextError error; };

    std::size_t columnOf(std::string_view part) const { return static_cast<std::size_t>(part.data() - line_.data()); }
    [[noreturn]] void fail(std::size_t column, std::string why) const { throw Failure{{std::move(why), column}}; }
    [[noreturn]] void fail(std::string_view part, std::string why) const { fail(columnOf(part), std::move(why)); }
    bool pytti() const { return grammar_ == PromptGrammar::PyTTI; }

    // Not at escaped separators, nor between brackets (there a path stands).
    std::vector<std::string_view> split(std::string_view whole, std::string_view separator) const {
        std::vector<std::string_view> out;
        std::size_t begin = 0, i = 0, bracket = std::string_view::npos;
        const bool brackets = !(pytti() && separator[0] == '|'); // PyTTI splits at | first, whatever it is in
        while (i < whole.size()) {
            if (!pytti() && whole[i] == '\\') {
                i += 2;
                continue;
            }
            if (brackets && whole[i] == '[' && bracket == std::string_view::npos) bracket = i;
            else if (brackets && whole[i] == ']') bracket = std::string_view::npos;
            if (bracket == std::string_view::npos && whole.substr(i, separator.size()) == separator) {
                out.push_back(whole.substr(begin, i - begin));
                begin = i += separator.size();
            } else {
                ++i;
            }
        }
        if (bracket != std::string_view::npos && !pytti())
            fail(whole.substr(bracket), "this bracket is not closed (write \\[ for a bracket in the text)");
        out.push_back(whole.substr(std::min(begin, whole.size())));
        return out;
    }

    // ---- scenes ------------------------------------------------------------------------------

    void scene(std::string_view part) {
        PromptScene timing;
        std::string_view rest = trimmed(part);
        if (rest.starts_with('{')) {
            const auto end = rest.find('}');
            if (end == std::string_view::npos) fail(rest, "this brace is not closed (write \\{ for a brace in the text)");
            timing = times(rest.substr(1, end - 1));
            rest = rest.substr(end + 1);
        }
        const auto before = out_.prompts.size();
        for (const std::string_view prompt : split(rest, "|"))
            if (!trimmed(prompt).empty()) readPrompt(prompt);
        if (out_.prompts.size() > before) out_.scenes.push_back(timing);
    }

    // "8 bars, fade 2 bars, slerp"
    PromptScene times(std::string_view text) {
        PromptScene timing;
        bool faded = false;
        for (std::string_view item : split(text, ",")) {
            item = trimmed(item);
            if (item == "stay") timing.length = std::numeric_limits<double>::infinity();
            else if (item == "slerp") timing.kind = PromptScene::Fade::Slerp;
            else if (item == "loss") timing.kind = PromptScene::Fade::Loss;
            else if (item.starts_with("fade ")) {
                faded = true;
                duration(trimmed(item.substr(5)), timing.fade, timing.fadeUnit);
            } else {
                duration(item, timing.length, timing.lengthUnit);
                if (timing.length <= 0) fail(item, "a scene lasts longer than nothing");
            }
        }
        if (!faded && std::isfinite(timing.length)) {
            timing.fade = timing.length * kFadeShare;
            timing.fadeUnit = timing.lengthUnit;
        }
        return timing;
    }
    void duration(std::string_view text, double& value, PromptScene::Unit& unit) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const std::string_view name = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
        if (error != std::errc{} || !std::isfinite(value) || value < 0)
            fail(text, "scenes are timed like {8 bars, fade 2 beats, slerp}, {20 s} or {stay}");
        if (name == "s" || name == "sec" || name == "second" || name == "seconds") unit = PromptScene::Unit::Seconds;
        else if (name == "beat" || name == "beats") unit = PromptScene::Unit::Beats;
        else if (name == "bar" || name == "bars") unit = PromptScene::Unit::Bars;
        else fail(name, "the unit is s, beats or bars");
    }

    // ---- one prompt --------------------------------------------------------------------------

    void readPrompt(std::string_view part) {
        PromptSpec prompt;
        prompt.scene = static_cast<int>(out_.scenes.size());
        const auto fields = split(part, ":");
        if (fields.size() > 3)
            fail(fields[3], pytti() ? "too many colons (text:weight:stop)"
                                    : "too many colons (text:weight:stop; write \\: for a colon in the text)");
        const std::string_view sign = pytti() ? "_" : "@";
        // Natively the mask may stand behind the text too: dragon@baby is dragon:1@baby.
        auto behindText = pytti() ? std::vector{fields[0]} : split(fields[0], sign);
        readText(prompt, behindText[0]);
        if (behindText.size() > 1) readMask(prompt.mask, behindText);
        if (fields.size() > 1) {
            auto behindWeight = split(fields[1], sign);
            if (pytti() && behindWeight.size() > 3) // the threshold takes the rest, as there
                behindWeight = {behindWeight[0], behindWeight[1],
                                fields[1].substr(static_cast<std::size_t>(behindWeight[2].data() - fields[1].data()))};
            readWeight(prompt, behindWeight[0]);
            if (behindWeight.size() > 1 && behindText.size() > 1) fail(behindWeight[1], "a prompt has one mask");
            if (behindWeight.size() > 1) readMask(prompt.mask, behindWeight);
        }
        if (fields.size() > 2) readNumber(fields[2], "stop", prompt.stop, prompt.stopFormula);
        out_.prompts.push_back(std::move(prompt));
    }

    void readText(PromptSpec& prompt, std::string_view field) {
        std::string_view text = trimmed(field);
        if (text.empty()) fail(field, "no text before the weight");
        const bool pixels = !pytti() && text.starts_with("=[");
        if (pixels) text.remove_prefix(1);
        if (!text.starts_with('[') || !text.ends_with(']')) {
            prompt.text = pytti() ? std::string(text) : unescaped(text);
            return;
        }
        const std::string_view path = trimmed(text.substr(1, text.size() - 2));
        if (path.empty()) fail(text, "a path is missing between the brackets");
        prompt.text = std::string(path);
        prompt.kind = pixels ? PromptSpec::Kind::Pixels : moving(path) ? PromptSpec::Kind::Video : PromptSpec::Kind::Image;
        if (pixels && moving(path)) fail(path, "=[...] takes a still picture (for videos there is source.file)");
    }

    void readWeight(PromptSpec& prompt, std::string_view field) {
        if (!pytti()) offerNativeMask(field);
        readNumber(field, "weight", prompt.weight, prompt.weightFormula);
    }

    // 3_r is how PyTTI writes it.
    void offerNativeMask(std::string_view field) const {
        const std::string_view text = trimmed(field);
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end == text.data() + text.size() || *end != '_') return;
        std::string offer(text);
        auto at = static_cast<std::size_t>(end - text.data());
        for (int i = 0; i < 2 && at != std::string::npos; ++i) {
            offer[at] = '@';
            const auto bracket = offer.find('[', at);
            at = offer.find('_', bracket == at + 1 ? offer.find(']', at) : at);
        }
        fail(columnOf(text) + static_cast<std::size_t>(end - text.data()), "masks are written with @: " + offer);
    }

    void readNumber(std::string_view field, const std::string& what, float& value, std::string& asFormula) const {
        const std::string_view text = trimmed(field);
        const std::string hint = pytti() ? "" : " (write \\: for a colon in the text)";
        if (text.empty()) fail(field, "the " + what + " is missing" + hint);
        const auto compiled = formula::Expression::compile(text, modulation::formulaNames());
        if (!compiled.expression)
            fail(columnOf(text) + compiled.error.column, "the " + what + ": " + compiled.error.message + hint);
        const auto number = compiled.expression->constant();
        if (!number) {
            asFormula = std::string(text);
            return;
        }
        const bool noStop = what == "stop" && *number == -std::numeric_limits<double>::infinity();
        if (!std::isfinite(static_cast<float>(*number)) && !noStop) fail(text, "the " + what + " is no number");
        value = static_cast<float>(*number);
    }

    // parts: what stands before the mask, the mask, its threshold
    void readMask(PromptMask& mask, const std::vector<std::string_view>& parts) const {
        using enum PromptMask::Kind;
        if (parts.size() > 3) fail(parts[3], "too many @ (weight@mask@threshold; write \\@ for an at sign in the text)");
        const std::string_view text = trimmed(parts[1]);
        if (text.empty()) fail(parts[1], "the mask is missing (a r l u d n f, a text, or [picture])");
        constexpr std::string_view kLetters = "arludnf";
        constexpr std::array kKinds{All, Right, Left, Up, Down, Near, Far};
        if (const auto letter = kLetters.find(text[0]); text.size() == 1 && letter != std::string_view::npos) {
            mask.kind = kKinds[letter];
        } else if (text.starts_with('[') && text.ends_with(']')) {
            std::string_view path = trimmed(text.substr(1, text.size() - 2));
            mask.invert = path.starts_with('-');
            if (mask.invert) path = trimmed(path.substr(1));
            if (path.empty()) fail(text, "a path is missing between the brackets");
            mask.kind = moving(path) ? Video : Image;
            mask.text = std::string(path);
        } else {
            mask.kind = Meaning;
            mask.text = pytti() ? std::string(text) : unescaped(text);
        }
        if (parts.size() > 2) readNumber(parts[2], "threshold", mask.threshold, mask.thresholdFormula);
    }

    std::string_view line_;
    PromptGrammar grammar_;
    PromptLine out_;
};

} // namespace

core::Result<PromptLine> parsePromptLine(std::string_view line, PromptGrammar grammar) { return Parser(line, grammar).run(); }

core::Result<std::vector<PromptSpec>> parsePrompts(std::string_view line) {
    auto parsed = parsePromptLine(line);
    if (!parsed) return parsed.problem();
    auto prompts = std::move(parsed.value().prompts);
    std::erase_if(prompts, [](const PromptSpec& prompt) { return prompt.scene != 0; });
    return prompts;
}

} // namespace titanus::guidance
