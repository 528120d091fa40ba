// The step through torch's operations, which serves GPUs, proved on the processor against the loops
// of our own; half precision; what may be recorded.
#include "guidance/clip/canvas_model.h"
#include "guidance/clip/make_engine.h"
#include "guidance/embedded.h"

#include <ATen/record_function.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <optional>
#include <set>

using namespace titanus;
using namespace titanus::guidance;
using params::param;

namespace {

const Device kByTorch{at::kCPU, at::kFloat, false}, kHalf{at::kCPU, at::kBFloat16, false};

const std::vector<Crop> kPlaces{{.3f, -.2f, .5f, .1f, false}, {-1.1f, .6f, .9f, -.2f, true}, {.6f, .1f, .7f, 0, false}, {0, 0, 1.1f, .05f, true}};

double relative(const at::Tensor& a, const at::Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

TEST(TorchLook, CropsNoiseAndTheirGradientAreThoseOfTheKernels) {
    at::Tensor own = at::rand({1, 3, 64, 96}).requires_grad_(true), other = own.detach().clone().requires_grad_(true);
    const Views views = look(own, kPlaces, 40, .1f, 4294967290u); // seeds run over the end of their word
    TorchLook torch(40, kByTorch);
    torch.aim(kPlaces, 64, 96, .1f, 4294967290u);
    const at::Tensor crops = torch.crops(other), variation = variationByTorch(other);
    EXPECT_LT((crops - views.crops).abs().max().item<float>(), 1e-4);
    EXPECT_NEAR(variation.item<float>(), views.variation.item<float>(), 1e-5);
    const at::Tensor weight = at::randn(crops.sizes());
    torch::autograd::backward({(views.crops * weight).sum() + views.variation * 50}, {});
    torch::autograd::backward({(crops * weight).sum() + variation * 50}, {});
    EXPECT_LT(relative(other.grad(), own.grad()), 1e-4);
}

// Names of the operators that run while it lives.
class Listening {
  public:
    Listening() {
        heard().clear();
        handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback([](const at::RecordFunction& f) -> std::unique_ptr<at::ObserverContext> {
                                                 heard().insert(f.name());
                                                 return nullptr;
                                             }).scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
    }
    ~Listening() { at::removeCallback(handle_); }
    static std::set<std::string>& heard() {
        static std::set<std::string> names;
        return names;
    }

  private:
    at::CallbackHandle handle_;
};

// Each of these makes the processor wait for the device, or depend on what it has reckoned.
std::vector<std::string> questions() {
    std::vector<std::string> out;
    for (const char* name : {"aten::item", "aten::_local_scalar_dense", "aten::is_nonzero", "aten::nonzero", "aten::equal", "aten::allclose",
                             "aten::masked_select", "aten::_unique2", "aten::repeat_interleave"})
        if (Listening::heard().count(name)) out.emplace_back(name);
    return out;
}

// The slopes of one step on a canvas that shows something, by the kernels and by torch's operations.
struct Bench {
    Show show{"a photo of a jellyfish:1.5 | fog:-.5:-.9 | a castle:1@r"};
    CanvasSize size{114, 64};

    std::unique_ptr<CanvasModel> canvas(CanvasKind kind, const Device& device) {
        auto draws = generatorFor({}, 7);
        auto made = makeCanvas(kind, size, draws, device);
        made->configure(show.now());
        made->addNoise({.coarse = .4f, .middle = .2f}, draws);
        return made;
    }
    std::vector<at::Tensor> byKernels(CanvasKind kind) {
        auto own = canvas(kind, {});
        Prompts prompts(guide());
        prompts.update(show.now(), 1 / 30.0, [](const core::Problem& p) { ADD_FAILURE() << p.line(); });
        std::mt19937_64 seeds(5);
        for (Leaf& leaf : own->leaves()) leaf.value.requires_grad_(true);
        const Views views = look(own->decode(), kPlaces, guide().inputSize(), .1f, static_cast<std::uint32_t>(seeds()));
        torch::autograd::backward({prompts.loss(guide().encodeImages(views.crops), kPlaces, 114.f / 64) + views.variation * .5}, {});
        std::vector<at::Tensor> out;
        for (Leaf& leaf : own->leaves()) out.push_back(leaf.value.grad());
        return out;
    }
    // The first moment after the first step is a share of the slope.
    std::vector<at::Tensor> byTorch(CanvasKind kind, const Device& device, bool listen = false) {
        auto there = canvas(kind, device);
        auto judge = freshGuide();
        judge->moveTo(device);
        Jury jury(*judge, {}, false);
        Prompts prompts(*judge);
        prompts.update(show.now(), 1 / 30.0, [](const core::Problem& p) { ADD_FAILURE() << p.line(); });
        std::mt19937_64 seeds(5);
        TorchStep step(device);
        std::optional<Listening> listening;
        if (listen) listening.emplace();
        step.run(*there, jury, prompts, {kPlaces, .1f, .5f, 0, {.9f, .95f, 1e-8f, .6f, 20.f}, 1}, seeds, {});
        listening.reset();
        std::vector<at::Tensor> out;
        for (Leaf& leaf : there->leaves()) out.push_back(leaf.m / .1);
        return out;
    }
};

TEST(TorchStep, ItsGradientIsTheKernelsOnTheSameCropsAndRandomNumbers) {
    Bench bench;
    for (const CanvasKind kind : {CanvasKind::Pyramid, CanvasKind::Rgb}) {
        const auto own = bench.byKernels(kind), other = bench.byTorch(kind, kByTorch);
        ASSERT_EQ(own.size(), other.size());
        for (std::size_t i = 0; i < own.size(); ++i) {
            EXPECT_GT(own[i].norm().item<float>(), 0);
            EXPECT_LT(relative(other[i], own[i]), 2e-3) << i;
        }
    }
}

// torch 1.13 knows no slope of ReLU6 in half precision on a processor; on a GPU it does.
bool slopesInHalfPrecision() {
    try {
        const at::Tensor x = at::ones({4}, at::kBFloat16).requires_grad_(true);
        torch::autograd::backward({at::hardtanh(x, 0, 6).sum()}, {});
        return true;
    } catch (const c10::Error&) {
        return false;
    }
}

TEST(TorchStep, P16WithATowerInHalfPrecisionTheGradientPointsTheSameWay) {
    if (!slopesInHalfPrecision()) GTEST_SKIP() << "this torch has no slope of ReLU6 in bfloat16 on a processor";
    Bench bench;
    const auto own = bench.byKernels(CanvasKind::Pyramid), half = bench.byTorch(CanvasKind::Pyramid, kHalf);
    for (std::size_t i = 0; i < own.size(); ++i) {
        const double cosine = ((half[i] * own[i]).sum() / (half[i].norm() * own[i].norm())).item<double>();
        EXPECT_GT(cosine, .95) << i; // eight bits of mantissa through some fifty layers and back
        EXPECT_LT(relative(half[i], own[i]), .35) << i;
    }
}

TEST(TorchStep, P16EmbeddingsInHalfPrecisionStayWithinAHundredth) {
    auto half = freshGuide();
    half->moveTo(kHalf);
    const at::NoGradGuard noGrad;
    const at::Tensor pictures = at::upsample_bicubic2d(at::rand({4, 3, 12, 12}), {96, 96}, false).clamp(0, 1);
    const at::Tensor a = guide().encodeImages(pictures), b = half->encodeImages(pictures);
    EXPECT_EQ(b.scalar_type(), at::kFloat);
    EXPECT_GT((a * b).sum(1).min().item<float>(), .99f);
}

TEST(Device, GradientsBelowWhatHalfPrecisionHoldsComeThroughTheTower) {
    const Device half{at::kCPU, at::kHalf, false};
    at::Tensor x = at::full({4}, .5f).requires_grad_(true);
    torch::autograd::backward({(outOfTower(intoTower(x, half) * 2, half) * 2e-8).sum()}, {});
    EXPECT_NEAR(x.grad()[0].item<float>() / 4e-8, 1, .05); // float16 by itself: 0
}

TEST(TorchStep, AStepAsksTheDeviceForNothing) {
    Bench bench;
    for (const CanvasKind kind : {CanvasKind::Pyramid, CanvasKind::Rgb})
        for (const Device& device : {kByTorch, kHalf}) {
            if (device.tower == kHalf.tower && !slopesInHalfPrecision()) continue;
            bench.byTorch(kind, device, true);
            const auto& heard = Listening::heard();
            for (const char* known : {"aten::grid_sampler_2d", "aten::convolution_backward", "aten::addcmul_"}) EXPECT_TRUE(heard.count(known)) << known;
            EXPECT_TRUE(questions().empty()) << questions().front();
        }
    const Listening listening;
    static_cast<void>(at::ones({1}).item<float>());
    EXPECT_FALSE(questions().empty()); // it does hear
}

Canvas painted(ClipEngine& e, Show& show, int steps) {
    Canvas out;
    for (int i = 0; i < steps; ++i) e.step(show.next(), out);
    return out;
}

TEST(ClipEngine, ThroughTorchItPaintsWhatTheKernelsPaint) {
    for (const float kind : {0.f, 1.f, 2.f, 3.f}) {
        Show show("a photo of a jellyfish"), same("a photo of a jellyfish");
        for (Show* s : {&show, &same}) {
            s->set(param("canvas.model"), kind);
            s->set(param("canvas.symmetry"), 1);
            s->set(param("hold.direct"), kind == 1 ? .5f : 0);
            s->set(param("hold.age"), .05f);
            // Both compute the same (1e-8 after a step); where rounding turns over a kink of ReLU6 they part
            // slowly, which flat little crops provoke for some draws (of 0.2, 0.22 ... 0.4 for 0.22 and 0.3).
            s->set(param("guide.crop_min"), .4f);
        }
        auto own = engine({}, {}), other = engine({}, kByTorch);
        const Canvas a = painted(*own, show, 6), b = painted(*other, same, 6);
        EXPECT_LT(distance(a, b), kind == 0 ? 2e-3 : 1e-2) << kind;
        EXPECT_NEAR(a.loss, b.loss, 2e-2 * std::abs(a.loss)) << kind;
        EXPECT_NEAR(a.prompts[0].similarity, b.prompts[0].similarity, 1e-2) << kind;
        EXPECT_EQ(b.steps, 6u);
    }
}

TEST(ClipEngine, ThroughTorchTheCameraMovesSizesChangeAndFrozenMeansFrozen) {
    auto e = engine({}, kByTorch);
    Show show("a photo of a jellyfish");
    painted(*e, show, 3);
    modulation::advance(show.state.pose, {.panX = .25f}, 1);
    Canvas moved = painted(*e, show, 1);
    EXPECT_NEAR(moved.pose.view.tx, .5, 1e-6);
    show.set(param("canvas.side"), 96);
    moved = painted(*e, show, 1);
    EXPECT_EQ(moved.height, 96);
    show.state.frozen = true;
    EXPECT_EQ(painted(*e, show, 1).rgba, moved.rgba);
}

TEST(ClipEngine, ThroughTorchNotFiniteIsThrownAwayToo) {
    auto e = engine({}, kByTorch);
    Show show("a photo of a jellyfish");
    const Canvas good = painted(*e, show, 3);
    e->poisonForTest();
    painted(*e, show, 1); // finds it
    const Canvas after = painted(*e, show, 1);
    EXPECT_EQ(after.notFinite, 1u);
    for (const float v : after.rgba) ASSERT_TRUE(std::isfinite(v));
    EXPECT_LT(distance(good, after), .2);
}

TEST(EngineOptions, ThePrecisionAskedForIsInForceAndShown) {
    for (const auto& [asked, name] : {std::pair{Precision::Float32, "float32"}, {Precision::Bfloat16, "bfloat16"}}) {
        EngineOptions options;
        options.precision = asked;
        options.device = DeviceChoice::Cpu;
        options.threads = 1;
        auto made = makeClipEngine(options);
        ASSERT_TRUE(made.ok());
        EXPECT_EQ(made.value()->info().precision, name);
        EXPECT_EQ(made.value()->info().device, "cpu");
        auto& own = static_cast<ClipEngine&>(*made.value());
        EXPECT_EQ(own.guide().device().tower, asked == Precision::Float32 ? at::kFloat : at::kBFloat16);
        if (asked != Precision::Float32 && !slopesInHalfPrecision()) continue;
        Show show("a photo of a jellyfish");
        EXPECT_GT(painted(own, show, 2).loss, 0);
    }
    EngineOptions automatic;
    automatic.device = DeviceChoice::Cpu;
    if (!processorHasBfloat16()) {
        EXPECT_EQ(chooseDevice(automatic).tower, at::kFloat);
    }
}

// Where there is a GPU: the recorded step paints what the same step painted unrecorded.
TEST(ClipEngine, OnAGpuTheRecordedStepPaintsTheSame) {
    const Device gpu = chooseDevice({});
    if (!gpu.where.is_cuda()) GTEST_SKIP() << "no GPU that torch can use";
    Show show("a photo of a jellyfish"), same("a photo of a jellyfish");
    auto there = engine({}, {gpu.where, at::kFloat, false});
    Canvas out;
    for (int i = 0; i < 30; ++i) there->step(show.next(), out);
    EXPECT_GT(there->replays(), StepGraph::compiledIn() ? 20u : 0u);
    auto here = engine({}, kByTorch);
    const Canvas reference = painted(*here, same, 30);
    EXPECT_NEAR(out.prompts[0].similarity, reference.prompts[0].similarity, .1);
}

} // namespace
