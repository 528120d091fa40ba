#include "render/structure.h"

#include "render/camera_uniforms.h"

namespace titanus::render {
namespace {

constexpr float kBlurSigma = 2; // of blur.frag, in steps

void draw(const ShaderSet& shaders, Pass pass, GLuint image, const Target& to, float dx, float dy) {
    to.bind();
    const Program& program = shaders[pass];
    program.use();
    program.texture("uImage", 0, image);
    program.set("uStep", dx / static_cast<float>(to.width()), dy / static_cast<float>(to.height()));
    drawScreen();
}

} // namespace

void blurInto(const ShaderSet& shaders, GLuint image, float sigma, const Target& across, const Target& to) {
    draw(shaders, Pass::Blur, image, across, sigma / kBlurSigma, 0);
    draw(shaders, Pass::Blur, across.texture(), to, 0, sigma / kBlurSigma);
}

void findStructure(const ShaderSet& shaders, GLuint image, float sigma, const Target& across, const Target& tensor) {
    draw(shaders, Pass::Tensor, image, tensor, 1, 1);
    blurInto(shaders, tensor.texture(), sigma, across, tensor);
}

void smoothAlong(const ShaderSet& shaders, GLuint image, GLuint tensor, float step, Clarity clarity, const Target& to) {
    to.bind();
    const Program& program = shaders[Pass::Flow];
    program.use();
    program.texture("uImage", 0, image);
    program.texture("uTensor", 1, tensor);
    program.set("uTexel", 1.f / static_cast<float>(to.width()), 1.f / static_cast<float>(to.height()));
    program.set("uLength", step);
    program.set("uClarity", clarity.from, clarity.full);
    drawScreen();
}

} // namespace titanus::render
