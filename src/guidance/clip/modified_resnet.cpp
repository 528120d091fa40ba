#include "guidance/clip/image_tower.h"

#include <cmath>

namespace titanus::guidance {
namespace {

// A convolution with its batch norm folded in (evaluation mode, eps 1e-5): frozen weights need no
// separate normalisation.
struct FoldedConv {
    at::Tensor weight, bias;

    static FoldedConv take(Weights& w, const std::string& conv, const std::string& norm) {
        const at::Tensor& raw = w.peek(conv + ".weight");
        if (raw.dim() != 4) throw ModelError{{core::ProblemId::ModelBroken, w.source() + ": tensor " + conv + ".weight is no convolution"}};
        const at::Tensor kernel = w.take(conv + ".weight", raw.sizes().vec());
        const std::int64_t out = kernel.size(0);
        const at::Tensor scale = w.take(norm + ".weight", {out}) / (w.take(norm + ".running_var", {out}) + 1e-5).sqrt();
        return {kernel * scale.view({out, 1, 1, 1}), w.take(norm + ".bias", {out}) - w.take(norm + ".running_mean", {out}) * scale};
    }
    at::Tensor operator()(const at::Tensor& x, std::int64_t stride = 1) const {
        return at::conv2d(x, weight, bias, stride, weight.size(2) / 2);
    }
};

// Every stride is an average pool before the third convolution and before the shortcut's.
struct Bottleneck {
    FoldedConv conv1, conv2, conv3, shortcut;
    std::int64_t stride = 1;

    at::Tensor operator()(const at::Tensor& x) const {
        const auto pooled = [&](const at::Tensor& t) { return stride > 1 ? at::avg_pool2d(t, stride) : t; };
        const at::Tensor y = conv3(pooled(at::relu(conv2(at::relu(conv1(x))))));
        return at::relu(y + (shortcut.weight.defined() ? shortcut(pooled(x)) : x));
    }
};

class ModifiedResNet final : public ImageTower {
  public:
    explicit ModifiedResNet(Weights& w) {
        for (int i = 1; i <= 3; ++i)
            stem_.push_back(FoldedConv::take(w, "visual.conv" + std::to_string(i), "visual.bn" + std::to_string(i)));
        for (int stage = 1; stage <= 4; ++stage)
            for (int n = 0;; ++n) {
                const std::string at = "visual.layer" + std::to_string(stage) + "." + std::to_string(n) + ".";
                if (!w.has(at + "conv1.weight")) break;
                Bottleneck b;
                b.conv1 = FoldedConv::take(w, at + "conv1", at + "bn1");
                b.conv2 = FoldedConv::take(w, at + "conv2", at + "bn2");
                b.conv3 = FoldedConv::take(w, at + "conv3", at + "bn3");
                if (w.has(at + "downsample.0.weight")) b.shortcut = FoldedConv::take(w, at + "downsample.0", at + "downsample.1");
                b.stride = stage > 1 && n == 0 ? 2 : 1;
                blocks_.push_back(std::move(b));
            }
        if (blocks_.empty()) throw ModelError{{core::ProblemId::ModelBroken, w.source() + ": tensor visual.layer1.0.conv1.weight is missing"}};
        const std::int64_t width = blocks_.back().conv3.weight.size(0);
        const std::string pool = "visual.attnpool.";
        positions_ = w.take(pool + "positional_embedding", {-1, width});
        grid_ = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(positions_.size(0) - 1))));
        if (grid_ < 1 || grid_ * grid_ + 1 != positions_.size(0) || width % 64 != 0)
            throw ModelError{{core::ProblemId::ModelBroken, w.source() + ": visual.attnpool.positional_embedding is no square grid"}};
        for (std::size_t i = 0; i < 4; ++i) {
            static constexpr const char* kNames[] = {"q_proj", "k_proj", "v_proj", "c_proj"};
            weights_[i] = w.take(pool + kNames[i] + ".weight", {i == 3 ? -1 : width, width});
            biases_[i] = w.take(pool + kNames[i] + ".bias", {weights_[i].size(0)});
        }
    }

    at::Tensor forward(const at::Tensor& images) const override {
        at::Tensor x = at::relu(stem_[0](images, 2));
        x = at::avg_pool2d(at::relu(stem_[2](at::relu(stem_[1](x)))), 2);
        for (const Bottleneck& block : blocks_) x = block(x);
        return pool(x);
    }
    void moveTo(const Device& device) override {
        const auto move = [&](FoldedConv& conv) {
            moveWeight(conv.weight, device);
            moveWeight(conv.bias, device);
        };
        for (FoldedConv& conv : stem_) move(conv);
        for (Bottleneck& b : blocks_)
            for (FoldedConv* conv : {&b.conv1, &b.conv2, &b.conv3, &b.shortcut}) move(*conv);
        moveWeight(positions_, device);
        for (at::Tensor& t : weights_) moveWeight(t, device);
        for (at::Tensor& t : biases_) moveWeight(t, device);
    }
    int inputSize() const override { return static_cast<int>(32 * grid_); }
    std::int64_t embedDim() const override { return weights_[3].size(0); }

  private:
    // One query, the mean of all places, looks at the mean and the places.
    at::Tensor pool(const at::Tensor& maps) const {
        const std::int64_t n = maps.size(0), width = maps.size(1), heads = width / 64;
        const at::Tensor places = maps.flatten(2).transpose(1, 2);
        const at::Tensor x = at::cat({places.mean(1, true), places}, 1) + resizedPositions(positions_, maps.size(2), maps.size(3));
        const auto split = [&](const at::Tensor& t, std::size_t i) {
            return at::linear(t, weights_[i], biases_[i]).view({n, t.size(1), heads, 64}).transpose(1, 2);
        };
        const at::Tensor scores = at::matmul(split(x.slice(1, 0, 1), 0) / 8, split(x, 1).transpose(-2, -1));
        const at::Tensor mixed = at::matmul(at::softmax(scores, -1), split(x, 2)).transpose(1, 2).reshape({n, width});
        return at::linear(mixed, weights_[3], biases_[3]);
    }

    std::vector<FoldedConv> stem_;
    std::vector<Bottleneck> blocks_;
    std::int64_t grid_ = 0;
    at::Tensor positions_, weights_[4], biases_[4]; // query, key, value, out
};

} // namespace

std::unique_ptr<ImageTower> takeModifiedResNet(Weights& weights) { return std::make_unique<ModifiedResNet>(weights); }

} // namespace titanus::guidance
