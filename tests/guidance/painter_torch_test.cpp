// Canvases, camera warp, crops, prompt loss and the engine, each by its law. One file: torch's
// headers are slow to compile.
#include "guidance/clip/canvas_model.h"
#include "guidance/clip/crops.h"
#include "guidance/clip/warp.h"
#include "guidance/deck.h"
#include "guidance/embedded.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

using namespace titanus;
using namespace titanus::guidance;
using params::param;

namespace {

at::Generator randomOf(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

std::unique_ptr<ClipEngine> seeded(std::uint64_t seed) {
    EngineOptions options;
    options.seed = seed;
    return engine(options);
}

Show jellyfish() { return Show("a photo of a jellyfish"); }

at::Tensor smoothPicture(int height, int width) {
    const at::Tensor y = at::linspace(0, 3, height).view({height, 1}), x = at::linspace(0, 5, width).view({1, width});
    return at::stack({at::sin(x + y) * 0.35 + 0.5, at::cos(x - y) * 0.35 + 0.5, (x * 0.1 + y * 0.1 + 0.1).expand({height, width})}).unsqueeze(0);
}

class AnyCanvas : public testing::TestWithParam<CanvasKind> {
  protected:
    std::unique_ptr<CanvasModel> make(std::uint64_t seed = 1, CanvasSize size = {57, 32}) {
        auto random = randomOf(seed);
        auto canvas = makeCanvas(GetParam(), size, random);
        canvas->configure(show.next());
        return canvas;
    }
    Show show = jellyfish();
};
INSTANTIATE_TEST_SUITE_P(Kinds, AnyCanvas, testing::Values(CanvasKind::Pyramid, CanvasKind::Rgb, CanvasKind::Palette, CanvasKind::Fourier));

TEST_P(AnyCanvas, DecodesToAPictureInRangeTheSameForTheSameSeed) {
    const at::Tensor a = make()->decode();
    EXPECT_EQ(a.sizes(), (at::IntArrayRef{1, 3, 32, 57}));
    EXPECT_GE(a.min().item<float>(), 0);
    EXPECT_LE(a.max().item<float>(), 1);
    EXPECT_TRUE(at::equal(a, make()->decode()));
    EXPECT_FALSE(at::equal(a, make(2)->decode()));
}

TEST_P(AnyCanvas, EncodeThenDecodeGivesThePictureBack) {
    auto canvas = make();
    const at::Tensor picture = smoothPicture(32, 57);
    canvas->encode(picture);
    // Nine palettes of six levels cannot do better than this.
    const double most = GetParam() == CanvasKind::Palette ? 0.09 : 0.02;
    EXPECT_LT((canvas->decode() - picture).abs().mean().item<float>(), most);
}

TEST_P(AnyCanvas, AHundredStepsTowardsATargetLowerTheErrorWithFiniteGradients) {
    auto canvas = make();
    canvas->encode(at::full({1, 3, 32, 57}, 0.5));
    const at::Tensor target = smoothPicture(32, 57);
    const auto error = [&] { return (canvas->decode() - target).square().mean(); };
    const float before = error().item<float>();
    for (int i = 0; i < 100; ++i) {
        for (Leaf& leaf : canvas->leaves()) {
            leaf.value.requires_grad_(true);
            leaf.value.mutable_grad() = at::Tensor();
        }
        at::Tensor loss = error();
        if (const at::Tensor extra = canvas->extraLoss(); extra.defined()) loss = loss + extra * 0.01;
        torch::autograd::backward({loss}, {});
        const at::NoGradGuard noGrad;
        for (Leaf& leaf : canvas->leaves()) {
            const at::Tensor g = leaf.value.grad();
            ASSERT_TRUE(g.defined());
            ASSERT_TRUE(at::isfinite(g).all().item<bool>());
            leaf.value.requires_grad_(false);
            leaf.m.mul_(0.9).add_(g, 0.1);
            leaf.v.mul_(0.95).addcmul_(g, g, 0.05);
            leaf.value.addcdiv_(leaf.m, leaf.v.sqrt() + 1e-8, -0.03 * leaf.rate);
        }
        canvas->clamp();
    }
    EXPECT_LT(error().item<float>(), 0.6f * before);
}

TEST_P(AnyCanvas, ZeroMotionIsTheIdentity) {
    auto canvas = make();
    canvas->encode(smoothPicture(32, 57));
    const at::Tensor before = canvas->decode().clone();
    const modulation::CameraSpace space{.aspect = 57.f / 32};
    if (!canvas->warp({}, space, {})) warpLeaves(canvas->leaves(), {}, space, {});
    EXPECT_LT((canvas->decode() - before).abs().max().item<float>(), 2e-3);
}

TEST(Warp, GridIsSourceOfAtEveryPixelInEveryDepthField) {
    const std::int64_t height = 12, width = 20;
    modulation::CameraMotion motion{.view = {1.05, 0.1, -0.1, 1.02, 0.07, -0.03}, .dolly = 0.1f, .truckX = 0.05f, .truckY = -0.04f, .yawRad = 0.03f, .pitchRad = -0.02f};
    const at::Tensor light = smoothPicture(12, 20).select(1, 0).unsqueeze(1);
    using modulation::DepthField;
    for (const DepthField depth : {DepthField::Flat, DepthField::Plane, DepthField::Tunnel, DepthField::Sphere, DepthField::Luminance}) {
        const modulation::CameraSpace space{.depth = depth, .aspect = 20.f / 12};
        const at::Tensor grid = warpGrid(motion, space, height, width, light);
        const auto g = grid.accessor<float, 4>();
        const auto l = light.accessor<float, 4>();
        for (std::int64_t y = 0; y < height; ++y)
            for (std::int64_t x = 0; x < width; ++x) {
                const modulation::Vec2 p{((static_cast<double>(x) + 0.5) / 20 * 2 - 1) * space.aspect, 1 - (static_cast<double>(y) + 0.5) / 12 * 2};
                const modulation::Vec2 q = modulation::sourceOf(motion, space, p, l[0][0][y][x]);
                EXPECT_NEAR(g[0][y][x][0] * space.aspect, q.x, 2e-5);
                EXPECT_NEAR(-g[0][y][x][1], q.y, 2e-5);
            }
    }
}

TEST(Warp, P28AWholePixelShiftMovesValueAndMomentsAndLeavesSaneOnesBehind) {
    std::vector<Leaf> leaves;
    leaves.emplace_back(smoothPicture(16, 16));
    leaves[0].m = smoothPicture(16, 16) - 0.5;
    leaves[0].v = smoothPicture(16, 16).square();
    const Leaf before{leaves[0]};
    const at::Tensor value = before.value.clone(), m = before.m.clone(), v = before.v.clone();
    modulation::CameraMotion motion;
    motion.view.tx = 2.0 / 16 * 3; // three pixels to the right
    warpLeaves(leaves, motion, {.aspect = 1}, {});
    const auto same = [](const at::Tensor& now, const at::Tensor& then) {
        return (now.slice(3, 5, 15) - then.slice(3, 2, 12)).abs().max().item<float>();
    };
    EXPECT_LT(same(leaves[0].value, value), 1e-5);
    EXPECT_LT(same(leaves[0].m, m), 1e-5);
    EXPECT_LT(same(leaves[0].v, v), 1e-5);
    EXPECT_EQ(leaves[0].m.slice(3, 0, 3).abs().max().item<float>(), 0);
    EXPECT_NEAR(leaves[0].v.slice(3, 0, 3).min().item<float>(), v.mean().item<float>(), 1e-5);
    EXPECT_GE(leaves[0].v.min().item<float>(), 0);
}

TEST(Warp, P28UnderASteadyZoomTheErrorStaysBelowThatWithFreshMoments) {
    const at::Tensor target = smoothPicture(32, 57);
    const auto settled = [&](bool fresh) {
        Show show;
        auto random = randomOf(1);
        auto canvas = makeCanvas(CanvasKind::Pyramid, {57, 32}, random);
        canvas->configure(show.now());
        modulation::CameraMotion zoom;
        zoom.view.a = zoom.view.d = 1.02;
        double sum = 0;
        int age = 0; // steps since the moments began: fresh ones are corrected as Adam asks
        for (int i = 0; i < 240; ++i) {
            if (i % 4 == 3) {
                warpLeaves(canvas->leaves(), zoom, {.aspect = 57.f / 32}, {});
                if (fresh) {
                    age = 0;
                    for (Leaf& leaf : canvas->leaves()) {
                        leaf.m.zero_();
                        leaf.v.zero_();
                    }
                }
            }
            ++age;
            for (Leaf& leaf : canvas->leaves()) {
                leaf.value.requires_grad_(true);
                leaf.value.mutable_grad() = at::Tensor();
            }
            const at::Tensor error = (canvas->decode() - target).square().mean();
            torch::autograd::backward({error}, {});
            const at::NoGradGuard noGrad;
            const double correct1 = 1 - std::pow(.9, age), correct2 = 1 - std::pow(.95, age);
            for (Leaf& leaf : canvas->leaves()) {
                const at::Tensor g = leaf.value.grad();
                leaf.value.requires_grad_(false);
                adamStep(leaf, g, {.9f, .95f, 1e-8f, static_cast<float>(.06 * leaf.rate / correct1), static_cast<float>(1 / correct2)});
            }
            canvas->clamp();
            if (i >= 120) sum += error.item<double>();
        }
        return sum / 120;
    };
    const double moved = settled(false), fresh = settled(true);
    RecordProperty("moved", std::to_string(moved));
    RecordProperty("fresh", std::to_string(fresh));
    EXPECT_LT(moved, .9 * fresh);
}

TEST(Warp, P25BordersMirrorWrapBlackAndSmear) {
    const at::Tensor ramp = (at::arange(8, at::kFloat) + 3).view({1, 1, 1, 8}).expand({1, 1, 8, 8}).contiguous();
    const auto leftmost = [&](modulation::Border border) {
        modulation::CameraMotion motion;
        motion.view.tx = 2.0 / 8 * 2; // two pixels to the right: what comes in at column 0?
        const at::Tensor grid = warpGrid(motion, {.aspect = 1}, 8, 8, {});
        return sampled(ramp, grid, border, Filter::Bicubic)[0][0][4][0].item<float>();
    };
    EXPECT_NEAR(leftmost(modulation::Border::Mirror), 4, 1e-4);
    EXPECT_NEAR(leftmost(modulation::Border::Wrap), 9, 0.3); // cubic taps at the jump of the ramp
    EXPECT_NEAR(leftmost(modulation::Border::Black), 0, 1e-4);
    EXPECT_NEAR(leftmost(modulation::Border::Smear), 3, 1e-4);
}

TEST(Crops, P18ABatchIsItsCropsOneByOneAndAFullCropIsThePicture) {
    const at::Tensor picture = smoothPicture(96, 96);
    std::mt19937_64 random(5);
    const auto crops = drawCrops({}, 1, random);
    const at::Tensor together = cut(picture, crops, 48);
    for (std::size_t i = 0; i < crops.size(); ++i) {
        // Whether a batch is sampled finely depends on its widest crop: give each batch the same.
        const std::vector<Crop> pair{crops[i], {0, 0, 1.2f, 0, false}};
        EXPECT_LT((cut(picture, pair, 48)[0] - together[static_cast<std::int64_t>(i)]).abs().max().item<float>(), 1e-5);
    }
    EXPECT_LT((cut(picture, {{0, 0, 1, 0, false}}, 96) - picture).abs().max().item<float>(), 1e-5);
    EXPECT_LT((cut(picture, {{0, 0, 1, 0, true}}, 96) - picture.flip({3})).abs().max().item<float>(), 1e-5);
}

TEST(Crops, P17SizesFillTheRangeEvenlyAndStayNearTheCanvas) {
    std::mt19937_64 random(5);
    const CropLaw law;
    double sum = 0;
    int count = 0;
    for (int round = 0; round < 500; ++round)
        for (const Crop& c : drawCrops(law, 16.f / 9, random)) {
            sum += c.half;
            ++count;
            EXPECT_LE(std::abs(c.x) + c.half, 16.f / 9 + 2 * law.overscan + 0.06f);
            EXPECT_LE(std::abs(c.y) + c.half, 1 + 2 * law.overscan + 0.06f);
        }
    EXPECT_NEAR(sum / count, (law.smallest + law.largest) / 2, 0.02 * (law.smallest + law.largest) / 2);
}

TEST(PromptLoss, P2DistanceIsHalfTheSquaredAngleAndItsSlopeStaysFinite) {
    for (const auto& [cosine, d] : {std::pair{0.f, 1.234f}, {.1f, 1.081f}, {.2f, .938f}, {.25f, .869f}, {.3f, .802f}, {.35f, .736f}, {.4f, .672f}, {.8f, .207f}})
        EXPECT_NEAR(sphericalDistance(at::tensor({cosine})).item<float>(), d, 1e-3);
    at::Tensor ends = at::tensor({1.f, -1.f}).requires_grad_(true);
    torch::autograd::backward({sphericalDistance(ends).sum()}, {});
    EXPECT_TRUE(at::isfinite(ends.grad()).all().item<bool>());
}

// The gradient that a prompt line gives on embeddings whose cosine with "a fox" is c.
struct Pull { float value, size, towards; };
Pull pullOf(const std::string& line, float c) {
    auto guide = loadGuide({});
    Prompts prompts(*guide.value());
    Show show(line);
    prompts.update(show.next(), 1 / 30.0, [](const core::Problem& p) { FAIL() << p.line(); });
    const at::Tensor p = guide.value()->encodeText("a fox");
    at::Tensor other = guide.value()->encodeText("fog");
    other = other - p * (other * p).sum();
    other = other / other.norm();
    at::Tensor e = (p * c + other * std::sqrt(1 - c * c)).unsqueeze(0).requires_grad_(true);
    const at::Tensor loss = prompts.loss(e);
    torch::autograd::backward({loss}, {});
    return {loss.item<float>(), e.grad().norm().item<float>(), -(e.grad()[0] * p).sum().item<float>()};
}

TEST(PromptLoss, P3PastTheStopThereIsNoGradient) {
    EXPECT_GT(pullOf("a fox:1:0.7", 0.2f).size, 0.1f); // d = .94, above the stop
    EXPECT_EQ(pullOf("a fox:1:0.7", 0.5f).size, 0);    // d = .55, below it
    EXPECT_GT(pullOf("a fox:-1:-0.9", 0.5f).size, 0.1f);
    EXPECT_EQ(pullOf("a fox:-1:-0.9", 0.1f).size, 0);  // d = 1.08: repelled far enough
}

TEST(PromptLoss, P4ANegativeWeightRepels) {
    EXPECT_GT(pullOf("a fox:1", 0.3f).towards, 0.1f);
    EXPECT_LT(pullOf("a fox:-1", 0.3f).towards, -0.1f);
    EXPECT_NEAR(pullOf("a fox:2", 0.3f).size, 2 * pullOf("a fox", 0.3f).size, 1e-4);
}

TEST(ClipEngine, APictureFitsItsOwnPromptBetterAndTheSameSeedGivesTheSameCanvas) {
    const std::vector<std::string> texts{"a photo of a jellyfish", "a photo of a castle"};
    struct Painted { Canvas canvas; std::vector<float> similar; };
    const auto paint = [&](std::uint64_t seed, const std::string& prompt) {
        auto e = seeded(seed);
        Show show(prompt);
        Painted out;
        for (int i = 0; i < 16; ++i) e->step(show.next(), out.canvas);
        out.similar = e->similaritiesTo(texts, 4);
        return out;
    };
    const Painted fish = paint(1, texts[0]), again = paint(1, texts[0]), castle = paint(1, texts[1]);
    EXPECT_GT(fish.similar[0], castle.similar[0]);
    EXPECT_GT(castle.similar[1], fish.similar[1]);
    EXPECT_EQ(fish.canvas.rgba, again.canvas.rgba);
    EXPECT_NE(fish.canvas.rgba, castle.canvas.rgba);
    EXPECT_EQ(fish.canvas.height, 64);
    EXPECT_EQ(fish.canvas.width, 114);
    EXPECT_EQ(fish.canvas.steps, 16u);
    EXPECT_TRUE(fish.canvas.prompts[0].active);
}

// The step after the words changed is drawn by the new ones, and moves the picture no more than any step.
TEST(ClipEngine, A2_ANewTextDrawsFromTheNextStepWithoutABlankOrANoisyFrame) {
    auto e = seeded(3), same = seeded(3);
    Show show = jellyfish(), stays = jellyfish();
    Canvas before, after, other;
    double usual = 0;
    for (int i = 0; i < 24; ++i) {
        before = after;
        e->step(show.next(), after);
        same->step(stays.next(), other);
        if (i > 16) usual = std::max(usual, distance(before, after));
    }
    ASSERT_EQ(after.rgba, other.rgba);
    show.text(params::promptText(0), "a photo of a volcano");
    const std::vector<std::string> volcano{"a photo of a volcano"};
    const float cold = e->similaritiesTo(volcano, 16)[0];
    for (int i = 0; i < 30; ++i) {
        before = after;
        e->step(show.next(), after);
        EXPECT_LT(distance(before, after), 2 * usual) << "a jump in step " << i + 1;
        if (i > 0) continue;
        same->step(stays.next(), other);
        EXPECT_NE(after.rgba, other.rgba) << "the old text drew the step";
        EXPECT_TRUE(after.prompts[0].active);
    }
    EXPECT_GT(e->similaritiesTo(volcano, 16)[0], cold + .04f);
}

TEST(ClipEngine, A4_ANegativeWeightLowersThatSimilarity) {
    const std::vector<std::string> unwanted{"bright yellow"};
    const auto paint = [&](float weight) {
        auto e = seeded(4);
        Show show("a photo of a flower");
        show.text(params::promptText(1), unwanted[0]);
        show.set(params::promptWeight(1), weight);
        Canvas out;
        for (int i = 0; i < 40; ++i) e->step(show.next(), out);
        return e->similaritiesTo(unwanted, 16)[0];
    };
    const float without = paint(0), away = paint(-1), half = paint(-.5f);
    EXPECT_LT(away, without - .05f);
    EXPECT_LT(half, without);
}

// What a route adds for one frame is in the loss of that frame's step and gone in the next.
TEST(ClipEngine, A6_TheStepUsesTheEffectiveWeightOfItsFrame) {
    auto e = seeded(6), still = seeded(6);
    Show show = jellyfish();
    show.text(params::promptText(1), "a photo of a castle");
    show.set(params::promptWeight(1), 0);
    Canvas kicked, quiet;
    for (int i = 0; i < 4; ++i) {
        e->step(show.next(), kicked);
        still->step(show.now(), quiet);
    }
    ASSERT_EQ(kicked.loss, quiet.loss);
    modulation::FrameState state = show.next();
    still->step(state, quiet);
    state.effective.values[params::promptWeight(1).value] = .8f; // by a route: the base is still 0
    e->step(state, kicked);
    EXPECT_NE(kicked.loss, quiet.loss);
    EXPECT_NE(kicked.rgba, quiet.rgba);
    EXPECT_TRUE(kicked.prompts[1].active);
    e->step(show.next(), kicked);
    EXPECT_FALSE(kicked.prompts[1].active);
}

TEST(ClipEngine, P39SizeAndModelChangeLiveWithoutAJump) {
    auto e = engine();
    Show show = jellyfish();
    Canvas before, after;
    for (int i = 0; i < 6; ++i) e->step(show.next(), before);
    show.set(params::promptWeight(0), 0); // only the switch may change anything
    for (const float kind : {1.f, 3.f, 0.f}) {
        show.set(param("canvas.model"), kind);
        e->step(show.next(), after);
        EXPECT_LT(distance(before, after), 0.02) << kind;
    }
    show.set(param("canvas.model"), 2);
    Canvas palette;
    e->step(show.next(), palette);
    EXPECT_LT(distance(before, palette), 0.12) << "nine palettes of six levels cannot do better";
    for (const auto& [count, size] : {std::pair{12.f, 6.f}, {12.f, 8.f}, {5.f, 8.f}, {5.f, 4.f}, {9.f, 6.f}}) {
        show.set(param("palette.count"), count);
        show.set(param("palette.size"), size);
        for (int i = 0; i < 10; ++i) e->step(show.next(), after); // colours are told every tenth step
        EXPECT_EQ(after.palettes, static_cast<int>(count));
        EXPECT_EQ(after.levels, static_cast<int>(size));
        EXPECT_LT(distance(before, after), 0.2) << count << " palettes of " << size;
    }
    show.set(param("canvas.model"), 0);
    e->step(show.next(), before);
    show.set(params::promptWeight(0), 1);
    std::uint64_t steps = before.steps;
    for (const float crops : {8.f, 1.f, 2.f}) { // the batch changes between two steps
        show.set(param("guide.crops"), crops);
        e->step(show.next(), after);
        EXPECT_EQ(after.steps, ++steps);
        EXPECT_TRUE(std::isfinite(after.loss));
        EXPECT_EQ(after.notFinite, 0u);
    }
    show.set(params::promptWeight(0), 0);
    e->step(show.next(), before);
    show.set(param("canvas.side"), 128);
    e->step(show.next(), after);
    EXPECT_EQ(after.height, 128);
    show.set(param("canvas.side"), 64);
    e->step(show.next(), after);
    EXPECT_LT(distance(before, after), 0.03);
}

TEST(ClipEngine, P12PixelsThatNoiseOrMotionPushedOutStillLearn) {
    auto random = randomOf(3);
    auto canvas = makeCanvas(CanvasKind::Rgb, {24, 16}, random);
    at::Tensor& value = canvas->leaves()[0].value;
    value.copy_(at::randn(value.sizes(), random, at::kFloat) + 0.5); // as a cubic warp leaves it, and worse
    canvas->addNoise({.all = 3, .coarse = 1, .middle = 1, .fine = 0}, random);
    value.requires_grad_(true);
    torch::autograd::backward({(canvas->decode() - 0.5).square().sum()}, {});
    EXPECT_GT(value.grad().abs().min().item<float>(), 0) << "each pixel at an end is drawn back";
}

TEST(ClipEngine, NothingMovesWithoutWeightsOrWhenFrozen) {
    auto e = engine();
    Show show = jellyfish();
    Canvas before, after;
    for (int i = 0; i < 3; ++i) e->step(show.next(), before);
    show.state.frozen = true;
    e->step(show.next(), after);
    EXPECT_EQ(before.rgba, after.rgba);
    EXPECT_EQ(after.steps, 3u);
    show.state.frozen = false;
    show.set(param("canvas.forget"), 0);
    show.set(params::promptWeight(0), 0);
    e->step(show.next(), after);
    EXPECT_EQ(before.rgba, after.rgba);
}

TEST(ClipEngine, NotFiniteIsThrownAwayCountedAndThePictureHolds) {
    auto e = engine();
    Show show = jellyfish();
    Canvas good, after;
    int reports = 0;
    e->report = [&](const core::Problem& p) { reports += p.id == core::ProblemId::GuidanceNotFinite; };
    for (int i = 0; i < 3; ++i) e->step(show.next(), good);
    e->poisonForTest();
    e->step(show.next(), after);
    EXPECT_EQ(after.notFinite, 1u);
    EXPECT_EQ(reports, 1);
    for (const float v : after.rgba) ASSERT_TRUE(std::isfinite(v));
    EXPECT_LT(distance(good, after), 0.2);
    e->step(show.next(), after);
    EXPECT_EQ(after.notFinite, 1u);
    EXPECT_TRUE(std::isfinite(after.prompts[0].presence));
}

TEST(ClipEngine, AdoptGoesOnFromAPictureAtItsPose) {
    Show show = jellyfish();
    show.set(params::promptWeight(0), 0);
    show.set(param("canvas.forget"), 0);
    Canvas given, after;
    given.width = 114;
    given.height = 64;
    given.rgba.assign(114 * 64 * 4, 0.5f);
    for (std::size_t i = 0; i < given.rgba.size(); i += 4) given.rgba[i] = 0.8f;
    auto e = engine();
    e->adopt(given);
    e->step(show.next(), after);
    EXPECT_NEAR(after.rgba[(32 * 114 + 57) * 4], 0.8f, 0.02f);
    EXPECT_NEAR(after.rgba[(32 * 114 + 57) * 4 + 1], 0.5f, 0.02f);
}

TEST(ClipEngine, N5_ASecondPainterBesideSharesTheGuideAndNothingElse) {
    const auto paint = [](bool withSecond) {
        auto first = seeded(5);
        Show jelly = jellyfish(), forest("a photo of a forest");
        Canvas out, other;
        std::unique_ptr<Engine> second = withSecond ? first->beside() : nullptr;
        for (int i = 0; i < 60; ++i) {
            first->step(jelly.next(), out);
            if (second) second->step(forest.next(), other);
        }
        if (second) {
            auto& own = static_cast<ClipEngine&>(*second);
            EXPECT_EQ(&own.guide(), &first->guide());
            const auto s = own.similaritiesTo({"a photo of a forest", "a photo of a jellyfish"}, 16);
            EXPECT_GT(s[0], s[1] + 0.1f) << "it paints its own prompt";
        }
        return out.rgba;
    };
    EXPECT_EQ(paint(true), paint(false)) << "the canvas on show does not notice";
}

// The canvas of a prepared scene, loaded as a recall does it (8 bits, moments from nothing), is what
// painting on would come to.
TEST(ClipEngine, N5_AfterACutToAPreparedSceneThePictureIsThereInTheNextFrame) {
    auto onShow = seeded(5);
    Show jelly = jellyfish();
    Canvas out;
    for (int i = 0; i < 60; ++i) onShow->step(jelly.next(), out);
    const std::vector<std::string> text{"a photo of a forest"};
    const float cold = onShow->similaritiesTo(text, 16)[0];

    Show forest(text[0]);
    auto upcoming = std::make_shared<modulation::Upcoming>();
    upcoming->number = 1;
    upcoming->paint = true;
    upcoming->texts = forest.store.texts();
    upcoming->values = forest.store.snapshot().values;
    Deck deck;
    Prepared prepared;
    for (int i = 0; i < 4 * Deck::kSteps && prepared.share < 1; ++i) {
        modulation::FrameState state = jelly.next();
        state.prepare = 0.5f;
        state.upcoming = upcoming;
        onShow->step(state, out);
        deck.step(*onShow, state, prepared);
    }
    ASSERT_EQ(prepared.share, 1);
    auto image = std::make_shared<core::Image>(core::Image{prepared.canvas.width, prepared.canvas.height, {}});
    for (const float x : prepared.canvas.rgba) image->rgba.push_back(static_cast<std::uint8_t>(std::clamp(x, 0.f, 1.f) * 255 + 0.5f));
    modulation::FrameState state = forest.next();
    state.loads = 1;
    state.picture = image;
    onShow->step(state, out);
    const float dropped = onShow->similaritiesTo(text, 16)[0];
    for (int i = 0; i < 240; ++i) {
        state.seconds += 1 / 30.0;
        onShow->step(state, out);
    }
    const float converged = onShow->similaritiesTo(text, 16)[0];
    EXPECT_GT(converged, cold + 0.2f);
    EXPECT_GE((dropped - cold) / (converged - cold), 0.9f) << cold << " " << dropped << " " << converged;
}

TEST(ClipEngine, TheCameraMovesTheCanvasAndItsPoseSaysSo) {
    auto e = engine();
    Show show = jellyfish();
    Canvas before, after;
    for (int i = 0; i < 6; ++i) e->step(show.next(), before);
    show.set(params::promptWeight(0), 0);
    show.set(param("canvas.forget"), 0);
    modulation::advance(show.state.pose, {.panX = 0.25f}, 1); // 16 px to the right
    e->step(show.next(), after);
    EXPECT_NEAR(after.pose.view.tx, 0.5, 1e-6);
    double moved = 0, still = 0;
    for (int x = 24; x < 108; ++x)
        for (int c = 0; c < 3; ++c) {
            const auto at = [&](const Canvas& p, int column) { return p.rgba[static_cast<std::size_t>((32 * 114 + column) * 4 + c)]; };
            moved += std::abs(at(after, x) - at(before, x - 16));
            still += std::abs(at(after, x) - at(before, x));
        }
    EXPECT_LT(moved, 0.5 * still);
}

} // namespace
