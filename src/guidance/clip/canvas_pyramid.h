#pragma once
// The default canvas: a sum of levels from 5 px to full size, each stretched to the whole. One
// coarse pixel moves a large area, so shapes form in a few dozen steps, and sound can act on
// coarse and fine scales apart.
// Thread: guidance   Source: idea of multi-resolution stacks, see docs/QUALITY.md; colour
// correlation as in Lucid (Apache-2.0), values chosen by measuring
#include "guidance/clip/canvas_model.h"
#include "guidance/clip/kernels.h"

#include <array>

namespace titanus::guidance {

class PyramidCanvas final : public CanvasModel {
  public:
    PyramidCanvas(CanvasSize size, at::Generator& random, const Device& device = {});

    void configure(const modulation::FrameState& state) override;
    at::Tensor decode() const override;
    void encode(const at::Tensor& picture) override;
    void clamp() override;
    void addNoise(const NoiseAmounts& amounts, at::Generator& random) override;
    void fadeBy(const at::Tensor& factor) override;
    float restPull() const override { return 0.8f; }
    bool replayable() const override { return true; }

    // For its autograd function: picture and gradients lie as clip/pixels.h says.
    void paint(const std::vector<const float*>& levels, float* picture) const;
    void paintBack(const float* picture, const float* gradPicture, const std::vector<float*>& gradLevels) const;

  private:
    float coarseness(std::size_t level) const; // 1 at the coarsest, 0 at the finest level
    // From the size of the level before to that of this one.
    struct Stage {
        std::vector<std::int32_t> rowIndex, columnIndex;
        std::vector<float> rowWeight, columnWeight;
        Stretch stretch;
        at::Tensor rows, columns; // the same as matrices [to, from]; without own loops only
    };
    void stretched(std::size_t level, const float* from, float* to) const;
    at::Tensor stretchedByTorch(std::size_t level, const at::Tensor& from) const; // [1,3,h,w]
    at::Tensor decodeByTorch() const;
    at::Tensor grain(at::IntArrayRef sizes, at::Generator& random) const;

    std::vector<Stage> stages_; // the first is empty
    mutable std::vector<float> buffers_[2], scratch_; // reused; decode() is const but not re-entrant
    std::vector<float> gains_;
    std::array<float, 9> matrix_{}; // colour times steepness, row by row
    at::Tensor gainsThere_, matrixThere_; // the same on the device
    float steepness_ = 1.5f;
    at::Tensor colour_, inverseColour_; // [3,3], on the processor
    float colourStrength_ = -1;
};

} // namespace titanus::guidance
