#include "render/finish.h"

#include "render/camera_uniforms.h"

#include <algorithm>
#include <cmath>

namespace titanus::render {
using modulation::FrameState;
using params::param;

namespace {

struct Rgb { float r, g, b; };

// A colour of the hue circle at a given lightness; strength 0 grey, 1 full.
Rgb hueColor(float degrees, float strength, float lightness) {
    const auto channel = [&](float offset) {
        float h = std::fmod(degrees / 60 + offset, 6.f);
        if (h < 0) h += 6;
        const float pure = std::clamp(std::min(h, 4 - h), 0.f, 1.f);
        const float range = strength * std::min(lightness, 1 - lightness);
        return lightness + range * (2 * pure - 1);
    };
    return {channel(2), channel(0), channel(-2)};
}

// How strongly each painting uses the means of the last pass.
// reach: width of the edges that are made crisp, in rows of the canvas; 0: what marks already drew.
struct Manner { float crisp, streaks, slope, edge, sharpen, reach; };
constexpr std::array<Manner, 6> kManners{{
    {0.85f, 0.25f, 0.25f, 0.25f, 1.1f, 1.4f}, // smooth
    {0.75f, 0.65f, 1.00f, 0.80f, 0.7f, 1.2f}, // oil
    {0.45f, 0.35f, 1.00f, 0.20f, 0.5f, 0}, // strokes
    {0.60f, 0.00f, 0.30f, 0.10f, 0.4f, 1.0f}, // ink
    {0.60f, 1.6f, 0.14f, 0.05f, 0.3f, 0}, // crystal: its streaks are the lead between the panes
    {0, 0, 0, 0, 0, 0}, // pixels: flat squares
}};

std::uint32_t hash(std::uint32_t x) {
    x = x * 747796405u + 2891336453u;
    const std::uint32_t word = ((x >> ((x >> 28u) + 4u)) ^ x) * 277803737u;
    return (word >> 22u) ^ word;
}

} // namespace

std::array<float, 9> colorMatrix(float hueDegrees, float saturation, float warmth) {
    // Rotation about the grey axis that keeps luma (as in the SVG filter hueRotate), then distance
    // from grey, then gain of the channels.
    constexpr float kR = 0.299f, kG = 0.587f, kB = 0.114f;
    const float a = hueDegrees * 3.14159265f / 180, c = std::cos(a) * saturation, s = std::sin(a) * saturation;
    const std::array<float, 9> rows{
        kR + c * (1 - kR) - s * kR, kG - c * kG - s * kG, kB - c * kB + s * (1 - kB),
        kR - c * kR + s * 0.143f, kG + c * (1 - kG) + s * 0.140f, kB - c * kB - s * 0.283f,
        kR - c * kR - s * (1 - kR), kG - c * kG + s * kG, kB + c * (1 - kB) + s * kB};
    const std::array<float, 3> gain{1 + 0.22f * warmth, 1 + 0.02f * warmth, 1 - 0.26f * warmth};
    std::array<float, 9> columns{};
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 3; ++column)
            columns[column * 3 + row] = gain[row] * rows[row * 3 + column];
    return columns;
}

void finish(const ShaderSet& shaders, const FrameState& state, const FinishInput& in) {
    const Painted& painted = in.painted;
    const Manner& manner = kManners[static_cast<std::size_t>(painted.kind)];
    const float detail = state[param("look.detail")], relief = state[param("look.relief")];
    const bool ink = painted.kind == Painting::Ink;
    const bool tone = state[param("look.tint")] > 0 || state[param("look.posterise")] > 0 ||
                      state[param("look.invert")] > 0 || state[param("output.gamma")] != 1;
    const bool fine = in.fine && painted.kind != Painting::Pixels; // its squares are smooth already
    const unsigned features = (fine ? kFinishFine : 0u) | (ink ? kFinishInk | kFinishSurface : 0u) |
                              (painted.surface ? kFinishSurface : 0u) |
                              (in.bloom ? kFinishBloom : 0u) |
                              (state[param("look.aberration")] > 0 ? kFinishAberration : 0u) |
                              (tone ? kFinishTone : 0u);
    const Program& program = shaders.finish(features);
    program.use();
    // A sampler without a texture reads black and warns: give it any.
    program.texture("uPaint", 0, in.paint);
    program.texture("uTensor", 1, painted.tensor);
    program.texture("uSurface", 2, painted.surface ? painted.surface : in.paint);
    program.texture("uBloom", 3, in.bloom ? in.bloom : in.paint);
    program.texture("uNoise", 4, in.noise);
    // At least a pixel of the painting, and as wide as the canvas's own blur.
    const float y = std::max(1.2f / static_cast<float>(painted.rows), manner.reach / static_cast<float>(painted.canvasRows));
    program.set("uAcross", y / state.space.aspect, y);
    program.set("uAlong", 0.8f / static_cast<float>(painted.width), 0.8f / static_cast<float>(painted.rows));
    program.set("uAspect", state.space.aspect);
    const std::uint32_t random = hash(static_cast<std::uint32_t>(state.frame) + hash(static_cast<std::uint32_t>(state.seed)));
    program.set("uNoiseOffset", static_cast<int>(random & 255), static_cast<int>(random >> 8 & 255));
    program.set("uFine", fine ? 1 : 0);
    program.set("uInk", ink ? 1 : 0);
    program.set("uLineSharpness", 0.0035f + 0.006f * (1 - detail));
    program.set("uLineLevel", 0.011f - 0.006f * detail);
    program.set("uCrisp", manner.crisp * std::min(1.f, 0.3f + 1.4f * detail));
    program.set("uSharpen", manner.sharpen * detail);
    program.set("uStreaks", painted.surface ? 1.6f * manner.streaks * detail : 0.f);
    program.set("uSlopeRelief", painted.surface ? 11 * manner.slope * relief : 0.f);
    program.set("uEdgeRelief", 2.2f * manner.edge * relief);

    program.set("uBloomAmount", 0.9f * state[param("look.bloom")]);
    program.set("uAberration", state[param("look.aberration")]);
    // Half the stops: the shader's values are roots of light.
    program.set("uGain", std::exp2(0.5f * state[param("look.exposure")]));
    program.set("uContrast", state[param("look.contrast")]);
    program.setMatrix3("uColor", colorMatrix(state[param("look.hue")], state[param("look.saturation")],
                                             state[param("look.warmth")]).data());
    const float tintHue = state[param("look.tint_hue")];
    const Rgb dark = hueColor(tintHue, 0.85f, 0.09f), light = hueColor(tintHue + 180, 0.8f, 0.88f);
    program.set("uTint", state[param("look.tint")]);
    program.set("uTintDark", dark.r, dark.g, dark.b);
    program.set("uTintLight", light.r, light.g, light.b);
    program.set("uPosterise", state[param("look.posterise")]);
    program.set("uInvert", state[param("look.invert")]);
    program.set("uFlash", state[param("look.flash")]);
    program.set("uVignette", state[param("look.vignette")]);
    program.set("uGrain", state[param("look.grain")]);
    program.set("uBrightness", state[param("output.brightness")]);
    program.set("uGamma", state[param("output.gamma")]);
    drawScreen();
}

} // namespace titanus::render
