#include "render/icon.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace titanus::render {
namespace {

struct Rgb { double r, g, b; };
Rgb mix(Rgb a, Rgb b, double t) { return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t}; }
double smooth(double a, double b, double x) {
    const double t = std::clamp((x - a) / (b - a), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

// The same integer hash as the shaders' (PCG, O'Neill 2014): the icon is the same everywhere.
class Random {
  public:
    double unit() {
        state_ = state_ * 747796405u + 2891336453u;
        const std::uint32_t word = ((state_ >> ((state_ >> 28u) + 4u)) ^ state_) * 277803737u;
        return static_cast<double>(((word >> 22u) ^ word) >> 8) / 16777216.0;
    }

  private:
    std::uint32_t state_ = 20261u;
};

// What is painted, in the unit square, y down: a sun over a dark sea, its light wound into a wave.
constexpr double kSunX = 0.56, kSunY = 0.40, kSun = 0.20;

double shore(double x) { return 0.66 + 0.06 * std::sin(7 * x + 0.6) + 0.03 * std::sin(17 * x); }

Rgb motif(double x, double y) {
    const Rgb night{0.05, 0.07, 0.20}, violet{0.36, 0.13, 0.48}, rose{0.90, 0.30, 0.38}, gold{1.0, 0.76, 0.28};
    const Rgb white{1.0, 0.95, 0.78}, sea{0.03, 0.20, 0.34}, foam{0.22, 0.72, 0.74};
    const double distance = std::hypot(x - kSunX, y - kSunY), angle = std::atan2(y - kSunY, x - kSunX);
    const double wound = 0.5 + 0.5 * std::sin(angle * 3 + 16 * distance); // arms around the sun
    Rgb sky = mix(mix(rose, violet, smooth(0.16, 0.42, distance + 0.10 * wound)), night, smooth(0.36, 0.72, distance + 0.12 * wound));
    sky = mix(sky, gold, (1 - smooth(kSun, kSun + 0.16, distance)) * (0.45 + 0.4 * wound));
    sky = mix(sky, mix(white, gold, smooth(0.05, kSun, distance)), 1 - smooth(kSun - 0.02, kSun + 0.015, distance));
    const double below = y - shore(x);
    Rgb water = mix(foam, sea, smooth(0.0, 0.16, below));
    water = mix(water, gold, 0.75 * smooth(0.35, 0.95, std::sin(90 * y + 5 * std::sin(9 * x))) * (1 - smooth(0.05, 0.16, std::abs(x - kSunX))));
    return mix(sky, water, smooth(-0.008, 0.008, below));
}

// Brushes follow the arms, the sun's rim and the waves.
double flow(double x, double y) {
    if (y > shore(x)) return std::atan(0.42 * std::cos(7 * x + 0.6) + 0.5 * std::cos(17 * x)) + 0.25 * std::sin(30 * y);
    return std::atan2(y - kSunY, x - kSunX) + 1.5707963 + 0.45 * smooth(kSun, 0.6, std::hypot(x - kSunX, y - kSunY));
}

struct Layer { double width, length; int count; };

class Painting {
  public:
    explicit Painting(int side) : side_(side), pixels_(static_cast<std::size_t>(side) * static_cast<std::size_t>(side)) {
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x) at(x, y) = mix(motif(middle(x), middle(y)), {0.1, 0.05, 0.1}, 0.35);
    }
    Rgb& at(int x, int y) { return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(side_) + static_cast<std::size_t>(x)]; }
    double middle(int i) const { return (i + 0.5) / side_; }

    // A curved stroke of one colour with hairs and a lit edge.
    void stroke(double x, double y, const Layer& layer, Random& random) {
        Rgb paint = motif(x, y);
        const double vary = 0.10 * (random.unit() - 0.5), warm = 0.06 * (random.unit() - 0.5);
        paint = {paint.r + vary + warm, paint.g + vary, paint.b + vary - warm};
        const double phase = 40 * random.unit(), turn = random.unit() < 0.5 ? 3.14159265 : 0;
        const int steps = std::max(3, static_cast<int>(layer.length * side_));
        for (int i = 0; i < steps; ++i) {
            const double along = static_cast<double>(i) / steps, angle = flow(x, y) + turn;
            const double dx = std::cos(angle), dy = std::sin(angle), half = layer.width * (0.55 + 0.45 * std::sin(3.14159 * std::min(1.0, along + 0.2)));
            const int reach = std::max(1, static_cast<int>(std::ceil(half * side_)));
            for (int j = -2 * reach; j <= 2 * reach; ++j) {
                const double across = static_cast<double>(j) / (2 * reach);
                const double hair = 0.5 + 0.5 * std::sin(across * 19 + phase) * std::sin(across * 43 + 2 * phase);
                const double cover = (1 - smooth(0.7, 1.0, std::abs(across))) * (1 - smooth(0.55 + 0.4 * hair, 1.0, along)) * 0.85;
                const int px = static_cast<int>((x - dy * across * half) * side_), py = static_cast<int>((y + dx * across * half) * side_);
                if (px < 0 || py < 0 || px >= side_ || py >= side_ || cover <= 0) continue;
                // Light from the upper left on the ridge that the brush leaves.
                const double lit = 1 + 0.16 * (hair - 0.5) + 0.18 * across * (dx - dy) * 0.7;
                at(px, py) = mix(at(px, py), {paint.r * lit, paint.g * lit, paint.b * lit}, cover);
            }
            x += dx / side_;
            y += dy / side_;
        }
    }

  private:
    int side_;
    std::vector<Rgb> pixels_;
};

} // namespace

core::Image drawIcon(int wanted) {
    const int side = std::max(wanted, 16), fine = 2 * side; // painted at twice the size: smooth edges
    Painting painting(fine);
    Random random;
    constexpr std::array<Layer, 3> kLayers{{{0.030, 0.22, 900}, {0.016, 0.14, 2600}, {0.008, 0.08, 5200}}};
    for (const Layer& layer : kLayers)
        for (int i = 0; i < layer.count; ++i) {
            const double x = random.unit(), y = random.unit();
            painting.stroke(x, y, layer, random);
        }
    core::Image icon{side, side, std::vector<std::uint8_t>(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 4)};
    const double radius = 0.22;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            Rgb sum{0, 0, 0};
            for (const auto& [i, j] : {std::pair{0, 0}, {1, 0}, {0, 1}, {1, 1}}) {
                const Rgb& c = painting.at(2 * x + i, 2 * y + j);
                sum = {sum.r + c.r / 4, sum.g + c.g / 4, sum.b + c.b / 4};
            }
            const double u = std::abs((x + 0.5) / side - 0.5), v = std::abs((y + 0.5) / side - 0.5);
            const double outX = std::max(u - 0.5 + radius, 0.0), outY = std::max(v - 0.5 + radius, 0.0);
            const double inside = std::clamp((radius - std::hypot(outX, outY)) * side, 0.0, 1.0);
            const auto byte = [](double c) { return static_cast<std::uint8_t>(std::clamp(c, 0.0, 1.0) * 255 + 0.5); };
            std::uint8_t* p = icon.at(x, y);
            p[0] = byte(sum.r), p[1] = byte(sum.g), p[2] = byte(sum.b), p[3] = byte(inside);
        }
    return icon;
}

} // namespace titanus::render
