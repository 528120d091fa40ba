#include "guidance/clip/crops.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
namespace {

// Own draw, so that a seed gives the same crops with every standard library.
float uniform(std::mt19937_64& random) { return static_cast<float>(random() >> 40) * 0x1p-24f; }

} // namespace

std::vector<Crop> drawCrops(const CropLaw& law, float aspect, std::mt19937_64& random) {
    const float halfWidth = std::max(aspect, 1.f), halfHeight = std::max(1 / aspect, 1.f); // shorter side = 1
    const float unit = std::min(1.f, aspect); // shorter side in half heights
    const float smallest = std::min(law.smallest, law.largest);
    std::vector<Crop> crops(static_cast<std::size_t>(law.count));
    // One offset for the whole batch and a stride that visits positions out of step with sizes.
    const float start = uniform(random);
    for (std::size_t i = 0; i < crops.size(); ++i) {
        Crop& c = crops[i];
        const float share = std::fmod(start + (static_cast<float>(i) + uniform(random)) / static_cast<float>(crops.size()), 1.f);
        c.half = smallest + (law.largest - smallest) * share;
        const auto place = [&](float half) {
            // The side may reach over the edge by the overscan; a crop larger than that is centred.
            const float reach = std::max(half + 2 * law.overscan - c.half, 0.f);
            return reach * (2 * uniform(random) - 1);
        };
        c.x = place(halfWidth) * unit;
        c.y = place(halfHeight) * unit;
        c.half *= unit;
        c.angleRad = law.angleRad * (2 * uniform(random) - 1);
        c.flip = uniform(random) < law.flip;
    }
    return crops;
}

at::Tensor cut(const at::Tensor& picture, const std::vector<Crop>& crops, std::int64_t size) {
    const auto n = static_cast<std::int64_t>(crops.size());
    const auto width = static_cast<float>(picture.size(3)), height = static_cast<float>(picture.size(2));
    const float aspect = width / height;
    at::Tensor theta = at::empty({n, 2, 3});
    float* t = theta.data_ptr<float>();
    float widest = 0;
    for (const Crop& c : crops) {
        const float cs = std::cos(c.angleRad) * c.half, sn = std::sin(c.angleRad) * c.half, mirror = c.flip ? -1.f : 1.f;
        const float rows[6] = {mirror * cs / aspect, -sn / aspect, c.x / aspect, mirror * sn, cs, -c.y};
        t = std::copy(rows, rows + 6, t);
        widest = std::max(widest, c.half * height);
    }
    constexpr float kMostPerPixel = 1; // above it bilinear taps skip pixels, which then turn to grain
    const bool fine = widest > kMostPerPixel * static_cast<float>(size);
    const std::int64_t side = fine ? 2 * size : size;
    const at::Tensor grid = at::affine_grid_generator(theta, {n, 3, side, side}, false);
    // The same picture for all, without copying it.
    const at::Tensor out = at::grid_sampler_2d(picture.expand({n, 3, picture.size(2), picture.size(3)}), grid, 0, 2, false);
    return fine ? at::avg_pool2d(out, {2, 2}) : out;
}

} // namespace titanus::guidance
