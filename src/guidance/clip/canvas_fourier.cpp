#include "guidance/clip/canvas_fourier.h"

#include "guidance/clip/colour_basis.h"
#include "guidance/clip/warp.h"

#include <ATen/ops/fft_irfft2.h>
#include <ATen/ops/fft_rfft2.h>

#include <cmath>

namespace titanus::guidance {
using params::param;

namespace {

constexpr float kSteepness = 1.5f;
constexpr float kStartSpread = 0.06f; // of a wave, at a frequency of one
constexpr double kCoarseBelow = 0.06, kFineAbove = 0.3; // of the highest frequency

} // namespace

FourierCanvas::FourierCanvas(CanvasSize size, at::Generator& random, const Device& device) : CanvasModel(size, device) {
    const std::int64_t h = size.height, w = size.width, half = w / 2 + 1;
    const int shorter = std::min(size.width, size.height);
    // Cycles per shorter side, so that waves are round on a wide canvas.
    const at::Tensor rows = at::arange(h, floats()), columns = at::arange(half, floats());
    const at::Tensor fy = at::minimum(rows, static_cast<double>(h) - rows) * (static_cast<double>(shorter) / static_cast<double>(h));
    const at::Tensor fx = columns * (static_cast<double>(shorter) / static_cast<double>(w));
    const at::Tensor cycles = (fy.unsqueeze(1).square() + fx.unsqueeze(0).square()).sqrt();
    frequency_ = (cycles / (0.5 * shorter)).clamp_max(1).view({1, 1, h, half, 1});
    // One over frequency, times the transform's own norm: a wave of the picture's length swings by
    // half its value, on a canvas of any size.
    scale_ = (1 / cycles.clamp_min(1)).view({1, 1, h, half, 1}) * static_cast<double>(h * w) / 4;
    gains_ = at::ones_like(frequency_);
    leaves_.emplace_back(at::randn({1, 3, h, half, 2}, random, floats()) * kStartSpread);
    leaves_[0].spatial = false;
    colour_ = colourMatrix(1.3f).to(device.where);
    inverseColour_ = at::linalg_inv(colour_);
}

void FourierCanvas::configure(const modulation::FrameState& s) {
    steepness_ = kSteepness * s[param("canvas.contrast")];
    const float coarse = s[param("canvas.coarse_gain")], middle = s[param("canvas.middle_gain")], fine = s[param("canvas.fine_gain")];
    if (coarse != coarseGain_ || middle != middleGain_ || fine != fineGain_) {
        coarseGain_ = coarse;
        middleGain_ = middle;
        fineGain_ = fine;
        const auto gain = [&](float v) { return at::scalar_tensor(v, floats()); };
        gains_ = at::where(frequency_ < kCoarseBelow, gain(coarse), at::where(frequency_ > kFineAbove, gain(fine), gain(middle)));
    }
    if (const float strength = s[param("canvas.colour")]; strength != colourStrength_) {
        const at::NoGradGuard noGrad;
        const at::Tensor next = colourMatrix(strength).to(device_.where), nextInverse = at::linalg_inv(next);
        // The waves are turned into the new basis, so that the picture stays.
        if (colourStrength_ >= 0) {
            const at::Tensor turn = at::matmul(nextInverse, colour_);
            leaves_[0].value.set_data(at::einsum("ij,njhwc->nihwc", {turn, leaves_[0].value.detach()}).contiguous());
        }
        colour_ = next;
        inverseColour_ = nextInverse;
        colourStrength_ = strength;
    }
}

at::Tensor FourierCanvas::waves() const {
    const at::Tensor spectrum = at::view_as_complex((leaves_[0].value * (scale_ * gains_)).contiguous());
    return at::fft_irfft2(spectrum, at::IntArrayRef{size_.height, size_.width});
}

at::Tensor FourierCanvas::decode() const {
    return at::sigmoid(at::conv2d(waves(), colour_.view({3, 3, 1, 1})) * steepness_);
}

at::Tensor FourierCanvas::spectrumOf(const at::Tensor& waves) const {
    return (at::view_as_real(at::fft_rfft2(waves).contiguous()) / scale_).contiguous();
}

void FourierCanvas::encode(const at::Tensor& picture) {
    const at::NoGradGuard noGrad;
    const at::Tensor p = resized(picture, size_).clamp(0.004, 0.996);
    const at::Tensor mixed = at::conv2d(at::logit(p) / steepness_, inverseColour_.view({3, 3, 1, 1}));
    leaves_[0] = Leaf(spectrumOf(mixed));
    leaves_[0].spatial = false;
}

bool FourierCanvas::warp(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, const at::Tensor& luminance, Filter filter) {
    const at::NoGradGuard noGrad;
    const at::Tensor grid = warpGrid(motion, space, size_.height, size_.width, luminance, floats());
    Leaf& leaf = leaves_[0];
    const auto moved = [&](const at::Tensor& spectrum) {
        const at::Tensor picture = at::fft_irfft2(at::view_as_complex((spectrum * scale_).contiguous()), at::IntArrayRef{size_.height, size_.width});
        return spectrumOf(sampled(picture, grid, space.border, filter));
    };
    leaf.value = moved(leaf.value.detach());
    // The first moment is a spectrum like the value. The second is a size per frequency and does
    // not depend on the place: it stays.
    leaf.m = moved(leaf.m);
    return true;
}

void FourierCanvas::clamp() { leaves_[0].value.clamp_(-40, 40); }

void FourierCanvas::addNoise(const NoiseAmounts& a, at::Generator& random) {
    if (a.all + a.coarse + a.middle + a.fine <= 0) return;
    const at::Tensor coarse = frequency_ < kCoarseBelow, fine = frequency_ > kFineAbove;
    const at::Tensor amount = a.all + a.coarse * coarse.to(at::kFloat) + a.fine * fine.to(at::kFloat) +
                              a.middle * at::logical_not(at::logical_or(coarse, fine)).to(at::kFloat);
    leaves_[0].value.add_(at::randn(leaves_[0].value.sizes(), random, floats()) * amount);
}

void FourierCanvas::fadeBy(const at::Tensor& factor) { leaves_[0].value.mul_(factor); }

} // namespace titanus::guidance
