#include "render/camera_uniforms.h"

#include <cmath>

namespace titanus::render {

void setAffine(const Program& program, const char* rowX, const char* rowY,
               const modulation::Affine& m) {
    const auto f = [](double x) { return static_cast<float>(x); };
    program.set(rowX, f(m.a), f(m.b), f(m.tx));
    program.set(rowY, f(m.c), f(m.d), f(m.ty));
}

void setCamera(const Program& program, const modulation::CameraMotion& motion,
               const modulation::CameraSpace& space) {
    program.set("uDepthField", static_cast<int>(space.depth));
    program.set("uBorder", static_cast<int>(space.border));
    program.set("uSpaceRelief", space.relief);
    program.set("uPerspective", space.perspective);
    program.set("uAspect", space.aspect);
    setAffine(program, "uInverseX", "uInverseY", motion.view.inverse());
    program.set("uTravel", motion.dolly, motion.truckX, motion.truckY);
    program.set("uTurn", std::tan(motion.yawRad), std::tan(motion.pitchRad));
}

} // namespace titanus::render
