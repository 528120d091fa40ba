#include "guidance/clip/canvas_model.h"

#include "guidance/clip/canvas_fourier.h"
#include "guidance/clip/canvas_palette.h"
#include "guidance/clip/canvas_pyramid.h"
#include "guidance/clip/canvas_rgb.h"
#include "guidance/clip/colour_basis.h"

namespace titanus::guidance {

std::unique_ptr<CanvasModel> makeCanvas(CanvasKind kind, CanvasSize size, at::Generator& random) {
    switch (kind) {
    case CanvasKind::Pyramid: return std::make_unique<PyramidCanvas>(size, random);
    case CanvasKind::Rgb: return std::make_unique<RgbCanvas>(size, random);
    case CanvasKind::Palette: return std::make_unique<PaletteCanvas>(size, random);
    case CanvasKind::Fourier: return std::make_unique<FourierCanvas>(size, random);
    }
    return std::make_unique<PyramidCanvas>(size, random);
}

at::Tensor colourMatrix(float strength) {
    const at::Tensor natural = at::tensor({.26f, .09f, .02f, .27f, 0.f, -.05f, .27f, -.09f, .03f}).view({3, 3});
    const float norm = natural.norm(2, {1}).max().item<float>();
    // 0 leaves the channels apart (neon); between 0 and 1 the two are mixed.
    const at::Tensor scaled = natural / norm;
    if (strength >= 1) return scaled * strength;
    return scaled * strength + at::eye(3) * (1 - strength);
}

at::Tensor resized(const at::Tensor& picture, CanvasSize size) {
    if (picture.size(2) == size.height && picture.size(3) == size.width) return picture.clone();
    return at::_upsample_bilinear2d_aa(picture, {size.height, size.width}, false);
}

} // namespace titanus::guidance
