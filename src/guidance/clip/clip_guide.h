#pragma once
// Real CLIP models in OpenAI's, open_clip's and Hugging Face's files. Thread: as Guide
#include "guidance/clip/guide.h"
#include "guidance/clip/weights.h"
#include "guidance/clip_config.h"
#include "guidance/tokenizer.h"

namespace titanus::guidance {

// Weights in any of the key layouts. Throws ModelError.
std::unique_ptr<Guide> makeClipGuide(Weights weights, const ClipConfig& config, const std::string& mergesText);
// A folder or file as readClipConfig finds it: .safetensors, or a TorchScript archive (.pt).
core::Result<std::unique_ptr<Guide>> loadClipGuide(const std::filesystem::path& path);
// Parameters and buffers of a TorchScript archive; a plain pickle is refused with a remedy.
core::Result<Weights> readTorchScript(const std::filesystem::path& file);

} // namespace titanus::guidance
