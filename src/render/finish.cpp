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
struct Manner { float crisp, streaks, bristleRelief, edgeRelief, heightRelief, sharpen; };
constexpr std::array<Manner, 5> kManners{{
    {0.85f, 0.30f, 0.20f, 0.25f, 0.f, 1.1f},  // smooth
    {0.75f, 0.80f, 1.00f, 0.80f, 0.f, 0.7f},  // oil
    {0.45f, 0.35f, 0.35f, 0.20f, 1.f, 0.5f},  // strokes
    {0.60f, 0.00f, 0.25f, 0.10f, 0.f, 0.4f},  // ink
    {0.60f, 0.15f, 0.10f, 0.25f, 0.9f, 0.4f}, // crystal
}};

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
    const Program& program = shaders[Pass::Finish];
    program.use();
    // A sampler without a texture reads black and warns: give it any.
    const auto orPaint = [&](GLuint texture) { return texture ? texture : in.paint; };
    program.texture("uPaint", 0, in.paint);
    program.texture("uTensor", 1, painted.tensor);
    program.texture("uBristle", 2, orPaint(painted.bristle));
    program.texture("uHeight", 3, orPaint(painted.height));
    program.texture("uLines", 4, orPaint(painted.lines));
    program.texture("uBloom", 5, orPaint(in.bloom));
    const float x = 1.f / static_cast<float>(painted.width), y = 1.f / static_cast<float>(painted.rows);
    // Widths are thought of at 360 rows, so a finer painting does not thin edges and light.
    const float reach = std::max(1.f, static_cast<float>(painted.rows) / 540.f);
    program.set("uPaintTexel", reach * x, reach * y);
    program.set("uBristleTexel", x, y);
    program.set("uHeightTexel", reach * x, reach * y);
    program.set("uAspect", state.space.aspect);
    program.setUnsigned("uFrame", static_cast<unsigned>(state.frame));
    program.setUnsigned("uSeed", static_cast<unsigned>(state.seed));
    program.set("uFine", in.fine ? 1 : 0);
    program.set("uInk", painted.lines ? 1 : 0);
    program.set("uLineSharpness", 0.0035f + 0.006f * (1 - detail));
    program.set("uLineLevel", 0.011f - 0.006f * detail);
    program.set("uCrisp", manner.crisp * std::min(1.f, 0.3f + 1.4f * detail));
    program.set("uSharpen", manner.sharpen * detail);
    program.set("uStreaks", painted.bristle ? 3.2f * manner.streaks * detail : 0.f);
    program.set("uBristleRelief", painted.bristle ? 22 * manner.bristleRelief * relief : 0.f);
    program.set("uEdgeRelief", 2.2f * manner.edgeRelief * relief);
    program.set("uHeightRelief", painted.height ? 5.5f * manner.heightRelief * relief : 0.f);

    program.set("uBloomAmount", in.bloom ? 0.9f * state[param("look.bloom")] : 0.f);
    program.set("uAberration", state[param("look.aberration")]);
    program.set("uExposure", std::exp2(state[param("look.exposure")]));
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
