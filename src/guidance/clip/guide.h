#pragma once
// An image-text model: the judge that says how much a picture looks like a text. Frozen: its
// weights never need gradients.
// Thread: guidance (or one at a time)   Owns: weights
#include "core/result.h"
#include "guidance/clip/device.h"

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace titanus::guidance {

// Distances d (half the squared angle) that are usual for this guide; prompt stops are written for
// OpenAI's CLIP and mapped by them.
struct GuideAnchors { float matching = 0.70f, unrelated = 0.95f; };

class Guide {
  public:
    virtual ~Guide() = default;
    virtual std::string name() const = 0;
    virtual int inputSize() const = 0; // px
    virtual int embedDim() const = 0;
    virtual GuideAnchors anchors() const { return {}; }
    virtual std::vector<std::string> neutralPrompts() const = 0;

    // Puts the image tower where it shall reckon; to be called once, before anything is encoded.
    // Texts are encoded on the processor, once each.
    virtual void moveTo(const Device& device) { device_ = device; }
    const Device& device() const { return device_; }

    // float32 [N,3,S,S] on its device, RGB 0..1 -> float32 [N,D], rows of length 1. Differentiable in
    // the images.
    virtual at::Tensor encodeImages(const at::Tensor& images) const = 0;
    // Token ids as the text tower reads them; `truncated` says that the end was cut off.
    virtual std::vector<int> tokenise(const std::string& text, bool* truncated = nullptr) const = 0;
    // [D] on the processor, length 1, no gradient.
    at::Tensor encodeText(const std::string& text, bool* truncated = nullptr) const;

  protected:
    virtual at::Tensor encodeTokens(const std::vector<int>& ids) const = 0; // [D], not normalised
    Device device_;

  private:
    struct Encoded { at::Tensor embedding; bool truncated = false; };
    mutable std::map<std::string, Encoded> cache_; // prompts come back again and again
};

// A folder (config.json beside the weights) or a weights file. Empty path: the embedded guide.
// Errors: ModelMissing, ModelBroken, each naming file and key.
core::Result<std::unique_ptr<Guide>> loadGuide(const std::filesystem::path& path);

} // namespace titanus::guidance
