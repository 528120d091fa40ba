#pragma once
// The guide's embeddings for commands, free of torch. An empty model path is the embedded guide.
// Thread: any, one at a time   Errors: ModelMissing, ModelBroken, PictureUnreadable
#include "core/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace titanus::guidance {

using Embedding = std::vector<float>; // of length 1

core::Result<std::vector<Embedding>> encodeTexts(const std::filesystem::path& model, const std::vector<std::string>& texts);
// The shorter side is scaled to the guide's input (bicubic, anti-aliased), the centre cut out.
core::Result<std::vector<Embedding>> encodeImageFiles(const std::filesystem::path& model,
                                                      const std::vector<std::filesystem::path>& images);
core::Result<std::vector<int>> tokenIds(const std::filesystem::path& model, const std::string& text);

// Loads the model and compares with goldens.json beside it, where there is one; checks that its
// gradient agrees with a difference quotient. JSON report. Errors: ModelMissing, ModelBroken
// (also when a number is off, naming it).
core::Result<std::string> verifyModel(const std::filesystem::path& model);

} // namespace titanus::guidance
