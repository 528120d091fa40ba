#include "render/output_geometry.h"

#include <algorithm>
#include <cmath>

namespace titanus::render {
using params::param;

BlitOptions outputOptions(const params::ParamSnapshot& s) {
    BlitOptions o;
    o.fit = static_cast<Fit>(s.choice(param("output.fit")));
    const int flip = s.choice(param("output.flip")); // none, left-right, top-bottom, both
    o.flipX = flip == 1 || flip == 3;
    o.flipY = flip == 2 || flip == 3;
    o.crop = {s[param("output.crop_left")], s[param("output.crop_right")], s[param("output.crop_top")], s[param("output.crop_bottom")]};
    o.corners = {{{s[param("output.top_left_x")], s[param("output.top_left_y")]},
                  {s[param("output.top_right_x")], s[param("output.top_right_y")]},
                  {s[param("output.bottom_left_x")], s[param("output.bottom_left_y")]},
                  {s[param("output.bottom_right_x")], s[param("output.bottom_right_y")]}}};
    o.gain = {s[param("output.red")], s[param("output.green")], s[param("output.blue")]};
    return o;
}

std::array<float, 9> pinMatrix(const std::array<BlitOptions::Offset, 4>& corners) {
    constexpr std::array<float, 9> kIdentity{1, 0, 0, 0, 1, 0, 0, 0, 1};
    const auto& [topLeft, topRight, bottomLeft, bottomRight] = corners;
    // In the order (0,0), (1,0), (1,1), (0,1).
    const std::array<double, 4> x{0. + bottomLeft.x, 1. + bottomRight.x, 1. + topRight.x, 0. + topLeft.x};
    const std::array<double, 4> y{0. + bottomLeft.y, 0. + bottomRight.y, 1. + topRight.y, 1. + topLeft.y};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t j = (i + 1) % 4, k = (i + 2) % 4;
        const double turn = (x[j] - x[i]) * (y[k] - y[j]) - (y[j] - y[i]) * (x[k] - x[j]);
        if (turn < 1e-4) return kIdentity; // not convex, or turned over
    }
    const double dx1 = x[1] - x[2], dx2 = x[3] - x[2], sx = x[0] - x[1] + x[2] - x[3];
    const double dy1 = y[1] - y[2], dy2 = y[3] - y[2], sy = y[0] - y[1] + y[2] - y[3];
    const double den = dx1 * dy2 - dx2 * dy1;
    const double g = (sx * dy2 - dx2 * sy) / den, h = (dx1 * sy - sx * dy1) / den;
    const double a = x[1] - x[0] + g * x[1], b = x[3] - x[0] + h * x[3], c = x[0];
    const double d = y[1] - y[0] + g * y[1], e = y[3] - y[0] + h * y[3], f = y[0];
    // That is output to viewport; the adjugate is its inverse up to a factor, which w carries too.
    std::array<double, 9> inverse{e - f * h, c * h - b, b * f - c * e, f * g - d, a - c * g, c * d - a * f,
                                  d * h - e * g, b * g - a * h, a * e - b * d};
    const double cx = (x[0] + x[1] + x[2] + x[3]) / 4, cy = (y[0] + y[1] + y[2] + y[3]) / 4;
    const double sign = inverse[6] * cx + inverse[7] * cy + inverse[8] < 0 ? -1 : 1;
    std::array<float, 9> out{};
    for (std::size_t i = 0; i < 9; ++i) out[i] = static_cast<float>(sign * inverse[i]);
    return out;
}

} // namespace titanus::render
