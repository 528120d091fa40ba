#pragma once
// Waves: the picture as its two-dimensional spectrum, each frequency scaled by its inverse, so that
// an equal step changes large shapes more than grain. Smooth, flowing, without pixels.
//   spectrum [1,3,H,W/2+1,2], not spatial
// A spectrum cannot be moved by a grid: warp() moves the picture and takes its spectrum anew.
// Thread: guidance   Source: idea of Lucid's image_fft (Apache-2.0), re-implemented
#include "guidance/clip/canvas_model.h"

namespace titanus::guidance {

class FourierCanvas final : public CanvasModel {
  public:
    FourierCanvas(CanvasSize size, at::Generator& random, const Device& device = {});

    void configure(const modulation::FrameState& state) override;
    at::Tensor decode() const override;
    void encode(const at::Tensor& picture) override;
    void clamp() override;
    void addNoise(const NoiseAmounts& amounts, at::Generator& random) override;
    void fadeBy(const at::Tensor& factor) override;
    float restPull() const override { return 0.33f; }
    bool warp(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, const at::Tensor& luminance, Filter filter) override;

  private:
    at::Tensor waves() const; // [1,3,H,W] before colour and sigmoid
    at::Tensor spectrumOf(const at::Tensor& waves) const;

    at::Tensor scale_;        // [1,1,H,W/2+1,1]
    at::Tensor frequency_;    // same shape, 0..1 of the highest along an axis
    float steepness_ = 1.5f, colourStrength_ = -1, coarseGain_ = 1, middleGain_ = 1, fineGain_ = 1;
    at::Tensor gains_, colour_, inverseColour_;
};

} // namespace titanus::guidance
