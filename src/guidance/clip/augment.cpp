#include "guidance/clip/augment.h"

#include "core/units.h"
#include "guidance/clip/random.h"

#include <cmath>
#include <vector>

namespace titanus::guidance {
namespace {

constexpr double kHorizon = 0.02; // far outside the quadrilateral its third row comes down to 0
constexpr float kLeastHole = 0.1f, kMostHole = 0.4f, kFlattestHole = 0.3f; // PyTTI's; aspect up to 1 / 0.3

float between(std::mt19937_64& random, float low, float high) { return low + (high - low) * uniform(random); }

using Matrix = std::array<double, 9>;

Matrix product(const Matrix& a, const Matrix& b) {
    Matrix out{};
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 3; ++c)
            for (std::size_t k = 0; k < 3; ++k) out[3 * r + c] += a[3 * r + k] * b[3 * k + c];
    return out;
}

Matrix inverse(const Matrix& m) { // up to a factor, which a homography does not notice
    const auto minor = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) { return m[a] * m[d] - m[b] * m[c]; };
    return {minor(4, 5, 7, 8), -minor(1, 2, 7, 8), minor(1, 2, 4, 5), -minor(3, 5, 6, 8), minor(0, 2, 6, 8), -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7), -minor(0, 1, 6, 7), minor(0, 1, 3, 4)};
}

std::array<float, 9> narrowed(const Matrix& m) {
    std::array<float, 9> out;
    for (std::size_t i = 0; i < 9; ++i) out[i] = static_cast<float>(m[i]);
    return out;
}

} // namespace

std::array<float, 9> drawnIn(const std::array<float, 8>& in) {
    const double x0 = -1 + in[0], y0 = -1 + in[1], x1 = 1 - in[2], y1 = -1 + in[3], x2 = 1 - in[4], y2 = 1 - in[5], x3 = -1 + in[6], y3 = 1 - in[7];
    // Unit square to quadrilateral.
    const double dx1 = x1 - x2, dx2 = x3 - x2, sx = x0 - x1 + x2 - x3, dy1 = y1 - y2, dy2 = y3 - y2, sy = y0 - y1 + y2 - y3;
    const double whole = dx1 * dy2 - dx2 * dy1, g = (sx * dy2 - dx2 * sy) / whole, h = (dx1 * sy - sx * dy1) / whole;
    const Matrix toQuad{x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1};
    // The result shows the whole crop inside the quadrilateral: back from there to -1..1.
    const Matrix toCrop{2, 0, -1, 0, 2, -1, 0, 0, 1};
    Matrix m = product(toCrop, inverse(toQuad));
    const double middle = m[8]; // makes the third row positive all over the quadrilateral
    for (double& v : m) v /= middle;
    return narrowed(m);
}

std::array<float, 9> colourShift(float turns, float saturation) {
    // Turn and stretch of the two axes of colour; brightness (Y of YIQ) stays.
    const Matrix toYiq{0.299, 0.587, 0.114, 0.596, -0.274, -0.322, 0.211, -0.523, 0.312};
    const Matrix toRgb{1, 0.956, 0.621, 1, -0.272, -0.647, 1, -1.106, 1.703};
    const double angle = 2 * core::kPi * turns, c = std::cos(angle) * saturation, s = std::sin(angle) * saturation;
    return narrowed(product(toRgb, product({1, 0, 0, 0, c, -s, 0, s, c}, toYiq)));
}

void Augment::aim(const AugmentLaw& law, std::int64_t crops, std::int64_t size, std::mt19937_64& random) {
    law_ = law;
    if (!law.any()) return;
    if (!axis_.defined() || axis_.size(0) != size) {
        axis_ = at::arange(size, at::kFloat).to(device_.where);
        const at::Tensor unit = (at::arange(size, at::kFloat) + 0.5) * (2.0 / static_cast<double>(size)) - 1;
        const at::Tensor x = unit.view({1, size}).expand({size, size}), y = unit.view({size, 1}).expand({size, size});
        places_ = at::stack({x, y, at::ones({size, size})}, -1).view({-1, 3}).to(device_.where);
    }
    std::vector<float> views, colours, holes;
    const auto side = static_cast<float>(size);
    for (std::int64_t n = 0; n < crops; ++n) {
        if (law.perspective > 0) {
            std::array<float, 8> corners;
            for (float& way : corners) way = 2 * std::min(law.perspective, 0.49f) * uniform(random);
            const auto m = drawnIn(corners);
            views.insert(views.end(), m.begin(), m.end());
        }
        if (law.colour > 0) {
            const float turns = law.colour * between(random, -1, 1);
            const auto m = colourShift(turns, std::max(1 + law.colour * between(random, -1, 1), 0.f));
            colours.insert(colours.end(), m.begin(), m.end());
        }
        if (law.erase > 0) {
            const bool on = uniform(random) < law.erase;
            const float area = between(random, kLeastHole, kMostHole), shape = std::exp(std::log(kFlattestHole) * between(random, -1, 1));
            const float w = std::min(std::sqrt(area * shape), 1.f) * side, h = std::min(std::sqrt(area / shape), 1.f) * side;
            const float x = uniform(random) * (side - w), y = uniform(random) * (side - h);
            if (on) holes.insert(holes.end(), {x, y, x + w, y + h});
            else holes.insert(holes.end(), {-1, -1, -1, -1});
        }
    }
    if (!views.empty()) upload(views_, at::tensor(views).view({-1, 3, 3}), device_);
    if (!colours.empty()) upload(colours_, at::tensor(colours).view({-1, 3, 3}), device_);
    if (!holes.empty()) upload(holes_, at::tensor(holes).view({-1, 4}), device_);
}

at::Tensor Augment::apply(const at::Tensor& crops) const {
    at::Tensor out = crops;
    const std::int64_t n = crops.size(0), size = crops.size(2);
    if (law_.perspective > 0) {
        const at::Tensor from = at::matmul(places_.unsqueeze(0), views_.transpose(1, 2)); // [N,S*S,3]
        const at::Tensor grid = (from.slice(2, 0, 2) / from.slice(2, 2, 3).clamp_min(kHorizon)).view({n, size, size, 2});
        constexpr std::int64_t kBilinear = 0, kBorder = 1;
        out = at::grid_sampler_2d(out, grid, kBilinear, kBorder, false);
    }
    if (law_.colour > 0) out = at::matmul(colours_, out.flatten(2)).view({n, 3, size, size}).clamp(0, 1);
    if (law_.erase > 0) {
        const auto edge = [&](std::int64_t k) { return holes_.slice(1, k, k + 1); }; // [N,1]
        const auto within = [&](std::int64_t low, std::int64_t high) { return (axis_ + 0.5 >= edge(low)).logical_and(axis_ + 0.5 < edge(high)); }; // [N,S]
        const at::Tensor hole = within(1, 3).unsqueeze(2).logical_and(within(0, 2).unsqueeze(1)).unsqueeze(1);
        out = out * hole.logical_not();
    }
    return out;
}

std::int64_t Augment::key() const {
    if (!law_.any()) return 0;
    return (address(views_) * 31 + address(colours_)) * 31 + address(holes_) + (law_.perspective > 0 ? 1 : 0) + (law_.colour > 0 ? 2 : 0) + (law_.erase > 0 ? 4 : 0);
}

} // namespace titanus::guidance
