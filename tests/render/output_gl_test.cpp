// What leaves for the wall: geometry, colour, test card; and a renderer made anew while a show runs.
#include "gl_fixture.h"

#include "render/gl.h"
#include "render/icon.h"
#include "support/temp_folder.h"

namespace titanus::render {
namespace {

constexpr int kW = 200, kH = 120;

class OutputGl : public GlTest {
  protected:
    void SetUp() override {
        GlTest::SetUp();
        if (!context_) return;
        start();
        // Red grows to the right, green upwards: a pixel's colour says where it came from.
        texture_ = makeTexture(256, 256, GL_RGBA8);
        std::vector<std::uint8_t> rgba;
        for (int y = 0; y < 256; ++y)
            for (int x = 0; x < 256; ++x)
                for (const int v : {x, y, 200, 255}) rgba.push_back(static_cast<std::uint8_t>(v));
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 256, 256, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
    }
    core::Image read() {
        core::Image out{kW, kH, std::vector<std::uint8_t>(kW * kH * 4)};
        glReadPixels(0, 0, kW, kH, GL_RGBA, GL_UNSIGNED_BYTE, out.rgba.data());
        return out; // bottom row first
    }
    core::Image shown(const BlitOptions& options) {
        window_.ensure(kW, kH, {});
        window_.bind();
        renderer_->blit({texture_.name(), 256, 256, 1, 0}, kW, kH, options);
        return read();
    }
    core::Image card(const TestCard& test, const BlitOptions& options = {}) {
        window_.ensure(kW, kH, {});
        window_.bind();
        renderer_->blitTestCard(test, kW, kH, options);
        return read();
    }
    BlitOptions fromRows(std::initializer_list<std::pair<const char*, float>> rows) {
        for (const auto& [id, value] : rows) set(store_, id, value);
        BlitOptions o = outputOptions(store_.snapshot());
        for (const auto& [id, value] : rows) set(store_, id, params::kCatalogue[params::findParam(id)->value].def);
        o.fit = Fit::Stretch;
        return o;
    }
    // Where in the picture a pixel of the output came from, 0..1 from the lower left.
    static std::pair<double, double> origin(const core::Image& image, int x, int y) {
        return {(image.at(x, y)[0] + 0.5) / 256, (image.at(x, y)[1] + 0.5) / 256};
    }

    GlTexture texture_;
    Target window_;
};

TEST_F(OutputGl, CropAndFlipShowTheRightPart) {
    const core::Image image = shown(fromRows({{"output.crop_left", 0.2f}, {"output.crop_right", 0.1f}, {"output.crop_top", 0.3f}, {"output.crop_bottom", 0.05f}}));
    EXPECT_NEAR(origin(image, 0, 60).first, 0.2, 0.01);
    EXPECT_NEAR(origin(image, kW - 1, 60).first, 0.9, 0.01);
    EXPECT_NEAR(origin(image, 100, 0).second, 0.05, 0.01);
    EXPECT_NEAR(origin(image, 100, kH - 1).second, 0.7, 0.01);
    const core::Image both = shown(fromRows({{"output.flip", 3}, {"output.crop_left", 0.2f}, {"output.crop_top", 0.3f}}));
    EXPECT_NEAR(origin(both, 0, 0).first, 1, 0.01);
    EXPECT_NEAR(origin(both, kW - 1, 0).first, 0.2, 0.01);
    EXPECT_NEAR(origin(both, 0, 0).second, 0.7, 0.01);
    EXPECT_NEAR(origin(both, 0, kH - 1).second, 0, 0.01);
    EXPECT_TRUE(fromRows({{"output.flip", 1}}).flipX);
    EXPECT_FALSE(fromRows({{"output.flip", 1}}).flipY);
    EXPECT_TRUE(fromRows({{"output.flip", 2}}).flipY);
}

TEST_F(OutputGl, CornersArePinnedInPerspectiveAndTheRestIsBlack) {
    const core::Image image = shown(fromRows({{"output.top_left_x", 0.25f}, {"output.top_right_x", -0.25f}, {"output.top_left_y", -0.2f}, {"output.top_right_y", -0.2f}}));
    // The top edge, half as long, is at 80 % of the height.
    EXPECT_EQ(image.at(10, 90)[2], 0) << "left of the slanted edge";
    EXPECT_EQ(image.at(100, 110)[2], 0) << "above";
    EXPECT_NEAR(image.at(100, 50)[2], 200, 1);
    EXPECT_NEAR(origin(image, 100, 50).first, 0.5, 0.01);
    EXPECT_NEAR(origin(image, 51, 94).second, 0.99, 0.02);
    // The diagonals cross where the middle of the picture is. They run from (0, 0) to (0.75, 0.8) and
    // from (1, 0) to (0.25, 0.8) and meet at (1/2, 8/15): higher than the mean of the corners.
    const auto [u, v] = origin(image, 100, kH * 8 / 15);
    EXPECT_NEAR(u, 0.5, 0.01);
    EXPECT_NEAR(v, 0.5, 0.012);
    // Straight lines stay straight: a diagonal's points have u = v.
    for (const int x : {20, 60, 120}) {
        const auto [a, b] = origin(image, x, static_cast<int>((x + 0.5) / kW * 0.8 / 0.75 * kH));
        EXPECT_NEAR(a, b, 0.015);
    }
}

TEST_F(OutputGl, CornersThatCrossAreIgnoredRatherThanShowingNothing) {
    const core::Image image = shown(fromRows({{"output.top_left_x", 0.5f}, {"output.top_left_y", -0.5f}, {"output.bottom_right_x", -0.5f}, {"output.bottom_right_y", 0.5f}}));
    EXPECT_NEAR(origin(image, 0, 0).first, 0, 0.01);
    EXPECT_NEAR(origin(image, kW - 1, kH - 1).second, 1, 0.01);
}

TEST_F(OutputGl, PrimariesAreSharesOfLight) {
    const core::Image image = shown(fromRows({{"output.red", 0.5f}, {"output.green", 0}}));
    EXPECT_NEAR(image.at(199, 60)[0], 255 * std::pow(0.5, 1 / 2.2), 2);
    EXPECT_EQ(image.at(100, 119)[1], 0);
    EXPECT_EQ(image.at(100, 60)[2], 200);
}

TEST_F(OutputGl, FitKeepsItsBarsUnderACropAndTheDefaultsChangeNothing) {
    BlitOptions fit = fromRows({{"output.crop_left", 0.25f}, {"output.crop_right", 0.25f}});
    fit.fit = Fit::Fit; // 1:2 of the picture in 5:3: as high as the output, 60 pixels wide
    const core::Image image = shown(fit);
    EXPECT_EQ(image.at(68, 60)[2], 0);
    EXPECT_EQ(image.at(131, 60)[2], 0);
    EXPECT_NEAR(origin(image, 71, 60).first, 0.25, 0.02);
    EXPECT_NEAR(origin(image, 129, 60).first, 0.75, 0.02);
    const BlitOptions plain = outputOptions(params::Store().snapshot());
    EXPECT_FALSE(plain.pinned());
    EXPECT_EQ(shown(plain).rgba, shown({}).rgba);
}

TEST_F(OutputGl, TheTestCardShowsBorderCircleAndRampsThroughTheGeometry) {
    const TestCard test{.name = "HDMI-1", .number = 2};
    const core::Image image = card(test);
    for (const auto& [x, y] : {std::pair{0, 0}, {kW - 1, 0}, {0, kH - 1}, {kW - 1, kH - 1}, {kW / 2, 0}}) EXPECT_EQ(image.at(x, y)[0], 255);
    int ring = 0; // the circle: pixels on it all around
    for (int i = 0; i < 360; i += 5) {
        const double a = i * 3.14159 / 180;
        bool found = false;
        for (int r = -3; r <= 3; ++r) {
            const auto* p = image.at(static_cast<int>(kW / 2.0 + (0.45 * kH + r) * std::cos(a)), static_cast<int>(kH / 2.0 + (0.45 * kH + r) * std::sin(a)));
            found = found || (p[0] == 255 && p[1] == 255);
        }
        ring += found;
    }
    EXPECT_GT(ring, 60) << "of 72: ramps and text lie over a few";
    EXPECT_NE(card({.name = "HDMI-2", .number = 2}).rgba, image.rgba) << "the name is on it";
    const core::Image flipped = card(test, {.flipX = true});
    for (int x = 0; x < kW; x += 7) EXPECT_EQ(flipped.at(x, 30)[0], image.at(kW - 1 - x, 30)[0]);
}

TEST_F(OutputGl, IdentifyShowsTheNumberLarge) {
    int white = 0;
    const core::Image one = card({.name = "x", .number = 1, .identify = true}), two = card({.name = "x", .number = 2, .identify = true});
    EXPECT_NE(one.rgba, two.rgba);
    for (int y = kH / 4; y < 3 * kH / 4; ++y)
        for (int x = 0; x < kW; ++x) white += two.at(x, y)[0] == 255;
    EXPECT_GT(white, 400);
    EXPECT_EQ(card({.name = "\xc3\xa4 display whose name is far too long for one line of the card", .number = 3}).width, kW);
}

TEST_F(OutputGl, ARendererMadeAnewInAnotherContextGoesOnAndTouchesNobodysObjects) {
    const guidance::Canvas canvas = edgyCanvas();
    const core::Image before = drawn(stateOf(0), canvas);
    Renderer* const held = renderer_.get();
    texture_ = {};
    window_ = {};
    context_.reset(); // a lost display takes its context along
    auto fresh = OffscreenContext::create();
    ASSERT_TRUE(fresh) << fresh.problem().line();
    context_ = std::move(fresh).value();
    std::vector<GlTexture> others; // somebody else's, with the names that the renderer's had
    for (int i = 0; i < 200; ++i) others.push_back(makeTexture(1, 1, GL_RGBA8));
    const auto rebuilt = renderer_->rebuild();
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.problem().line();
    EXPECT_EQ(held, renderer_.get());
    for (const GlTexture& other : others) EXPECT_EQ(glIsTexture(other.name()), GL_TRUE);
    EXPECT_EQ(drawn(stateOf(0), canvas).rgba, before.rgba) << "as at the start of the show";
    EXPECT_FALSE(renderer_->contextLost());
    EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR));
}

TEST_F(OutputGl, ARebuildThatFailsLeavesTheRendererAsItWas) {
    const guidance::Canvas canvas = edgyCanvas();
    const core::Image before = drawn(stateOf(0), canvas);
    const TempFolder folder;
    std::filesystem::copy(TITANUS_SOURCE_DIR "/shaders", folder.path);
    start(kWidth, kHeight, kQualityLowest, folder.path);
    EXPECT_EQ(drawn(stateOf(0), canvas).rgba, before.rgba);
    std::filesystem::remove(folder.path / "finish.frag");
    const auto rebuilt = renderer_->rebuild();
    ASSERT_FALSE(rebuilt.ok());
    EXPECT_EQ(rebuilt.problem().id, core::ProblemId::FileUnreadable);
    EXPECT_GT(drawn(stateOf(0.1), canvas).at(80, 45)[0], 20);
}

TEST(Icon, IsPaintedTheSameEverywhereAndRoundedOff) {
    const core::Image icon = drawIcon(64);
    ASSERT_EQ(icon.width, 64);
    EXPECT_EQ(icon.at(0, 0)[3], 0);
    EXPECT_EQ(icon.at(32, 32)[3], 255);
    EXPECT_EQ(drawIcon(64).rgba, icon.rgba);
    // A sun above the middle, dark water below.
    const auto* sun = icon.at(36, 25);
    EXPECT_GT(sun[0], 180);
    EXPECT_GT(sun[0], sun[2]);
    const auto* sea = icon.at(10, 56);
    EXPECT_LT(sea[0], 110);
    EXPECT_EQ(drawIcon(1).width, 16);
}

} // namespace
} // namespace titanus::render
