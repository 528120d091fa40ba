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
#include "render/governor.h"
#include "render/output_geometry.h"
#include "render/picture.h"
#include "render/test_card.h"

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

// What the flash guard saw and does (WCAG 2.2 "three flashes", ITU-R BT.1702). No medical guarantee.
struct FlashMeter {
    float generalPerSecond = 0, redPerSecond = 0; // of the picture before the guard, where more than
                                                  // a quarter of it flashes; 0: less does
    float limited = 0;                            // 0..1: how firmly contrast is held back
    bool limiting = false;
    bool bypassed = false;                        // guard.flash is off: only metered
};

// The rate to pace at when `wantedFps` is asked for: without a GPU thirty good frames a second, held,
// are worth more than sixty that come as they can.
double pacedFps(const RendererInfo& info, double wantedFps);

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
    // output.fade_seconds. The flash guard (guard.flash) is the last pass before the blackout, which
    // nothing may delay. GL state afterwards: framebuffer 0, no program, no blending.
    Picture draw(const modulation::FrameState& state, const guidance::Canvas& canvas);
    // The picture last drawn, without drawing.
    Picture picture() const;

    // Keeps canvas and settings; trails, brush and marks start anew.
    void resize(int width, int height);
    // The rate that the automatic quality aims at; follows output.fps or the screen.
    void setTargetFps(double fps);

    // Seconds of work of the frame before, without swap and pacer's wait (they hide how much room
    // there is; the GPU's own time is known here), and guard.fps_floor. What the floor needs is given
    // up in a fixed order, painting first, and given back (governor.h).
    void frameTook(double seconds, double floorFps);
    GovernorState governorState() const;
    // Read back some frames late, without waiting.
    FlashMeter flashMeter() const;

    // All GL objects anew in the current context: after the context was lost or replaced, so that
    // whoever holds this renderer keeps it. Trails and marks start anew. On an error the renderer
    // is as before. Errors: as create().
    core::Result<void> rebuild();
    // The driver says that the context is gone (GPU reset). False where it cannot tell.
    bool contextLost() const;

    // Copies a picture into the current framebuffer's viewport; bars are black.
    void blit(const Picture& picture, int viewportWidth, int viewportHeight,
              const BlitOptions& options = {});
    // The test card instead of the picture, through the same geometry; drawn once per change.
    void blitTestCard(const TestCard& card, int viewportWidth, int viewportHeight,
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
