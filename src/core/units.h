#pragma once
// Small numeric helpers that every stage shares. Thread: any   Real-time safe: yes
#include <algorithm>
#include <cmath>

namespace titanus::core {

inline constexpr double kPi = 3.14159265358979323846;

// Share of the way a one-pole follower goes towards its target in dtSeconds.
// y += onePole(dt, tau) * (x - y) reaches 1 - 1/e after tau, whatever the size of dt.
inline float onePole(float dtSeconds, float tauSeconds) {
    return tauSeconds <= 0.f ? 1.f : 1.f - std::exp(-dtSeconds / tauSeconds);
}

inline float dbToGain(float db) { return std::pow(10.f, db / 20.f); }
inline float gainToDb(float gain) { return 20.f * std::log10(std::max(gain, 1e-10f)); }
inline float lerp(float a, float b, float t) { return a + (b - a) * t; }

} // namespace titanus::core
