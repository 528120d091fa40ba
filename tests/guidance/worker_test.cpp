// Prompt language, the engine without a model, and the painting thread.
#include "guidance/null_engine.h"
#include "guidance/prompt_text.h"
#include "guidance/worker.h"

#include "params/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <condition_variable>
#include <stdexcept>

using namespace titanus;
using namespace titanus::guidance;

namespace {

struct Show {
    params::Store store;
    modulation::FrameState state;

    explicit Show(const std::string& prompt) { store.setText(params::promptText(0), prompt); }
    void set(params::ParamIndex p, float v) { store.apply({p, v, params::Origin::CommandLine, 0}); }
    const modulation::FrameState& next() {
        state.effective = store.snapshot();
        state.texts = store.texts();
        ++state.frame;
        state.seconds += 1 / 30.0;
        state.dtSeconds = 1 / 30.0;
        return state;
    }
};

double difference(const Canvas& a, const Canvas& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(a.rgba[i] - b.rgba[i]);
    return sum / static_cast<double>(a.rgba.size());
}

TEST(PromptText, P1EveryFormParsesAndBadTextSaysWhere) {
    const auto one = parsePrompts("a red fox");
    ASSERT_TRUE(one);
    EXPECT_EQ(one.value(), (std::vector<PromptSpec>{{"a red fox"}}));
    const auto several = parsePrompts("a red fox:2 | fog:-0.5 | | text:1:0.7");
    ASSERT_TRUE(several);
    EXPECT_EQ(several.value(), (std::vector<PromptSpec>{{"a red fox", 2}, {"fog", -0.5f}, {"text", 1, 0.7f}}));
    EXPECT_EQ(parsePrompts(R"(ten \: one \| two:3)").value(), (std::vector<PromptSpec>{{"ten : one | two", 3}}));
    EXPECT_TRUE(parsePrompts("").value().empty());
    for (const auto& [text, column] : {std::pair{"fox:two", "column 5"}, {"fox:1:x", "column 7"}, {"fox | :3", "column 6"}, {"a:1:1:1", "column 7"}}) {
        const auto bad = parsePrompts(text);
        ASSERT_FALSE(bad) << text;
        EXPECT_EQ(bad.problem().id, core::ProblemId::PromptInvalid);
        EXPECT_NE(bad.problem().detail.find(column), std::string::npos) << bad.problem().detail;
    }
}

TEST(NullEngine, SameSeedSameCanvasOtherTextOtherCanvas) {
    const auto paint = [](const std::string& text) {
        Show show(text);
        show.set(params::param("canvas.side"), 64);
        auto engine = makeNullEngine({.modelDir = {}, .seed = 3});
        Canvas out;
        for (int i = 0; i < 20; ++i) engine->step(show.next(), out);
        return out;
    };
    const Canvas fox = paint("a fox"), again = paint("a fox"), fog = paint("fog");
    EXPECT_EQ(fox.rgba, again.rgba);
    EXPECT_EQ(fox.height, 64);
    EXPECT_EQ(fox.width, 114);
    EXPECT_GT(difference(fox, fog), 0.05);
    EXPECT_GT(fox.prompts[0].presence, 0.5f);
}

TEST(NullEngine, MovesWithTheCameraAndKeepsItsPictureAcrossSizes) {
    Show show("a fox");
    show.set(params::param("canvas.side"), 64);
    auto engine = makeNullEngine({});
    Canvas before, after;
    for (int i = 0; i < 20; ++i) engine->step(show.next(), before);
    show.set(params::promptWeight(0), 0); // nothing more is painted
    modulation::advance(show.state.pose, {.panX = 0.25f}, 1); // a quarter of the height to the right
    engine->step(show.next(), after);
    EXPECT_NEAR(after.pose.view.tx, 0.5, 1e-6);
    const auto red = [](const Canvas& c, int x, int y) { return c.rgba[static_cast<std::size_t>((y * c.width + x) * 4)]; };
    for (int x = 30; x < 100; x += 7) EXPECT_NEAR(red(after, x, 30), red(before, x - 16, 30), 1e-4);
    show.set(params::param("canvas.side"), 128);
    Canvas large;
    engine->step(show.next(), large);
    EXPECT_EQ(large.height, 128);
    EXPECT_NEAR(red(large, 120, 60), red(after, 60 * 114 / 114, 30), 0.05);
}

TEST(NullEngine, BecomesThePictureThatASceneLoads) {
    Show show("");
    show.set(params::param("canvas.side"), 64);
    auto engine = makeNullEngine({});
    Canvas out;
    engine->step(show.next(), out);
    core::Image wide{40, 10, {}}; // middle square red, its sides blue
    for (int i = 0; i < 400; ++i) wide.rgba.insert(wide.rgba.end(), {std::uint8_t(i % 40 / 10 % 3 ? 255 : 0), 0, std::uint8_t(i % 40 / 10 % 3 ? 0 : 255), 255});
    show.state.picture = std::make_shared<core::Image>(wide);
    show.state.loads = 1;
    engine->step(show.next(), out);
    const auto pixel = [&](int x) { return &out.rgba[static_cast<std::size_t>((32 * out.width + x) * 4)]; };
    EXPECT_EQ(pixel(out.width / 2)[0], 1);
    EXPECT_EQ(pixel(out.width / 2)[2], 0);
    EXPECT_EQ(pixel(0)[0], 1); // 16:9 of a 4:1 picture: the blue ends are cut off
}

TEST(NullEngine, FormulasAndScenesMoveWhatItPaints) {
    const auto paint = [](const std::string& line) {
        Show show(line);
        show.set(params::param("canvas.side"), 64);
        auto engine = makeNullEngine({});
        Canvas out;
        for (int i = 0; i < 60; ++i) engine->step(show.next(), out); // two seconds
        return out;
    };
    const Canvas fog = paint("fog");
    EXPECT_LT(difference(paint("{1 s, fade 0 s} a fox || {stay, fade 0 s} fog"), fog), .3 * difference(paint("a fox"), fog));
    EXPECT_LT(difference(paint("fog:0*t+1 | a fox:0*t"), fog), 1e-5);
}

// Throws at its fifth step, as many engines as it is told to.
class Fragile final : public Engine {
  public:
    Fragile(bool throws, Canvas* adopted) : throws_(throws), adopted_(adopted) {}
    EngineInfo info() const override { return {"fragile", "cpu", "float32", 1, 0}; }
    void adopt(const Canvas& picture) override { *adopted_ = picture; }
    void step(const modulation::FrameState&, Canvas& out) override {
        if (++steps_ == 5 && throws_) throw std::runtime_error("out of paint\nstack trace");
        out.width = out.height = 1;
        out.rgba = {0.25f, 0, 0, 1};
        out.steps = steps_;
    }

  private:
    bool throws_;
    Canvas* adopted_;
    std::uint64_t steps_ = 0;
};

template <class F> bool within(double seconds, F done) {
    const core::SteadyClock clock;
    while (clock.seconds() < seconds) {
        if (done()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return done();
}

void publish(Worker& worker, Show& show) {
    worker.states().slot() = show.next();
    worker.states().publish();
}

TEST(Worker, AThrowingEngineIsReplacedAndTheNewOneGoesOnFromTheLastCanvas) {
    const core::SteadyClock clock;
    Canvas adopted;
    int made = 0;
    Worker worker([&]() -> core::Result<std::unique_ptr<Engine>> { return std::unique_ptr<Engine>(std::make_unique<Fragile>(++made == 1, &adopted)); }, clock);
    worker.start();
    const auto info = worker.waitUntilReady();
    ASSERT_TRUE(info);
    EXPECT_EQ(info.value().guide, "fragile");
    Show show("x");
    show.set(params::param("guide.steps_max"), 240);
    publish(worker, show);
    EXPECT_TRUE(within(20, [&] { worker.canvases().update(); return worker.canvases().value().generation >= 20; }));
    EXPECT_EQ(worker.restarts(), 1u);
    core::ProblemNote note;
    ASSERT_TRUE(worker.nextProblem(note));
    EXPECT_EQ(note.unpack().id, core::ProblemId::GuidanceFailed);
    EXPECT_EQ(note.unpack().detail, "out of paint");
    worker.stop();
    EXPECT_TRUE(worker.ended());
    EXPECT_EQ(adopted.rgba, (std::vector<float>{0.25f, 0, 0, 1}));
}

TEST(Worker, AFactoryWithoutEngineIsAProblemAtTheStart) {
    const core::SteadyClock clock;
    Worker worker([]() -> core::Result<std::unique_ptr<Engine>> { return core::Problem{core::ProblemId::ModelMissing, "/nowhere"}; }, clock);
    worker.start();
    const auto info = worker.waitUntilReady();
    ASSERT_FALSE(info);
    EXPECT_EQ(info.problem().id, core::ProblemId::ModelMissing);
}

// Hangs in its third step until it is let go.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false, hangs = false, left = false;
};
class Hanging final : public Engine {
  public:
    explicit Hanging(Gate& gate) : gate_(gate) {}
    EngineInfo info() const override { return {"hanging", "cpu", "float32", 1, 0}; }
    void adopt(const Canvas&) override {}
    void step(const modulation::FrameState&, Canvas& out) override {
        out.width = out.height = 1;
        out.steps = ++steps_;
        if (steps_ < 3) return;
        std::unique_lock lock(gate_.mutex);
        gate_.hangs = true;
        gate_.changed.notify_all();
        gate_.changed.wait(lock, [this] { return gate_.open; });
        gate_.left = true;
        gate_.changed.notify_all();
    }

  private:
    Gate& gate_;
    std::uint64_t steps_ = 0;
};

TEST(Worker, AHungEngineIsLeftBehindInBoundedTimeAndTouchesTheClockNoMore) {
    struct Counting final : core::Clock {
        double seconds() const override {
            ++calls;
            return 0;
        }
        mutable std::atomic<int> calls{0};
    };
    Gate gate;
    const core::SteadyClock time;
    auto clock = std::make_unique<Counting>();
    auto worker = std::make_unique<Worker>([&] { return core::Result<std::unique_ptr<Engine>>(std::make_unique<Hanging>(gate)); }, *clock, 0.2);
    worker->start();
    ASSERT_TRUE(worker->waitUntilReady());
    Show show("x");
    publish(*worker, show);
    {
        std::unique_lock lock(gate.mutex);
        ASSERT_TRUE(gate.changed.wait_for(lock, std::chrono::seconds(20), [&] { return gate.hangs; }));
    }
    const double began = time.seconds();
    EXPECT_FALSE(worker->stop());
    EXPECT_FALSE(worker->ended());
    worker.reset(); // nothing more to wait for
    EXPECT_LT(time.seconds() - began, 10);
    const int calls = clock->calls;
    {
        std::unique_lock lock(gate.mutex);
        gate.open = true;
        gate.changed.notify_all();
        gate.changed.wait(lock, [&] { return gate.left; });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(clock->calls, calls);
}

// Says what it goes on from.
class Successor final : public Engine {
  public:
    explicit Successor(std::atomic<std::uint64_t>& adopted) : adopted_(adopted) {}
    EngineInfo info() const override { return {"successor", "cpu", "float32", 1, 0}; }
    void adopt(const Canvas& canvas) override { adopted_ = canvas.steps; }
    void step(const modulation::FrameState&, Canvas& out) override {
        out.width = out.height = 1;
        out.steps = adopted_ + ++steps_;
    }

  private:
    std::atomic<std::uint64_t>& adopted_;
    std::uint64_t steps_ = 0;
};

TEST(Worker, AStepThatHangsInTheShowIsLeftBehindAndANewEngineGoesOnFromTheCanvasOnShow) {
    Gate gate;
    std::atomic<std::uint64_t> adopted{0};
    std::atomic<int> made{0};
    const core::SteadyClock clock;
    {
        Worker worker([&]() -> core::Result<std::unique_ptr<Engine>> {
            if (made++ == 0) return std::unique_ptr<Engine>(std::make_unique<Hanging>(gate));
            return std::unique_ptr<Engine>(std::make_unique<Successor>(adopted));
        }, clock);
        worker.start();
        ASSERT_TRUE(worker.waitUntilReady());
        Show show("x");
        publish(worker, show);
        {
            std::unique_lock lock(gate.mutex);
            ASSERT_TRUE(gate.changed.wait_for(lock, std::chrono::seconds(20), [&] { return gate.hangs; }));
        }
        worker.canvases().update();
        const Canvas shown = worker.canvases().value();
        ASSERT_EQ(shown.steps, 2u);
        double seconds = 0;
        for (int frame = 0; frame < 60 * 29; ++frame) worker.watch(seconds += 1.0 / 60);
        EXPECT_EQ(worker.restarts(), 0u); // slow is not yet hung
        worker.watch(seconds += 3600);    // nor is a laptop that slept
        EXPECT_EQ(made, 1);
        for (int frame = 0; frame < 60 * 2; ++frame) worker.watch(seconds += 1.0 / 60);
        EXPECT_EQ(worker.canvases().value().steps, shown.steps); // what is on show stays on show
        EXPECT_EQ(worker.canvases().value().generation, shown.generation);
        core::ProblemNote note;
        ASSERT_TRUE(worker.nextProblem(note));
        EXPECT_EQ(note.id, core::ProblemId::GuidanceFailed);
        EXPECT_FALSE(worker.nextProblem(note)); // said once
        publish(worker, show);
        ASSERT_TRUE(within(20, [&] { return worker.canvases().update() && worker.canvases().value().steps > shown.steps; }));
        EXPECT_GT(worker.canvases().value().generation, shown.generation);
        EXPECT_EQ(adopted, shown.steps);
        EXPECT_EQ(worker.restarts(), 1u);
        EXPECT_TRUE(worker.stop());
    }
    std::unique_lock lock(gate.mutex); // the old step ends after all, with nobody there
    gate.open = true;
    gate.changed.notify_all();
    gate.changed.wait(lock, [&] { return gate.left; });
}

// Runs out of memory until it has been told to make do with less.
class Greedy final : public Engine {
  public:
    Greedy(int needs, bool torchLike) : needs_(needs), torchLike_(torchLike) {}
    EngineInfo info() const override { return {"greedy", "cpu", "float32", 1, 0}; }
    void adopt(const Canvas&) override {}
    void economise(int halvings) override { halvings_ = halvings; }
    void step(const modulation::FrameState&, Canvas& out) override {
        if (halvings_ < needs_ && torchLike_) throw std::runtime_error("DefaultCPUAllocator: not enough memory: you tried to allocate 1 byte");
        if (halvings_ < needs_) throw std::bad_alloc();
        out.steps = static_cast<std::uint64_t>(halvings_);
    }

  private:
    int needs_, halvings_ = 0;
    bool torchLike_;
};

TEST(Worker, OutOfMemoryBeginsAgainWithHalfTheCropsUntilTheyFit) {
    const core::SteadyClock clock;
    for (const bool torchLike : {false, true}) {
        Worker worker([=] { return core::Result<std::unique_ptr<Engine>>(std::make_unique<Greedy>(2, torchLike)); }, clock);
        worker.start();
        ASSERT_TRUE(worker.waitUntilReady());
        Show show("x");
        publish(worker, show);
        ASSERT_TRUE(within(20, [&] { return worker.canvases().update(); }));
        EXPECT_EQ(worker.canvases().value().steps, 2u);
        EXPECT_EQ(worker.restarts(), 2u);
        core::ProblemNote note;
        ASSERT_TRUE(worker.nextProblem(note));
        EXPECT_NE(note.unpack().line().find("out of memory"), std::string::npos);
        EXPECT_TRUE(worker.stop());
    }
}

TEST(Worker, FrozenPaintsNothingNewAndTheStepLimitHolds) {
    const core::SteadyClock clock;
    Worker worker([] { return core::Result<std::unique_ptr<Engine>>(makeNullEngine({})); }, clock);
    worker.start();
    Show show("x");
    show.set(params::param("canvas.side"), 64);
    show.set(params::param("guide.steps_max"), 20);
    publish(worker, show);
    ASSERT_TRUE(within(20, [&] { worker.canvases().update(); return worker.canvases().value().generation >= 2; }));
    const double began = clock.seconds();
    const std::uint64_t before = worker.canvases().value().generation;
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    worker.canvases().update();
    const double most = 20 * (clock.seconds() - began) + 2;
    EXPECT_LE(static_cast<double>(worker.canvases().value().generation - before), most);
    show.state.frozen = true;
    publish(worker, show);
    std::uint64_t steps = 0;
    ASSERT_TRUE(within(20, [&] { // until two looks a while apart agree
        worker.canvases().update();
        const bool still = steps == worker.canvases().value().steps;
        steps = worker.canvases().value().steps;
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        return still;
    }));
}

} // namespace
