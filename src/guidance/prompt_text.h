#pragma once
// The prompt language: one line of text to prompts with weight, stop and mask, in scenes.
//   a red fox                      weight 1
//   a red fox:2 | fog:-0.5         several, weighted; below 0 repels
//   text:1:0.7                     no pull once the distance d is below 0.7
//   fog:3*sin(t)**2                weight, stop and threshold may be formulas (docs/PROMPTS.md)
//   dragon:3@baby   dragon@baby@.6 only where a crop looks like "baby"; with a threshold
//   dragon:3@r      dragon:3@r@.3  only on the right (a r l u d n f); with a threshold
//   sun:3@[m.png]   @[-m.png]  @[m.mp4]  @[/dev/video0]  picture (white = on), inverted, moving
//   [img.png]:2     [x.mp4]        what a picture means, as a prompt; a moving one is read again and again
//   =[img.png]:2@r                 the picture's own colours, pixel by pixel
//   {8 bars, fade 2 bars} a forest || {20 s, fade 3 s, slerp} a city      scenes, in a ring
// A backslash makes the next character plain: \: \| \@ \[ \{ \= \\. Lines that begin with "#pytti "
// are read by PyTTI's grammar (masks after _, no escapes). Grammar after PyTTI (MIT).
// Thread: any   Ownership: values   Errors: PromptInvalid; its detail ends with the place in the
// line and, on the next line, a caret under the column
#include "core/result.h"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace titanus::guidance {

struct PromptMask {
    // Everywhere; sides of the picture; size of the crop (near = large); where a crop looks like
    // a text; where a still or a moving picture is white.
    enum class Kind : std::uint8_t { All, Right, Left, Down, Up, Near, Far, Meaning, Image, Video };

    Kind kind = Kind::All;
    std::string text;    // Meaning: the text; Image, Video: the path
    bool invert = false; // Image, Video: black = on
    // Share of the picture for the sides, of d for Meaning. NaN: not given (sides: 0.5; Meaning:
    // soft). As it is before any formula.
    float threshold = std::numeric_limits<float>::quiet_NaN();
    std::string thresholdFormula; // empty: the number

    bool operator==(const PromptMask& o) const {
        const bool same = threshold == o.threshold || (threshold != threshold && o.threshold != o.threshold);
        return same && kind == o.kind && text == o.text && invert == o.invert && thresholdFormula == o.thresholdFormula;
    }
};

struct PromptSpec {
    // What pulls: a text; the meaning of a picture or of moving pictures; a picture's colours.
    enum class Kind : std::uint8_t { Text, Image, Video, Pixels };

    std::string text; // the path for all but Text
    float weight = 1;
    // In signed distance: no gradient while sign(weight) * d is below it.
    float stop = -std::numeric_limits<float>::infinity();
    std::string weightFormula{}, stopFormula{}; // empty: the number above
    PromptMask mask{};
    Kind kind = Kind::Text;
    int scene = 0; // index into PromptLine::scenes

    bool operator==(const PromptSpec&) const = default;
};

// How long a scene stays and how it comes in. A scene's fade happens at its beginning.
struct PromptScene {
    enum class Unit : std::uint8_t { Seconds, Beats, Bars };
    enum class Fade : std::uint8_t { Loss, Slerp }; // mix of losses; walk between the embeddings

    double length = 8; // infinite: stays until the line is changed ("{stay}")
    Unit lengthUnit = Unit::Bars;
    double fade = 1;
    Unit fadeUnit = Unit::Bars;
    Fade kind = Fade::Loss;

    bool operator==(const PromptScene&) const = default;
};

struct PromptLine {
    std::vector<PromptSpec> prompts;  // of all scenes, in order
    std::vector<PromptScene> scenes;  // at least one

    bool operator==(const PromptLine&) const = default;
};

enum class PromptGrammar : std::uint8_t { Titanus, PyTTI };

// The whole language. Empty parts are dropped, empty scenes too; an empty line gives no prompts.
// Formulas are checked here, so what is returned compiles. Use with PromptNumbers
// (guidance/prompt_numbers.h), which knows the weights of a moment.
core::Result<PromptLine> parsePromptLine(std::string_view line, PromptGrammar grammar = PromptGrammar::Titanus);

// The first scene's prompts alone.
core::Result<std::vector<PromptSpec>> parsePrompts(std::string_view line);

} // namespace titanus::guidance
