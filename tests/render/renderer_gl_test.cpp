#include "gl_fixture.h"

#include "render/gl.h"

namespace titanus::render {
namespace {
using guidance::Canvas;
using modulation::FrameState;

core::Image asImage(const Canvas& canvas) {
    core::Image image{canvas.width, canvas.height, {}};
    for (const float v : canvas.rgba) image.rgba.push_back(static_cast<std::uint8_t>(v * 255 + 0.5f));
    return image;
}

class RendererGl : public GlTest {};

TEST_F(RendererGl, NeutralLookWithoutMotionShowsTheCanvasItself) {
    start();
    neutral(store_);
    const Canvas canvas = smoothCanvas();
    const Difference d = difference(drawn(stateOf(), canvas), asImage(canvas), 1);
    EXPECT_LT(d.mean, 1.2); // half of it is the dither
    EXPECT_LE(d.largest, 4);
}

TEST_F(RendererGl, APanOfWholePixelsMovesThePictureByThatManyPixels) {
    start();
    neutral(store_);
    const Canvas canvas = smoothCanvas();
    const core::Image still = drawn(stateOf(), canvas);
    FrameState state = stateOf();
    state.pose.view.tx = 8 * 2.0 / kHeight;
    const core::Image moved = drawn(state, canvas);
    EXPECT_LE(difference(still, moved, 10, 8).largest, 3);
}

TEST_F(RendererGl, BeadsAlongAnEdgeBecomeALineAndTheEdgeStays) {
    start();
    neutral(store_);
    constexpr double kSlope = 0.5, kPeriod = 2.6; // a slanting edge; beads as the painter leaves them
    const double size = std::hypot(1, kSlope);
    Canvas canvas = smoothCanvas();
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x) {
            const double across = (y - kHeight / 2 - kSlope * (x - kWidth / 2)) / size, along = ((x - kWidth / 2) + kSlope * (y - kHeight / 2)) / size;
            double v = 0.25 + 0.5 / (1 + std::exp(-across));
            if (std::abs(across) < 1.5) v += 0.25 * std::sin(along * 2 * M_PI / kPeriod);
            for (int c = 0; c < 3; ++c) canvas.rgba[static_cast<std::size_t>((y * kWidth + x) * 4 + c)] = static_cast<float>(v);
        }
    struct Seen { double unrest = 0, contrast = 0; };
    const auto seen = [&](float coherence) {
        set(store_, "look.coherence", coherence);
        const core::Image image = drawn(stateOf(1), canvas);
        const auto at = [&](double along, double across) {
            const double x = kWidth / 2 + (along - kSlope * across) / size, y = kHeight / 2 + (kSlope * along + across) / size;
            const int column = static_cast<int>(x), row = static_cast<int>(y);
            const double fx = x - column, fy = y - row;
            return (1 - fy) * ((1 - fx) * image.at(column, row)[0] + fx * image.at(column + 1, row)[0]) +
                   fy * ((1 - fx) * image.at(column, row + 1)[0] + fx * image.at(column + 1, row + 1)[0]);
        };
        Seen s;
        int count = 0;
        for (double along = -40; along < 40; along += 1, ++count) {
            s.unrest += std::abs(at(along + kPeriod / 2, 0) - at(along, 0));
            s.contrast += at(along, 5) - at(along, -5);
        }
        return Seen{s.unrest / count, s.contrast / count};
    };
    const Seen before = seen(0), after = seen(1);
    EXPECT_GT(before.unrest, 10);
    EXPECT_LT(after.unrest, 0.3 * before.unrest);
    EXPECT_NEAR(after.contrast, before.contrast, 0.03 * before.contrast);
    const core::Image smoothed = drawn(stateOf(2), smoothCanvas(1));
    set(store_, "look.coherence", 0);
    EXPECT_LT(difference(smoothed, drawn(stateOf(3), smoothCanvas(1))).mean, 1); // nothing to smooth
}

TEST_F(RendererGl, WithoutACanvasThePictureIsQuietButNotBlack) {
    start();
    const core::Image image = drawn(stateOf(), Canvas{});
    double mean = 0;
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x) mean += image.at(x, y)[1];
    mean /= image.width * image.height;
    EXPECT_GT(mean, 15);
    EXPECT_LT(mean, 140);
}

TEST_F(RendererGl, ANewCanvasFadesInOverThePaintersInterval) {
    start();
    neutral(store_);
    Canvas canvas = smoothCanvas();
    const core::Image first = drawn(stateOf(0), canvas);
    for (int i = 1; i <= 8; ++i) { // canvases every 100 ms teach the interval
        ++canvas.generation;
        drawn(stateOf(0.1 * i), canvas);
    }
    Canvas next = smoothCanvas(1.5);
    next.generation = canvas.generation + 1;
    const core::Image target = asImage(next);
    const double whole = difference(first, target).mean;
    const double atStart = difference(drawn(stateOf(0.9, 0.005), next), target).mean;
    const double midway = difference(drawn(stateOf(0.955, 0.005), next), target).mean;
    const double atEnd = difference(drawn(stateOf(1.2), next), target).mean;
    EXPECT_GT(atStart, 0.9 * whole);
    EXPECT_GT(midway, 0.3 * whole);
    EXPECT_LT(midway, 0.7 * whole);
    EXPECT_LT(atEnd, 0.1 * whole);
}

// Offline, and live where the painter is faster than the display.
TEST_F(RendererGl, EveryCanvasIsSeenWhereEachFrameBringsOne) {
    start();
    neutral(store_);
    Canvas canvas = smoothCanvas();
    core::Image shown = drawn(stateOf(0), canvas);
    constexpr double kFrame = 1.0 / 30;
    Canvas next;
    for (int i = 1; i <= 12; ++i) {
        next = smoothCanvas(0.1 * i);
        next.generation = canvas.generation + static_cast<std::uint64_t>(i);
        shown = drawn(stateOf(kFrame * i, kFrame), next);
    }
    EXPECT_LT(difference(shown, asImage(next)).mean, 0.3 * difference(asImage(canvas), asImage(next)).mean);
}

TEST_F(RendererGl, L27_AFrozenPictureStaysBitForBit) {
    start();
    const Canvas canvas = edgyCanvas();
    const core::Image before = drawn(stateOf(0), canvas);
    FrameState state = stateOf(1);
    state.frozen = true;
    state.pose.view.tx = 0.3;
    Canvas other = smoothCanvas();
    other.generation = 9;
    EXPECT_EQ(drawn(state, other).rgba, before.rgba);
}

TEST_F(RendererGl, L26_BlackoutIsBlackInTheNextFrameEvenWhileFrozen) {
    start();
    set(store_, "look.bloom", 1);
    const Canvas canvas = edgyCanvas();
    const core::Image before = drawn(stateOf(0), canvas);
    FrameState state = stateOf(1);
    state.frozen = state.blackout = true;
    for (const core::Image image = drawn(state, canvas); const std::uint8_t byte : image.rgba)
        ASSERT_TRUE(byte == 0 || byte == 255);
    EXPECT_EQ(drawn(state, canvas).at(80, 45)[0], 0);
    state.blackout = false;
    EXPECT_EQ(drawn(state, canvas).rgba, before.rgba) << "what was frozen comes back unchanged";
}

TEST_F(RendererGl, BlackoutFadesOverItsSeconds) {
    start();
    set(store_, "output.fade_seconds", 1);
    const Canvas canvas = edgyCanvas();
    drawn(stateOf(0), canvas);
    FrameState state = stateOf(0.5, 0.5);
    state.blackout = true;
    const int half = drawn(state, canvas).at(60, 45)[0];
    EXPECT_GT(half, 10);
    EXPECT_LT(half, 200);
    EXPECT_EQ(drawn(state, canvas).at(60, 45)[0], 0);
}

TEST_F(RendererGl, OutputBrightnessZeroIsBlack) {
    start();
    set(store_, "output.brightness", 0);
    set(store_, "look.flash", 1);
    for (const core::Image image = drawn(stateOf(0), edgyCanvas()); const std::uint8_t byte : image.rgba)
        ASSERT_TRUE(byte == 0 || byte == 255);
}

TEST_F(RendererGl, SameFramesGiveTheSamePictures) {
    const Canvas canvas = edgyCanvas();
    std::vector<core::Image> last;
    for (const int painting : {1, 2, 2, 1}) {
        start();
        set(store_, "look.painting", static_cast<float>(painting));
        set(store_, "look.trails", 0.5f);
        for (int i = 0; i < 4; ++i) {
            FrameState state = stateOf(i / 30.0, 1 / 30.0);
            state.pose.view.tx = 0.01 * i;
            renderer_->draw(state, canvas);
        }
        last.push_back(renderer_->readBack());
    }
    EXPECT_EQ(last[0].rgba, last[3].rgba);
    EXPECT_EQ(last[1].rgba, last[2].rgba);
}

// Every parameter of the display moves something that the audience sees.
TEST_F(RendererGl, NoKnobIsDead) {
    start();
    struct Move { const char* id; float value; };
    const std::vector<Move> moves{
        {"camera.bump", 0.15f}, {"camera.tilt", 10}, {"camera.shake", 1}, {"camera.border", 1},
        {"look.painting", 0}, {"look.painting", 2}, {"look.painting", 3}, {"look.painting", 4}, {"look.painting", 5},
        {"look.brush", 1}, {"look.detail", 0}, {"look.coherence", 0}, {"look.relief", 1}, {"look.exposure", 1},
        {"look.contrast", 1.6f}, {"look.saturation", 0}, {"look.hue", 90}, {"look.warmth", 1},
        {"look.tint", 1}, {"look.tint_hue", 40}, {"look.posterise", 0.8f}, {"look.invert", 1},
        {"look.bloom", 1}, {"look.trails", 1}, {"look.trail_zoom", 1}, {"look.kaleidoscope", 5},
        {"look.aberration", 1}, {"look.ripple", 1}, {"look.flash", 0.5f}, {"look.grain", 1},
        {"look.vignette", 1}, {"output.brightness", 0.5f}, {"output.gamma", 1.6f}};
    const Canvas canvas = edgyCanvas();
    const auto sequence = [&] {
        renderer_->resize(kWidth + 2, kHeight + 2); // back to the start of the show
        renderer_->resize(kWidth, kHeight);
        for (int i = 0; i < 4; ++i) {
            FrameState state = stateOf(0.31 + i / 20.0, 1 / 20.0);
            state.space.border = static_cast<modulation::Border>(state.effective.choice(params::param("camera.border")));
            state.pose.view.tx = 0.06 * i;
            renderer_->draw(state, canvas);
        }
        return renderer_->readBack();
    };
    // In force while the others move, so that hue has a tint to turn and zoom a trail to stretch.
    set(store_, "look.tint", 0.3f);
    set(store_, "look.trails", 0.6f);
    const core::Image base = sequence();
    ASSERT_EQ(sequence().rgba, base.rgba) << "the comparison needs a repeatable base";
    for (const Move& move : moves) {
        const float before = store_[*params::findParam(move.id)];
        set(store_, move.id, move.value);
        EXPECT_GT(difference(sequence(), base).mean, 0.25) << move.id << " = " << move.value;
        set(store_, move.id, before);
    }
    for (const params::Param& p : params::kCatalogue) {
        if (!p.id.starts_with("look.") || p.id == "look.pixel_size") continue; // acts with pixels alone: pixels_gl_test.cpp
        EXPECT_TRUE(std::any_of(moves.begin(), moves.end(), [&](const Move& m) { return p.id == m.id; }))
            << p.id << " is not in the list above";
    }
}

TEST_F(RendererGl, ResizeChangesThePictureAndKeepsTheShow) {
    start();
    const Canvas canvas = edgyCanvas();
    drawn(stateOf(0), canvas);
    renderer_->resize(320, 180);
    const core::Image image = drawn(stateOf(0.1), canvas);
    EXPECT_EQ(image.width, 320);
    EXPECT_EQ(image.height, 180);
    EXPECT_GT(image.at(120, 90)[0], 60);
}

TEST_F(RendererGl, ACanvasThatLiesAboutItsSizeIsNotRead) {
    start();
    Canvas canvas = edgyCanvas();
    canvas.rgba.resize(100);
    EXPECT_EQ(drawn(stateOf(0), canvas).width, kWidth);
}

TEST_F(RendererGl, BlitFitsWithBlackBarsAndFlips) {
    start();
    neutral(store_);
    const Canvas canvas = smoothCanvas();
    const Picture picture = renderer_->draw(stateOf(0), canvas);
    const core::Image image = renderer_->readBack();
    Target window;
    window.ensure(160, 130, {});
    const auto shown = [&](Fit fit, bool flipX) {
        window.bind();
        renderer_->blit(picture, 160, 130, {.fit = fit, .flipX = flipX});
        core::Image out{160, 130, std::vector<std::uint8_t>(160 * 130 * 4)};
        glReadPixels(0, 0, 160, 130, GL_RGBA, GL_UNSIGNED_BYTE, out.rgba.data());
        return out; // bottom row first
    };
    const core::Image fitted = shown(Fit::Fit, false), flipped = shown(Fit::Fit, true);
    EXPECT_EQ(fitted.at(80, 5)[0] + fitted.at(80, 125)[0], 0) << "bars";
    EXPECT_NEAR(fitted.at(30, 20 + 40)[0], image.at(30, kHeight - 1 - 40)[0], 1);
    EXPECT_NEAR(flipped.at(30, 20 + 40)[0], image.at(kWidth - 1 - 30, kHeight - 1 - 40)[0], 1);
    const core::Image filled = shown(Fit::Fill, false);
    EXPECT_GT(filled.at(80, 3)[0] + filled.at(80, 3)[1] + filled.at(80, 3)[2], 0) << "no bars";
}

TEST(OffscreenContext, WithoutGlItSaysSo) {
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    const auto context = OffscreenContext::create();
    ASSERT_FALSE(context);
    EXPECT_EQ(context.problem().id, core::ProblemId::GlUnavailable);
    const auto renderer = Renderer::create({});
    ASSERT_FALSE(renderer);
    EXPECT_EQ(renderer.problem().id, core::ProblemId::GlUnavailable);
}

} // namespace
} // namespace titanus::render
