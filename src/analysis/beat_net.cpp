#include "analysis/beat_net.h"

#include "analysis/beat_weights.h"
#include "analysis/fast_math.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
void BeatNet::Matrix::apply(const float* x, float* y) const {
    std::copy(bias.begin(), bias.end(), y);
    std::size_t i = 0;
    for (; i + 4 <= in; i += 4) { // every sum is fetched and stored once for four inputs
        const float a = x[i], b = x[i + 1], c = x[i + 2], d = x[i + 3];
        const float *v = &weights[i * out], *w = v + out, *s = w + out, *t = s + out;
        for (std::size_t o = 0; o < out; ++o) y[o] += v[o] * a + w[o] * b + s[o] * c + t[o] * d;
    }
    for (; i < in; ++i)
        for (std::size_t o = 0; o < out; ++o) y[o] += weights[i * out + o] * x[i];
}

void BeatNet::Layer::step(const float* x) {
    fromInput.apply(x, a.data());
    fromState.apply(state.data(), b.data());
    for (std::size_t k = 0; k < kUnits; ++k) {
        const float r = fastSigmoid(a[k] + b[k]), z = fastSigmoid(a[kUnits + k] + b[kUnits + k]);
        const float n = fastTanh(a[2 * kUnits + k] + r * b[2 * kUnits + k]);
        const float next = n + z * (state[k] - n);
        state[k] = std::abs(next) < 1e-20f ? 0.f : next;
    }
}

BeatNet::Matrix BeatNet::matrix(std::span<const signed char> weights, std::span<const float> scale,
                                std::span<const float> bias, std::size_t in) {
    Matrix m;
    m.in = in;
    m.out = bias.size();
    m.bias.assign(bias.begin(), bias.end());
    m.weights.resize(in * m.out);
    for (std::size_t o = 0; o < m.out; ++o)
        for (std::size_t i = 0; i < in; ++i)
            m.weights[i * m.out + o] = scale[o] * static_cast<float>(weights[o * in + i]);
    return m;
}

BeatNet::BeatNet() {
    using namespace beat_weights;
    dense_ = matrix(kDenseWeights, kDenseScale, kDenseBias, BeatInputs::kCount);
    layers_[0].fromInput = matrix(kInput0Weights, kInput0Scale, kInput0Bias, kDense);
    layers_[0].fromState = matrix(kState0Weights, kState0Scale, kState0Bias, kUnits);
    layers_[1].fromInput = matrix(kInput1Weights, kInput1Scale, kInput1Bias, kUnits);
    layers_[1].fromState = matrix(kState1Weights, kState1Scale, kState1Bias, kUnits);
    out_ = matrix(kOutWeights, kOutScale, kOutBias, kUnits);
}

void BeatNet::reset() {
    for (Layer& layer : layers_) layer.state = {};
}

BeatNet::Answer BeatNet::step(const BeatInputs::Frame& inputs) {
    std::array<float, kDense> hidden{};
    dense_.apply(inputs.data(), hidden.data());
    for (float& h : hidden) h = std::max(0.f, h);
    layers_[0].step(hidden.data());
    layers_[1].step(layers_[0].state.data());
    std::array<float, kOut> odds{};
    out_.apply(layers_[1].state.data(), odds.data());
    return {fastSigmoid(odds[0]), fastSigmoid(odds[1])};
}

} // namespace titanus::analysis
