#pragma once
// From a control's position to a parameter's travel and back. Internal to the MIDI mapper.
// Thread: any (pure)
#include "controls/midi_map.h"
#include "params/text.h"

#include <algorithm>
#include <cmath>

namespace titanus::controls::detail {

// 0..largest -> 0..1 with the middle detent (64 of 127, 8192 of 16383) exactly at 0.5, so that
// values about zero can be set to zero.
inline float position(int raw, int largest) {
    const int middle = (largest + 1) / 2;
    if (raw <= middle) return 0.5f * static_cast<float>(raw) / static_cast<float>(middle);
    return 0.5f + 0.5f * static_cast<float>(raw - middle) / static_cast<float>(largest - middle);
}
inline int rawOf(float position, int largest) {
    const int middle = (largest + 1) / 2;
    const float x = std::clamp(position, 0.f, 1.f);
    return static_cast<int>(std::lround(x <= 0.5f ? x * 2 * static_cast<float>(middle)
                                                  : static_cast<float>(middle) + (x * 2 - 1) * static_cast<float>(largest - middle)));
}

inline float curved(params::RouteCurve curve, float x) {
    switch (curve) {
    case params::RouteCurve::Linear: return x;
    case params::RouteCurve::Square: return x * x;
    case params::RouteCurve::Root: return std::sqrt(x);
    case params::RouteCurve::Smooth: return x * x * (3 - 2 * x);
    case params::RouteCurve::Invert: return 1 - x;
    }
    return x;
}

struct Range { float low, high; }; // travel at positions 0 and 1, before the curve
inline Range rangeOf(const MidiBinding& b, params::ParamIndex param) {
    const auto& row = params::row(param);
    Range r{b.min ? params::toTravel(row, *b.min) : 0.f, b.max ? params::toTravel(row, *b.max) : 1.f};
    if (b.invert) std::swap(r.low, r.high);
    return r;
}

// Where the control wants the parameter's fader to be.
inline float wanted(const MidiBinding& b, params::ParamIndex param, float position) {
    const Range r = rangeOf(b, param);
    return r.low + (r.high - r.low) * curved(b.curve, position);
}

// The position at which the control would give the value; the inverse of wanted().
inline float positionFor(const MidiBinding& b, params::ParamIndex param, float value) {
    const Range r = rangeOf(b, param);
    if (r.high == r.low) return 0;
    const float y = std::clamp((params::toTravel(params::row(param), value) - r.low) / (r.high - r.low), 0.f, 1.f);
    switch (b.curve) {
    case params::RouteCurve::Square: return std::sqrt(y);
    case params::RouteCurve::Root: return y * y;
    case params::RouteCurve::Smooth: return 0.5f - std::sin(std::asin(1 - 2 * y) / 3);
    case params::RouteCurve::Invert: return 1 - y;
    case params::RouteCurve::Linear: break;
    }
    return y;
}

} // namespace titanus::controls::detail
