#include "render/bench.h"

#include "core/clock.h"
#include "core/files.h"
#include "modulation/modulator.h"
#include "render/flash_guard.h"
#include "render/gl.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace titanus::render {
namespace {

// Shapes of many sizes that drift, so that no canvas is like the one before.
void paintSynthetic(guidance::Canvas& canvas, double seconds) {
    constexpr int kWidth = 256, kHeight = 144;
    canvas.width = kWidth;
    canvas.height = kHeight;
    canvas.rgba.resize(static_cast<std::size_t>(kWidth) * kHeight * 4);
    std::size_t at = 0;
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x) {
            const double u = x * 0.035, v = y * 0.035;
            const double swirl = std::sin(u + seconds) + std::sin(v * 1.7 - seconds * 0.7 + std::sin(u * 0.8));
            const double fine = std::sin(6 * u + 3 * swirl) * std::sin(5 * v - 2 * swirl);
            for (const double phase : {0.0, 2.1, 4.2})
                canvas.rgba[at++] = static_cast<float>(std::clamp(0.5 + 0.35 * std::sin(swirl * 2 + phase) + 0.12 * fine, 0.0, 1.0));
            canvas.rgba[at++] = 1;
        }
    ++canvas.generation;
}

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

} // namespace

core::Result<BenchDisplayResult> benchDisplay(const BenchDisplayOptions& options) {
    using params::param;
    auto created = Renderer::create({options.width, options.height, options.shaderDir, options.quality, options.fps});
    if (!created) return created.problem();
    Renderer& renderer = *created.value();
    const core::SteadyClock clock;
    Pacer pacer(clock);
    const double fps = pacedFps(renderer.info(), options.fps);
    pacer.setRate(fps);
    params::Store store;
    store.apply({param("look.painting"), static_cast<float>(options.painting)});
    store.apply({param("camera.zoom"), 0.1f});
    store.apply({param("camera.roll"), 5});
    modulation::Modulator modulator(1);
    const analysis::Features features;
    guidance::Canvas canvas;

    BenchDisplayResult result;
    std::vector<double> work;
    // The automatic settles and the driver compiles before anything is counted.
    const double warm = std::max(1.0, 0.4 * options.seconds);
    double begun = clock.seconds(), before = begun, nextCanvas = begun;
    bool counting = false;
    while (clock.seconds() - begun < warm + options.seconds) {
        const double now = clock.seconds();
        if (!counting && now - begun >= warm) {
            counting = true;
            pacer.clearFigures();
        }
        const modulation::FrameState& state = modulator.update(
            {store, features, now - begun, now - before, now - begun, static_cast<float>(options.width) / static_cast<float>(options.height)});
        before = now;
        if (canvas.generation == 0 || (options.canvasesPerSecond > 0 && now >= nextCanvas)) {
            paintSynthetic(canvas, now - begun);
            canvas.pose = state.pose;
            nextCanvas = std::max(nextCanvas + 1 / options.canvasesPerSecond, now);
        }
        const double start = clock.seconds();
        renderer.draw(state, canvas);
        glFinish(); // a window's swap would wait here
        if (counting) work.push_back(clock.seconds() - start);
        pacer.wait();
    }
    result.pace = pacer.figures();
    result.longestPeriods = result.pace.maxMs / 1000 * fps;
    result.pacedFps = fps;
    result.p99OverMedian = result.pace.p50Ms > 0 ? result.pace.p99Ms / result.pace.p50Ms : 0;
    result.drawMsMedian = 1000 * quantile(work, 0.5);
    result.drawMsP99 = 1000 * quantile(work, 0.99);
    result.longerThanTwoFrames = pacer.longerThan(2 / fps);
    result.renderer = renderer.info();
    return result;
}

core::Result<BenchFlashGuardResult> benchFlashGuard(const BenchDisplayOptions& options) {
    auto created = Renderer::create({options.width, options.height, options.shaderDir, options.quality, options.fps});
    if (!created) return created.problem();
    Renderer& renderer = *created.value();
    auto shaders = ShaderSet::load(options.shaderDir.empty() ? core::dataDir("shaders") : options.shaderDir, renderer.info().software);
    if (!shaders) return shaders.problem();
    FlashGuard guard;
    std::array<Target, 2> shown; // the picture and the one before
    const GlVertexArray screen; // the renderer leaves none behind
    const GlTexture noise;
    glBindTexture(GL_TEXTURE_2D, noise.name());
    const std::vector<std::uint8_t> grey(256 * 256 * 4, 128);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 256, 256, 0, GL_RGBA, GL_UNSIGNED_BYTE, grey.data());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);

    const core::SteadyClock clock;
    params::Store store;
    modulation::Modulator modulator(1);
    const analysis::Features features;
    guidance::Canvas canvas;
    std::vector<double> frames, guards, ratios;
    constexpr double kDt = 1 / 60.0;
    for (std::uint64_t i = 0; frames.empty() || clock.seconds() < options.seconds; ++i) {
        const double at = static_cast<double>(i) * kDt;
        const modulation::FrameState& state = modulator.update(
            {store, features, at, kDt, at, static_cast<float>(options.width) / static_cast<float>(options.height)});
        if (i % 4 == 0) paintSynthetic(canvas, at);
        glFinish();
        const double start = clock.seconds();
        const Picture picture = renderer.draw(state, canvas);
        glFinish();
        const double drawn = clock.seconds();
        Target& now = shown[i % 2];
        now.ensure(options.width, options.height, {});
        now.bind();
        renderer.blit(picture, options.width, options.height);
        now.bind();
        glFinish();
        const double begun = clock.seconds();
        glBindVertexArray(screen.name());
        guard.apply(shaders.value(), now, i > 0 ? shown[(i + 1) % 2].texture() : 0, noise.name(), i, kDt, true);
        glFinish();
        const double guarded = clock.seconds() - begun, frame = drawn - start;
        if (clock.seconds() < 0.3 * options.seconds || frame <= guarded) continue; // warming up
        frames.push_back(frame);
        guards.push_back(guarded);
        ratios.push_back(frame / (frame - guarded));
    }
    return BenchFlashGuardResult{1000 * quantile(frames, 0.5), 1000 * quantile(guards, 0.5), quantile(ratios, 0.5)};
}

} // namespace titanus::render
