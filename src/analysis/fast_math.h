#pragma once
// Logarithm and the two gates' curves in plain arithmetic, so that a loop over bands or units runs four
// at a time; the library's cost a sixth of the analysis. Where they are used, inputs are what a
// spectrum or a network can give: positive and finite for the logarithm.
// Thread: any   Errors: log to 3e-7 absolute; tanh and sigmoid to 2e-6
#include <algorithm>
#include <bit>
#include <cstdint>

namespace titanus::analysis {

// log2 by the exponent and the series of 2 artanh((m - 1) / (m + 1)), m within sqrt(1/2) .. sqrt(2).
inline float fastLog2(float x) {
    const auto bits = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(x));
    const std::int32_t exponent = (bits - 0x3f3504f3) >> 23;
    const float m = std::bit_cast<float>(static_cast<std::uint32_t>(bits - exponent * (1 << 23)));
    const float s = (m - 1) / (m + 1), q = s * s;
    return static_cast<float>(exponent) +
           s * (2.885390082f + q * (0.961796694f + q * (0.577078016f + q * 0.412198583f)));
}
inline float fastLog10(float x) { return 0.301029996f * fastLog2(x); }

// 2^x by whole and rest; the rest's polynomial is the exponential series.
inline float fastExp2(float x) {
    x = std::clamp(x, -120.f, 120.f);
    const float moved = x + 12582912.f; // rounds to the nearest whole number
    const auto whole = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(moved) - 0x4b400000u);
    const float t = (x - (moved - 12582912.f)) * 0.693147181f;
    const float p = 1 + t * (1 + t * (0.5f + t * (0.166666667f + t * (0.041666667f + t * (0.008333333f + t * 0.001388889f)))));
    return p * std::bit_cast<float>(static_cast<std::uint32_t>((whole + 127) << 23));
}
inline float fastSigmoid(float x) { return 1 / (1 + fastExp2(-1.442695041f * x)); }
inline float fastTanh(float x) { return 2 * fastSigmoid(2 * x) - 1; }

} // namespace titanus::analysis
