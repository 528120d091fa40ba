#pragma once
// Plain pixels: PyTTI's unlimited palette. Textured and direct; slower to form large shapes.
// Thread: guidance
#include "guidance/clip/canvas_model.h"

namespace titanus::guidance {

class RgbCanvas final : public CanvasModel {
  public:
    RgbCanvas(CanvasSize size, at::Generator& random, const Device& device = {});

    void configure(const modulation::FrameState&) override {}
    at::Tensor decode() const override { return leaves_[0].value.clamp(0, 1); }
    void encode(const at::Tensor& picture) override;
    // The value never leaves 0..1, neither after a step nor after motion and noise, which come in this order
    // before the next: no gradient is lost to the clamp in decode.
    void clamp() override { leaves_[0].value.clamp_(0, 1); }
    void addNoise(const NoiseAmounts& amounts, at::Generator& random) override;
    bool replayable() const override { return true; }
    void fadeBy(const at::Tensor& factor) override;
};

} // namespace titanus::guidance
