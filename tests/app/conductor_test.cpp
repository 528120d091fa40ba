// The scene that comes next, from the pad to guidance and back.
#include "app/conductor.h"

#include <gtest/gtest.h>

namespace titanus::app {
namespace {
using params::Action;
using params::Origin;
using params::param;

struct Booth : testing::Test {
    ProblemBoard problems;
    Desk desk{problems, true};
    Conductor conductor{desk, problems, {}};
    analysis::Features features;
    guidance::Canvas canvas;
    double seconds = 0.1;

    void SetUp() override {
        frame();
        for (const int pad : {0, 1}) {
            controls::Preset preset;
            preset.name = "scene " + std::to_string(pad);
            preset.show = desk.store().show();
            preset.show.texts[params::promptText(0).value] = pad == 0 ? "a fox" : "a reef";
            conductor.scenes().store(pad, preset, nullptr);
        }
    }
    void frame() {
        conductor.step({seconds, seconds * 2, 0.5, 4, 0, 1.0 / 60}, features, canvas);
        seconds += 1.0 / 60;
    }
    void play(double length) {
        for (const double end = seconds + length; seconds < end;) frame();
    }
    void set(std::string_view id, float value) { desk.store().apply({*params::findParam(id), value, Origin::Ui, seconds}); }
    void press(Action action, int argument) { desk.act({action, argument, Origin::Midi, seconds}); }
    static guidance::Prepared picture(std::uint64_t number, float share, float red) {
        guidance::Prepared out{number, share, {}};
        out.canvas.width = out.canvas.height = 1;
        out.canvas.rgba = {red, 0, 0, 1};
        return out;
    }
};

TEST_F(Booth, N5_APadThatWaitsForItsLineIsPaintedMeanwhileAndTheCutBeginsWithIt) {
    set("scene.quantise", 4); // 4 bars: 8 s
    press(Action::SceneRecall, 1);
    frame();
    ASSERT_TRUE(conductor.upcoming());
    EXPECT_TRUE(conductor.upcoming()->paint);
    EXPECT_EQ((*conductor.upcoming()->texts)[params::promptText(0)], "a reef");
    const std::uint64_t number = conductor.upcoming()->number;
    conductor.prepared(picture(number, 0.5f, 1));
    EXPECT_EQ(conductor.preparing().pad, 1);
    EXPECT_EQ(conductor.preparing().share, 0.5f);
    conductor.prepared(picture(number + 1, 0.9f, 0));
    EXPECT_EQ(conductor.preparing().share, 0.5f) << "of another scene";
    const std::uint64_t loads = conductor.loads();
    play(8.2);
    EXPECT_EQ(conductor.scenes().active(), 1);
    EXPECT_EQ(conductor.loads(), loads + 1);
    ASSERT_TRUE(conductor.picture());
    EXPECT_EQ(conductor.picture()->rgba[0], 255) << "half done is better than nothing";
    EXPECT_FALSE(conductor.upcoming());
    EXPECT_EQ(conductor.preparing().pad, -1);
}

TEST_F(Booth, N5_AReadySceneShowsItsPictureOnThePadAndIsNotBegunAgain) {
    press(Action::ScenePrepare, 1);
    frame();
    ASSERT_TRUE(conductor.upcoming());
    const std::uint64_t number = conductor.upcoming()->number;
    conductor.prepared(picture(number, 1, 1));
    play(0.1);
    EXPECT_EQ(conductor.upcoming()->number, number);
    ASSERT_TRUE(conductor.scenes().at(1)->thumbnail);
    EXPECT_EQ(conductor.scenes().at(1)->canvas->rgba[0], 255);
    press(Action::SceneRecall, 1);
    frame();
    EXPECT_EQ(conductor.picture()->rgba[0], 255);
    press(Action::ScenePrepare, 0);
    frame();
    EXPECT_FALSE(conductor.upcoming()->canvas) << "left without one";
    conductor.scenes().keepCanvas(0, conductor.picture());
    frame();
    EXPECT_TRUE(conductor.upcoming()->canvas) << "another state of it, another beginning";
    EXPECT_GT(conductor.upcoming()->number, number + 1);
}

TEST_F(Booth, L14_ASceneKeepsItsOwnPictureHoweverFastPadsAreRolledOver) {
    const auto paint = [&](std::uint64_t generation, float red) {
        canvas.width = canvas.height = 1;
        canvas.rgba = {red, 0, 0, 1};
        canvas.generation = generation;
    };
    const auto kept = [&](int pad) { return conductor.scenes().at(pad)->canvas ? conductor.scenes().at(pad)->canvas->rgba[0] : -1; };
    paint(10, 0);
    press(Action::SceneRecall, 0);
    frame();
    paint(20, 1);
    const std::uint64_t changes = std::max(conductor.scenes().at(0)->revision, conductor.scenes().at(1)->revision);
    for (int i = 0; i < 50; ++i) { // within one frame, each carried out in its order
        press(Action::SceneRecall, 1);
        frame();
        press(Action::SceneRecall, 0);
        frame();
    }
    EXPECT_EQ(kept(0), 255);
    EXPECT_EQ(conductor.scenes().at(0)->revision, changes + 1) << "once";
    EXPECT_EQ(kept(1), -1) << "that picture was never painted for it";
    paint(22, 0.2f);
    press(Action::SceneRecall, 1);
    frame();
    EXPECT_EQ(kept(0), 51) << "painted since";
}

TEST_F(Booth, N5_OnlyACutIsPaintedAhead) {
    press(Action::ScenePrepare, 1);
    frame();
    EXPECT_TRUE(conductor.upcoming()->paint);
    set("morph.seconds", 4);
    frame();
    EXPECT_FALSE(conductor.upcoming()->paint) << "into a morph the old picture flows";
    set("morph.seconds", 0);
    set("scene.warm", 0);
    frame();
    EXPECT_FALSE(conductor.upcoming()->paint) << "scenes do not bring canvases";
    EXPECT_EQ((*conductor.upcoming()->texts)[params::promptText(0)], "a reef") << "its words all the same";
}

} // namespace
} // namespace titanus::app
