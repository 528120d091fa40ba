#pragma once
// Low-frequency oscillators and smooth noise, -1..1. Thread: main   Real-time safe: yes
#include <cstdint>

namespace titanus::modulation {

enum class LfoShape : std::uint8_t { Sine, Triangle, SawUp, SawDown, Square, Random, Drift };

// Value at a phase counted in cycles; Random and Drift depend on the cycle's number and the seed.
float lfoValue(LfoShape shape, double cycles, std::uint64_t seed);

// Smooth noise over time, about one swing per unit.
float smoothNoise(double t, std::uint64_t seed);

// A free-running phase; synced oscillators read the beat instead.
struct Lfo {
    double cycles = 0;
    void advance(double rateHz, double dtSeconds) { cycles += rateHz * dtSeconds; }
};

} // namespace titanus::modulation
