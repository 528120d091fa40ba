#include "guidance/clip/lite_tower.h"

#include <torch/csrc/autograd/custom_function.h>

#include <optional>

namespace titanus::guidance {
namespace {

using Convs = std::vector<LiteTower::Conv>;

struct Padding { std::int64_t before = 0, after = 0; };

Padding samePadding(std::int64_t size, std::int64_t kernel, std::int64_t stride) {
    const std::int64_t total = std::max<std::int64_t>(((size + stride - 1) / stride - 1) * stride + kernel - size, 0);
    return {total / 2, total - total / 2};
}

// oneDNN pads both sides alike; where "same" asks for one more row after than before, the picture
// is padded first.
struct Prepared { at::Tensor input; std::int64_t pad; };
Prepared prepare(const LiteTower::Conv& conv, const at::Tensor& x) {
    const Padding p = samePadding(x.size(2), conv.kernel, conv.stride);
    if (p.before == p.after) return {x, p.before};
    return {at::constant_pad_nd(x, {p.before, p.after, p.before, p.after}), 0};
}

at::Tensor runConv(const LiteTower::Conv& c, const Prepared& in) {
    return at::convolution(in.input, c.weight, c.bias, {c.stride, c.stride}, {in.pad, in.pad}, {1, 1}, false, {0, 0}, c.groups);
}

// Gradient of a convolution towards its input; `shape` is the unpadded input.
at::Tensor inputGradient(const LiteTower::Conv& c, const at::Tensor& grad, const at::Tensor& input) {
    const Padding p = samePadding(input.size(2), c.kernel, c.stride);
    const bool even = p.before == p.after;
    // Only the size of this argument matters here.
    const at::Tensor seen = even ? input
                                 : at::empty({input.size(0), input.size(1), input.size(2) + p.before + p.after,
                                              input.size(3) + p.before + p.after},
                                             input.options()).contiguous(at::MemoryFormat::ChannelsLast);
    const std::int64_t pad = even ? p.before : 0;
    const at::Tensor wide = std::get<0>(at::convolution_backward(grad, seen, c.weight, at::IntArrayRef{}, {c.stride, c.stride},
                                                                 {pad, pad}, {1, 1}, false, {0, 0}, c.groups,
                                                                 {true, false, false}));
    if (even) return wide;
    return wide.slice(2, p.before, p.before + input.size(2)).slice(3, p.before, p.before + input.size(3));
}

// Forward keeps the input of every convolution (each is also the clamped output of the one
// before, from which ReLU6's slope can be read). Backward walks the list once.
struct TowerFunction : torch::autograd::Function<TowerFunction> {
    static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& images, std::int64_t address) {
        const auto& tower = *reinterpret_cast<const LiteTower*>(address);
        const Convs& convs = tower.convs();
        std::vector<at::Tensor> kept;
        kept.reserve(convs.size() + 1);
        at::Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
        std::vector<at::Tensor> carried(convs.size() + 1);
        std::size_t nextResidual = 0;
        const auto& residuals = tower.residuals();
        for (std::size_t i = 0; i < convs.size(); ++i) {
            kept.push_back(x);
            at::Tensor y = runConv(convs[i], prepare(convs[i], x));
            if (convs[i].relu6) y.clamp_(0, 6);
            if (nextResidual < residuals.size() && residuals[nextResidual].last == i)
                y.add_(kept[residuals[nextResidual++].first]);
            x = y;
        }
        kept.push_back(x);
        ctx->save_for_backward(kept);
        ctx->saved_data["tower"] = address;
        return x.mean({2, 3});
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
        const auto& tower = *reinterpret_cast<const LiteTower*>(ctx->saved_data["tower"].toInt());
        const Convs& convs = tower.convs();
        const auto& residuals = tower.residuals();
        const auto kept = ctx->get_saved_variables();
        const at::Tensor& last = kept.back();
        at::Tensor g = (grads[0] / static_cast<double>(last.size(2) * last.size(3)))
                           .unsqueeze(2).unsqueeze(3).expand_as(last).contiguous(at::MemoryFormat::ChannelsLast);
        std::size_t residual = residuals.size();
        std::vector<at::Tensor> skip(convs.size());
        for (std::size_t i = convs.size(); i-- > 0;) {
            if (residual > 0 && residuals[residual - 1].last == i) skip[residuals[--residual].first] = g;
            if (convs[i].relu6) g = at::hardtanh_backward(g, kept[i + 1], 0, 6);
            g = inputGradient(convs[i], g, kept[i]);
            if (skip[i].defined()) g = g + skip[i];
        }
        return {g, at::Tensor()};
    }
};

} // namespace

LiteTower::LiteTower(Weights& w, const Config& config) {
    const auto take = [&](const std::string& key, std::int64_t out, std::int64_t in, std::int64_t kernel,
                          std::int64_t stride, std::int64_t groups, bool relu6) {
        at::Tensor weight = w.take(key + ".weight", {out, in, kernel, kernel}).contiguous(at::MemoryFormat::ChannelsLast);
        convs_.push_back({weight, w.take(key + ".bias", {out}), kernel, stride, groups, relu6});
    };
    const auto layer = [&](std::size_t i) -> LiteCpu::Layer { return {convs_[i].weight, convs_[i].bias, convs_[i].kernel, convs_[i].stride}; };
    std::vector<LiteCpu::Block> blocks;
    take("image.stem", config.stemOut, 3, 3, 2, 1, true);
    for (std::size_t n = 0; n < config.blocks.size(); ++n) {
        const BlockConfig& b = config.blocks[n];
        const std::string key = "image.blocks." + std::to_string(n);
        const std::int64_t wide = b.in * b.expand;
        const std::size_t first = convs_.size();
        if (b.expand != 1) take(key + ".expand", wide, b.in, 1, 1, 1, true);
        take(key + ".depthwise", wide, 1, b.kernel, b.stride, wide, true);
        take(key + ".project", b.out, wide, 1, 1, 1, false);
        const bool residual = b.stride == 1 && b.in == b.out;
        if (residual) residuals_.push_back({first, convs_.size() - 1});
        const std::size_t end = convs_.size();
        blocks.push_back({layer(first), layer(end - 2), layer(end - 1), b.expand != 1, residual});
    }
    take("image.head", config.head, config.blocks.back().out, 1, 1, 1, true);
    projection_ = w.take("image.projection.weight", {config.embed, config.head});
    const at::Tensor std = at::tensor(config.std).to(at::kFloat).view({1, 3, 1, 1});
    scale_ = 1 / std;
    shift_ = -at::tensor(config.mean).to(at::kFloat).view({1, 3, 1, 1}) / std;
    LiteCpu::Three scale{}, shift{};
    for (std::size_t c = 0; c < 3; ++c) {
        scale[c] = static_cast<float>(1 / config.std.at(c));
        shift[c] = static_cast<float>(-config.mean.at(c) / config.std.at(c));
    }
    const LiteCpu::Layer stem = layer(0), head = layer(convs_.size() - 1);
    if (LiteCpu::fits(stem, blocks, head)) cpu_ = std::make_unique<LiteCpu>(stem, blocks, head, scale, shift);
}

void LiteTower::moveTo(const Device& device) {
    const auto move = [&](at::Tensor& t) { t = t.to(device.where, device.tower); };
    for (Conv& conv : convs_) {
        move(conv.weight);
        move(conv.bias);
    }
    for (at::Tensor* t : {&projection_, &scale_, &shift_}) move(*t);
    if (!device.ownLoops || device.tower != at::kFloat) cpu_.reset();
}

at::Tensor LiteTower::forward(const at::Tensor& images) const {
    if (cpu_) return at::linear(cpu_->pooled(images), projection_);
    return forwardByTorch(images);
}

at::Tensor LiteTower::forwardByTorch(const at::Tensor& images) const {
    const at::Tensor pooled = TowerFunction::apply(at::addcmul(shift_, images, scale_), reinterpret_cast<std::int64_t>(this));
    return at::linear(pooled, projection_);
}

} // namespace titanus::guidance
