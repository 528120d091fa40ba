// Another guide while the show runs, without a model.
#include "core/model_folders.h"
#include "guidance/show.h"
#include "guidance/switching_engine.h"
#include "guidance/worker.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

using namespace titanus;
using namespace titanus::guidance;

namespace {

constexpr auto kModel = params::text("guide.model");

// Paints its model's letter into a canvas of one pixel, on top of what it took over.
class Letter final : public Engine {
  public:
    explicit Letter(const EngineOptions& options) : name_(options.modelDir.string()) {}
    EngineInfo info() const override { return {name_, "cpu", "float32", 1, 8}; }
    void adopt(const Canvas& picture) override { at_ = picture.rgba[0]; }
    void economise(int halvings) override { halvings_ = halvings; }
    void step(const modulation::FrameState& state, Canvas& out) override {
        if (!state.frozen) {
            at_ += name_ == "b" ? 100.f : 1.f;
            ++steps_;
            if (steps_ == 2) report({core::ProblemId::PromptInvalid, name_});
        }
        out.width = out.height = 1;
        out.rgba = {at_, static_cast<float>(halvings_), 0, 1};
        out.steps = steps_;
    }

  private:
    std::string name_;
    float at_ = 0;
    std::uint64_t steps_ = 0;
    int halvings_ = 0;
};

struct Rig {
    std::vector<std::string> asked;
    std::vector<core::Problem> problems;
    std::unique_ptr<Engine> engine;
    Show show;
    Canvas out;

    explicit Rig(const std::string& commandLine = "") {
        EngineOptions options;
        options.modelDir = commandLine;
        auto made = SwitchingEngine::make(options, [this](const EngineOptions& o) -> core::Result<std::unique_ptr<Engine>> {
            asked.push_back(o.modelDir.string());
            if (o.modelDir == "bad") return core::Problem{core::ProblemId::ModelMissing, "bad"};
            if (o.modelDir == "throws") throw std::runtime_error("broken archive\nstack");
            return std::unique_ptr<Engine>(std::make_unique<Letter>(o));
        });
        engine = std::move(made).value();
        engine->report = [this](const core::Problem& p) { problems.push_back(p); };
    }
    float step(const std::string& text, bool frozen = false) {
        show.text(kModel, text);
        show.state.frozen = frozen;
        engine->step(show.next(), out);
        return out.rgba[0];
    }
};

TEST(SwitchingEngine, P39AnotherGuideGoesOnFromTheCanvasAndBackAgain) {
    Rig rig;
    EXPECT_EQ(rig.step(""), 1);
    EXPECT_EQ(rig.step(""), 2);
    EXPECT_EQ(rig.step("b"), 102); // its first step, on what was there
    EXPECT_EQ(rig.engine->info().guide, "b");
    EXPECT_EQ(rig.out.steps, 3u); // the count goes on
    EXPECT_EQ(rig.step("b"), 202);
    EXPECT_EQ(rig.step(""), 203);
    EXPECT_EQ(rig.asked, (std::vector<std::string>{"", "b", ""})); // made once for each change
    ASSERT_EQ(rig.problems.size(), 2u); // those of every engine arrive
    EXPECT_EQ(rig.problems[1].detail, "b");
}

TEST(SwitchingEngine, P39ABadPathIsOneProblemAndTheOldGuideGoesOn) {
    for (const std::string bad : {"bad", "throws"}) {
        Rig rig;
        rig.step("");
        for (int i = 0; i < 5; ++i) EXPECT_EQ(rig.step(bad), 2 + i);
        rig.engine->report = [](const core::Problem& p) { ADD_FAILURE() << p.line(); };
        const auto told = std::count_if(rig.problems.begin(), rig.problems.end(), [](const core::Problem& p) { return p.id != core::ProblemId::PromptInvalid; });
        EXPECT_EQ(told, 1) << bad;
        EXPECT_EQ(rig.asked.size(), 2u);
        for (const auto& p : rig.problems) EXPECT_EQ(p.detail.find("stack"), std::string::npos);
        EXPECT_EQ(rig.step("b"), 106); // and a good one is still taken
    }
}

TEST(SwitchingEngine, WhatTheCommandLineNamedHoldsUntilTheTextChanges) {
    Rig rig("given");
    rig.step("b"); // a text of an earlier evening
    EXPECT_EQ(rig.engine->info().guide, "given");
    rig.step("c");
    EXPECT_EQ(rig.engine->info().guide, "c");
    rig.step("");
    EXPECT_EQ(rig.engine->info().guide, "given");
    Rig plain; // nothing on the command line: the text of then is what is wanted
    plain.step("b");
    EXPECT_EQ(plain.engine->info().guide, "b");
}

TEST(SwitchingEngine, AFrozenPictureStaysAndFewerCropsStayFewer) {
    Rig rig;
    rig.step("");
    rig.engine->economise(2);
    EXPECT_EQ(rig.step("b", true), 1);
    EXPECT_EQ(rig.engine->info().guide, "");
    EXPECT_EQ(rig.step("b"), 101);
    EXPECT_EQ(rig.out.rgba[1], 2);
}

TEST(SwitchingEngine, P39ThroughTheWorkerThePictureStaysWhileTheGuideLoads) {
    core::SteadyClock clock;
    EngineOptions options;
    std::atomic<bool> loading{false}, go{false};
    Worker worker([&] {
        return SwitchingEngine::make(options, [&](const EngineOptions& o) -> core::Result<std::unique_ptr<Engine>> {
            if (o.modelDir == "b") {
                loading = true;
                while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            return std::unique_ptr<Engine>(std::make_unique<Letter>(o));
        });
    }, clock);
    worker.start();
    ASSERT_TRUE(worker.waitUntilReady());
    Show show;
    const auto until = [&](const std::function<bool()>& done) {
        for (int i = 0; i < 5000 && !done(); ++i) {
            worker.states().slot() = show.next();
            worker.states().publish();
            worker.canvases().update();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ASSERT_TRUE(done());
    };
    until([&] { return worker.canvases().value().steps > 3; });
    show.text(kModel, "b");
    until([&] { return loading.load(); });
    worker.canvases().update();
    const float before = worker.canvases().value().rgba[0];
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    worker.canvases().update();
    EXPECT_EQ(worker.canvases().value().rgba[0], before);
    go = true;
    until([&] { return worker.canvases().value().rgba[0] >= before + 100; });
    EXPECT_EQ(worker.restarts(), 0u); // it is no failure
    EXPECT_TRUE(worker.stop());
}

TEST(SwitchingEngine, ModelsAreNamedByPathOrByTheirFolder) {
    const TempFolder folder;
    const auto& home = folder.path;
    std::filesystem::create_directories(home / "titanus" / "models" / "tiny");
    std::filesystem::create_directories(home / "titanus" / "models" / "empty");
    std::ofstream(home / "titanus" / "models" / "tiny" / "model.safetensors") << "x";
    const char* before = std::getenv("XDG_CONFIG_HOME");
    const std::string old = before ? before : "";
    ::setenv("XDG_CONFIG_HOME", home.c_str(), 1);
    const auto named = core::modelNamed("tiny", "otherwise");
    const auto found = core::modelsFound();
    if (before) ::setenv("XDG_CONFIG_HOME", old.c_str(), 1);
    else ::unsetenv("XDG_CONFIG_HOME");
    EXPECT_EQ(named, home / "titanus" / "models" / "tiny");
    EXPECT_EQ(core::modelNamed("", "otherwise"), "otherwise");
    EXPECT_EQ(core::modelNamed("/no/such/model", "otherwise"), "/no/such/model"); // loading says what is wrong
    EXPECT_EQ(std::count(found.begin(), found.end(), home / "titanus" / "models" / "tiny"), 1);
    EXPECT_EQ(std::count(found.begin(), found.end(), home / "titanus" / "models" / "empty"), 0);
    EXPECT_GE(found.size(), 2u); // and the embedded guide
}

} // namespace
