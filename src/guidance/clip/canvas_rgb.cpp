#include "guidance/clip/canvas_rgb.h"

namespace titanus::guidance {
namespace {

// PyTTI's rate of 0.02 against the pyramid's 0.06, for the same fader position.
constexpr float kRate = 1.f / 3;
constexpr float kNoiseScale = 0.25f; // a level of the pyramid passes a sigmoid of slope 1/4

} // namespace

RgbCanvas::RgbCanvas(CanvasSize size, at::Generator& random, const Device& device) : CanvasModel(size, device) {
    leaves_.emplace_back(at::rand({1, 3, size.height, size.width}, random, floats()) * 0.5 + 0.25);
    leaves_[0].rate = kRate;
}

void RgbCanvas::encode(const at::Tensor& picture) {
    const at::NoGradGuard noGrad;
    leaves_[0] = Leaf(resized(picture, size_).clamp_(0, 1).contiguous());
    leaves_[0].rate = kRate;
}

void RgbCanvas::addNoise(const NoiseAmounts& a, at::Generator& random) {
    at::Tensor& value = leaves_[0].value;
    if (a.all + a.fine > 0) value.add_(at::randn(value.sizes(), random, floats()), (a.all + a.fine) * kNoiseScale);
    addWideNoise(value, a.coarse * kNoiseScale, kCoarseCells, random);
    addWideNoise(value, a.middle * kNoiseScale, kMiddleCells, random);
    clamp(); // after the cubic warp, which overshoots, too: beyond the ends decode() lets no gradient in
}

void RgbCanvas::fadeBy(const at::Tensor& factor) { leaves_[0].value.sub_(0.5).mul_(factor).add_(0.5); }

} // namespace titanus::guidance
