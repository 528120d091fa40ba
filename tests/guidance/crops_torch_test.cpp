// What the guide is shown: sizes, borders and augmentations of the crops, and what stands still in a hold.
#include "guidance/clip/augment.h"
#include "guidance/clip/holds.h"
#include "guidance/clip/torch_step.h"
#include "guidance/clip/warp.h"
#include "guidance/embedded.h"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <set>

namespace titanus::guidance {
namespace {
using params::param;

at::Tensor noise(std::int64_t h, std::int64_t w, std::uint64_t seed = 3) {
    at::Generator random = generatorFor({}, seed);
    return at::rand({1, 3, h, w}, random, at::kFloat);
}

float largest(const at::Tensor& t) { return t.abs().max().item<float>(); }

TEST(Crops, P17MeanSizesArePyttisWithinTwoPerCent) {
    // Mean side over the shorter side at 512 px and a guide of 224 px, by cut_pow.
    for (const auto& [power, mean] : {std::pair{.5f, .87}, {1.f, .77}, {1.5f, .70}, {2.f, .63}, {3.f, .55}}) {
        CropLaw law;
        law.power = power;
        law.smallest = 224.f / 512;
        std::mt19937_64 random(5);
        double sum = 0;
        int full = 0;
        constexpr int kRounds = 1000;
        for (int round = 0; round < kRounds; ++round)
            for (const Crop& c : drawCrops(law, 16.f / 9, random)) {
                sum += c.half;
                full += c.half == 1;
            }
        EXPECT_NEAR(sum / (kRounds * law.count), mean, .02 * mean) << power;
        EXPECT_NEAR(static_cast<double>(full) / (kRounds * law.count), .25, .01) << power; // a quarter of full size
    }
}

// Column 0 of a crop that reaches half its width beyond the left edge of a picture 16 px wide: the
// crop's pixel k shows the picture's column k - 8.
TEST(Crops, P18EachBorderShowsWhatItSays) {
    const at::Tensor picture = noise(16, 16);
    const std::vector<Crop> crops{{-1, 0, 1, 0, false}};
    const auto columns = [&](const Margin& margin) { return cut(picture, crops, 16, margin)[0]; }; // [3,16,16]
    const auto column = [&](std::int64_t k) { return picture[0].select(2, k); };
    for (const CropBorder border : {CropBorder::Mirror, CropBorder::Wrap, CropBorder::Black, CropBorder::Smear}) {
        const at::Tensor seen = columns({border, border == CropBorder::Mirror ? 0 : 10});
        for (std::int64_t k = 0; k < 16; ++k) {
            const std::int64_t at = k - 8;
            at::Tensor want = column(std::max<std::int64_t>(at, 0));
            if (at < 0 && border == CropBorder::Mirror) want = column(-1 - at);
            if (at < 0 && border == CropBorder::Wrap) want = column(16 + at);
            if (at < 0 && border == CropBorder::Black) want = at::zeros_like(want);
            EXPECT_LT(largest(seen.select(2, k) - want), 1e-5) << static_cast<int>(border) << " column " << k;
        }
    }
    CropLaw law;
    law.border = CropBorder::Inside;
    law.overscan = .4f;
    std::mt19937_64 random(5);
    int edge = 0, count = 0;
    for (int round = 0; round < 200; ++round)
        for (const Crop& c : drawCrops(law, 16.f / 9, random)) {
            if (c.half > 1) continue; // larger than the canvas: centred
            EXPECT_LE(std::abs(c.x) + c.half, 16.f / 9 + 1e-5f);
            EXPECT_LE(std::abs(c.y) + c.half, 1 + 1e-5f);
            edge += std::abs(std::abs(c.x) + c.half - 16.f / 9) < 1e-5f;
            ++count;
        }
    EXPECT_GT(edge, count / 4); // what would have reached over lies at the edge
}

TEST(Crops, P18InEveryBorderABatchIsItsCropsAndBothWaysOfCuttingAgree) {
    const at::Tensor picture = noise(40, 60);
    for (const CropBorder border : {CropBorder::Inside, CropBorder::Mirror, CropBorder::Wrap, CropBorder::Black, CropBorder::Smear}) {
        CropLaw law;
        law.border = border;
        law.overscan = .3f;
        law.angleRad = .5f;
        std::mt19937_64 random(7);
        const auto crops = drawCrops(law, 1.5f, random);
        const Margin margin = marginOf(law, 40, 60);
        const at::Tensor together = cut(picture, crops, 24, margin);
        TorchLook torch(24, {});
        torch.aim(crops, 40, 60, 0, 0, margin);
        EXPECT_LT(largest(torch.crops(picture) - together), 2e-4) << static_cast<int>(border);
        for (std::size_t i = 0; i < crops.size(); ++i)
            EXPECT_LT(largest(cut(picture, {crops[i]}, 24, margin)[0] - together[static_cast<std::int64_t>(i)]), 1e-5);
        at::Tensor leaf = picture.clone().requires_grad_(true);
        const Views views = look(leaf, crops, 24, 0, 0, margin);
        // What was put around the picture does not count as its roughness.
        EXPECT_NEAR(views.variation.item<float>(), variationByTorch(picture).item<float>(), 1e-5);
        torch::autograd::backward({views.crops.sum() + views.variation}, {});
        EXPECT_GT(largest(leaf.grad()), 0);
        EXPECT_TRUE(at::isfinite(leaf.grad()).all().item<bool>());
    }
}

TEST(Crops, TheMarginHoldsEveryCropOfItsLaw) {
    CropLaw law;
    law.border = CropBorder::Black;
    law.overscan = .25f;
    law.angleRad = .7f;
    law.count = 32;
    // White all over: within the margin nothing but black and white can be seen, beyond it the mirror.
    const Margin margin = marginOf(law, 64, 96);
    std::mt19937_64 random(11);
    for (int round = 0; round < 50; ++round)
        for (const Crop& c : drawCrops(law, 1.5f, random)) {
            const float corner = c.half * (std::abs(std::cos(c.angleRad)) + std::abs(std::sin(c.angleRad)));
            EXPECT_LE((std::abs(c.x) + corner - 1.5f) * 32, static_cast<float>(margin.pixels));
            EXPECT_LE((std::abs(c.y) + corner - 1) * 32, static_cast<float>(margin.pixels));
        }
}

at::Tensor augmented(const AugmentLaw& law, const at::Tensor& crops, std::uint64_t seed = 9) {
    std::mt19937_64 random(seed);
    Augment augment({});
    augment.aim(law, crops.size(0), crops.size(2), random);
    return augment.apply(crops);
}

TEST(Augment, P19NothingIsDoneAndNoNumberDrawnWhereAllIsOff) {
    std::mt19937_64 random(9), untouched(9);
    Augment augment({});
    const at::Tensor crops = noise(16, 16);
    augment.aim({}, 1, 16, random);
    EXPECT_TRUE(augment.apply(crops).is_same(crops));
    EXPECT_EQ(random(), untouched());
}

TEST(Augment, P19PerspectiveDrawsEachCornerInAndKeepsTheirOrder) {
    // Known corners: the result's corner places show the source's corners.
    const std::array<float, 8> in{.1f, .2f, .05f, .15f, .2f, .1f, 0, .3f};
    const auto m = drawnIn(in);
    const float places[4][4] = {{-1 + in[0], -1 + in[1], -1, -1}, {1 - in[2], -1 + in[3], 1, -1}, {1 - in[4], 1 - in[5], 1, 1}, {-1 + in[6], 1 - in[7], -1, 1}};
    for (const auto& [x, y, u, v] : places) {
        const float w = m[6] * x + m[7] * y + m[8];
        EXPECT_GT(w, 0);
        EXPECT_NEAR((m[0] * x + m[1] * y + m[2]) / w, u, 1e-4);
        EXPECT_NEAR((m[3] * x + m[4] * y + m[5]) / w, v, 1e-4);
    }
    const auto still = drawnIn({});
    for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(still[i], i % 4 == 0 ? 1 : 0, 1e-6);
    const at::Tensor crops = noise(32, 32).expand({6, -1, -1, -1}).contiguous();
    const at::Tensor moved = augmented({.perspective = .2f}, crops);
    for (std::int64_t i = 0; i < 6; ++i) EXPECT_GT(largest(moved[i] - crops[i]), .1f);
    EXPECT_GT(largest(moved[0] - moved[1]), .1f); // each its own
    at::Tensor leaf = crops.clone().requires_grad_(true);
    torch::autograd::backward({augmented({.perspective = .49f}, leaf).square().sum()}, {});
    EXPECT_TRUE(at::isfinite(leaf.grad()).all().item<bool>());
}

TEST(Augment, P19ColourShiftTurnsHueAndLeavesGreyAndBrightness) {
    const auto m = at::tensor(at::ArrayRef<float>(colourShift(1.f / 3, 1).data(), 9)).view({3, 3});
    const at::Tensor grey = at::tensor({.4f, .4f, .4f});
    EXPECT_LT(largest(at::mv(m, grey) - grey), 2e-3);
    const at::Tensor luma = at::tensor({.299f, .587f, .114f}), red = at::tensor({1.f, 0.f, 0.f});
    EXPECT_NEAR(at::mv(m, red).dot(luma).item<float>(), .299f, 2e-3);
    EXPECT_GT(largest(at::mv(m, red) - red), .3f);
    const auto flat = at::tensor(at::ArrayRef<float>(colourShift(0, 0).data(), 9)).view({3, 3});
    EXPECT_LT(largest(at::mv(flat, red) - .299f), 2e-3); // without saturation brightness alone is left
    const at::Tensor crops = noise(8, 8).expand({4, -1, -1, -1}).contiguous() * .5 + .25;
    const at::Tensor shifted = augmented({.colour = .1f}, crops);
    EXPECT_GT(largest(shifted[0] - crops[0]), .01f);
    EXPECT_GT(largest(shifted[0] - shifted[1]), .005f);
}

TEST(Augment, P19EraseBlacksOutTenToFortyPerCentOfAsManyCropsAsAsked) {
    const at::Tensor white = at::ones({400, 3, 40, 40});
    const at::Tensor share = 1 - augmented({.erase = .5f}, white).mean({1, 2, 3}); // of each crop
    const auto hit = (share > 0).sum().item<std::int64_t>();
    EXPECT_NEAR(static_cast<double>(hit), 200, 35);
    const at::Tensor areas = share.masked_select(share > 0);
    EXPECT_GT(areas.min().item<float>(), .07f); // whole pixels
    EXPECT_LT(areas.max().item<float>(), .43f);
    EXPECT_NEAR(areas.mean().item<float>(), .25f, .02f);
    EXPECT_EQ(augmented({.erase = 1}, white).mean({1, 2, 3}).eq(1).sum().item<std::int64_t>(), 0);
}

// The picture after some steps, by the engine.
std::vector<float> painted(const std::vector<std::pair<params::ParamIndex, float>>& values) {
    const auto painter = engine();
    Show show("a red fox");
    for (const auto& [row, value] : values) show.set(row, value);
    Canvas out;
    for (int i = 0; i < 3; ++i) painter->step(show.next(), out);
    EXPECT_EQ(out.notFinite, 0u);
    return out.rgba;
}

TEST(Augment, P19EachFaderReachesTheCropsAndTheTemperatureScalesThemAll) {
    const auto plain = painted({});
    const std::pair<params::ParamIndex, float> off[]{{param("guide.flip"), 0}, {param("guide.turn"), 0}, {param("guide.crop_noise"), 0},
                                                     {param("guide.perspective"), .2f}, {param("guide.colour_shift"), .1f}, {param("guide.erase"), .7f}};
    for (const auto& [row, value] : off) EXPECT_NE(painted({{row, value}, {param("guide.crops"), 4}}), painted({{param("guide.crops"), 4}})) << params::row(row).id;
    // Without temperature nothing of it is left.
    const auto cold = painted({{param("guide.temperature"), 0}});
    EXPECT_NE(cold, plain);
    EXPECT_EQ(painted({{param("guide.temperature"), 0}, {param("guide.perspective"), .2f}, {param("guide.colour_shift"), .1f}, {param("guide.erase"), .7f},
                       {param("guide.flip"), .9f}, {param("guide.turn"), .5f}, {param("guide.crop_noise"), .3f}}), cold);
}

TEST(Crops, P17P18LawPowerReachAndBorderReachTheCrops) {
    const auto plain = painted({});
    EXPECT_NE(painted({{param("guide.crop_law"), 1}}), plain);
    EXPECT_NE(painted({{param("guide.crop_law"), 1}, {param("guide.crop_power"), 3}}), painted({{param("guide.crop_law"), 1}}));
    EXPECT_EQ(painted({{param("guide.crop_power"), 3}}), plain); // the even law knows no power
    EXPECT_NE(painted({{param("guide.crop_reach"), .3f}}), plain);
    for (const float border : {0.f, 2.f, 3.f, 4.f}) EXPECT_NE(painted({{param("guide.crop_border"), border}}), plain) << border;
}

TEST(Warp, P25SamplingIsNearestLinearOrCubic) {
    const at::Tensor step = at::cat({at::zeros({1, 1, 8, 4}), at::ones({1, 1, 8, 4})}, 3);
    modulation::CameraMotion motion;
    motion.view.tx = 2.0 / 8 * .3; // three tenths of a pixel to the right
    const at::Tensor grid = warpGrid(motion, {.aspect = 1}, 8, 8, {});
    const auto row = [&](Filter filter) { return sampled(step, grid, modulation::Border::Smear, filter)[0][0][4]; };
    const at::Tensor nearest = row(Filter::Nearest), linear = row(Filter::Bilinear), cubic = row(Filter::Bicubic);
    EXPECT_TRUE(nearest.eq(0).logical_or(nearest.eq(1)).all().item<bool>()); // no mixture
    EXPECT_NEAR(linear[4].item<float>(), .7f, 1e-4);
    EXPECT_GT(cubic.max().item<float>(), 1.01f); // it overshoots to keep the edge
    EXPECT_NEAR(linear.max().item<float>(), 1, 1e-6);
    // The row reaches the canvas: a palette canvas of two colours that moves stays at the two.
    std::vector<Leaf> leaves;
    leaves.emplace_back(step.clone());
    leaves[0].v.fill_(1);
    warpLeaves(leaves, motion, {.aspect = 1}, {}, Filter::Nearest);
    EXPECT_TRUE(leaves[0].value.eq(0).logical_or(leaves[0].value.eq(1)).all().item<bool>());
    const auto moved = [&](float sampling) {
        const auto painter = engine();
        Show show("a red fox");
        show.set(param("prompt.1.weight"), 0); // it only moves
        show.set(param("canvas.model"), 1);
        show.set(param("canvas.forget"), 0);
        show.set(param("camera.sampling"), sampling);
        Canvas out;
        painter->step(show.next(), out);
        const std::vector<float> before = out.rgba;
        show.state.pose.view.tx = 2.0 / 64 * 6.5;
        painter->step(show.next(), out);
        // Share of the values that stood in the picture before.
        const std::set<float> had(before.begin(), before.end());
        std::size_t kept = 0;
        for (const float v : out.rgba) kept += had.contains(v);
        return static_cast<double>(kept) / static_cast<double>(out.rgba.size());
    };
    EXPECT_GT(moved(0), .99);
    EXPECT_LT(moved(1), .5);
    EXPECT_LT(moved(2), .5);
}

TEST(Warp, P24PerspectiveIsTheSameOnTheCanvasAndInTheCamera) {
    modulation::CameraMotion motion;
    motion.dolly = .1f;
    motion.truckX = .05f;
    using modulation::DepthField;
    for (const DepthField depth : {DepthField::Plane, DepthField::Tunnel, DepthField::Sphere}) {
        const modulation::CameraSpace space{.depth = depth, .aspect = 20.f / 12, .perspective = .7f};
        const at::Tensor grid = warpGrid(motion, space, 12, 20, {});
        const auto g = grid.accessor<float, 4>();
        for (std::int64_t y = 0; y < 12; ++y)
            for (std::int64_t x = 0; x < 20; ++x) {
                const modulation::Vec2 p{((static_cast<double>(x) + 0.5) / 20 * 2 - 1) * space.aspect, 1 - (static_cast<double>(y) + 0.5) / 12 * 2};
                const modulation::Vec2 q = modulation::sourceOf(motion, space, p, 0.5);
                EXPECT_NEAR(g[0][y][x][0] * space.aspect, q.x, 2e-5);
                EXPECT_NEAR(-g[0][y][x][1], q.y, 2e-5);
            }
    }
}

TEST(Palette, P14TheCanvasTellsThePalettesItIsShownIn) {
    const auto painter = engine();
    Show show("a red fox");
    show.set(param("canvas.model"), 2);
    show.set(param("palette.count"), 4);
    show.set(param("palette.size"), 5);
    show.set(param("palette.lock"), 1);
    Canvas out;
    for (int i = 0; i < 3; ++i) painter->step(show.next(), out);
    ASSERT_EQ(out.palettes, 4);
    ASSERT_EQ(out.levels, 5);
    ASSERT_EQ(out.palette.size(), 60u);
    for (int palette = 0; palette < 4; ++palette) // dark to bright
        for (std::size_t level = 1; level < 5; ++level) {
            const auto bright = [&](std::size_t l) {
                const float* c = &out.palette[(static_cast<std::size_t>(palette) * 5 + l) * 3];
                return .299f * c[0] * c[0] + .587f * c[1] * c[1] + .114f * c[2] * c[2];
            };
            EXPECT_LE(bright(level - 1), bright(level) + 1e-5f);
        }
    // Every pixel shows one of these colours, and nothing else.
    for (std::size_t i = 0; i < out.rgba.size(); i += 4) {
        float nearest = 1;
        for (std::size_t k = 0; k < out.palette.size(); k += 3)
            nearest = std::min(nearest, std::max({std::abs(out.rgba[i] - out.palette[k]), std::abs(out.rgba[i + 1] - out.palette[k + 1]), std::abs(out.rgba[i + 2] - out.palette[k + 2])}));
        ASSERT_LT(nearest, 1e-4f) << i;
    }
    show.set(param("canvas.model"), 0);
    painter->step(show.next(), out);
    EXPECT_EQ(out.palettes, 0);
    EXPECT_TRUE(out.palette.empty());
}

// ---- holds: mask and stop ----------------------------------------------------------------------

constexpr auto kIgnore = [](const core::Problem&) {};

at::Tensor flat(float r, float g, float b) { return at::tensor({r, g, b}).view({1, 3, 1, 1}).expand({1, 3, 32, 32}).contiguous(); }

// The left half is white; after five seconds the right one.
core::Result<FrameReader> halfMask(const std::string&) {
    const auto side = [](bool left) {
        auto image = std::make_shared<core::Image>(core::Image{32, 1, {}});
        for (int x = 0; x < 32; ++x) {
            const std::uint8_t v = (x < 16) == left ? 255 : 0;
            image->rgba.insert(image->rgba.end(), {v, v, v, 255});
        }
        return image;
    };
    return FrameReader([left = side(true), right = side(false)](double seconds) -> core::Result<MovingPicture> {
        return MovingPicture{seconds < 5 ? left.get() : right.get(), seconds < 5 ? 1u : 2u};
    });
}

struct Held {
    Show show;
    Holds holds{guide(), halfMask};
    std::vector<Crop> crops{{-.5f, 0, .45f, 0, false}, {.5f, 0, .45f, 0, false}}; // left, right
    explicit Held(params::ParamIndex strength) {
        show.set(strength, 1);
        show.set(param("hold.age"), .1f);
    }
    void remember(const at::Tensor& picture) {
        for (int i = 0; i < 20; ++i) {
            holds.configure(show.next(), {32, 32}, kIgnore);
            holds.remember(picture, 1 / 30.0);
        }
    }
    struct Pull { float value; at::Tensor slope; };
    Pull pull(const at::Tensor& picture) {
        holds.configure(show.next(), {32, 32}, kIgnore);
        at::Tensor leaf = picture.clone().requires_grad_(true);
        const at::Tensor l = holds.loss(leaf, guide().encodeImages(cut(leaf, crops, guide().inputSize())), crops);
        torch::autograd::backward({l}, {});
        return {l.item<float>(), leaf.grad().clone()};
    }
};

TEST(Holds, P21AMaskHoldsWhereItIsWhiteAndMayMoveOrBeTurnedRound) {
    const auto leftOnly = [](const at::Tensor& slope) {
        EXPECT_GT(largest(slope.slice(3, 0, 14)), 0);
        EXPECT_EQ(largest(slope.slice(3, 18)), 0);
    };
    for (const auto& [strength, mask] : {std::pair{param("hold.direct"), params::text("hold.direct_mask")}, {param("hold.edge"), params::text("hold.edge_mask")}}) {
        Held h(strength);
        at::Tensor before = noise(32, 32, 4);
        h.remember(before);
        const at::Tensor now = noise(32, 32, 5);
        EXPECT_GT(largest(h.pull(now).slope.slice(3, 18)), 0); // no mask: everywhere
        h.show.text(mask, "half.mp4");
        leftOnly(h.pull(now).slope);
        h.show.text(mask, "-half.mp4");
        leftOnly(h.pull(now).slope.flip({3}));
        h.show.state.seconds = 6; // the mask moves to the other side
        leftOnly(h.pull(now).slope);
    }
    Held h(param("hold.semantic"));
    h.remember(noise(32, 32, 4));
    h.show.text(params::text("hold.semantic_mask"), "half.mp4");
    const at::Tensor slope = h.pull(noise(32, 32, 5)).slope;
    EXPECT_GT(largest(slope.slice(3, 0, 14)), 0);
    EXPECT_EQ(largest(slope.slice(3, 20)), 0); // the right crop has no share
}

TEST(Holds, P21BelowItsStopAHoldCountsButDoesNotPull) {
    struct Case { params::ParamIndex strength, stop; float high; };
    for (const Case& c : {Case{param("hold.direct"), param("hold.direct_stop"), .5f}, {param("hold.edge"), param("hold.edge_stop"), .05f},
                          {param("hold.semantic"), param("hold.semantic_stop"), 2}}) {
        Held h(c.strength);
        h.remember(flat(.5f, .4f, .3f));
        at::Tensor now = flat(.5f, .4f, .3f);
        now.slice(3, 8, 16).fill_(.7f);
        const auto free = h.pull(now);
        EXPECT_GT(largest(free.slope), 0) << params::row(c.strength).id;
        h.show.set(c.stop, c.high);
        const auto stopped = h.pull(now);
        EXPECT_EQ(largest(stopped.slope), 0) << params::row(c.stop).id;
        EXPECT_NEAR(stopped.value, free.value, 1e-5);
    }
}

} // namespace
} // namespace titanus::guidance
