#include "analysis/neural_layers.h"

#include "analysis/fast_math.h"
#include "analysis/wide.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace titanus::analysis {
namespace {

TITANUS_WIDE void addProducts(const float* weights, const float* x, std::size_t in, std::size_t out, float* y) {
    std::size_t i = 0;
    for (; i + 4 <= in; i += 4) { // every sum is fetched and stored once for four inputs
        const float a = x[i], b = x[i + 1], c = x[i + 2], d = x[i + 3];
        const float *v = &weights[i * out], *w = v + out, *s = w + out, *t = s + out;
        for (std::size_t o = 0; o < out; ++o) y[o] += v[o] * a + w[o] * b + s[o] * c + t[o] * d;
    }
    for (; i < in; ++i)
        for (std::size_t o = 0; o < out; ++o) y[o] += weights[i * out + o] * x[i];
}

} // namespace

Affine::Affine(std::span<const signed char> weights, std::span<const float> scale, std::span<const float> bias)
    : in_(weights.size() / bias.size()), weights_(weights.size()), bias_(bias.begin(), bias.end()) {
    for (std::size_t o = 0; o < out(); ++o)
        for (std::size_t i = 0; i < in_; ++i) weights_[i * out() + o] = scale[o] * static_cast<float>(weights[o * in_ + i]);
}

void Affine::apply(const float* x, float* y) const {
    std::copy(bias_.begin(), bias_.end(), y);
    addProducts(weights_.data(), x, in_, out(), y);
}

GatedLayer::GatedLayer(Affine fromInput, Affine fromState)
    : fromInput_(std::move(fromInput)), fromState_(std::move(fromState)), state_(fromState_.in()), a_(fromInput_.out()),
      b_(fromInput_.out()) {}

void GatedLayer::reset() { std::fill(state_.begin(), state_.end(), 0.f); }

void GatedLayer::step(const float* x) {
    fromInput_.apply(x, a_.data());
    fromState_.apply(state_.data(), b_.data());
    const std::size_t units = state_.size();
    for (std::size_t k = 0; k < units; ++k) {
        const float r = fastSigmoid(a_[k] + b_[k]), z = fastSigmoid(a_[units + k] + b_[units + k]);
        const float n = fastTanh(a_[2 * units + k] + r * b_[2 * units + k]);
        const float next = n + z * (state_[k] - n);
        state_[k] = std::abs(next) < 1e-20f ? 0.f : next;
    }
}

} // namespace titanus::analysis
