#include "render/marks.h"

#include <algorithm>
#include <cmath>

namespace titanus::render {
using modulation::CameraMotion;
using modulation::CameraSpace;
using modulation::Vec2;

namespace {

// PCG output permutation (O'Neill 2014) as a hash.
std::uint32_t hash(std::uint32_t x) {
    x = x * 747796405u + 2891336453u;
    const std::uint32_t word = ((x >> ((x >> 28u) + 4u)) ^ x) * 277803737u;
    return (word >> 22u) ^ word;
}
float unit(std::uint32_t x) { return static_cast<float>(x >> 8) * (1.f / 16777216.f); }

constexpr float kMargin = 1.15f; // marks live a little beyond the picture, so none appears at its edge

} // namespace

void Marks::layOut(const std::vector<Layer>& layers, float aspect, std::uint64_t seed) {
    const auto same = [](const Layer& a, const Layer& b) {
        return a.spacing == b.spacing && a.lifeSeconds == b.lifeSeconds;
    };
    if (aspect == aspect_ && seed == seed_ && layers.size() == layers_.size() &&
        std::equal(layers.begin(), layers.end(), layers_.begin(), same))
        return;
    layers_ = layers;
    aspect_ = aspect;
    seed_ = seed;
    grids_.clear();
    marks_.clear();
    for (std::uint32_t l = 0; l < layers.size(); ++l) {
        const float spacing = layers[l].spacing;
        const int columns = std::max(1, static_cast<int>(std::ceil(2 * aspect * kMargin / spacing)));
        const int rows = std::max(1, static_cast<int>(std::ceil(2 * kMargin / spacing)));
        grids_.push_back({columns, rows, spacing, layers[l].lifeSeconds});
        const auto cells = static_cast<std::uint32_t>(columns * rows);
        const std::size_t first = marks_.size();
        for (std::uint32_t c = 0; c < cells; ++c) marks_.push_back({0, 0, 0, 1, 0, l, c});
        // Overlaps must not follow the rows of the grid: a fixed shuffle of the layer.
        for (std::uint32_t i = cells; i > 1; --i)
            std::swap(marks_[first + i - 1], marks_[first + hash(i * 2654435761u + l) % i]);
    }
    instances_.resize(marks_.size());
    for (std::uint32_t i = 0; i < marks_.size(); ++i) {
        bear(marks_[i], i);
        marks_[i].age = unit(hash(i ^ 0x51ed270bu)) * marks_[i].life;
        instances_[i] = instanceOf(marks_[i], i);
    }
}

void Marks::bear(Mark& mark, std::uint32_t index) {
    const Grid& grid = grids_[mark.layer];
    const std::uint32_t r = hash(hash(index + static_cast<std::uint32_t>(seed_) * 2246822519u) ^
                                 (++mark.births * 3266489917u));
    const int column = static_cast<int>(mark.cell) % grid.columns;
    const int row = static_cast<int>(mark.cell) / grid.columns;
    const float x = (static_cast<float>(column) + unit(r)) / static_cast<float>(grid.columns);
    const float y = (static_cast<float>(row) + unit(hash(r))) / static_cast<float>(grid.rows);
    mark.x = (2 * x - 1) * aspect_ * kMargin;
    mark.y = (2 * y - 1) * kMargin;
    mark.age = 0;
    mark.life = grid.life * (0.6f + 0.8f * unit(hash(r + 1)));
}

MarkInstance Marks::instanceOf(const Mark& mark, std::uint32_t index) const {
    // Grows within the first seventh of its life, shrinks in the last.
    const float t = mark.age / mark.life;
    const float edge = std::clamp(std::min(t, 1 - t) * 7, 0.f, 1.f);
    const float grown = edge * edge * (3 - 2 * edge);
    return {mark.x, mark.y, grids_[mark.layer].spacing * grown,
            unit(hash(index * 2654435761u + mark.births))};
}

void Marks::advance(const CameraMotion& motion, const CameraSpace& space, double dtSeconds) {
    const bool moves = !motion.identity();
    const auto dt = static_cast<float>(dtSeconds);
    for (std::uint32_t i = 0; i < marks_.size(); ++i) {
        Mark& mark = marks_[i];
        float moved = 0;
        if (moves) {
            // sourceOf asks where content comes from; over one frame the way there is the way back.
            const Vec2 p{mark.x, mark.y}, q = sourceOf(motion, space, p, 0.5);
            const auto dx = static_cast<float>(p.x - q.x), dy = static_cast<float>(p.y - q.y);
            mark.x += dx;
            mark.y += dy;
            moved = std::hypot(dx, dy);
        }
        // A fast camera tears marks from their cells: they live shorter, so none wanders far.
        mark.age += dt + 0.5f * mark.life * moved / (6 * grids_[mark.layer].spacing + 0.2f);
        if (mark.age >= mark.life || std::abs(mark.x) > aspect_ * (kMargin + 0.05f) ||
            std::abs(mark.y) > kMargin + 0.05f)
            bear(mark, i);
        instances_[i] = instanceOf(mark, i);
    }
}

} // namespace titanus::render
