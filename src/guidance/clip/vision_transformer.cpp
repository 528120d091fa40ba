#include "guidance/clip/image_tower.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

namespace titanus::guidance {

void moveWeight(at::Tensor& weight, const Device& device) {
    if (weight.defined()) weight = weight.to(device.where, device.tower);
}

at::Tensor resizedPositions(const at::Tensor& positions, std::int64_t rows, std::int64_t columns) {
    const auto grid = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(positions.size(0) - 1))));
    if (rows == grid && columns == grid) return positions;
    const at::NoGradGuard noGrad;
    const std::int64_t width = positions.size(1);
    const at::Tensor map = positions.slice(0, 1).view({1, grid, grid, width}).permute({0, 3, 1, 2}).contiguous();
    const at::Tensor resized = at::upsample_bicubic2d(map.to(at::kFloat), {rows, columns}, false).to(map.scalar_type());
    return at::cat({positions.slice(0, 0, 1), resized.permute({0, 2, 3, 1}).reshape({rows * columns, width})});
}

namespace {

class VisionTransformer final : public ImageTower {
  public:
    VisionTransformer(Weights& w, Activation activation) : activation_(activation) {
        const auto refuse = [&](const std::string& why) { throw ModelError{{core::ProblemId::ModelBroken, w.source() + ": " + why}}; };
        const at::Tensor& conv = w.peek("visual.conv1.weight");
        if (conv.dim() != 4) refuse("tensor visual.conv1.weight is no convolution");
        const std::int64_t width = conv.size(0);
        patch_ = conv.size(3);
        conv_ = w.take("visual.conv1.weight", {width, 3, patch_, patch_});
        if (width == 0 || width % 64 != 0 || patch_ == 0) refuse("image width is no multiple of 64");
        heads_ = width / 64;
        class_ = w.take("visual.class_embedding", {width});
        positions_ = w.take("visual.positional_embedding", {-1, width});
        grid_ = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(positions_.size(0) - 1))));
        if (grid_ < 1 || grid_ * grid_ + 1 != positions_.size(0)) refuse("visual.positional_embedding is no square grid");
        preWeight_ = w.take("visual.ln_pre.weight", {width});
        preBias_ = w.take("visual.ln_pre.bias", {width});
        for (int i = 0;; ++i) {
            const std::string prefix = "visual.transformer.resblocks." + std::to_string(i) + ".";
            if (!w.has(prefix + "ln_1.weight")) break;
            blocks_.push_back(TransformerBlock::take(w, prefix, width));
        }
        if (blocks_.empty()) refuse("tensor visual.transformer.resblocks.0.ln_1.weight is missing");
        postWeight_ = w.take("visual.ln_post.weight", {width});
        postBias_ = w.take("visual.ln_post.bias", {width});
        projection_ = w.take("visual.proj", {width, -1});
    }

    at::Tensor forward(const at::Tensor& images) const override {
        const std::int64_t n = images.size(0), width = conv_.size(0);
        const at::Tensor maps = at::conv2d(images, conv_, {}, patch_);
        const at::Tensor patches = maps.flatten(2).transpose(1, 2);
        at::Tensor x = at::cat({class_.expand({n, 1, width}), patches}, 1) + resizedPositions(positions_, maps.size(2), maps.size(3));
        x = at::layer_norm(x, {width}, preWeight_, preBias_, 1e-5);
        for (const TransformerBlock& block : blocks_) x = block.forward(x, heads_, activation_, {});
        return at::matmul(at::layer_norm(x.select(1, 0), {width}, postWeight_, postBias_, 1e-5), projection_);
    }
    void moveTo(const Device& device) override {
        for (at::Tensor* t : {&conv_, &class_, &positions_, &preWeight_, &preBias_, &postWeight_, &postBias_, &projection_}) moveWeight(*t, device);
        for (TransformerBlock& block : blocks_) block.each([&](at::Tensor& t) { moveWeight(t, device); });
    }
    int inputSize() const override { return static_cast<int>(grid_ * patch_); }
    std::int64_t embedDim() const override { return projection_.size(1); }

  private:
    Activation activation_;
    std::int64_t patch_ = 0, heads_ = 0, grid_ = 0;
    at::Tensor conv_, class_, positions_, preWeight_, preBias_, postWeight_, postBias_, projection_;
    std::vector<TransformerBlock> blocks_;
};

} // namespace

std::unique_ptr<ImageTower> takeVisionTransformer(Weights& weights, Activation activation) {
    return std::make_unique<VisionTransformer>(weights, activation);
}

} // namespace titanus::guidance
