#include "guidance/clip/pictures.h"

#include "core/files.h"
#include "guidance/clip/canvas_model.h"

#include <cmath>

namespace titanus::guidance {

at::Tensor pictureOf(const core::Image& image) {
    const at::NoGradGuard noGrad;
    const at::Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(image.rgba.data()), {image.height, image.width, 4}, at::kByte);
    const at::Tensor all = bytes.permute({2, 0, 1}).unsqueeze(0).to(at::kFloat) / 255;
    const at::Tensor alpha = all.slice(1, 3, 4);
    return (all.slice(1, 0, 3) * alpha + 0.5 * (1 - alpha)).contiguous();
}

// What lies where it says wins; else it may have come with a preset.
core::Result<at::Tensor> readPicture(const std::filesystem::path& file) {
    std::error_code none;
    const std::filesystem::path shipped = core::dataDir("presets") / file;
    const bool ours = file.is_relative() && !std::filesystem::exists(file, none) && std::filesystem::exists(shipped, none);
    const auto image = core::readImage(ours ? shipped : file);
    if (!image) return image.problem();
    return pictureOf(image.value());
}

at::Tensor covering(const at::Tensor& picture, CanvasSize size) {
    const at::NoGradGuard noGrad;
    const double scale = std::max(static_cast<double>(size.width) / static_cast<double>(picture.size(3)),
                                  static_cast<double>(size.height) / static_cast<double>(picture.size(2)));
    const int width = std::max(size.width, static_cast<int>(std::lround(static_cast<double>(picture.size(3)) * scale)));
    const int height = std::max(size.height, static_cast<int>(std::lround(static_cast<double>(picture.size(2)) * scale)));
    const int left = (width - size.width) / 2, top = (height - size.height) / 2;
    return resized(picture, {width, height}).slice(2, top, top + size.height).slice(3, left, left + size.width).contiguous();
}

at::Tensor symmetric(const at::Tensor& p, int symmetry) {
    switch (symmetry) {
    case 1: return (p + p.flip({3})) / 2;
    case 2: return (p + p.flip({2})) / 2;
    case 3: return (p + p.flip({3}) + p.flip({2}) + p.flip({2, 3})) / 4;
    case 4: return (p + p.flip({2, 3})) / 2;
    default: return p;
    }
}

at::Tensor colourPlanes(const at::Tensor& p) {
    const at::Tensor value = p.amax({1}, true), least = p.amin({1}, true);
    return at::cat({p, (value - least) / (value + 1e-3), value}, 1); // 1e-3: black has no saturation
}

namespace {

at::Tensor meanSquare(const at::Tensor& difference, const at::Tensor& mask) {
    return (mask.defined() ? difference * mask : difference).square().mean();
}

} // namespace

at::Tensor colourDifference(const at::Tensor& a, const at::Tensor& b, const at::Tensor& mask) {
    return meanSquare(colourPlanes(a) - colourPlanes(b), mask);
}

at::Tensor edges(const at::Tensor& p) {
    const at::Tensor grey = at::replication_pad2d(p.mean({1}, true), {1, 1, 1, 1});
    const at::Tensor sobel = at::tensor({-1.f, 0.f, 1.f, -2.f, 0.f, 2.f, -1.f, 0.f, 1.f}, grey.options().requires_grad(false)).view({3, 3}) / 8;
    return at::conv2d(grey, at::stack({sobel, sobel.t()}).unsqueeze(1));
}

at::Tensor edgeDifference(const at::Tensor& a, const at::Tensor& b, const at::Tensor& mask) {
    return meanSquare(edges(a) - edges(b), mask);
}

} // namespace titanus::guidance
