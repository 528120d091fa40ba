#pragma once
// CLIP's text transformer, at any width: serves the embedded guide and every real CLIP.
// Thread: guidance   Owns: weights   Source: openai/CLIP (MIT), architecture re-implemented
#include "guidance/clip/weights.h"

namespace titanus::guidance {

enum class Activation : std::uint8_t { Gelu, QuickGelu };
at::Tensor activate(Activation activation, const at::Tensor& x);

// One pre-norm block, shared by text and vision transformers. x: [N, T, W].
struct TransformerBlock {
    at::Tensor ln1Weight, ln1Bias, ln2Weight, ln2Bias;
    at::Tensor qkvWeight, qkvBias, outWeight, outBias, fcWeight, fcBias, projWeight, projBias;

    template <class F>
    void each(F&& f) {
        for (at::Tensor* t : {&ln1Weight, &ln1Bias, &ln2Weight, &ln2Bias, &qkvWeight, &qkvBias, &outWeight, &outBias,
                              &fcWeight, &fcBias, &projWeight, &projBias})
            f(*t);
    }
    static TransformerBlock take(Weights& weights, const std::string& prefix, std::int64_t width);
    // mask: [T, T] added to the scores, or undefined.
    at::Tensor forward(const at::Tensor& x, std::int64_t heads, Activation activation, const at::Tensor& mask) const;
};

class TextTower {
  public:
    // Reads sizes off the tensors. Keys: token_embedding.weight, positional_embedding,
    // transformer.resblocks.N..., ln_final, text_projection [width, embed]. Throws ModelError.
    TextTower(Weights& weights, Activation activation);

    // Ids from start to end, at most contextLength; returns [embed], not normalised.
    at::Tensor forward(const std::vector<int>& ids) const;
    std::int64_t contextLength() const { return positional_.size(0); }
    std::int64_t vocabularySize() const { return tokens_.size(0); }
    std::int64_t embedDim() const { return projection_.size(1); }

  private:
    Activation activation_;
    std::int64_t heads_ = 0;
    at::Tensor tokens_, positional_, lnWeight_, lnBias_, projection_;
    std::vector<TransformerBlock> blocks_;
};

} // namespace titanus::guidance
