#pragma once
// The guide that ships with Titanus: EfficientNet-Lite image tower, CLIP text tower.
// Format: models/titanus-guide/README.md   Thread: guidance
#include "guidance/clip/guide.h"

namespace titanus::guidance {

// `dir` holds config.json, model.safetensors and the merges. Errors: ModelMissing, ModelBroken.
core::Result<std::unique_ptr<Guide>> loadEmbeddedGuide(const std::filesystem::path& dir);

} // namespace titanus::guidance
