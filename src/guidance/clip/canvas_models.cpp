#include "guidance/clip/canvas_model.h"

#include "guidance/clip/canvas_fourier.h"
#include "guidance/clip/canvas_palette.h"
#include "guidance/clip/canvas_pyramid.h"
#include "guidance/clip/canvas_rgb.h"
#include "guidance/clip/colour_basis.h"

namespace titanus::guidance {

std::unique_ptr<CanvasModel> makeCanvas(CanvasKind kind, CanvasSize size, at::Generator& random, const Device& device) {
    switch (kind) {
    case CanvasKind::Pyramid: return std::make_unique<PyramidCanvas>(size, random, device);
    case CanvasKind::Rgb: return std::make_unique<RgbCanvas>(size, random, device);
    case CanvasKind::Palette: return std::make_unique<PaletteCanvas>(size, random, device);
    case CanvasKind::Fourier: return std::make_unique<FourierCanvas>(size, random, device);
    }
    return std::make_unique<PyramidCanvas>(size, random, device);
}

at::Tensor colourMatrix(float strength) {
    const at::Tensor natural = at::tensor({.26f, .09f, .02f, .27f, 0.f, -.05f, .27f, -.09f, .03f}).view({3, 3});
    const float norm = natural.norm(2, {1}).max().item<float>();
    // 0 leaves the channels apart (neon); between 0 and 1 the two are mixed.
    const at::Tensor scaled = natural / norm;
    if (strength >= 1) return scaled * strength;
    return scaled * strength + at::eye(3) * (1 - strength);
}

void adamStep(Leaf& leaf, const at::Tensor& gradient, const AdamStep& step) {
    const at::Tensor g = gradient.contiguous();
    // A moved or loaded leaf may lie in memory otherwise; from here on it lies in one piece.
    for (at::Tensor* t : {&leaf.value, &leaf.m, &leaf.v})
        if (!t->is_contiguous()) *t = t->contiguous();
    AdamStep own = step;
    own.evenness = leaf.evenness;
    kernels().adam(own, leaf.value.data_ptr<float>(), leaf.m.data_ptr<float>(), leaf.v.data_ptr<float>(), g.data_ptr<float>(), g.numel());
}

void addWideNoise(at::Tensor& value, float amount, std::int64_t cells, at::Generator& random) {
    if (amount <= 0) return;
    const std::int64_t h = value.size(2), w = value.size(3), shorter = std::min(h, w);
    const std::vector<std::int64_t> grid{1, value.size(1), std::max<std::int64_t>(cells * h / shorter, 2), std::max<std::int64_t>(cells * w / shorter, 2)};
    value.add_(at::upsample_bilinear2d(at::randn(grid, random, value.options().requires_grad(false)), {h, w}, false), amount);
}

at::Tensor resized(const at::Tensor& picture, CanvasSize size) {
    if (picture.size(2) == size.height && picture.size(3) == size.width) return picture.clone();
    return at::_upsample_bilinear2d_aa(picture, {size.height, size.width}, false);
}

} // namespace titanus::guidance
