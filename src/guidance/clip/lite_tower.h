#pragma once
// The image tower of the embedded guide: EfficientNet-Lite with batch norm folded in. The weights
// are frozen, so forward and backward are written out: the forward pass keeps only what the
// gradient towards the picture needs, the backward pass computes nothing else. On a processor in
// float32 the work is done by LiteCpu; the torch path serves other devices and precisions.
// Thread: guidance   Owns: weights   Source: models/titanus-guide/README.md
#include "guidance/clip/device.h"
#include "guidance/clip/lite_cpu.h"
#include "guidance/clip/weights.h"

namespace titanus::guidance {

class LiteTower {
  public:
    struct BlockConfig { std::int64_t kernel, stride, expand, in, out; };
    struct Config {
        std::vector<BlockConfig> blocks;
        std::int64_t stemOut = 32, head = 1280, embed = 256;
        std::vector<double> mean, std;
    };
    // Keys image.stem, image.blocks.N, image.head, image.projection. Throws ModelError.
    LiteTower(Weights& weights, const Config& config);

    // Weights to this device in the tower's precision.
    void moveTo(const Device& device);
    // [N,3,S,S] 0..1 -> [N, embed], not normalised; S a multiple of 32. Type and device as the weights'.
    at::Tensor forward(const at::Tensor& images) const;
    // The same through torch's own convolutions, to compare with.
    at::Tensor forwardByTorch(const at::Tensor& images) const;

    // One convolution with TensorFlow's "same" padding, optionally followed by ReLU6.
    struct Conv {
        at::Tensor weight, bias;
        std::int64_t kernel = 1, stride = 1, groups = 1;
        bool relu6 = true;
    };
    const std::vector<Conv>& convs() const { return convs_; }
    // Index of the convolution before which (first) and after which (second) a residual joins.
    struct Residual { std::size_t first, last; };
    const std::vector<Residual>& residuals() const { return residuals_; }

  private:
    std::vector<Conv> convs_; // stem, blocks, head, in order
    std::vector<Residual> residuals_;
    at::Tensor projection_, scale_, shift_;
    std::unique_ptr<LiteCpu> cpu_; // null: widths it cannot take
};

} // namespace titanus::guidance
