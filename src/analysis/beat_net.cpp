#include "analysis/beat_net.h"

#include "analysis/beat_weights.h"
#include "analysis/fast_math.h"

#include <algorithm>

namespace titanus::analysis {
using namespace beat_weights;

BeatNet::BeatNet()
    : dense_(kDenseWeights, kDenseScale, kDenseBias), out_(kOutWeights, kOutScale, kOutBias),
      first_({kInput0Weights, kInput0Scale, kInput0Bias}, {kState0Weights, kState0Scale, kState0Bias}),
      second_({kInput1Weights, kInput1Scale, kInput1Bias}, {kState1Weights, kState1Scale, kState1Bias}), hidden_(dense_.out()) {
    static_assert(kDenseWeights.size() == BeatInputs::kCount * kDenseBias.size());
}

void BeatNet::reset() {
    forget();
    adopt();
}

void BeatNet::forget() {
    first_.forget(New);
    second_.forget(New);
}

void BeatNet::adopt() {
    first_.copy(New, Old);
    second_.copy(New, Old);
}

BeatNet::Answers BeatNet::step(const BeatInputs::Frame& inputs) {
    dense_.apply(inputs.data(), hidden_.data());
    for (float& h : hidden_) h = std::max(0.f, h);
    first_.step(hidden_.data(), hidden_.data());
    second_.step(first_.state(Old), first_.state(New));
    std::array<float, 2> odds{}, newOdds{};
    out_.apply(second_.state(Old), second_.state(New), odds.data(), newOdds.data());
    return {{{fastSigmoid(odds[0]), fastSigmoid(odds[1])}, {fastSigmoid(newOdds[0]), fastSigmoid(newOdds[1])}}};
}

} // namespace titanus::analysis
