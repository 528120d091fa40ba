#pragma once
// The default canvas: a sum of levels from 5 px to full size, each stretched to the whole. One
// coarse pixel moves a large area, so shapes form in a few dozen steps, and sound can act on
// coarse and fine scales apart.
// Thread: guidance   Source: idea of multi-resolution stacks, see docs/QUALITY.md; colour
// correlation as in Lucid (Apache-2.0), values chosen by measuring
#include "guidance/clip/canvas_model.h"

namespace titanus::guidance {

class PyramidCanvas final : public CanvasModel {
  public:
    PyramidCanvas(CanvasSize size, at::Generator& random);

    void configure(const modulation::FrameState& state) override;
    at::Tensor decode() const override;
    void encode(const at::Tensor& picture) override;
    void clamp() override;
    void addNoise(float all, float coarse, float fine, at::Generator& random) override;
    void fade(float factor) override;
    float restPull() const override { return 0.33f; }

  private:
    float coarseness(std::size_t level) const; // 1 at the coarsest, 0 at the finest level

    std::vector<float> gains_;
    float steepness_ = 1.5f;
    at::Tensor colour_, inverseColour_; // [3,3]
    float colourStrength_ = -1;
};

} // namespace titanus::guidance
