#include "guidance/clip/warp.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
using modulation::Border;
using modulation::CameraMotion;
using modulation::CameraSpace;
using modulation::DepthField;

namespace {

at::Tensor depthOf(const CameraSpace& space, const at::Tensor& x, const at::Tensor& y, const at::Tensor& luminance) {
    const double relief = space.relief;
    at::Tensor depth;
    switch (space.depth) {
    case DepthField::Flat: return at::ones_like(x);
    case DepthField::Plane: depth = 1 / (1 + relief * (-1.2 * y).clamp(-0.6, 1.2)); break;
    case DepthField::Tunnel: depth = 1 / (0.45 + relief * 0.75 * (x * x + y * y).sqrt() + (1 - relief) * 0.55); break;
    case DepthField::Sphere: depth = 1 - relief * 0.6 * ((-1.2 * (x * x + y * y)).exp() - 0.4); break;
    case DepthField::Luminance:
        depth = 1 - relief * 1.2 * (at::upsample_bilinear2d(luminance, {x.size(0), x.size(1)}, false)[0][0] - 0.5);
        break;
    }
    return depth.clamp(0.25, 4);
}

} // namespace

at::Tensor warpGrid(const CameraMotion& m, const CameraSpace& space, std::int64_t height, std::int64_t width,
                    const at::Tensor& luminance, const at::TensorOptions& floats) {
    const double aspect = space.aspect;
    const auto axis = [&](std::int64_t n) { return (at::arange(n, floats) + 0.5) * (2.0 / static_cast<double>(n)) - 1; };
    const at::Tensor y = (-axis(height)).view({height, 1}).expand({height, width}); // y is up, rows go down
    const at::Tensor x = (axis(width) * aspect).view({1, width}).expand({height, width});
    const at::Tensor depth = depthOf(space, x, y, luminance);
    const at::Tensor pull = space.perspective == 0 ? at::ones({}, floats) : 1 + space.perspective * (1 / depth - 1);
    const at::Tensor grow = at::maximum(depth - m.dolly * pull, 0.2 * depth) / depth;
    const at::Tensor px = x * grow + m.truckX / depth + std::tan(m.yawRad);
    const at::Tensor py = y * grow + m.truckY / depth + std::tan(m.pitchRad);
    const modulation::Affine back = m.view.inverse();
    const at::Tensor sx = px * back.a + py * back.b + back.tx, sy = px * back.c + py * back.d + back.ty;
    return at::stack({sx / aspect, -sy}, -1).unsqueeze(0);
}

at::Tensor sampled(const at::Tensor& tensor, const at::Tensor& grid, Border border, Filter filter) {
    constexpr std::int64_t kZeros = 0, kBorder = 1, kReflection = 2;
    const std::int64_t mode = filter == Filter::Bicubic ? 2 : filter == Filter::Nearest ? 1 : 0;
    if (border == Border::Wrap) {
        // Coordinates modulo the canvas, on a canvas padded by what the bicubic taps reach.
        constexpr std::int64_t kPad = 2;
        const at::Tensor wide = at::pad(tensor, {kPad, kPad, kPad, kPad}, "circular");
        const at::Tensor inside = at::remainder(grid + 1, 2) - 1;
        const at::Tensor shrink = at::tensor({static_cast<float>(tensor.size(3)) / static_cast<float>(wide.size(3)),
                                              static_cast<float>(tensor.size(2)) / static_cast<float>(wide.size(2))}, tensor.options());
        return at::grid_sampler_2d(wide, inside * shrink, mode, kBorder, false);
    }
    const std::int64_t padding = border == Border::Mirror ? kReflection : border == Border::Smear ? kBorder : kZeros;
    return at::grid_sampler_2d(tensor, grid, mode, padding, false);
}

at::Tensor luminance(const at::Tensor& picture) {
    return (picture.select(1, 0) * 0.2126 + picture.select(1, 1) * 0.7152 + picture.select(1, 2) * 0.0722).unsqueeze(1);
}

at::Tensor warpedPicture(const at::Tensor& p, const CameraMotion& motion, const CameraSpace& space, Filter filter) {
    const at::Tensor grid = warpGrid(motion, space, p.size(2), p.size(3), luminance(p), p.options());
    return sampled(p, grid, space.border, filter).clamp_(0, 1);
}

void warpLeaves(std::vector<Leaf>& leaves, const CameraMotion& motion, const CameraSpace& space, const at::Tensor& luminance, Filter filter) {
    const at::NoGradGuard noGrad;
    for (Leaf& leaf : leaves) {
        if (!leaf.spatial) continue;
        const std::int64_t h = leaf.value.size(2), w = leaf.value.size(3), c = leaf.value.size(1);
        const at::Tensor grid = warpGrid(motion, space, h, w, luminance, leaf.m.options());
        // The picture keeps its edges by bicubic taps. Their undershoot would take v to 0 beside large
        // values, and a step is m / sqrt(v): the moments move bilinearly.
        const at::Tensor moments = sampled(at::cat({leaf.m, leaf.v}, 1), grid, space.border, std::min(filter, Filter::Bilinear));
        const at::Tensor inside = (grid.abs().amax(-1) <= 1).unsqueeze(1); // [1,1,h,w]
        leaf.value.copy_(sampled(leaf.value, grid, space.border, filter));
        leaf.m.copy_(moments.slice(1, 0, c) * inside);
        leaf.v.copy_(at::where(inside, moments.slice(1, c, 2 * c), leaf.v.mean()));
    }
}

} // namespace titanus::guidance
