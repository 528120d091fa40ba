#pragma once
// PyTTI's limited palette: every pixel has a brightness and a vote for one of a few palettes; the
// picture shows hard levels of the winning palette, so the camera moves hard edges, never mixtures.
//   value  [1,1,h,w] 0..1          brightness
//   vote   [1,P,h,w] >= 0          logits over palettes
//   colour [L,P,3]   0..2, shown / 2, each palette sorted by perceived brightness
// Gradient: half of the hard picture's, half of the soft mixture's.
// Thread: guidance   Source: spec of PyTTI's model (pytti-core, MIT), re-implemented
#include "guidance/clip/canvas_model.h"

namespace titanus::guidance {

class PaletteCanvas final : public CanvasModel {
  public:
    PaletteCanvas(CanvasSize size, at::Generator& random);

    void configure(const modulation::FrameState& state) override;
    at::Tensor decode() const override;
    void encode(const at::Tensor& picture) override;
    void clamp() override;
    at::Tensor extraLoss() const override;
    void addNoise(const NoiseAmounts& amounts, at::Generator& random) override;
    void fade(float factor) override;

  private:
    void resizePalette(int palettes, int levels);
    at::Tensor sortedColours() const; // [L,P,3] 0..1
    at::Tensor ramp() const;          // [L] 0..1

    int palettes_ = 9, levels_ = 6;
    float gamma_ = 1;
    bool locked_ = false;
};

} // namespace titanus::guidance
