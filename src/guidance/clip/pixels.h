#pragma once
// Pictures as the kernels read them: a tensor [1,3,H,W] whose memory is [H,W,4] (alpha 1), so that a
// pixel is one vector and the published canvas one copy. To torch it is a picture like any other.
// Thread: guidance   Ownership: values
#include <ATen/ATen.h>

#include <vector>

namespace titanus::guidance {

at::Tensor emptyPixels(std::int64_t height, std::int64_t width); // alpha not set
bool arePixels(const at::Tensor& picture);
at::Tensor asPixels(const at::Tensor& picture); // the same tensor where it fits, else a copy; no gradient
void writeRgba(const at::Tensor& picture, std::vector<float>& rgba); // resizes

} // namespace titanus::guidance
