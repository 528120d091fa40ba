#pragma once
// Hands a camera motion to shaders/warp.glsl. Thread: main, the program in use
#include "modulation/camera.h"
#include "render/shader_set.h"

namespace titanus::render {

void setCamera(const Program& program, const modulation::CameraMotion& motion,
               const modulation::CameraSpace& space);
// An affine map as two rows, for dot(row, vec3(p, 1)).
void setAffine(const Program& program, const char* rowX, const char* rowY,
               const modulation::Affine& map);

// Draws the triangle of screen.vert; needs any vertex array bound.
inline void drawScreen() { glDrawArrays(GL_TRIANGLES, 0, 3); }

} // namespace titanus::render
