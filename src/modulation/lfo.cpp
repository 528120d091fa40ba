#include "modulation/lfo.h"

#include "core/units.h"

#include <cmath>

namespace titanus::modulation {
namespace {

// splitmix64: every cycle its own number, the same on every run.
float hashed(std::int64_t n, std::uint64_t seed) {
    std::uint64_t z = seed + static_cast<std::uint64_t>(n) * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    return static_cast<float>(z >> 40) * (2.f / 16777215.f) - 1.f;
}

} // namespace

float smoothNoise(double t, std::uint64_t seed) {
    const double base = std::floor(t);
    const auto n = static_cast<std::int64_t>(base);
    const auto f = static_cast<float>(t - base);
    return core::lerp(hashed(n, seed), hashed(n + 1, seed), f * f * (3 - 2 * f));
}

float lfoValue(LfoShape shape, double cycles, std::uint64_t seed) {
    const double whole = std::floor(cycles);
    const auto x = static_cast<float>(cycles - whole);
    switch (shape) {
    case LfoShape::Sine: return static_cast<float>(std::sin(2 * core::kPi * (cycles - whole)));
    case LfoShape::Triangle: return x < 0.25f ? 4 * x : x < 0.75f ? 2 - 4 * x : 4 * x - 4;
    case LfoShape::SawUp: return 2 * x - 1;
    case LfoShape::SawDown: return 1 - 2 * x;
    case LfoShape::Square: return x < 0.5f ? 1.f : -1.f;
    case LfoShape::Random: return hashed(static_cast<std::int64_t>(whole), seed);
    case LfoShape::Drift: return smoothNoise(cycles, seed);
    }
    return 0;
}

} // namespace titanus::modulation
