#include "flash_analyser.h"
#include "gl_fixture.h"

#include "render/flash_guard.h"
#include "render/gl.h"

namespace titanus::render {
namespace {

constexpr int kW = 96, kH = 54;     // of the clips
constexpr int kSmallW = 32, kSmallH = 18; // of what the analyser sees: every third pixel

struct Rgb { std::uint8_t r, g, b; };

class FlashGuardGl : public GlTest {
  protected:
    using Clip = std::function<void(int frame, std::vector<std::uint8_t>& rgba)>;
    void SetUp() override {
        GlTest::SetUp();
        if (!context_) return;
        auto loaded = ShaderSet::load(TITANUS_SOURCE_DIR "/shaders", true);
        ASSERT_TRUE(loaded) << loaded.problem().line();
        shaders_ = std::make_unique<ShaderSet>(std::move(loaded).value());
        array_ = GlVertexArray::make();
        glBindVertexArray(array_.name());
        noise_ = makeTexture(256, 256, GL_RGBA8);
        std::vector<std::uint8_t> pixels(256 * 256 * 4);
        std::uint32_t x = 1;
        for (auto& p : pixels) p = static_cast<std::uint8_t>((x = x * 1664525u + 1013904223u) >> 24);
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 256, 256, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    }
    static std::vector<std::uint8_t> small(const std::vector<std::uint8_t>& rgba) {
        std::vector<std::uint8_t> out;
        for (int y = 0; y < kSmallH; ++y)
            for (int x = 0; x < kSmallW; ++x)
                for (int c = 0; c < 4; ++c) out.push_back(rgba[static_cast<std::size_t>(((y * 3 + 1) * kW + x * 3 + 1) * 4 + c)]);
        return out;
    }
    // Runs a clip through a new guard; each frame is judged before and after.
    void run(const Clip& clip, int frames, double fps, bool limit = true) {
        FlashGuard guard;
        std::array<Target, 2> pictures;
        before_ = std::make_unique<FlashAnalyser>(kSmallW, kSmallH, fps);
        after_ = std::make_unique<FlashAnalyser>(kSmallW, kSmallH, fps);
        std::vector<std::uint8_t> in(kW * kH * 4, 255), out(in.size());
        largest_ = sum_ = 0;
        limitedFrames_ = 0;
        for (int i = 0; i < frames; ++i) {
            clip(i, in);
            Target& now = pictures[static_cast<std::size_t>(i % 2)];
            now.ensure(kW, kH, {});
            glBindTexture(GL_TEXTURE_2D, now.texture());
            glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, kW, kH, GL_RGBA, GL_UNSIGNED_BYTE, in.data());
            guard.apply(*shaders_, now, i > 0 ? pictures[static_cast<std::size_t>(1 - i % 2)].texture() : 0, noise_.name(),
                        static_cast<std::uint64_t>(i), 1 / fps, limit);
            now.bind();
            glReadPixels(0, 0, kW, kH, GL_RGBA, GL_UNSIGNED_BYTE, out.data());
            before_->add(small(in));
            after_->add(small(out));
            for (std::size_t k = 0; k < in.size(); ++k) {
                const double e = std::abs(in[k] - out[k]);
                largest_ = std::max(largest_, e);
                sum_ += e / static_cast<double>(in.size()) / frames;
            }
            limitedFrames_ += guard.meter().limiting;
            meter_ = guard.meter();
        }
        last_ = out;
        lastIn_ = in;
    }
    static Clip strobe(double hertz, double fps, double side, Rgb a, Rgb b) {
        return [=](int frame, std::vector<std::uint8_t>& rgba) {
            const bool on = static_cast<long>(std::floor(2 * hertz * frame / fps + 1e-9)) % 2 != 0;
            for (int y = 0; y < kH; ++y)
                for (int x = 0; x < kW; ++x) {
                    const Rgb c = x >= side * kW || y >= side * kH ? Rgb{60, 60, 60} : on ? a : b;
                    std::uint8_t* p = &rgba[static_cast<std::size_t>((y * kW + x) * 4)];
                    p[0] = c.r, p[1] = c.g, p[2] = c.b;
                }
        };
    }

    std::unique_ptr<ShaderSet> shaders_;
    GlVertexArray array_;
    GlTexture noise_;
    std::unique_ptr<FlashAnalyser> before_, after_;
    double largest_ = 0, sum_ = 0; // change by the guard, 1/255
    int limitedFrames_ = 0;
    FlashMeter meter_{};
    std::vector<std::uint8_t> last_, lastIn_;
};

struct Case { const char* name; Rgb a, b; };
const std::vector<Case> kCases{{"black and white", {255, 255, 255}, {0, 0, 0}},
                               {"red and black", {255, 0, 0}, {0, 0, 0}},
                               {"red and grey of the same light", {255, 0, 0}, {127, 127, 127}},
                               {"dark and lighter grey", {150, 150, 150}, {70, 70, 70}}};

TEST_F(FlashGuardGl, L34_N8_StrobesOfThreeToThirtyHertzPassTheGuidelineBehindItAndFailBefore) {
    for (const double fps : {60.0, 30.0})
        for (const double side : {1.0, 0.53}) // the whole picture, and a little more than a quarter
            for (const Case& c : kCases)
                for (const double hertz : {3.0, 4.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0}) {
                    // A part of the picture and 30 fps differ in nothing that depends on the colours.
                    if ((side < 1 || fps < 60) && &c != &kCases[0] && &c != &kCases[2]) continue;
                    run(strobe(hertz, fps, side, c.a, c.b), static_cast<int>(2.2 * fps), fps);
                    const std::string what = std::string(c.name) + " at " + std::to_string(hertz) + " Hz, " +
                                             std::to_string(fps) + " fps, side " + std::to_string(side);
                    // Three a second are allowed, and 30 Hz in 30 frames a second is no strobe.
                    if (hertz > 3 && hertz < fps - 1) { EXPECT_FALSE(before_->passes()) << what; }
                    EXPECT_TRUE(after_->passes()) << what << ": " << after_->general() << " general, " << after_->red() << " red";
                }
}

TEST_F(FlashGuardGl, AFewFlashesAndSmallOnesAreAllowed) {
    // Twice a second, over everything; and ten times a second over a tenth of the picture.
    for (const auto& [hertz, side] : {std::pair{2.0, 1.0}, {10.0, 0.32}}) {
        run(strobe(hertz, 60, side, {255, 255, 255}, {0, 0, 0}), 240, 60);
        EXPECT_EQ(largest_, 0) << hertz << " Hz";
        EXPECT_EQ(limitedFrames_, 0);
    }
}

TEST_F(FlashGuardGl, L34_N8_ASteadyPictureIsNotTouched) {
    run([](int frame, std::vector<std::uint8_t>& rgba) { // film grain over a gradient
        for (std::size_t i = 0; i < rgba.size(); ++i)
            if (i % 4 != 3) rgba[i] = static_cast<std::uint8_t>(40 + i / 4 % kW * 2 + (i * 7 + static_cast<std::size_t>(frame) * 13) % 9);
    }, 180, 60);
    EXPECT_LE(sum_, 2.55) << "one percent";
    EXPECT_EQ(largest_, 0);
}

// Shapes of show size that drift and turn faster than a painter would.
TEST_F(FlashGuardGl, AMovingPictureIsBarelyTouched) {
    run([](int frame, std::vector<std::uint8_t>& rgba) {
        const double t = frame / 60.0;
        for (int y = 0; y < kH; ++y)
            for (int x = 0; x < kW; ++x) {
                const double v = std::sin(0.13 * x + 1.5 * t + std::sin(0.1 * y + t)) + std::sin(0.17 * y - 2 * t + 0.05 * x);
                std::uint8_t* p = &rgba[static_cast<std::size_t>((y * kW + x) * 4)];
                p[0] = static_cast<std::uint8_t>(128 + 60 * v);
                p[1] = static_cast<std::uint8_t>(110 + 40 * std::sin(2 * v));
                p[2] = static_cast<std::uint8_t>(140 - 50 * v);
            }
    }, 240, 60);
    EXPECT_LE(sum_, 1.3) << "half a percent";
}

TEST_F(FlashGuardGl, BehindAStrobeThePictureComesBackWithinASecondAndAHalf) {
    const Clip flashing = strobe(10, 60, 1, {255, 255, 255}, {0, 0, 0}), still = strobe(0.0001, 60, 1, {0, 0, 0}, {90, 140, 200});
    run([&](int frame, std::vector<std::uint8_t>& rgba) { frame < 90 ? flashing(frame, rgba) : still(0, rgba); }, 90 + 90, 60);
    for (std::size_t i = 0; i < last_.size(); ++i) ASSERT_NEAR(last_[i], lastIn_[i], 3);
    EXPECT_TRUE(after_->passes());
}

TEST_F(FlashGuardGl, BypassedItOnlyMeters) {
    run(strobe(8, 60, 1, {255, 255, 255}, {0, 0, 0}), 150, 60, false);
    EXPECT_EQ(largest_, 0);
    EXPECT_FALSE(after_->passes());
    EXPECT_TRUE(meter_.bypassed);
    EXPECT_FALSE(meter_.limiting);
    EXPECT_NEAR(meter_.generalPerSecond, 8, 1.5);
    run(strobe(8, 60, 1, {255, 255, 255}, {0, 0, 0}), 150, 60, true);
    EXPECT_TRUE(meter_.limiting);
    EXPECT_NEAR(meter_.generalPerSecond, 8, 1.5) << "of the picture before the guard";
    EXPECT_LT(meter_.redPerSecond, 1);
    run(strobe(6, 60, 1, {255, 0, 0}, {127, 127, 127}), 150, 60, true);
    EXPECT_NEAR(meter_.redPerSecond, 6, 1.5);
    EXPECT_LT(meter_.generalPerSecond, 1);
    run(strobe(8, 60, 0.4, {255, 255, 255}, {0, 0, 0}), 150, 60, true);
    EXPECT_EQ(meter_.generalPerSecond, 0) << "less than a quarter of the picture";
}

// Through the whole renderer, as a show does it: the flash parameter on a fast beat.
TEST_F(FlashGuardGl, TheShowsOwnFlashIsGuardedAndAnotherRunIsTheSame) {
    std::vector<core::Image> ends;
    for (const bool guarded : {true, true, false}) {
        start(kW, kH);
        neutral(store_);
        set(store_, "guard.flash", guarded ? 1 : 0);
        FlashAnalyser seen(kSmallW, kSmallH, 30);
        const guidance::Canvas canvas = edgyCanvas();
        core::Image image;
        for (int i = 0; i < 75; ++i) {
            set(store_, "look.flash", i / 3 % 2 == 0 ? 1 : 0);
            image = drawn(stateOf(i / 30.0, 1 / 30.0), canvas);
            seen.add(small(image.rgba));
        }
        EXPECT_EQ(seen.passes(), guarded) << seen.general();
        EXPECT_EQ(renderer_->flashMeter().bypassed, !guarded);
        ends.push_back(image);
    }
    EXPECT_EQ(ends[0].rgba, ends[1].rgba);
}

} // namespace
} // namespace titanus::render
