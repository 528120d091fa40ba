#pragma once
// Where a prompt acts: how much of it a crop gets, from 0 (nothing, no gradient) upwards.
// Thread: guidance   Ownership: values
// Shares are of the picture, x to the right, y down, as PyTTI's users write them.
// Source: rules of PyTTI's masks (pytti-core, MIT) as they were meant, re-implemented
#include "guidance/clip/crops.h"
#include "guidance/prompt_text.h"

#include <vector>

namespace titanus::guidance {

// 1 where the crop belongs to the region, else 0: its centre for the four sides, its side as a
// share of the shorter edge for near and far. NaN: half. A threshold belongs to both sides.
float regionGate(PromptMask::Kind kind, float threshold, const Crop& crop, float aspect);
// [1,1,H,W] of the same region for pixels; near, far and all: everywhere.
at::Tensor regionPixels(PromptMask::Kind kind, float threshold, std::int64_t height, std::int64_t width);

// A picture as a mask, white = on. Means over rectangles by a summed-area table.
class MaskPicture {
  public:
    explicit MaskPicture(const at::Tensor& picture, bool invert = false); // [1,3,H,W]

    // Mean under the crop, as far as it lies on the picture (turns are small and ignored).
    float coverage(const Crop& crop, float aspect) const;
    float mean() const { return mean_; }
    // Weight of a crop: coverage / sqrt(mean), so that a small mask pulls about as much as a large
    // one; 0 everywhere if hardly anything is on.
    float weight(const Crop& crop, float aspect) const;
    at::Tensor pixels(std::int64_t height, std::int64_t width) const; // [1,1,H,W]

  private:
    double sum(double x, double y) const; // of everything left of x and above y, in pixels

    at::Tensor grey_; // [1,1,H,W]
    int width_, height_;
    std::vector<double> table_; // (height + 1) x (width + 1)
    float mean_ = 0;
};

} // namespace titanus::guidance
