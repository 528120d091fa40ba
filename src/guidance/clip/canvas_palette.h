#pragma once
// PyTTI's limited palette: every pixel has a brightness and a vote for one of a few palettes; the
// picture shows hard levels of the winning palette, so the camera moves hard edges, never mixtures.
//   value  [1,1,h,w] 0..1          brightness
//   vote   [1,P,h,w] >= 0          logits over palettes
//   colour [L,P,3]   0..2, shown / 2, each palette sorted by perceived brightness
// Gradient: half of the hard picture's, half of the soft mixture's.
// Thread: guidance   Source: spec of PyTTI's model (pytti-core, MIT), re-implemented
#include "guidance/clip/canvas_model.h"
#include "guidance/clip/pictures.h"

namespace titanus::guidance {

class PaletteCanvas final : public CanvasModel {
  public:
    PaletteCanvas(CanvasSize size, at::Generator& random, const Device& device = {});

    void configure(const modulation::FrameState& state) override;
    at::Tensor decode() const override;
    void encode(const at::Tensor& picture) override;
    void clamp() override;
    at::Tensor extraLoss() const override;
    void addNoise(const NoiseAmounts& amounts, at::Generator& random) override;
    void fadeBy(const at::Tensor& factor) override;
    std::optional<core::Problem> problem() override;
    // Every colour that can be shown: [P,L,3], 0..1, dark to bright within a palette.
    at::Tensor shownColours() const { return sortedColours().transpose(0, 1); }

  private:
    void resizePalette(int palettes, int levels);
    at::Tensor sortedColours() const; // [L,P,3] 0..1
    at::Tensor ramp() const;          // [L] 0..1

    struct Clusters { at::Tensor colours, level; }; // [L,P,3] 0..1; [N]
    Clusters clustered(const at::Tensor& pixels) const; // [N,3]: palettes that suit them
    void readTarget(const std::string& file);

    int palettes_ = 9, levels_ = 6;
    float gamma_ = 1, hdrWeight_ = 0.01f, useWeight_ = 0.2f;
    bool locked_ = false;
    // Palettes of another picture, kept while it is named; a target wins over the lock.
    std::string targetFile_;
    at::Tensor targetPicture_, target_; // as read, small; its colours
    float targetGamma_ = 1;
    std::optional<core::Problem> problem_;
};

} // namespace titanus::guidance
