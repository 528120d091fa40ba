#include "guidance/clip/canvas_palette.h"

#include <cmath>
#include <utility>

namespace titanus::guidance {
using params::param;

namespace {

constexpr float kRate = 1.f / 3;   // PyTTI's 0.02 at the default fader of 0.06
constexpr int kClusterRounds = 8;

enum : std::size_t { kValue, kVote, kColour };

at::Tensor brightness(const at::Tensor& rgb) { // [...,3] -> [...]; HSP, squared
    return rgb.square().matmul(at::tensor({0.299f, 0.587f, 0.114f}, rgb.options()));
}

} // namespace

PaletteCanvas::PaletteCanvas(CanvasSize size, at::Generator& random, const Device& device) : CanvasModel(size, device) {
    leaves_.emplace_back(at::rand({1, 1, size.height, size.width}, random, floats()));
    leaves_.emplace_back(at::rand({1, palettes_, size.height, size.width}, random, floats()));
    // Random colours within each level: grey ramps would take long to part from one another.
    const at::Tensor grey = at::linspace(0, 2, levels_, floats()).view({levels_, 1, 1}).expand({levels_, palettes_, 3});
    leaves_.emplace_back((grey + at::randn({levels_, palettes_, 3}, random, floats()) * 0.25).clamp(0, 2).contiguous());
    leaves_[kColour].spatial = false;
    for (Leaf& leaf : leaves_) leaf.rate = kRate;
}

void PaletteCanvas::resizePalette(int palettes, int levels) {
    const at::NoGradGuard noGrad;
    // Palettes are repeated or dropped, levels interpolated: the picture changes as little as it can.
    at::Tensor colour = sortedColours() * 2;
    if (levels != levels_)
        colour = at::upsample_linear1d(colour.permute({1, 2, 0}), {levels}, true).permute({2, 0, 1});
    const at::Tensor which = at::arange(palettes, floats().dtype(at::kLong)) % palettes_;
    colour = colour.index_select(1, which).contiguous();
    at::Tensor vote = leaves_[kVote].value.detach().index_select(1, which);
    if (palettes > palettes_) vote.slice(1, palettes_).mul_(0.9); // copies stand behind their originals
    leaves_[kVote] = Leaf(vote.contiguous());
    leaves_[kColour] = Leaf(colour);
    leaves_[kColour].spatial = false;
    leaves_[kVote].rate = leaves_[kColour].rate = kRate;
    palettes_ = palettes;
    levels_ = levels;
}

void PaletteCanvas::configure(const modulation::FrameState& s) {
    gamma_ = s[param("palette.gamma")];
    const int palettes = static_cast<int>(s[param("palette.count")]), levels = static_cast<int>(s[param("palette.size")]);
    if (palettes != palettes_ || levels != levels_) resizePalette(palettes, levels);
    hdrWeight_ = s[param("palette.hdr")];
    useWeight_ = s[param("palette.normalise")];
    readTarget((*s.texts)[params::text("palette.target")]);
    locked_ = s.effective.on(param("palette.lock")) || target_.defined();
    leaves_[kColour].rate = locked_ ? 0 : kRate;
}

void PaletteCanvas::readTarget(const std::string& file) {
    const bool fits = target_.defined() && target_.size(0) == levels_ && target_.size(1) == palettes_ && targetGamma_ == gamma_;
    if (file == targetFile_ && (fits || !targetPicture_.defined())) return;
    const at::NoGradGuard noGrad;
    if (file != targetFile_) {
        targetFile_ = file;
        target_ = targetPicture_ = at::Tensor();
        if (file.empty()) return;
        auto picture = readPicture(file);
        if (!picture) {
            problem_ = picture.problem();
            return;
        }
        constexpr int kSide = 96; // enough to know a picture's colours
        targetPicture_ = covering(picture.value(), {kSide, kSide}).to(device_.where);
    }
    targetGamma_ = gamma_;
    target_ = clustered(targetPicture_[0].permute({1, 2, 0}).flatten(0, 1)).colours;
    leaves_[kColour] = Leaf((target_ * 2).contiguous());
    leaves_[kColour].spatial = false;
}

std::optional<core::Problem> PaletteCanvas::problem() { return std::exchange(problem_, std::nullopt); }

at::Tensor PaletteCanvas::ramp() const { return at::linspace(0, 1, levels_, floats()).pow(gamma_); }

at::Tensor PaletteCanvas::sortedColours() const {
    const at::Tensor colours = leaves_[kColour].value.clamp(0, 2) / 2; // [L,P,3]
    const at::Tensor order = brightness(colours.detach()).argsort(std::int64_t{0});  // [L,P]
    return colours.gather(0, order.unsqueeze(-1).expand_as(colours));
}

at::Tensor PaletteCanvas::decode() const {
    const at::Tensor colours = sortedColours();
    const at::Tensor value = leaves_[kValue].value.clamp(0, 1)[0][0]; // [h,w]
    const at::Tensor vote = leaves_[kVote].value[0];                  // [P,h,w]
    const at::Tensor level = value * static_cast<double>(levels_ - 1);
    // Hard: the nearest level of the palette with most votes.
    const at::Tensor winner = vote.detach().argmax(0), nearest = level.detach().round().to(at::kLong).clamp(0, levels_ - 1);
    const at::Tensor hard = colours.flatten(0, 1).index_select(0, (nearest * palettes_ + winner).flatten()).view({size_.height, size_.width, 3});
    // Soft: between neighbouring levels, mixed by the votes.
    const at::Tensor low = level.detach().floor().to(at::kLong).clamp(0, levels_ - 2);
    const at::Tensor part = (level - low).unsqueeze(-1).unsqueeze(-1); // [h,w,1,1]
    const auto row = [&](const at::Tensor& index) { return colours.index_select(0, index.flatten()).view({size_.height, size_.width, palettes_, 3}); };
    const at::Tensor between = row(low) * (1 - part) + row(low + 1) * part;
    const at::Tensor soft = (between * vote.softmax(0).permute({1, 2, 0}).unsqueeze(-1)).sum(2);
    // The hard picture is shown; value and votes learn from the soft one, colours from both.
    const at::Tensor mixed = (hard + soft) * 0.5;
    return (mixed + (hard - mixed).detach()).permute({2, 0, 1}).unsqueeze(0);
}

at::Tensor PaletteCanvas::extraLoss() const {
    const at::Tensor colours = sortedColours();
    // The root's slope is without end at black.
    const at::Tensor lightness = (brightness(colours) + 1e-6).sqrt(); // [L,P]
    const at::Tensor hdr = (lightness - ramp().unsqueeze(1)).square().mean();
    if (palettes_ < 2) return hdr * hdrWeight_;
    // All palettes in use: no two alike over the picture, none without spread.
    const at::Tensor p = leaves_[kVote].value[0].softmax(0).flatten(1); // [P,N]
    const at::Tensor centred = p - p.mean(1, true);
    const at::Tensor spread = (centred.square().mean(1) + 1e-8).sqrt(); // [P]
    const at::Tensor correlation = centred.matmul(centred.t()) / static_cast<double>(p.size(1)) / (spread.unsqueeze(1) * spread.unsqueeze(0));
    const at::Tensor alike = (correlation - at::diag(correlation.diagonal())).mean();
    const at::Tensor idle = (1.0 / (static_cast<double>(p.size(1)) * spread)).mean();
    return hdr * hdrWeight_ + (alike + idle) * useWeight_;
}

PaletteCanvas::Clusters PaletteCanvas::clustered(const at::Tensor& pixels) const {
    const at::Tensor level = (brightness(pixels).sqrt() * static_cast<double>(levels_ - 1)).round().to(at::kLong).clamp(0, levels_ - 1);
    // Palettes are clusters of hue: what a colour has beside its brightness.
    const at::Tensor tint = pixels - pixels.mean(1, true);
    const at::Tensor pick = at::linspace(0, static_cast<double>(pixels.size(0) - 1), palettes_, floats()).round().to(at::kLong);
    at::Tensor centres = tint.index_select(0, at::argsort(tint.select(1, 0) - tint.select(1, 2)).index_select(0, pick)), member;
    for (int round = 0; round < kClusterRounds; ++round) {
        member = at::cdist(tint, centres).argmin(1);
        const at::Tensor one = at::one_hot(member, palettes_).to(at::kFloat); // [N,P]
        const at::Tensor count = one.sum(0).unsqueeze(1);
        centres = at::where(count > 0, one.t().matmul(tint) / count.clamp_min(1), centres);
    }
    // Each level of a palette: the mean of its pixels, or the ramp tinted where it has none.
    const at::Tensor tinted = (ramp().view({levels_, 1, 1}) + centres.unsqueeze(0)).clamp(0, 1);
    const at::Tensor cell = level * palettes_ + member;
    const at::Tensor count = at::zeros({levels_ * palettes_}, floats()).index_add(0, cell, at::ones({pixels.size(0)}, floats())).unsqueeze(1);
    const at::Tensor sum = at::zeros({levels_ * palettes_, 3}, floats()).index_add(0, cell, pixels);
    return {at::where(count > 0, sum / count.clamp_min(1), tinted.reshape({-1, 3})).view({levels_, palettes_, 3}), level};
}

void PaletteCanvas::encode(const at::Tensor& picture) {
    const at::NoGradGuard noGrad;
    const at::Tensor p = resized(picture, size_).clamp(0, 1);
    const at::Tensor pixels = p[0].permute({1, 2, 0}).flatten(0, 1); // [N,3]
    const Clusters own = clustered(pixels);
    leaves_[kValue] = Leaf(brightness(pixels).sqrt().clamp(0, 1).view({1, 1, size_.height, size_.width}).contiguous());
    if (!locked_) {
        leaves_[kColour] = Leaf((own.colours * 2).contiguous());
        leaves_[kColour].spatial = false;
    }
    const at::Tensor colours = sortedColours();
    // Votes by how near each palette comes at the pixel's own level.
    const at::Tensor offered = colours.index_select(0, own.level); // [N,P,3]
    const at::Tensor error = (offered - pixels.unsqueeze(1)).square().sum(-1);
    const at::Tensor vote = (4 - 40 * error).clamp_min(0);
    leaves_[kVote] = Leaf(vote.t().reshape({1, palettes_, size_.height, size_.width}).contiguous());
    for (Leaf& leaf : leaves_) leaf.rate = kRate;
    leaves_[kColour].rate = locked_ ? 0 : kRate;
}

void PaletteCanvas::clamp() {
    leaves_[kValue].value.clamp_(0, 1);
    leaves_[kVote].value.clamp_min_(0);
    leaves_[kColour].value.clamp_(0, 2);
}

void PaletteCanvas::addNoise(const NoiseAmounts& a, at::Generator& random) {
    at::Tensor& value = leaves_[kValue].value;
    if (a.all + a.fine > 0) {
        value.add_(at::randn(value.sizes(), random, floats()), 0.25f * (a.all + a.fine));
        leaves_[kVote].value.add_(at::randn(leaves_[kVote].value.sizes(), random, floats()), a.all + a.fine);
    }
    addWideNoise(value, 0.25f * a.coarse, kCoarseCells, random);
    addWideNoise(value, 0.25f * a.middle, kMiddleCells, random);
    clamp();
}

void PaletteCanvas::fadeBy(const at::Tensor& factor) {
    leaves_[kValue].value.sub_(0.5).mul_(factor).add_(0.5);
    leaves_[kVote].value.mul_(factor);
}

} // namespace titanus::guidance
