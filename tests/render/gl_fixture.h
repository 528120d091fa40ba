#pragma once
// A GL context without a display, and canvases and states to draw. Skips with the reason where no
// GL can be had.
#include "modulation/modulator.h"
#include "params/text.h"
#include "render/offscreen_context.h"
#include "render/renderer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

namespace titanus::render {

inline constexpr int kWidth = 160, kHeight = 90;

inline guidance::Canvas smoothCanvas(double phase = 0) {
    guidance::Canvas canvas;
    canvas.width = kWidth;
    canvas.height = kHeight;
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x) {
            for (const double k : {0.09, 0.06, 0.11})
                canvas.rgba.push_back(static_cast<float>(0.5 + 0.4 * std::sin(k * x + phase + std::sin(0.08 * y + 9 * k))));
            canvas.rgba.push_back(1);
        }
    canvas.generation = 1;
    return canvas;
}
// Flat areas with hard edges, where painting, lines and marks have something to do.
inline guidance::Canvas edgyCanvas() {
    guidance::Canvas canvas = smoothCanvas();
    for (std::size_t i = 0; i < canvas.rgba.size(); i += 4) {
        const double x = static_cast<double>(i / 4 % kWidth) - 80, y = static_cast<double>(i / 4 / kWidth) - 45;
        const double r = std::hypot(x, y);
        if (r < 30) canvas.rgba[i] = 0.95f, canvas.rgba[i + 1] = r < 15 ? 0.1f : 0.7f, canvas.rgba[i + 2] = 0.2f;
        else if (x > 30 && y > 0) canvas.rgba[i] = canvas.rgba[i + 1] = canvas.rgba[i + 2] = 0.05f;
    }
    return canvas;
}

inline void set(params::Store& store, std::string_view id, float value) {
    const auto index = params::findParam(id);
    ASSERT_TRUE(index) << id;
    store.apply({*index, value});
}
// Nothing but the canvas itself.
inline void neutral(params::Store& store) {
    for (const char* id : {"look.painting", "look.brush", "look.detail", "look.coherence", "look.relief", "look.bloom",
                           "look.grain", "look.vignette"})
        set(store, id, 0);
    for (const char* id : {"look.contrast", "look.saturation"}) set(store, id, 1);
}

// Largest and mean difference of two pictures, in 1/255.
struct Difference { double largest = 0, mean = 0; };
inline Difference difference(const core::Image& a, const core::Image& b, int margin = 0, int shiftX = 0) {
    Difference d;
    int count = 0;
    for (int y = margin; y < a.height - margin; ++y)
        for (int x = margin; x < a.width - margin; ++x)
            for (int c = 0; c < 3; ++c, ++count) {
                const double e = std::abs(a.at(x, y)[c] - b.at(x + shiftX, y)[c]);
                d.largest = std::max(d.largest, e);
                d.mean += e;
            }
    d.mean /= std::max(count, 1);
    return d;
}

class GlTest : public testing::Test {
  protected:
    void SetUp() override {
        setenv("SDL_VIDEODRIVER", "offscreen", 1);
        auto context = OffscreenContext::create();
        if (!context) GTEST_SKIP() << context.problem().line();
        context_ = std::move(context).value();
    }
    void start(int width = kWidth, int height = kHeight, int quality = kQualityLowest,
               const std::filesystem::path& shaders = TITANUS_SOURCE_DIR "/shaders") {
        auto renderer = Renderer::create({width, height, shaders, quality, 60});
        ASSERT_TRUE(renderer) << renderer.problem().line();
        renderer_ = std::move(renderer).value();
    }
    modulation::FrameState stateOf(double seconds = 0, double dt = 1 / 60.0) {
        modulation::FrameState state;
        state.frame = static_cast<std::uint64_t>(seconds * 60) + 1;
        state.seconds = seconds;
        state.dtSeconds = dt;
        state.effective = store_.snapshot();
        state.space.aspect = static_cast<float>(kWidth) / kHeight;
        state.texts = store_.texts();
        return state;
    }
    core::Image drawn(const modulation::FrameState& state, const guidance::Canvas& canvas) {
        renderer_->draw(state, canvas);
        return renderer_->readBack();
    }

    std::unique_ptr<OffscreenContext> context_;
    std::unique_ptr<Renderer> renderer_;
    params::Store store_;
};

} // namespace titanus::render
