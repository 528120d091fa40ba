#include "guidance/clip/masks.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
namespace {

constexpr float kHardlyAnything = 0.001f; // PyTTI's: below it a mask counts as empty

} // namespace

float regionGate(PromptMask::Kind kind, float threshold, const Crop& crop, float aspect) {
    using Kind = PromptMask::Kind;
    const float t = std::isnan(threshold) ? 0.5f : threshold;
    const float x = (crop.x / aspect + 1) / 2, y = (1 - crop.y) / 2, side = crop.half / std::min(1.f, aspect);
    bool inside = true;
    switch (kind) {
    case Kind::Right: inside = x >= t; break;
    case Kind::Left: inside = x <= t; break;
    case Kind::Down: inside = y >= t; break;
    case Kind::Up: inside = y <= t; break;
    case Kind::Near: inside = side >= t; break;
    case Kind::Far: inside = side <= t; break;
    case Kind::All:
    case Kind::Meaning:
    case Kind::Image:
    case Kind::Video: break;
    }
    return inside ? 1.f : 0.f;
}

at::Tensor regionPixels(PromptMask::Kind kind, float threshold, std::int64_t height, std::int64_t width) {
    using Kind = PromptMask::Kind;
    const double t = std::isnan(threshold) ? 0.5 : threshold;
    const auto axis = [](std::int64_t n) { return (at::arange(n, at::kFloat) + 0.5) / static_cast<double>(n); };
    const at::Tensor x = axis(width).view({1, 1, 1, width}).expand({1, 1, height, width});
    const at::Tensor y = axis(height).view({1, 1, height, 1}).expand({1, 1, height, width});
    switch (kind) {
    case Kind::Right: return (x >= t).to(at::kFloat);
    case Kind::Left: return (x <= t).to(at::kFloat);
    case Kind::Down: return (y >= t).to(at::kFloat);
    case Kind::Up: return (y <= t).to(at::kFloat);
    default: return at::ones({1, 1, height, width});
    }
}

MaskPicture::MaskPicture(const at::Tensor& picture, bool invert)
    : width_(static_cast<int>(picture.size(3))), height_(static_cast<int>(picture.size(2))) {
    const at::NoGradGuard noGrad;
    grey_ = picture.mean({1}, true).contiguous();
    if (invert) grey_ = 1 - grey_;
    const float* p = grey_.data_ptr<float>();
    const std::size_t row = static_cast<std::size_t>(width_) + 1;
    table_.assign(row * (static_cast<std::size_t>(height_) + 1), 0);
    for (std::size_t y = 1; y <= static_cast<std::size_t>(height_); ++y) {
        double line = 0;
        for (std::size_t x = 1; x < row; ++x) {
            line += *p++;
            table_[y * row + x] = table_[(y - 1) * row + x] + line;
        }
    }
    mean_ = static_cast<float>(table_.back() / (static_cast<double>(width_) * height_));
}

double MaskPicture::sum(double x, double y) const {
    const auto x0 = static_cast<std::size_t>(std::min(x, width_ - 1.0)), y0 = static_cast<std::size_t>(std::min(y, height_ - 1.0));
    const double fx = x - static_cast<double>(x0), fy = y - static_cast<double>(y0);
    const std::size_t row = static_cast<std::size_t>(width_) + 1;
    const double* t = &table_[y0 * row + x0];
    return (t[0] * (1 - fx) + t[1] * fx) * (1 - fy) + (t[row] * (1 - fx) + t[row + 1] * fx) * fy;
}

float MaskPicture::coverage(const Crop& c, float aspect) const {
    const auto at = [](double share, int length) { return std::clamp(share, 0.0, 1.0) * length; };
    const double x0 = at(((c.x - c.half) / aspect + 1) / 2, width_), x1 = at(((c.x + c.half) / aspect + 1) / 2, width_);
    const double y0 = at((1 - c.y - c.half) / 2, height_), y1 = at((1 - c.y + c.half) / 2, height_);
    const double area = (x1 - x0) * (y1 - y0);
    if (area < 1e-9) return 0;
    return static_cast<float>((sum(x1, y1) - sum(x0, y1) - sum(x1, y0) + sum(x0, y0)) / area);
}

float MaskPicture::weight(const Crop& crop, float aspect) const {
    return mean_ < kHardlyAnything ? 0 : coverage(crop, aspect) / std::sqrt(mean_);
}

at::Tensor MaskPicture::pixels(std::int64_t height, std::int64_t width) const {
    return resized(grey_, {static_cast<int>(width), static_cast<int>(height)});
}

} // namespace titanus::guidance
