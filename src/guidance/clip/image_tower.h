#pragma once
// The two image towers of real CLIP models; which one a file holds, and its sizes, are read off
// its tensors. Weights never need gradients, so autograd keeps only the way to the picture.
// Thread: guidance   Owns: weights   Source: openai/CLIP (MIT), architecture re-implemented
#include "guidance/clip/device.h"
#include "guidance/clip/text_tower.h"

#include <memory>

namespace titanus::guidance {

class ImageTower {
  public:
    virtual ~ImageTower() = default;
    // Normalised pictures [N,3,S,S] -> [N, embed], not normalised. Other sizes than the trained one
    // resize the positions (bicubic); a vision transformer wants a multiple of its patch.
    virtual at::Tensor forward(const at::Tensor& images) const = 0;
    // Its weights to this device, in the tower's precision; images come as they then are.
    virtual void moveTo(const Device& device) = 0;
    virtual int inputSize() const = 0;
    virtual std::int64_t embedDim() const = 0;
};

// One weight moved; an undefined one stays so.
void moveWeight(at::Tensor& weight, const Device& device);

// Positions [1 + g*g, width] for another grid; the first row belongs to no place.
at::Tensor resizedPositions(const at::Tensor& positions, std::int64_t rows, std::int64_t columns);

// Keys visual.*, OpenAI's names. Throws ModelError.
std::unique_ptr<ImageTower> takeVisionTransformer(Weights& weights, Activation activation);
std::unique_ptr<ImageTower> takeModifiedResNet(Weights& weights);

} // namespace titanus::guidance
