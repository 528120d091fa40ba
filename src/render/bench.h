#pragma once
// The display measured alone: real passes, a synthetic painter that delivers canvases at its own
// pace, the real limiter. Thread: main   Needs: a GL context (makes an offscreen one if told so)
#include "core/result.h"
#include "render/pacer.h"
#include "render/renderer.h"

namespace titanus::render {

struct BenchDisplayOptions {
    int width = 1280, height = 720;
    double seconds = 5, fps = 60;          // wanted; paced as play does it (pacedFps)
    double canvasesPerSecond = 15;        // 0: guidance hangs after the first
    int painting = 1;                     // choice of look.painting
    int quality = kQualityAutomatic;
    std::filesystem::path shaderDir;      // empty: core::dataDir("shaders")
};

struct BenchDisplayResult {
    PaceFigures pace;                     // with the limiter at `pacedFps`, after warming up
    double longestPeriods = 0;            // longest frame in periods of `pacedFps`
    double p99OverMedian = 0;
    double pacedFps = 0;
    double drawMsMedian = 0, drawMsP99 = 0; // work of one frame until the GPU is done
    std::uint64_t longerThanTwoFrames = 0;
    RendererInfo renderer;
};

// A GL context must be current. Errors: as Renderer::create.
core::Result<BenchDisplayResult> benchDisplay(const BenchDisplayOptions& options);

// What the flash guard adds to a frame, taken in turns: medians of the frame with the guard in it
// and of the guard alone on the same picture, each until the GPU is done.
struct BenchFlashGuardResult {
    double frameMs = 0, guardMs = 0;
    double ratio = 0; // frame with the guard over frame without
};
core::Result<BenchFlashGuardResult> benchFlashGuard(const BenchDisplayOptions& options);

} // namespace titanus::render
