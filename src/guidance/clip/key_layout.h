#pragma once
// Brings the tensors of any CLIP file to OpenAI's names: open_clip's prefixes are cut, Hugging
// Face's names are translated (q, k, v joined, projections transposed), counters are dropped.
// Thread: any   Errors: throws ModelError   Source: key tables of the three projects, compared
#include "guidance/clip/weights.h"

namespace titanus::guidance {

enum class KeyLayout : std::uint8_t { OpenAi, OpenClipText, HuggingFace };
const char* layoutName(KeyLayout layout);

KeyLayout toOpenAiNames(Weights& weights);

} // namespace titanus::guidance
