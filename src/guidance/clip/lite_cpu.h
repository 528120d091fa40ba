#pragma once
// The embedded guide's tower on a processor: every layer in one pass over memory with its bias,
// ReLU6 and residual, the way back likewise with the slopes kept as bytes. Large early layers run
// picture by picture, so that they stay in the cache; small late ones run for the whole batch, so
// that their weights are read once.
// Thread: guidance; spreads over at::parallel_for   Owns: packed weights, reusable buffers
// Measured against the torch path: docs/PERFORMANCE.md
#include "guidance/clip/kernels.h"

#include <ATen/ATen.h>

#include <array>
#include <memory>
#include <vector>

namespace titanus::guidance {

class LiteCpu {
  public:
    // One convolution as loaded: weight [out, in / groups, kernel, kernel].
    struct Layer {
        at::Tensor weight, bias;
        std::int64_t kernel = 1, stride = 1;
    };
    struct Block {
        Layer expand, depthwise, project;
        bool expands = false, residual = false;
    };
    using Three = std::array<float, 3>;

    // False: widths or kernels that these loops cannot take; torch then.
    static bool fits(const Layer& stem, const std::vector<Block>& blocks, const Layer& head);
    // Pictures 0..1 are taken times scale plus shift, per channel.
    LiteCpu(const Layer& stem, const std::vector<Block>& blocks, const Layer& head, Three scale, Three shift);
    ~LiteCpu();

    // float32 [N,3,S,S] -> mean over space of the head, [N,head]. Differentiable in the images.
    at::Tensor pooled(const at::Tensor& images) const;

    // For its autograd function. Images and their gradient: [N,S,S,3].
    struct Plan; // sizes of one batch shape
    const Plan& planFor(std::int64_t pictures, std::int64_t size) const;
    std::int64_t width() const { return head_.out; }
    at::Tensor freeSlopes(const Plan& plan) const; // a buffer that no pending backward holds
    void forward(const Plan& plan, const float* images, Mask* slopes, float* pooled) const;
    void backward(const Plan& plan, const float* gradPooled, const Mask* slopes, float* gradImages) const;

  private:
    // Panels for both directions; depthwise: [kernel * kernel, channels] in `ahead`.
    struct Packed {
        std::vector<float> ahead, back, bias;
        std::int64_t in = 0, out = 0, kernel = 1, stride = 1;
    };
    struct Unit {
        Packed expand, depthwise, project;
        bool expands = false, residual = false;
    };
    struct Scratch { std::vector<float> wide[2], narrow[2], columns; };
    static Packed packed(const Layer& layer);
    void unitForward(const Plan& plan, std::size_t u, std::int64_t first, std::int64_t count, const float* in, float* out, Scratch& s, Mask* slopes) const;
    void unitBackward(const Plan& plan, std::size_t u, std::int64_t first, std::int64_t count, const float* gradOut, float* gradIn, Scratch& s,
                      const Mask* slopes) const;
    void stemForward(const Plan& plan, const float* image, float* out, Scratch& s, Mask* slopes) const;
    void stemBackward(const Plan& plan, const float* gradOut, Scratch& s, float* gradImage) const;
    Scratch& scratchOfThread(const Plan& plan) const;

    Packed stem_, head_;
    std::vector<Unit> units_;
    Three scale_, shift_;
    mutable std::vector<std::unique_ptr<Plan>> plans_;
    mutable std::vector<at::Tensor> slopes_;
    mutable std::vector<Scratch> ofThreads_;
    mutable Scratch ofBatch_;
    mutable std::vector<float> border_; // between the layers picture by picture and those for the batch
};

} // namespace titanus::guidance
