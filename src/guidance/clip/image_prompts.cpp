#include "guidance/clip/image_prompts.h"

#include "guidance/clip/prompts.h"

#include <algorithm>
#include <limits>

namespace titanus::guidance {

SeenPicture::Look SeenPicture::lookOf(const Crop& c, float aspect) { return {c.x / aspect, c.y, c.half / std::min(1.f, aspect)}; }

SeenPicture::SeenPicture(const Guide& guide, const at::Tensor& picture, int looks) {
    const at::NoGradGuard noGrad;
    constexpr std::uint64_t kSeed = 20240229; // the same picture is seen the same way each time
    std::mt19937_64 random(kSeed);
    CropLaw law;
    law.count = looks;
    law.angleRad = 0;
    law.flip = 0;
    const auto aspect = static_cast<float>(picture.size(3)) / static_cast<float>(picture.size(2));
    const auto crops = drawCrops(law, aspect, random);
    for (const Crop& crop : crops) looks_.push_back(lookOf(crop, aspect));
    e_ = guide.encodeImages(cut(picture.to(guide.device().where), crops, guide.inputSize())).cpu();
    const at::Tensor m = e_.mean(0);
    mean_ = m / (m.norm() + 1e-12);
}

at::Tensor SeenPicture::nearest(const std::vector<Crop>& crops, float aspect) const {
    std::vector<std::int64_t> nearest;
    for (const Crop& crop : crops) {
        const Look here = lookOf(crop, aspect);
        const auto apart = [&](const Look& o) {
            return (here.x - o.x) * (here.x - o.x) + (here.y - o.y) * (here.y - o.y) + (here.side - o.side) * (here.side - o.side);
        };
        const auto best = std::min_element(looks_.begin(), looks_.end(), [&](const Look& a, const Look& b) { return apart(a) < apart(b); });
        nearest.push_back(best - looks_.begin());
    }
    return e_.index_select(0, at::tensor(nearest));
}

at::Tensor SeenPicture::distance(const at::Tensor& e, const std::vector<Crop>& crops, float aspect) const {
    return sphericalDistance((e * nearest(crops, aspect).to(e.device())).sum(1));
}

} // namespace titanus::guidance
