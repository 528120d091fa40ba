#pragma once
// The last pass: painting to finished picture. Maps look.* and output.* to its uniforms; the
// formulas are in shaders/finish.frag. Thread: main   Owns: nothing
#include "modulation/frame_state.h"
#include "render/painter.h"
#include "render/shader_set.h"

namespace titanus::render {

struct FinishInput {
    const Painted& painted;
    GLuint paint = 0, bloom = 0; // paint: with trails; bloom 0: none
    GLuint noise = 0;            // 256 x 256, repeating
    bool fine = true;            // more reads for smoother edges
};

// Draws into the bound framebuffer.
void finish(const ShaderSet& shaders, const modulation::FrameState& state, const FinishInput& in);

// Column-major 3x3 of hue (degrees), saturation and warmth, for sRGB-encoded colours.
std::array<float, 9> colorMatrix(float hueDegrees, float saturation, float warmth);

} // namespace titanus::render
