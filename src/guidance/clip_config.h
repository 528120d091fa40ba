#pragma once
// What a CLIP file's tensors cannot tell: activation, normalisation, input size, merges. Found in
// this order: <weights>.json or model.json (Titanus' own), Hugging Face's config.json,
// open_clip_config.json. The activation is never guessed: the wrong one looks almost right.
// Thread: any   Ownership: value   Errors: ModelMissing, ModelBroken
#include "core/result.h"

#include <array>
#include <filesystem>
#include <string>

namespace titanus::guidance {

struct ClipConfig {
    std::filesystem::path weights, merges;
    std::string name;
    bool quickGelu = false;
    std::string activationSource; // file that said so
    // OpenAI's values; LAION, DataComp, TinyCLIP, MetaCLIP and FARE share them.
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> std{0.26862954, 0.26130258, 0.27577711};
    int inputSize = 0; // px; 0: as trained
    // Median distances of matching and unrelated pairs; OpenAI's CLIP unless measured.
    float matching = 0.70f, unrelated = 0.95f;
};

// A folder or a weights file in it.
core::Result<ClipConfig> readClipConfig(const std::filesystem::path& path);

} // namespace titanus::guidance
