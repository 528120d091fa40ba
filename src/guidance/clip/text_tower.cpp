#include "guidance/clip/text_tower.h"

#include <cmath>
#include <limits>

namespace titanus::guidance {

at::Tensor activate(Activation activation, const at::Tensor& x) {
    return activation == Activation::Gelu ? at::gelu(x) : x * at::sigmoid(x * 1.702);
}

TransformerBlock TransformerBlock::take(Weights& w, const std::string& prefix, std::int64_t width) {
    TransformerBlock b;
    b.ln1Weight = w.take(prefix + "ln_1.weight", {width});
    b.ln1Bias = w.take(prefix + "ln_1.bias", {width});
    b.qkvWeight = w.take(prefix + "attn.in_proj_weight", {3 * width, width});
    b.qkvBias = w.take(prefix + "attn.in_proj_bias", {3 * width});
    b.outWeight = w.take(prefix + "attn.out_proj.weight", {width, width});
    b.outBias = w.take(prefix + "attn.out_proj.bias", {width});
    b.ln2Weight = w.take(prefix + "ln_2.weight", {width});
    b.ln2Bias = w.take(prefix + "ln_2.bias", {width});
    b.fcWeight = w.take(prefix + "mlp.c_fc.weight", {4 * width, width});
    b.fcBias = w.take(prefix + "mlp.c_fc.bias", {4 * width});
    b.projWeight = w.take(prefix + "mlp.c_proj.weight", {width, 4 * width});
    b.projBias = w.take(prefix + "mlp.c_proj.bias", {width});
    return b;
}

at::Tensor TransformerBlock::forward(const at::Tensor& x, std::int64_t heads, Activation activation,
                                     const at::Tensor& mask) const {
    const std::int64_t n = x.size(0), t = x.size(1), width = x.size(2), head = width / heads;
    const at::Tensor normed = at::layer_norm(x, {width}, ln1Weight, ln1Bias, 1e-5);
    const at::Tensor qkv = at::linear(normed, qkvWeight, qkvBias).view({n, t, 3, heads, head}).permute({2, 0, 3, 1, 4});
    at::Tensor scores = at::matmul(qkv[0] / std::sqrt(static_cast<double>(head)), qkv[1].transpose(-2, -1));
    if (mask.defined()) scores = scores + mask;
    const at::Tensor mixed = at::matmul(at::softmax(scores, -1), qkv[2]).transpose(1, 2).reshape({n, t, width});
    const at::Tensor y = x + at::linear(mixed, outWeight, outBias);
    const at::Tensor hidden = at::linear(at::layer_norm(y, {width}, ln2Weight, ln2Bias, 1e-5), fcWeight, fcBias);
    return y + at::linear(activate(activation, hidden), projWeight, projBias);
}

TextTower::TextTower(Weights& w, Activation activation) : activation_(activation) {
    const std::int64_t width = w.peek("ln_final.weight").size(0);
    if (width % 64 != 0)
        throw ModelError{{core::ProblemId::ModelBroken, w.source() + ": text width is no multiple of 64"}};
    heads_ = width / 64;
    tokens_ = w.take("token_embedding.weight", {-1, width});
    positional_ = w.take("positional_embedding", {-1, width});
    lnWeight_ = w.take("ln_final.weight", {width});
    lnBias_ = w.take("ln_final.bias", {width});
    projection_ = w.take("text_projection", {width, -1});
    for (int i = 0;; ++i) {
        const std::string prefix = "transformer.resblocks." + std::to_string(i) + ".";
        if (!w.has(prefix + "ln_1.weight")) break;
        blocks_.push_back(TransformerBlock::take(w, prefix, width));
    }
}

at::Tensor TextTower::forward(const std::vector<int>& ids) const {
    const at::NoGradGuard noGrad;
    const auto t = static_cast<std::int64_t>(ids.size());
    const at::Tensor index = at::tensor(std::vector<std::int64_t>(ids.begin(), ids.end()));
    at::Tensor x = (at::embedding(tokens_, index) + positional_.slice(0, 0, t)).unsqueeze(0);
    // Rows after the end token change nothing, so only this many are run. Additive mask: a token
    // sees those before it.
    const at::Tensor mask = at::full({t, t}, -std::numeric_limits<float>::infinity()).triu(1);
    for (const TransformerBlock& block : blocks_) x = block.forward(x, heads_, activation_, mask);
    x = at::layer_norm(x[0][t - 1], {x.size(2)}, lnWeight_, lnBias_, 1e-5);
    return at::matmul(x, projection_);
}

} // namespace titanus::guidance
