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

// Written out: as one template for one and two, compilers do not take it wide (.014 of a core for .009 in `bench analysis`).
TITANUS_WIDE void addProducts(const float* weights, const float* x, const float* otherX, std::size_t in, std::size_t out, float* y, float* otherY) {
    std::size_t i = 0;
    for (; i + 4 <= in; i += 4) {
        const float a = x[i], b = x[i + 1], c = x[i + 2], d = x[i + 3];
        const float e = otherX[i], f = otherX[i + 1], g = otherX[i + 2], h = otherX[i + 3];
        const float *v = &weights[i * out], *w = v + out, *s = w + out, *t = s + out;
        for (std::size_t o = 0; o < out; ++o) {
            y[o] += v[o] * a + w[o] * b + s[o] * c + t[o] * d;
            otherY[o] += v[o] * e + w[o] * f + s[o] * g + t[o] * h;
        }
    }
    for (; i < in; ++i)
        for (std::size_t o = 0; o < out; ++o) {
            y[o] += weights[i * out + o] * x[i];
            otherY[o] += weights[i * out + o] * otherX[i];
        }
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

void Affine::apply(const float* x, const float* otherX, float* y, float* otherY) const {
    std::copy(bias_.begin(), bias_.end(), y);
    std::copy(bias_.begin(), bias_.end(), otherY);
    addProducts(weights_.data(), x, otherX, in_, out(), y, otherY);
}

GatedLayer::GatedLayer(Affine fromInput, Affine fromState) : fromInput_(std::move(fromInput)), fromState_(std::move(fromState)) {
    for (Listener& l : listeners_) l = {Numbers(fromState_.in()), Numbers(fromInput_.out()), Numbers(fromInput_.out())};
}

void GatedLayer::forget(std::size_t listener) { std::fill(listeners_[listener].state.begin(), listeners_[listener].state.end(), 0.f); }

void GatedLayer::copy(std::size_t from, std::size_t to) { listeners_[to].state = listeners_[from].state; }

void GatedLayer::step(const float* x, const float* otherX) {
    auto& [one, other] = listeners_;
    if (x == otherX) fromInput_.apply(x, one.input.data());
    else fromInput_.apply(x, otherX, one.input.data(), other.input.data());
    fromState_.apply(one.state.data(), other.state.data(), one.kept.data(), other.kept.data());
    turn(one, one.input);
    turn(other, x == otherX ? one.input : other.input);
}

void GatedLayer::turn(Listener& l, const Numbers& input) {
    const std::size_t units = l.state.size();
    for (std::size_t k = 0; k < units; ++k) {
        const float r = fastSigmoid(input[k] + l.kept[k]), z = fastSigmoid(input[units + k] + l.kept[units + k]);
        const float n = fastTanh(input[2 * units + k] + r * l.kept[2 * units + k]);
        const float next = n + z * (l.state[k] - n);
        l.state[k] = std::abs(next) < 1e-20f ? 0.f : next;
    }
}

} // namespace titanus::analysis
