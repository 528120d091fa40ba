// The loops written for the processor against torch's own operations, and the bands of the pyramid.
#include "analysis/sounds.h"
#include "guidance/clip/canvas_pyramid.h"
#include "guidance/clip/crops.h"
#include "guidance/clip/guide.h"
#include "guidance/clip/lite_tower.h"
#include "guidance/clip/pixels.h"
#include "modulation/modulator.h"
#include "params/store.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

using namespace titanus;
using namespace titanus::guidance;
using params::param;

namespace {

at::Generator randomOf(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }
at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed = 3) { return at::randn(shape, randomOf(seed), at::kFloat); }
float furthest(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<float>(); }

// An invented tower: odd paddings, strides, residuals, widths that leave half a panel.
std::unique_ptr<LiteTower> smallTower() {
    LiteTower::Config c;
    c.stemOut = 16;
    c.head = 40;
    c.embed = 8;
    c.blocks = {{3, 1, 1, 16, 8}, {3, 2, 3, 8, 24}, {5, 1, 2, 24, 24}, {5, 2, 2, 24, 40}};
    c.mean = {0.48, 0.45, 0.4};
    c.std = {0.27, 0.26, 0.25};
    std::uint64_t seed = 11;
    std::map<std::string, at::Tensor> w;
    const auto add = [&](const std::string& key, std::int64_t out, std::int64_t in, std::int64_t k) {
        w[key + ".weight"] = noise({out, in, k, k}, seed++) * std::sqrt(2.0 / static_cast<double>(in * k * k));
        w[key + ".bias"] = noise({out}, seed++) * 0.5 + 0.5;
    };
    add("image.stem", c.stemOut, 3, 3);
    for (std::size_t n = 0; n < c.blocks.size(); ++n) {
        const auto& b = c.blocks[n];
        const std::string key = "image.blocks." + std::to_string(n);
        if (b.expand != 1) add(key + ".expand", b.in * b.expand, b.in, 1);
        add(key + ".depthwise", b.in * b.expand, 1, b.kernel);
        add(key + ".project", b.out, b.in * b.expand, 1);
    }
    add("image.head", c.head, c.blocks.back().out, 1);
    w["image.projection.weight"] = noise({c.embed, c.head}, seed++);
    Weights weights(std::move(w), "invented");
    return std::make_unique<LiteTower>(weights, c);
}

TEST(LiteTower, ItsOwnLoopsGiveTheNumbersAndGradientsOfTorchWithOneThreadAndTwo) {
    const auto tower = smallTower();
    for (const std::int64_t side : {32, 45})
        for (const int threads : {1, 2}) {
            at::set_num_threads(threads);
            at::Tensor a = (noise({3, 3, side, side}) * 0.2 + 0.5).requires_grad_(true), b = a.detach().clone().requires_grad_(true);
            const at::Tensor weight = noise({3, 8}, 5), own = tower->forward(a), other = tower->forwardByTorch(b);
            EXPECT_LT(furthest(own, other), 2e-4f * other.abs().max().item<float>()) << side;
            torch::autograd::backward({(own * weight).sum()}, {});
            torch::autograd::backward({(other * weight).sum()}, {});
            EXPECT_LT(furthest(a.grad(), b.grad()), 2e-4f * b.grad().abs().max().item<float>()) << side;
        }
    at::set_num_threads(1);
}

TEST(LiteTower, AForwardBetweenAForwardAndItsBackwardDoesNotDisturbIt) {
    const auto tower = smallTower();
    at::Tensor a = (noise({2, 3, 32, 32}) * 0.2 + 0.5).requires_grad_(true);
    const auto gradient = [&](bool disturbed) {
        const at::Tensor out = tower->forward(a);
        if (disturbed) tower->forward(noise({2, 3, 32, 32}, 9));
        torch::autograd::backward({out.sum()}, {});
        const at::Tensor g = a.grad().clone();
        a.mutable_grad() = at::Tensor();
        return g;
    };
    EXPECT_TRUE(at::equal(gradient(false), gradient(true)));
}

TEST(Look, CropsVariationAndTheirGradientAreThoseOfGridSample) {
    at::Tensor picture = (noise({1, 3, 40, 60}) * 0.2 + 0.5).requires_grad_(true), other = picture.detach().clone().requires_grad_(true);
    const std::vector<Crop> crops{{0.3f, -0.2f, 0.5f, 0.1f, false}, {-1.1f, 0.6f, 0.9f, -0.2f, true}};
    constexpr std::int64_t kSize = 20; // 0.5 * 40 = 20: one tap; 0.9 * 40 = 36: averaged
    const Views own = look(picture, crops, kSize, 0, 1);
    at::Tensor theta = at::empty({2, 2, 3});
    for (std::size_t i = 0; i < 2; ++i) {
        const Crop& c = crops[i];
        const float cs = std::cos(c.angleRad) * c.half, sn = std::sin(c.angleRad) * c.half, m = c.flip ? -1.f : 1.f;
        theta[static_cast<std::int64_t>(i)] = at::tensor({m * cs / 1.5f, -sn / 1.5f, c.x / 1.5f, m * sn, cs, -c.y}).view({2, 3});
    }
    const auto sample = [&](std::int64_t i, std::int64_t side) {
        return at::grid_sampler_2d(other, at::affine_grid_generator(theta.slice(0, i, i + 1), {1, 3, side, side}, false), 0, 2, false);
    };
    const at::Tensor both = at::cat({sample(0, kSize), at::avg_pool2d(sample(1, 2 * kSize), {2, 2})});
    const at::Tensor variation = (other.slice(3, 1) - other.slice(3, 0, -1)).abs().mean() + (other.slice(2, 1) - other.slice(2, 0, -1)).abs().mean();
    EXPECT_LT(furthest(own.crops, both), 1e-4);
    EXPECT_NEAR(own.variation.item<float>(), variation.item<float>(), 1e-5);
    const at::Tensor weight = noise({2, 3, kSize, kSize}, 8);
    torch::autograd::backward({(own.crops * weight).sum() + own.variation * 7}, {});
    torch::autograd::backward({(both * weight).sum() + variation * 7}, {});
    EXPECT_LT(furthest(picture.grad(), other.grad()), 1e-3);
}

TEST(Look, NoiseHasTheSpreadAskedForAndIsTheSameForTheSameSeed) {
    const at::Tensor grey = at::full({1, 3, 32, 32}, 0.5);
    const auto seen = [&](std::uint32_t seed) { return look(grey, {{0, 0, 1, 0, false}}, 32, 0.1f, seed).crops - 0.5; };
    EXPECT_NEAR(seen(1).std().item<float>(), 0.1f, 0.005f);
    EXPECT_NEAR(seen(1).mean().item<float>(), 0, 0.006f);
    EXPECT_TRUE(at::equal(seen(1), seen(1)));
    EXPECT_GT(furthest(seen(1), seen(2)), 0.1f);
}

TEST(Adam, EvennessGoesFromEachPixelsOwnStepToOneStepSizeForAll) {
    const auto moved = [](float evenness) {
        Leaf leaf(at::zeros({1, 1, 1, 2}));
        leaf.evenness = evenness;
        adamStep(leaf, at::tensor({1.f, 0.1f}).view({1, 1, 1, 2}), {0.9f, 0.95f, 1e-8f, 0.01f / 0.1f, 1 / 0.05f});
        return leaf.value.view({-1});
    };
    EXPECT_LT(furthest(moved(0), at::tensor({-0.01f, -0.01f})), 1e-5);
    const float rms = std::sqrt((1 + 0.01f) / 2);
    EXPECT_LT(furthest(moved(1), at::tensor({-0.01f / rms, -0.001f / rms})), 1e-5);
}

// Changes of the picture when one row is moved, as energies below and above the half of 36 px.
struct Bands { double low, high; };
// What a picture of 36 px on its shorter side can hold, and the rest.
Bands bandsOf(const at::Tensor& moved) {
    const at::Tensor low = at::upsample_bicubic2d(at::_upsample_bilinear2d_aa(moved, {36, 64}, false), {144, 256}, false);
    return {low.square().mean().item<double>(), (moved - low).square().mean().item<double>()};
}
Bands change(params::ParamIndex row, float value, bool noisy) {
    params::Store store;
    modulation::FrameState state;
    auto random = randomOf(4);
    PyramidCanvas canvas({256, 144}, random);
    const auto configured = [&] {
        state.effective = store.snapshot();
        canvas.configure(state);
    };
    configured();
    for (std::size_t i = 0; i < canvas.leaves().size(); ++i) canvas.leaves()[i].value.copy_(noise(canvas.leaves()[i].value.sizes(), 20 + i) * 0.1);
    const at::Tensor before = canvas.decode().detach().clone();
    if (noisy) {
        NoiseAmounts amounts;
        if (row == param("canvas.coarse_noise")) amounts.coarse = value;
        else if (row == param("canvas.middle_noise")) amounts.middle = value;
        else amounts.fine = value;
        canvas.addNoise(amounts, random);
    } else {
        store.apply({row, value, params::Origin::CommandLine, 0});
        configured();
    }
    return bandsOf(canvas.decode().detach() - before);
}

TEST(Bands, AKickOnTheCoarseRowsMovesTheLowPassOnlyAndAHatOnTheFineRowsTheHighPass) {
    for (const bool noisy : {false, true}) {
        const Bands kick = change(noisy ? param("canvas.coarse_noise") : param("canvas.coarse_gain"), noisy ? 0.2f : 2.f, noisy);
        const Bands hat = change(noisy ? param("canvas.fine_noise") : param("canvas.fine_gain"), noisy ? 0.2f : 2.f, noisy);
        EXPECT_GT(kick.low, 1e-6) << noisy;
        EXPECT_GT(kick.low, 30 * kick.high) << noisy;
        EXPECT_GT(hat.high, 1e-6) << noisy;
        EXPECT_GT(hat.high, (noisy ? 30 : 3) * hat.low) << noisy; // what a fine level holds already may be coarse
    }
    EXPECT_GT(change(param("canvas.middle_noise"), 0.2f, true).low, 1e-6);
}

// From the drums to the canvas: what is heard stirs, through a route each, the levels of its own size.
TEST(Bands, AKickThatIsHeardMovesTheLowPassAndAHatThatIsHeardTheHighPass) {
    const analysis::test::Groove groove =
        analysis::test::sequence(70, 5, "x...x...x...x...", "................", "..x...x...x...x.", "bd_haus", "sn_dub", "hat_snap");
    at::set_num_threads(1);
    const analysis::test::Heard heard = analysis::test::hear(groove.sound);
    params::Store store;
    store.setRoutes({{.source = params::Source::Kick, .target = param("canvas.coarse_noise"), .depth = 0.05f},
                     {.source = params::Source::Hat, .target = param("canvas.fine_noise"), .depth = 0.05f}});
    modulation::Modulator modulator(1);
    auto random = randomOf(4);
    PyramidCanvas canvas({256, 144}, random);
    const auto within = [](const accuracy::Times& strokes, double t) {
        return std::any_of(strokes.begin(), strokes.end(), [&](double stroke) { return t > stroke && t < stroke + 0.1; });
    };
    Bands kick{}, hat{}, before{};
    std::size_t at = 0;
    constexpr double kFrame = 1.0 / 30;
    for (double t = kFrame; t < heard.features.back().seconds; t += kFrame) {
        while (at + 1 < heard.features.size() && heard.features[at + 1].seconds <= t) ++at;
        const auto& state = modulator.update({.store = store, .features = heard.features[at], .seconds = t, .dtSeconds = kFrame, .soundSeconds = t});
        if (t == kFrame) canvas.configure(state);
        canvas.fade(0.9f); // a painter brings its picture back
        const at::Tensor shown = canvas.decode().detach().clone();
        const auto spread = static_cast<float>(std::sqrt(kFrame)); // as the engine stirs
        canvas.addNoise({.all = 0, .coarse = state[param("canvas.coarse_noise")] * spread, .middle = 0, .fine = state[param("canvas.fine_noise")] * spread}, random);
        const Bands moved = bandsOf(canvas.decode().detach() - shown);
        Bands& into = t < 0.5 ? before : within(groove.kicks, t) ? kick : hat;
        if (&into == &hat && !within(groove.hats, t)) continue;
        into.low += moved.low;
        into.high += moved.high;
    }
    EXPECT_EQ(before.low + before.high, 0) << "nothing was heard";
    EXPECT_GT(kick.low, 1e-4);
    EXPECT_GT(kick.low, 10 * kick.high) << "what is left of the hat before";
    EXPECT_GT(hat.high, 1e-4);
    EXPECT_GT(hat.high, 20 * hat.low);
}

TEST(Bands, EachRateRowMovesItsOwnLevels) {
    params::Store store;
    modulation::FrameState state;
    auto random = randomOf(4);
    PyramidCanvas canvas({256, 144}, random);
    const auto rates = [&] {
        state.effective = store.snapshot();
        canvas.configure(state);
        std::vector<float> out;
        for (const Leaf& leaf : canvas.leaves()) out.push_back(leaf.rate);
        return out;
    };
    const auto before = rates();
    store.apply({param("canvas.middle_rate"), 0.5f, params::Origin::CommandLine, 0});
    const auto after = rates();
    ASSERT_EQ(before.size(), 6u);
    for (const std::size_t i : {0u, 1u, 4u, 5u}) EXPECT_EQ(before[i], after[i]) << i;
    for (const std::size_t i : {2u, 3u}) EXPECT_FLOAT_EQ(0.5f * before[i], after[i]) << i;
}

} // namespace
