#include "guidance/clip/canvas_pyramid.h"

#include "guidance/clip/colour_basis.h"
#include "guidance/clip/pixels.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
using params::param;

namespace {

constexpr int kCoarsest = 5; // px, shorter side
constexpr float kSteepness = 1.95f;
constexpr float kStartNoise = 0.08f;
// Bands of levels by coarseness: above the first coarse, above the second middle, else fine.
constexpr float kCoarse = 0.7f, kMiddle = 0.3f;
constexpr int kTaps = 4;
constexpr float kLimit = 6; // of a level's value: beyond it the sigmoid is flat

// Taps of a stretch along one axis: the cubic B-spline. It has no negative lobes and no ripple, so
// that a slanting row of coarse pixels gives an edge; interpolating kernels (bilinear, bicubic) draw
// a chain of beads there. Levels hold its coefficients, not samples of the picture.
void fillTaps(std::int64_t from, std::int64_t to, std::vector<std::int32_t>& index, std::vector<float>& weight) {
    const auto near = [](double x) { return (4 - 6 * x * x + 3 * x * x * x) / 6; };
    const auto far = [](double x) { return (2 - x) * (2 - x) * (2 - x) / 6; };
    for (std::int64_t i = 0; i < to; ++i) {
        const double at = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
        const auto base = static_cast<std::int64_t>(std::floor(at));
        const double t = at - static_cast<double>(base);
        const double w[4] = {far(t + 1), near(t), near(1 - t), far(2 - t)};
        for (int k = 0; k < 4; ++k) {
            index.push_back(static_cast<std::int32_t>(std::clamp<std::int64_t>(base - 1 + k, 0, from - 1)));
            weight.push_back(static_cast<float>(w[k]));
        }
    }
}

// [to, from]; repeated taps at the border add up.
at::Tensor asMatrix(const std::vector<std::int32_t>& index, const std::vector<float>& weight, std::int64_t from) {
    const auto to = static_cast<std::int64_t>(index.size()) / kTaps;
    at::Tensor m = at::zeros({to, from});
    float* p = m.data_ptr<float>();
    for (std::size_t i = 0; i < index.size(); ++i) p[static_cast<std::int64_t>(i) / kTaps * from + index[i]] += weight[i];
    return m;
}

struct DecodeFunction : torch::autograd::Function<DecodeFunction> {
    static at::Tensor forward(torch::autograd::AutogradContext* ctx, at::TensorList leaves, const PyramidCanvas* canvas) {
        std::vector<const float*> levels;
        std::vector<std::int64_t> sizes;
        for (const at::Tensor& leaf : leaves) {
            levels.push_back(leaf.data_ptr<float>());
            sizes.insert(sizes.end(), {leaf.size(2), leaf.size(3)});
        }
        at::Tensor out = emptyPixels(canvas->size().height, canvas->size().width);
        canvas->paint(levels, out.data_ptr<float>());
        ctx->save_for_backward({out});
        ctx->saved_data["canvas"] = reinterpret_cast<std::int64_t>(canvas);
        ctx->saved_data["sizes"] = sizes;
        return out;
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
        const auto* canvas = reinterpret_cast<const PyramidCanvas*>(ctx->saved_data["canvas"].toInt());
        const auto sizes = ctx->saved_data["sizes"].toIntVector();
        const at::Tensor picture = ctx->get_saved_variables()[0], g = asPixels(grads[0]);
        torch::autograd::variable_list out;
        std::vector<float*> levels;
        for (std::size_t i = 0; i < sizes.size(); i += 2) {
            out.push_back(at::empty({1, 3, sizes[i], sizes[i + 1]}, at::kFloat));
            levels.push_back(out.back().data_ptr<float>());
        }
        canvas->paintBack(picture.data_ptr<float>(), g.data_ptr<float>(), levels);
        out.emplace_back();
        return out;
    }
};

} // namespace

PyramidCanvas::PyramidCanvas(CanvasSize size, at::Generator& random, const Device& device) : CanvasModel(size, device) {
    const int shorter = std::min(size.width, size.height);
    std::vector<int> sides;
    for (int side = kCoarsest; side * 3 / 2 < shorter; side *= 2) sides.push_back(side);
    sides.push_back(shorter);
    for (int side : sides) {
        const double scale = static_cast<double>(side) / shorter;
        const auto h = std::max<std::int64_t>(2, std::lround(size.height * scale));
        const auto w = std::max<std::int64_t>(2, std::lround(size.width * scale));
        leaves_.emplace_back(at::randn({1, 3, h, w}, random, floats()) * kStartNoise);
    }
    stages_.resize(leaves_.size());
    for (std::size_t i = 1; i < leaves_.size(); ++i) {
        Stage& s = stages_[i];
        const at::Tensor &from = leaves_[i - 1].value, &to = leaves_[i].value;
        fillTaps(from.size(2), to.size(2), s.rowIndex, s.rowWeight);
        fillTaps(from.size(3), to.size(3), s.columnIndex, s.columnWeight);
        s.stretch = {from.size(2), from.size(3), to.size(2), to.size(3), kTaps,
                     s.rowIndex.data(), s.rowWeight.data(), s.columnIndex.data(), s.columnWeight.data()};
        if (!device_.ownLoops) {
            s.rows = asMatrix(s.rowIndex, s.rowWeight, from.size(2)).to(device_.where);
            s.columns = asMatrix(s.columnIndex, s.columnWeight, from.size(3)).to(device_.where);
        }
    }
    const auto floats = static_cast<std::size_t>(size.width * size.height * 4);
    for (auto* buffer : {&buffers_[0], &buffers_[1], &scratch_}) buffer->resize(floats);
    gains_.assign(leaves_.size(), 1.f);
    colour_ = colourMatrix(1.3f);
    inverseColour_ = at::linalg_inv(colour_);
}

float PyramidCanvas::coarseness(std::size_t level) const {
    return leaves_.size() < 2 ? 1.f : 1.f - static_cast<float>(level) / static_cast<float>(leaves_.size() - 1);
}

void PyramidCanvas::configure(const modulation::FrameState& s) {
    steepness_ = kSteepness * s[param("canvas.contrast")];
    const float fineRate = s[param("canvas.fine_rate")], coarseRate = s[param("canvas.coarse_rate")], middleRate = s[param("canvas.middle_rate")];
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        const float c = coarseness(i);
        gains_[i] = c > kCoarse ? s[param("canvas.coarse_gain")] : c > kMiddle ? s[param("canvas.middle_gain")] : s[param("canvas.fine_gain")];
        leaves_[i].evenness = 1; // a step of its own for each pixel makes noise where nothing is wanted
        leaves_[i].rate = (fineRate + (coarseRate - fineRate) * c) * (c <= kCoarse && c > kMiddle ? middleRate : 1.f);
    }
    if (const float strength = s[param("canvas.colour")]; strength != colourStrength_) {
        // The leaves are turned into the new basis, so that the picture stays.
        const at::Tensor next = colourMatrix(strength), nextInverse = at::linalg_inv(next);
        if (colourStrength_ >= 0) {
            const at::NoGradGuard noGrad;
            const at::Tensor turn = at::matmul(nextInverse, colour_).to(device_.where);
            for (Leaf& leaf : leaves_) leaf.value.copy_(at::einsum("ij,njhw->nihw", {turn, leaf.value.detach()}));
        }
        colour_ = next;
        inverseColour_ = nextInverse;
        colourStrength_ = strength;
    }
    const float* colour = colour_.data_ptr<float>();
    for (std::size_t i = 0; i < matrix_.size(); ++i) matrix_[i] = colour[i] * steepness_;
    if (device_.ownLoops) return;
    upload(gainsThere_, at::tensor(gains_), device_);
    upload(matrixThere_, colour_ * steepness_, device_);
}

at::Tensor PyramidCanvas::stretchedByTorch(std::size_t level, const at::Tensor& from) const {
    return at::matmul(at::matmul(stages_[level].rows, from), stages_[level].columns.t());
}

at::Tensor PyramidCanvas::decodeByTorch() const {
    at::Tensor sum;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        const at::Tensor own = leaves_[i].value * gainsThere_[static_cast<std::int64_t>(i)];
        sum = i == 0 ? own : stretchedByTorch(i, sum) + own;
    }
    return at::sigmoid(at::matmul(matrixThere_, sum.flatten(2))).view({1, 3, size_.height, size_.width});
}

at::Tensor PyramidCanvas::decode() const {
    if (!device_.ownLoops) return decodeByTorch();
    std::vector<at::Tensor> values;
    for (const Leaf& leaf : leaves_) values.push_back(leaf.value.contiguous());
    return DecodeFunction::apply(at::TensorList(values), this);
}

void PyramidCanvas::stretched(std::size_t level, const float* from, float* to) const {
    kernels().stretch(stages_[level].stretch, from, scratch_.data(), to);
}

void PyramidCanvas::paint(const std::vector<const float*>& levels, float* picture) const {
    // Level by level, so that only the last stretch is at full size.
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const std::int64_t pixels = leaves_[i].value.size(2) * leaves_[i].value.size(3);
        float* sum = buffers_[i % 2].data();
        if (i == 0) std::fill_n(sum, 4 * pixels, 0.f);
        else stretched(i, buffers_[(i - 1) % 2].data(), sum);
        kernels().addPlanes(sum, levels[i], pixels, gains_[i]);
    }
    kernels().colours(buffers_[(levels.size() - 1) % 2].data(), matrix_.data(), picture, size_.height * size_.width);
}

void PyramidCanvas::paintBack(const float* picture, const float* gradPicture, const std::vector<float*>& gradLevels) const {
    float* g = buffers_[0].data();
    float* next = buffers_[1].data();
    kernels().coloursBack(picture, gradPicture, matrix_.data(), g, size_.height * size_.width);
    for (std::size_t i = gradLevels.size(); i-- > 0;) {
        kernels().toPlanes(g, gradLevels[i], leaves_[i].value.size(2) * leaves_[i].value.size(3), gains_[i]);
        if (i == 0) break;
        kernels().stretchBack(stages_[i].stretch, g, scratch_.data(), next);
        std::swap(g, next);
    }
}

void PyramidCanvas::encode(const at::Tensor& picture) {
    const at::NoGradGuard noGrad;
    const at::Tensor p = resized(picture, size_).clamp(0.004, 0.996);
    const at::Tensor target = at::conv2d(at::logit(p) / steepness_, inverseColour_.view({3, 3, 1, 1}).to(device_.where));
    // Coarsest first: each level takes what a picture of its size can hold and the ones before lack.
    at::Tensor sum;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        Leaf& leaf = leaves_[i];
        const at::Tensor held = resized(target, {static_cast<int>(leaf.value.size(3)), static_cast<int>(leaf.value.size(2))});
        at::Tensor rest = held;
        if (i > 0) {
            at::Tensor wide;
            if (device_.ownLoops) {
                wide = emptyPixels(held.size(2), held.size(3));
                stretched(i, asPixels(sum).data_ptr<float>(), wide.data_ptr<float>());
            } else {
                wide = stretchedByTorch(i, sum);
            }
            rest = held - wide;
        }
        leaf = Leaf(rest.contiguous());
        sum = held;
    }
}

void PyramidCanvas::clamp() {
    for (Leaf& leaf : leaves_) leaf.value.clamp_(-kLimit, kLimit);
}

// White noise is coarse as well: what half as many pixels can hold is taken out, or a hat would stir large
// shapes with the small ones. The spread stays 1.
at::Tensor PyramidCanvas::grain(at::IntArrayRef sizes, at::Generator& random) const {
    const at::Tensor white = at::randn(sizes, random, floats());
    const at::Tensor coarse = at::avg_pool2d(white, {2, 2}, {2, 2}, {0, 0}, true, false);
    return (white - at::upsample_nearest2d(coarse, sizes.slice(2))) * (2 / std::sqrt(3.f));
}

void PyramidCanvas::addNoise(const NoiseAmounts& a, at::Generator& random) {
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        const float c = coarseness(i);
        at::Tensor& value = leaves_[i].value;
        const float white = a.all + (c > kCoarse ? a.coarse : c > kMiddle ? a.middle : 0);
        if (white > 0) value.add_(at::randn(value.sizes(), random, floats()), white);
        if (c <= kMiddle && a.fine > 0) value.add_(grain(value.sizes(), random), a.fine);
    }
}

void PyramidCanvas::fadeBy(const at::Tensor& factor) {
    for (Leaf& leaf : leaves_) leaf.value.mul_(factor);
}

} // namespace titanus::guidance
