#include "guidance/clip/canvas_model.h"

#include "guidance/clip/canvas_pyramid.h"
#include "guidance/clip/canvas_rgb.h"

namespace titanus::guidance {

std::unique_ptr<CanvasModel> makeCanvas(CanvasKind kind, CanvasSize size, at::Generator& random) {
    switch (kind) {
    case CanvasKind::Pyramid: return std::make_unique<PyramidCanvas>(size, random);
    case CanvasKind::Rgb: return std::make_unique<RgbCanvas>(size, random);
    case CanvasKind::Palette: break;
    case CanvasKind::Fourier: break;
    }
    return std::make_unique<PyramidCanvas>(size, random);
}

at::Tensor resized(const at::Tensor& picture, CanvasSize size) {
    if (picture.size(2) == size.height && picture.size(3) == size.width) return picture.clone();
    return at::_upsample_bilinear2d_aa(picture, {size.height, size.width}, false);
}

} // namespace titanus::guidance
