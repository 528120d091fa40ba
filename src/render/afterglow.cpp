#include "render/afterglow.h"

#include "render/camera_uniforms.h"

#include <algorithm>
#include <cmath>

namespace titanus::render {
using modulation::Affine;
using modulation::CameraMotion;
using modulation::FrameState;
using params::param;

GLuint Afterglow::trails(const ShaderSet& shaders, const FrameState& state, const Painted& painted,
                         const CameraMotion& motion) {
    const float amount = state[param("look.trails")];
    if (amount <= 0) {
        trailing_ = false;
        return painted.paint;
    }
    for (Target& target : trails_)
        if (target.ensure(painted.width, painted.rows, {GL_RGBA8})) trailing_ = false;
    const GLuint previous = trailing_ ? trails_[now_].texture() : painted.paint;
    now_ = 1 - now_;
    trails_[now_].bind();
    const Program& program = shaders.moving(Pass::Trails, state.space.depth == modulation::DepthField::Flat);
    program.use();
    CameraMotion moved = motion;
    const double dt = std::max(state.dtSeconds, 0.0);
    const double grow = std::exp(0.8 * state[param("look.trail_zoom")] * dt);
    moved.view = Affine{grow, 0, 0, grow, 0, 0} * moved.view;
    setCamera(program, moved, state.space);
    program.texture("uPaint", 0, painted.paint);
    program.texture("uPrevious", 1, previous);
    // Time until a third is left: 60 ms to 2.5 s, and longer the last bit of the fader.
    const double seconds = 0.06 * std::pow(42.0, amount);
    program.set("uKeep", static_cast<float>(std::exp(-dt / seconds)));
    program.set("uVeil", 0.5f * amount);
    drawScreen();
    trailing_ = true;
    return trails_[now_].texture();
}

GLuint Afterglow::bloom(const ShaderSet& shaders, const FrameState& state, GLuint image, int width,
                        int height, bool softwareGl) {
    if (state[param("look.bloom")] <= 0) return 0;
    // The levels have fixed heights, so the glow is equally wide at every painting size.
    const int base = std::min(height, softwareGl ? 90 : 135);
    for (std::size_t i = 0; i < kLevels; ++i) {
        const int h = std::max(4, base >> i), w = std::max(4, width * h / std::max(height, 1));
        levels_[i].ensure(w, h, {softwareGl ? GLenum{GL_RGBA8} : GLenum{GL_RGBA16F}});
    }
    const auto draw = [&](Pass pass, const Target& to, GLuint from, float x, float y, float gain) {
        to.bind();
        const Program& program = shaders[pass];
        program.use();
        program.texture("uImage", 0, from);
        program.set("uStep", x, y);
        program.set("uGain", gain);
        drawScreen();
    };
    const auto texel = [](int n) { return 1.f / static_cast<float>(n); };
    draw(Pass::Bright, levels_[0], image, 0.25f * texel(levels_[0].width()), 0.25f * texel(levels_[0].height()), 1);
    for (std::size_t i = 1; i < kLevels; ++i)
        draw(Pass::Widen, levels_[i], levels_[i - 1].texture(), texel(levels_[i - 1].width()),
             texel(levels_[i - 1].height()), 1);
    glEnable(GL_BLEND);
    glBlendFunc(GL_ONE, GL_ONE);
    for (std::size_t i = kLevels - 1; i > 0; --i)
        draw(Pass::Widen, levels_[i - 1], levels_[i].texture(), texel(levels_[i].width()),
             texel(levels_[i].height()), 0.55f);
    glDisable(GL_BLEND);
    return levels_[0].texture();
}

} // namespace titanus::render
