#pragma once
// The prompt language: one line of text to prompts with weight and stop.
//   a red fox                      weight 1
//   a red fox:2 | fog:-0.5         several, weighted; below 0 repels
//   text:1:0.7                     no pull once the distance d is below 0.7
// A backslash makes : | \ plain. Grammar after PyTTI (MIT), see docs/PROMPTS.md.
// Thread: any   Ownership: values   Errors: PromptInvalid with the column
#include "core/result.h"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace titanus::guidance {

struct PromptSpec {
    std::string text;
    float weight = 1;
    // In signed distance: no gradient while sign(weight) * d is below it.
    float stop = -std::numeric_limits<float>::infinity();

    bool operator==(const PromptSpec&) const = default;
};

// Empty parts are dropped; an empty line gives no prompts.
core::Result<std::vector<PromptSpec>> parsePrompts(std::string_view line);

} // namespace titanus::guidance
