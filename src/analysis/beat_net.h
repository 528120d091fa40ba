#pragma once
// How much speaks for a beat, and for a "one", right now: a small recurrent network (dense, two gated
// recurrent layers: Cho et al. 2014) that hears harmony, bass and accents as well as attacks. It
// answers kDelayFrames late, when the attack stands in full; beats are predicted, so that costs
// nothing. Weights: beat_weights.h, trained by tests/accuracy/train_beats.py.
// Thread: one at a time   Real-time safe: yes after construction
#include "analysis/beat_inputs.h"

#include <array>
#include <cstddef>
#include <vector>

namespace titanus::analysis {

class BeatNet {
  public:
    static constexpr std::size_t kDense = 32, kUnits = 48, kOut = 2;
    static constexpr int kDelayFrames = 4;

    BeatNet();
    void reset();
    struct Answer {
        float beat = 0, one = 0; // probabilities that one was kDelayFrames ago
    };
    Answer step(const BeatInputs::Frame& inputs);

  private:
    // Rows of `in` weights each, transposed so that the inner loop runs over outputs.
    struct Matrix {
        std::size_t in = 0, out = 0;
        std::vector<float> weights, bias;
        void apply(const float* x, float* y) const;
    };
    struct Layer {
        Matrix fromInput, fromState; // reset, update, candidate gates one after the other
        std::array<float, kUnits> state{};
        std::array<float, 3 * kUnits> a{}, b{};
        void step(const float* x);
    };
    static Matrix matrix(std::span<const signed char> weights, std::span<const float> scale, std::span<const float> bias,
                         std::size_t in);

    Matrix dense_, out_;
    std::array<Layer, 2> layers_;
};

} // namespace titanus::analysis
