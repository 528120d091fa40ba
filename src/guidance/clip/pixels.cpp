#include "guidance/clip/pixels.h"

#include <algorithm>

namespace titanus::guidance {

at::Tensor emptyPixels(std::int64_t height, std::int64_t width) {
    const at::Tensor memory = at::empty({height * width * 4}, at::kFloat);
    // Not a view: autograd treats it as the owner.
    return at::empty({0}, at::kFloat).set_(memory.storage(), 0, {1, 3, height, width}, {height * width * 4, 1, width * 4, 4});
}

bool arePixels(const at::Tensor& p) {
    return p.dim() == 4 && p.size(0) == 1 && p.size(1) == 3 && p.stride(1) == 1 && p.stride(3) == 4 && p.stride(2) == p.size(3) * 4 &&
           p.storage_offset() == 0 && p.scalar_type() == at::kFloat && p.is_cpu() &&
           p.storage().nbytes() >= static_cast<std::size_t>(p.size(2) * p.size(3)) * 4 * sizeof(float);
}

at::Tensor asPixels(const at::Tensor& picture) {
    if (arePixels(picture)) return picture.detach();
    const at::NoGradGuard noGrad;
    at::Tensor out = emptyPixels(picture.size(2), picture.size(3));
    out.copy_(picture);
    float* p = out.data_ptr<float>();
    for (std::int64_t i = 0; i < picture.size(2) * picture.size(3); ++i) p[4 * i + 3] = 1;
    return out;
}

void writeRgba(const at::Tensor& picture, std::vector<float>& rgba) {
    const at::Tensor pixels = asPixels(picture);
    const float* from = pixels.data_ptr<float>();
    rgba.assign(from, from + pixels.size(2) * pixels.size(3) * 4);
}

} // namespace titanus::guidance
