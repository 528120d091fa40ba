#pragma once
// What the recurrent networks are made of: an affine map with 8-bit weights and a gated recurrent layer (Cho et al.
// 2014). Sums are taken in one order on every processor, so all give the same numbers.
// Thread: one at a time   Real-time safe: yes after construction
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

class Affine {
  public:
    // Rows are outputs: weight = scale of the row * 8-bit number.
    Affine(std::span<const signed char> weights, std::span<const float> scale, std::span<const float> bias);
    std::size_t in() const { return in_; }
    std::size_t out() const { return bias_.size(); }
    void apply(const float* x, float* y) const;

  private:
    std::size_t in_;
    std::vector<float> weights_, bias_; // transposed, so that the inner loop runs over outputs
};

class GatedLayer {
  public:
    // Outputs of both: reset, update and candidate gates, one after the other.
    GatedLayer(Affine fromInput, Affine fromState);
    void reset();
    void step(const float* x);
    const float* state() const { return state_.data(); }

  private:
    Affine fromInput_, fromState_;
    std::vector<float> state_, a_, b_;
};

} // namespace titanus::analysis
