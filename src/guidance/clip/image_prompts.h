#pragma once
// A picture as a prompt: what the guide sees in it, crop by crop. A crop of the canvas is compared
// with the crop of the picture that lies nearest in place and size, so composition counts.
// Thread: guidance   Ownership: value
// Source: PyTTI's semantic image prompts (pytti-core, MIT); pairing by nearest instead of a matching
#include "guidance/clip/crops.h"
#include "guidance/clip/guide.h"

namespace titanus::guidance {

// PyTTI adds this to the distance of pictures, which are nearer to one another than to texts.
inline constexpr float kPictureOffset = 0.7f;

class SeenPicture {
  public:
    // Looks at the picture by `looks` crops, always the same. One pass of the guide.
    SeenPicture(const Guide& guide, const at::Tensor& picture, int looks = 16);

    // [N,D] on the processor: for each crop of a canvas of this shape what it is compared with.
    at::Tensor nearest(const std::vector<Crop>& crops, float aspect) const;
    // e [N,D] of the crops -> [N], d to the nearest look.
    at::Tensor distance(const at::Tensor& e, const std::vector<Crop>& crops, float aspect) const;
    const at::Tensor& mean() const { return mean_; } // [D], length 1

  private:
    struct Look { float x, y, side; }; // shares of the picture: centre -1..1, side of the shorter edge
    static Look lookOf(const Crop& crop, float aspect);

    std::vector<Look> looks_;
    at::Tensor e_, mean_; // [K,D] and [D], on the processor
};

} // namespace titanus::guidance
