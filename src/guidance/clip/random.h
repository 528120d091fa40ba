#pragma once
// Own draw, so that a seed gives the same crops with every standard library. Thread: guidance
#include <random>

namespace titanus::guidance {

// Even in 0..1, without 1.
inline float uniform(std::mt19937_64& random) { return static_cast<float>(random() >> 40) * 0x1p-24f; }

} // namespace titanus::guidance
