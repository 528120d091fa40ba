#include "render/brush_tips.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace titanus::render {
namespace {

std::uint32_t hash(std::uint32_t x) {
    x = x * 747796405u + 2891336453u;
    const std::uint32_t word = ((x >> ((x >> 28u) + 4u)) ^ x) * 277803737u;
    return (word >> 22u) ^ word;
}
float unit(std::uint32_t x) { return static_cast<float>(hash(x) >> 8) * (1.f / 16777216.f); }

// Smooth noise over one axis, 0..1.
float noise(float x, std::uint32_t seed) {
    const float cell = std::floor(x), t = x - cell, s = t * t * (3 - 2 * t);
    const auto at = [&](float c) { return unit(seed + static_cast<std::uint32_t>(static_cast<int>(c)) * 2654435761u); };
    return at(cell) + (at(cell + 1) - at(cell)) * s;
}
float smooth(float a, float b, float x) {
    const float t = std::clamp((x - a) / (b - a), 0.f, 1.f);
    return t * t * (3 - 2 * t);
}
std::uint8_t byte(float x) { return static_cast<std::uint8_t>(std::clamp(x, 0.f, 1.f) * 255 + 0.5f); }

constexpr int kWidth = 256, kTipHeight = 64, kTips = 4;

} // namespace

GlTexture makeBrushTips() {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(kWidth * kTipHeight * kTips) * 4, 255);
    for (int tip = 0; tip < kTips; ++tip) {
        const auto seed = static_cast<std::uint32_t>(tip) * 1000u;
        const float dryness = 0.25f + 0.2f * static_cast<float>(tip); // the last ones break up
        for (int row = 0; row < kTipHeight; ++row) {
            const float v = (static_cast<float>(row) + 0.5f) / kTipHeight;
            const float hair = 0.6f * noise(v * 26, seed) + 0.4f * noise(v * 60, seed + 77);
            const float start = 0.02f + 0.10f * noise(v * 14, seed + 11);
            const float end = 1 - 0.03f - 0.34f * noise(v * 18, seed + 23) * (0.5f + dryness);
            for (int column = 0; column < kWidth; ++column) {
                const float u = (static_cast<float>(column) + 0.5f) / kWidth;
                // The band wavers a little and is rounded at its start.
                const float waver = 0.05f * (noise(u * 5, seed + 31) - 0.5f);
                const float rim = 0.13f + 0.10f * noise(u * 9, seed + 41);
                const float side = smooth(0, rim, std::min(v + waver, 1 - v - waver) + 0.02f);
                const float ends = smooth(start - 0.02f, start + 0.03f, u) * (1 - smooth(end - 0.06f, end + 0.01f, u));
                // Paint runs out along the stroke: hairs that carry little let the ground through.
                const float left = hair + 0.25f * (noise(u * 22 + 50 * hair, seed + 53) - 0.5f);
                const float dry = smooth(dryness * u * 1.1f - 0.16f, dryness * u * 1.1f + 0.06f, left);
                const float coverage = side * ends * dry;
                // Thick at the rims, where the brush pushes it, and furrowed by the hairs.
                const float ridge = std::exp(-70 * (std::min(v, 1 - v) - 0.14f) * (std::min(v, 1 - v) - 0.14f));
                const float height = coverage * (0.35f + 0.45f * hair + 0.25f * ridge * (1 - 0.5f * u));
                const std::size_t at = (static_cast<std::size_t>(tip * kTipHeight + row) * kWidth +
                                        static_cast<std::size_t>(column)) * 4;
                pixels[at] = byte(coverage);
                pixels[at + 1] = byte(height);
            }
        }
    }
    GlTexture texture = makeTexture(kWidth, kTipHeight * kTips, GL_RGBA8, true);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, kWidth, kTipHeight * kTips, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    glGenerateMipmap(GL_TEXTURE_2D);
    // Beyond four halvings the tips would run into one another.
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 4);
    return texture;
}

GlTexture makeNoise() {
    constexpr int kSide = 256;
    std::vector<std::uint8_t> pixels(kSide * kSide * 4);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = byte(unit(static_cast<std::uint32_t>(i) + 90001u));
    GlTexture texture = makeTexture(kSide, kSide, GL_RGBA8);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, kSide, kSide, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_REPEAT);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_REPEAT);
    return texture;
}

} // namespace titanus::render
