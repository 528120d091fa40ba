#include "guidance/clip/canvas_pyramid.h"

#include "guidance/clip/colour_basis.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
using params::param;

namespace {

constexpr int kCoarsest = 5; // px, shorter side
constexpr float kSteepness = 1.5f;
constexpr float kStartNoise = 0.08f;
constexpr float kLimit = 6; // of a level's value: beyond it the sigmoid is flat

// Stretches what the coarser levels gave to the size of the next. Bicubic: the kinks of bilinear
// stretching show as a grid in the picture.
at::Tensor stretchedLike(const at::Tensor& coarse, const at::Tensor& next) {
    return at::upsample_bicubic2d(coarse, {next.size(2), next.size(3)}, false);
}

} // namespace

PyramidCanvas::PyramidCanvas(CanvasSize size, at::Generator& random) : CanvasModel(size) {
    const int shorter = std::min(size.width, size.height);
    std::vector<int> sides;
    for (int side = kCoarsest; side * 3 / 2 < shorter; side *= 2) sides.push_back(side);
    sides.push_back(shorter);
    for (int side : sides) {
        const double scale = static_cast<double>(side) / shorter;
        const auto h = std::max<std::int64_t>(2, std::lround(size.height * scale));
        const auto w = std::max<std::int64_t>(2, std::lround(size.width * scale));
        leaves_.emplace_back(at::randn({1, 3, h, w}, random, at::kFloat) * kStartNoise);
    }
    gains_.assign(leaves_.size(), 1.f);
    colour_ = colourMatrix(1.3f);
    inverseColour_ = at::linalg_inv(colour_);
}

float PyramidCanvas::coarseness(std::size_t level) const {
    return leaves_.size() < 2 ? 1.f : 1.f - static_cast<float>(level) / static_cast<float>(leaves_.size() - 1);
}

void PyramidCanvas::configure(const modulation::FrameState& s) {
    steepness_ = kSteepness * s[param("canvas.contrast")];
    const float fineRate = s[param("canvas.fine_rate")], coarseRate = s[param("canvas.coarse_rate")];
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        const float c = coarseness(i);
        gains_[i] = c > 0.7f ? s[param("canvas.coarse_gain")] : c > 0.3f ? s[param("canvas.middle_gain")] : s[param("canvas.fine_gain")];
        leaves_[i].rate = fineRate + (coarseRate - fineRate) * c;
    }
    if (const float strength = s[param("canvas.colour")]; strength != colourStrength_) {
        // The leaves are turned into the new basis, so that the picture stays.
        const at::Tensor next = colourMatrix(strength), nextInverse = at::linalg_inv(next);
        if (colourStrength_ >= 0) {
            const at::NoGradGuard noGrad;
            const at::Tensor turn = at::matmul(nextInverse, colour_);
            for (Leaf& leaf : leaves_)
                leaf.value.set_data(at::einsum("ij,njhw->nihw", {turn, leaf.value.detach()}).contiguous());
        }
        colour_ = next;
        inverseColour_ = nextInverse;
        colourStrength_ = strength;
    }
}

at::Tensor PyramidCanvas::decode() const {
    // Level by level, so that only the last stretch is at full size.
    at::Tensor sum;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        at::Tensor level = leaves_[i].value;
        if (gains_[i] != 1) level = level * gains_[i];
        sum = sum.defined() ? stretchedLike(sum, level) + level : level;
    }
    const at::Tensor mixed = at::conv2d(sum, colour_.view({3, 3, 1, 1}));
    return at::sigmoid(mixed * steepness_);
}

void PyramidCanvas::encode(const at::Tensor& picture) {
    const at::NoGradGuard noGrad;
    const at::Tensor p = resized(picture, size_).clamp(0.004, 0.996);
    const at::Tensor target = at::conv2d(at::logit(p) / steepness_, inverseColour_.view({3, 3, 1, 1}));
    // Coarsest first: each level takes what a picture of its size can hold and the ones before lack.
    at::Tensor sum;
    for (Leaf& leaf : leaves_) {
        const at::Tensor held = resized(target, {static_cast<int>(leaf.value.size(3)), static_cast<int>(leaf.value.size(2))});
        leaf = Leaf((sum.defined() ? held - stretchedLike(sum, held) : held).contiguous());
        sum = held;
    }
}

void PyramidCanvas::clamp() {
    for (Leaf& leaf : leaves_) leaf.value.clamp_(-kLimit, kLimit);
}

void PyramidCanvas::addNoise(float all, float coarse, float fine, at::Generator& random) {
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        const float c = coarseness(i);
        const float amount = all + coarse * (c > 0.7f ? 1.f : 0.f) + fine * (c < 0.3f ? 1.f : 0.f);
        if (amount > 0) leaves_[i].value.add_(at::randn(leaves_[i].value.sizes(), random, at::kFloat), amount);
    }
}

void PyramidCanvas::fade(float factor) {
    for (Leaf& leaf : leaves_) leaf.value.mul_(factor);
}

} // namespace titanus::guidance
