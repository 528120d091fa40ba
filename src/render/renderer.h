#pragma once
// The low-resolution canvas turned into the picture the audience sees: reconstruction and residual
// camera motion, painting along the picture's own structure, trails, bloom, grade. Every number
// comes from the FrameState; this class adds no taste of its own but the passes themselves.
// Thread: main, with a GL 4.1 core context current from create() to destruction
// Ownership: owns all its GL objects; Pictures are borrowed until the next draw
// Time: FrameState::seconds only, so an offline run repeats bit for bit (with a fixed quality)
#include "core/image.h"
#include "core/result.h"
#include "guidance/canvas.h"
#include "modulation/frame_state.h"
#include "render/picture.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace titanus::render {

// Fixed: kQualityLowest..kQualityBest, or by the kind of GL, so that a film without a GPU does not
// take a second a frame. Automatic: what keeps the rate; not repeatable.
inline constexpr int kQualityAutomatic = -1, kQualityByDevice = -2, kQualityLowest = 0, kQualityBest = 3;

struct RendererOptions {
    int width = 1280, height = 720;   // of the picture, pixels
    std::filesystem::path shaderDir;  // empty: core::dataDir("shaders")
    int quality = kQualityAutomatic;  // offline: kQualityByDevice
    double targetFps = 60;            // what "automatic" aims at
};

struct RendererInfo {
    std::string device, version;      // GL_RENDERER, GL_VERSION
    bool software = false;            // llvmpipe, softpipe
    int paintWidth = 0, paintHeight = 0; // painting buffer in force
    int step = 0, steps = 1;          // position of the automatic on its ladder, 0 the lowest
    double gpuMs = 0;                 // cost of a recent frame as the GPU measured it; 0: not yet
    int marks = 0;                    // brush marks or facets alive
};

enum class Fit { Fill, Fit, Stretch, Pixel }; // order of the choices of output.fit

struct BlitOptions {
    Fit fit = Fit::Fill;
    bool flipX = false, flipY = false;
    int x = 0, y = 0;                 // lower left corner of the viewport in the framebuffer
};

using ProblemSink = std::function<void(const core::Problem&)>;

class Renderer {
  public:
    // Errors: GlUnavailable (no context, or older than 4.1), FileUnreadable (shader folder or file
    // missing), ShaderInvalid (file:line).
    static core::Result<std::unique_ptr<Renderer>> create(const RendererOptions& options);
    ~Renderer();
    Renderer(const Renderer&) = delete;
    Renderer& operator=(const Renderer&) = delete;

    // Draws one frame into its own textures. An empty canvas gives a quiet picture, not black.
    // Frozen: the last picture again, bit for bit. Blackout: black in this very frame, or over
    // output.fade_seconds. GL state afterwards: framebuffer 0, no program, no blending.
    Picture draw(const modulation::FrameState& state, const guidance::Canvas& canvas);
    // The picture last drawn, without drawing.
    Picture picture() const;

    // Keeps canvas and settings; trails, brush and marks start anew.
    void resize(int width, int height);
    // The rate that the automatic quality aims at; follows output.fps or the screen.
    void setTargetFps(double fps);

    // Copies a picture into the current framebuffer's viewport; bars are black.
    void blit(const Picture& picture, int viewportWidth, int viewportHeight,
              const BlitOptions& options = {});
    // The picture last drawn, top row first. Waits for the GPU: tests, stills, offline.
    core::Image readBack();

    // Call every frame; looks at the files at most four times a second. A program that does not
    // compile is left as it was and reported once per change. True if anything was replaced.
    bool reloadChangedShaders(double nowSeconds, const ProblemSink& sink);

    RendererInfo info() const;

  private:
    struct Parts;
    explicit Renderer(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace titanus::render
