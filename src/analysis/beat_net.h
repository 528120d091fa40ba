#pragma once
// How much speaks for a beat, and for a "one", right now: a small recurrent network that hears harmony, bass and
// accents as well as attacks. It answers kDelayFrames late, when the attack stands in full; beats are predicted, so
// that costs nothing. Two listen, of whom one may forget. Weights: beat_weights.h, trained by tests/accuracy/train_beats.py.
// Thread: one at a time   Real-time safe: yes after construction
#include "analysis/beat_inputs.h"
#include "analysis/neural_layers.h"

#include <array>
#include <vector>

namespace titanus::analysis {

class BeatNet {
  public:
    static constexpr int kDelayFrames = 7;

    // One has listened since reset(), one since forget().
    enum Listener : std::size_t { Old, New };

    BeatNet();
    void reset();
    struct Answer {
        float beat = 0, one = 0; // probabilities that one was kDelayFrames ago
    };
    using Answers = std::array<Answer, GatedLayer::kListeners>; // of both listeners
    Answers step(const BeatInputs::Frame& inputs);
    void forget(); // the new one begins anew
    void adopt();  // the old one goes on as the new one

  private:
    Affine dense_, out_;
    GatedLayer first_, second_;
    std::vector<float> hidden_;
};

} // namespace titanus::analysis
