// The canvas out of sight: when it steps, what it is told, what it hands on.
#include "guidance/null_engine.h"
#include "guidance/worker.h"

#include "params/store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace titanus::guidance {
namespace {
using params::param;

// Writes down what it is told; its second painters do so in the same place.
struct Told {
    int besides = 0, alive = 0, stepsBeside = 0;
    modulation::FrameState last;
    bool fails = false, alone = false;
};
class Listening final : public Engine {
  public:
    Listening(std::shared_ptr<Told> told, bool second) : told_(std::move(told)), second_(second) { told_->alive += second_; }
    ~Listening() override { told_->alive -= second_; }
    EngineInfo info() const override { return {"listening", "cpu", "float32", 1, 0}; }
    void adopt(const Canvas&) override {}
    void step(const modulation::FrameState& state, Canvas& out) override {
        if (second_ && told_->fails) throw std::runtime_error("no room");
        if (second_) told_->last = state, ++told_->stepsBeside;
        out.width = out.height = 1;
        out.rgba = {second_ ? 1.f : 0.f, 0, 0, 1};
        out.steps = 1;
    }
    std::unique_ptr<Engine> beside() override {
        if (told_->alone) return nullptr;
        ++told_->besides;
        return std::make_unique<Listening>(told_, true);
    }

  private:
    std::shared_ptr<Told> told_;
    bool second_;
};

std::shared_ptr<modulation::Upcoming> scene(std::uint64_t number, const std::string& prompt) {
    auto next = std::make_shared<modulation::Upcoming>();
    params::Show show = params::Show::defaults();
    show.texts[params::promptText(0).value] = prompt;
    params::TextTable texts;
    texts.values = show.texts;
    next->number = number;
    next->paint = true;
    next->texts = std::make_shared<params::TextTable>(texts);
    next->values = show.values;
    return next;
}

struct Stage : testing::Test {
    std::shared_ptr<Told> told = std::make_shared<Told>();
    Listening engine{told, false};
    params::Store store;
    modulation::FrameState state;
    Deck deck;
    Prepared out;

    void SetUp() override {
        state.effective = store.snapshot();
        state.texts = store.texts();
        state.prepare = 0.25f;
        state.upcoming = scene(1, "a reef");
    }
    int run(int steps) { // how many pictures were handed on
        int handed = 0;
        for (int i = 0; i < steps; ++i) handed += deck.step(engine, state, out);
        return handed;
    }
};

TEST_F(Stage, N5_TheSceneThatComesNextGetsItsShareOfTheStepsUntilItIsReady) {
    run(300);
    EXPECT_NEAR(told->stepsBeside, 100, 1) << "a quarter: one for three of the painter on show";
    EXPECT_EQ(out.number, 1u);
    EXPECT_NEAR(out.share, 100.f / Deck::kSteps, 0.09) << "said every tenth step";
    EXPECT_EQ(out.canvas.rgba[0], 1);
    EXPECT_EQ(told->alive, 1);
    EXPECT_GT(run(1000), 0);
    EXPECT_EQ(told->stepsBeside, Deck::kSteps);
    EXPECT_FLOAT_EQ(out.share, 1);
    EXPECT_EQ(told->alive, 0) << "nothing is kept of a painter that is done";
    EXPECT_EQ(run(100), 0);
    EXPECT_EQ(told->besides, 1);
}

TEST_F(Stage, N5_ItIsPaintedAsItWillBegin) {
    auto next = scene(7, "a reef");
    next->values[param("guide.crops").value] = 6;
    next->canvas = std::make_shared<core::Image>(core::Image{1, 1, {9, 9, 9, 255}});
    state.upcoming = next;
    state.pose.dolly = 3;
    state.loads = 12;
    state.effective.values[param("guide.crops").value] = 20;
    state.effective.values[param("guide.steps_max").value] = 33;
    run(4);
    ASSERT_EQ(told->stepsBeside, 1);
    EXPECT_EQ((*told->last.texts)[params::promptText(0)], "a reef");
    EXPECT_EQ(told->last[param("guide.crops")], 6) << "the scene's own";
    EXPECT_EQ(told->last[param("guide.steps_max")], 33) << "the machine's stays";
    EXPECT_EQ(told->last.pose.dolly, 0);
    EXPECT_EQ(told->last.picture, next->canvas);
    EXPECT_EQ(told->last.loads, 1u);
    EXPECT_FALSE(told->last.upcoming);
}

TEST_F(Stage, N5_AnotherSceneBeginsAnewAndNoneFreesThePainter) {
    run(40);
    EXPECT_EQ(told->alive, 1);
    state.upcoming = scene(2, "a fox");
    run(4);
    EXPECT_EQ(told->besides, 2);
    EXPECT_EQ(told->alive, 1);
    EXPECT_EQ((*told->last.texts)[params::promptText(0)], "a fox");
    auto words = scene(3, "only words");
    words->paint = false;
    state.upcoming = words;
    const int steps = told->stepsBeside;
    EXPECT_EQ(run(100), 0);
    EXPECT_EQ(told->alive, 0);
    EXPECT_EQ(told->stepsBeside, steps);
}

TEST_F(Stage, N5_NoTimeNoSteps) {
    state.prepare = 0;
    run(100);
    state.prepare = 0.5f;
    state.frozen = true;
    run(100);
    EXPECT_EQ(told->stepsBeside, 0);
    state.frozen = false;
    run(100);
    EXPECT_EQ(told->stepsBeside, 100);
}

TEST_F(Stage, AnEngineThatCannotIsAskedOnce) {
    told->alone = true;
    EXPECT_EQ(run(100), 0);
    EXPECT_EQ(told->stepsBeside, 0);
}

TEST(DeckInTheWorker, AFailureWithTheNextSceneIsOneProblemAndTheShowGoesOn) {
    const auto told = std::make_shared<Told>();
    told->fails = true;
    const core::SteadyClock clock;
    Worker worker([told] { return core::Result<std::unique_ptr<Engine>>(std::make_unique<Listening>(told, false)); }, clock);
    params::Store store;
    modulation::FrameState& state = worker.states().slot();
    state.effective = store.snapshot();
    state.texts = store.texts();
    state.effective.values[param("guide.steps_max").value] = 240;
    state.prepare = 0.5f;
    state.upcoming = scene(1, "a reef");
    worker.states().publish();
    worker.start();
    ASSERT_TRUE(worker.waitUntilReady());
    for (int i = 0; i < 2000 && worker.canvases().value().generation < 50; ++i) {
        worker.canvases().update();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_GE(worker.canvases().value().generation, 50u);
    ASSERT_TRUE(worker.stop());
    EXPECT_EQ(worker.restarts(), 0u);
    core::ProblemNote note;
    ASSERT_TRUE(worker.nextProblem(note));
    EXPECT_NE(note.unpack().detail.find("no room"), std::string::npos) << note.unpack().line();
    EXPECT_FALSE(worker.nextProblem(note)) << "said once";
}

} // namespace
} // namespace titanus::guidance
