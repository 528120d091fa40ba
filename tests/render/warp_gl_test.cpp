#include "gl_fixture.h"

#include "core/files.h"
#include "render/camera_uniforms.h"
#include "render/gl.h"
#include "render/shader_set.h"
#include "support/temp_folder.h"

namespace titanus::render {
namespace {
using namespace modulation;
namespace fs = std::filesystem;

TEST_F(GlTest, ShaderAndCppAgreeWhereEveryPointComesFrom) {
    const TempFolder folder;
    for (const char* name : {"warp.glsl", "screen.vert"}) fs::copy_file(fs::path(TITANUS_SOURCE_DIR "/shaders") / name, folder.path / name);
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "probe.frag",
        "#version 410 core\n#include \"warp.glsl\"\nin vec2 uv;\nout vec4 color;\nuniform float uLuminance;\n"
        "void main() { vec2 p = pointAt(uv); color = vec4(sourceOf(p, uLuminance), p); }\n"));
    auto program = Program::build(folder.path, "screen.vert", "probe.frag");
    ASSERT_TRUE(program) << program.problem().line();

    constexpr int kW = 32, kH = 18;
    Target target;
    target.ensure(kW, kH, {GL_RGBA32F});
    const GlVertexArray screen = GlVertexArray::make();
    std::vector<CameraMotion> motions(4);
    motions[1].view = {1.2, -0.3, 0.25, 0.9, 0.1, -0.2};
    motions[2].dolly = 0.4f;
    motions[2].truckX = 0.2f;
    motions[2].truckY = -0.1f;
    motions[3] = motions[1];
    motions[3].dolly = -0.3f;
    motions[3].yawRad = 0.1f;
    motions[3].pitchRad = -0.07f;
    for (const DepthField depth : {DepthField::Flat, DepthField::Plane, DepthField::Tunnel, DepthField::Sphere, DepthField::Luminance})
        for (std::size_t k = 0; k < motions.size(); ++k)
            for (const float luminance : {0.f, 0.6f}) {
                const CameraSpace space{depth, Border::Mirror, 0.8f, 16.f / 9, k == 2 ? 0.6f : 0.f};
                target.bind();
                glBindVertexArray(screen.name());
                program.value().use();
                setCamera(program.value(), motions[k], space);
                program.value().set("uLuminance", luminance);
                drawScreen();
                std::vector<float> got(kW * kH * 4);
                glReadPixels(0, 0, kW, kH, GL_RGBA, GL_FLOAT, got.data());
                for (std::size_t i = 0; i < got.size(); i += 4) {
                    const Vec2 p{got[i + 2], got[i + 3]}, want = sourceOf(motions[k], space, p, luminance);
                    ASSERT_NEAR(got[i], want.x, 2e-4) << "depth " << static_cast<int>(depth) << " motion " << k;
                    ASSERT_NEAR(got[i + 1], want.y, 2e-4);
                }
            }
}

} // namespace
} // namespace titanus::render
