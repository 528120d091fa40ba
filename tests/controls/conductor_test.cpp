// Pads, presets, cues and autopilot through one queue.
#include "controls/conductor.h"

#include <gtest/gtest.h>

namespace titanus::controls {
namespace {
using params::Action;
using params::Origin;
using params::param;

struct Conducted : testing::Test {
    SceneBank bank{{}};
    Conductor conductor{bank};
    params::Store store;
    double seconds = 0.1;
    TrackSection section = TrackSection::Steady;
    std::vector<Conductor::Recall> done;
    double morphEnds = 0;
    std::vector<int> begun; // blends, by their second pad
    int ended = 0;

    void SetUp() override {
        for (int pad : {0, 1, 2, 3}) {
            Preset preset;
            preset.name = "scene " + std::to_string(pad);
            auto canvas = std::make_shared<core::Image>();
            *canvas = {1, 1, {static_cast<std::uint8_t>(pad), 0, 0, 255}};
            bank.store(pad, preset, canvas);
        }
        bank.setTags(3, {"drop"}, 1);
    }
    MusicTime now() const { return {seconds, seconds * 2, 0.5, 4, 0, 1.0 / 60}; }
    void set(params::ParamIndex p, float value) { store.apply({p, value, Origin::Ui, 0}); }
    void press(Action action, int argument, Origin origin = Origin::Midi) {
        const ControlEvent event = actionEvent(action, argument, origin, seconds);
        if (isHand(event)) conductor.notice(now());
        EXPECT_TRUE(conductor.act(event.action, store, now()));
    }
    void play(double length) {
        for (const double end = seconds + length; seconds < end; seconds += 1.0 / 60) {
            for (auto& recall : conductor.step(store, now(), section, 0.5f, seconds < morphEnds)) {
                morphEnds = seconds + recall.morphSeconds;
                done.push_back(std::move(recall));
            }
            ended += conductor.takeBlendEnd();
            if (const auto second = conductor.takeBlend()) {
                begun.push_back(second->pad);
                store.apply({kBlendFader, 0, Origin::Preset, seconds});
            }
        }
    }
};

TEST_F(Conducted, L14_APadIsRecalledInTheNextFrame) {
    press(Action::SceneRecall, 1);
    play(0.01);
    ASSERT_EQ(done.size(), 1u);
    ASSERT_TRUE(done[0].scene);
    EXPECT_EQ(done[0].scene->canvas->rgba[0], 1);
    EXPECT_EQ(done[0].leaving, -1);
    EXPECT_EQ(bank.active(), 1);
    set(param("scene.warm"), 0);
    set(param("morph.beats"), 8);
    press(Action::SceneRecall, 2);
    play(0.01);
    EXPECT_EQ(done[1].leaving, 1); // keep its canvas
    EXPECT_FALSE(done[1].scene->canvas);
    EXPECT_DOUBLE_EQ(done[1].scene->seconds, 4);
    press(Action::SceneRecall, 40); // empty
    press(Action::PresetRecall, 5);
    play(0.01);
    ASSERT_EQ(done.size(), 3u);
    EXPECT_EQ(done[2].request.kind, RecallRequest::Kind::Preset);
    EXPECT_EQ(done[2].request.index, 5);
    EXPECT_EQ(bank.active(), -1);
    EXPECT_FALSE(conductor.act({Action::Blackout, 1, Origin::Key, 0}, store, now()));
}

TEST_F(Conducted, A8_QuantisedPadsWaitAndTheLastOneWins) {
    set(param("scene.quantise"), 2); // bar: 2 s
    press(Action::SceneRecall, 1);
    EXPECT_EQ(conductor.pendingPad(), 1);
    press(Action::SceneRecall, 2);
    play(1);
    EXPECT_TRUE(done.empty());
    play(1);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].request.index, 2);
    EXPECT_EQ(conductor.pendingPad(), -1);
    press(Action::SceneRecall, 3);
    bank.clear(3); // gone while it waited
    play(3);
    EXPECT_EQ(done.size(), 1u);
}

TEST_F(Conducted, StoringAndClearingFromPads) {
    press(Action::SceneStore, -1);
    press(Action::SceneRecall, 9);
    EXPECT_EQ(conductor.takeStores(), (std::vector<int>{9}));
    EXPECT_TRUE(conductor.takeStores().empty());
    press(Action::SceneClear, 0);
    EXPECT_EQ(bank.at(0), nullptr);
    play(0.1);
    EXPECT_TRUE(done.empty());
}

TEST_F(Conducted, L16_GoWaitsForTheLineAndTimedCuesDoNot) {
    conductor.cues().load(parseCueList("schema = 1\n[[cue]]\nscene = 1\n[[cue]]\nafter = 0.7\nscene = 2\n[[cue]]\npreset = \"Coral reef\"\n", "x").value());
    set(param("scene.quantise"), 1); // beat
    press(Action::CueGo, 0, Origin::Key);
    play(0.3);
    EXPECT_TRUE(done.empty());
    play(0.2); // over 0.5 s
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].request.index, 0);
    EXPECT_EQ(done[0].request.origin, Origin::Key);
    play(0.8); // 1.2 s: no line
    ASSERT_EQ(done.size(), 2u);
    EXPECT_EQ(done[1].request.index, 1);
    press(Action::CueGo, 0, Origin::Key);
    press(Action::CueStop, 0, Origin::Key); // changed one's mind
    play(2);
    ASSERT_EQ(done.size(), 2u);
    press(Action::CueBack, 0, Origin::Key);
    play(0.02);
    ASSERT_EQ(done.size(), 3u);
    EXPECT_EQ(done[2].request.index, 0);
    conductor.recallPreset("Volcano", Origin::Osc, store, now());
    play(0.6);
    // the cue after 0.7 s has not come yet
    EXPECT_EQ(done.back().request.name, "Volcano");
}

TEST_F(Conducted, N12_AHandTakesOverFromTheAutopilotAndItsWaitingChoiceIsDropped) {
    set(param("autopilot.on"), 1);
    set(param("autopilot.bars"), 4);
    play(1.2); // heard for two beats: a scene is chosen, and waits for the bar
    EXPECT_TRUE(done.empty());
    ASSERT_NE(conductor.queue().pending(), nullptr);
    ASSERT_TRUE(isHand(paramEvent(param("look.bloom"), 1, Origin::Midi, seconds)));
    conductor.notice(now());
    EXPECT_EQ(conductor.queue().pending(), nullptr);
    section = TrackSection::Drop;
    play(7);
    EXPECT_TRUE(done.empty()) << "the hand has the show for four bars";
    play(2);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].request.index, 3); // tagged
    // A hand that asks for a scene gets that scene, whatever the autopilot had in mind.
    section = TrackSection::Build;
    set(param("scene.quantise"), 4);
    play(1.1);
    press(Action::SceneRecall, 1);
    play(16);
    ASSERT_GE(done.size(), 2u);
    EXPECT_EQ(done[1].request.index, 1);
    EXPECT_EQ(done[1].request.origin, Origin::Midi);
}

struct TwoPads : Conducted {
    void hold(int first, int second) {
        press(Action::SceneRecall, first);
        press(Action::SceneRecall, blendArgument({first, second}));
    }
    void letGo() { press(Action::SceneRecall, kBlendEnd); }
};

TEST_F(TwoPads, L15_ASecondPadBeginsTheBlendAndLettingGoEndsItWhereItStands) {
    hold(1, 2);
    play(0.05);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].request.index, 1) << "the first is recalled";
    EXPECT_EQ(begun, (std::vector<int>{2}));
    EXPECT_EQ(conductor.blendPads(), (PadPair{1, 2}));
    const PadStates& states = bank.states(store, false, conductor.pendingPad(), conductor.blendPads());
    EXPECT_EQ(states[1], PadState::Blending);
    EXPECT_EQ(states[2], PadState::Blending);
    EXPECT_EQ(states[3], PadState::Stored);
    for (const auto& [x, active] : {std::pair{0.3f, 1}, {0.8f, 2}}) {
        set(kBlendFader, x);
        play(0.05);
        EXPECT_EQ(ended, 0);
        letGo();
        play(0.05);
        EXPECT_EQ(std::exchange(ended, 0), 1);
        EXPECT_EQ(bank.active(), active);
        EXPECT_EQ(conductor.blendPads(), PadPair{});
        EXPECT_EQ(done.size(), 1u) << "no recall: it stays where it stands";
        hold(1, 2);
        play(0.05);
        done.resize(1);
    }
}

TEST_F(TwoPads, L15_AQuickRollOverTwoPadsIsTwoTaps) {
    hold(1, 2);
    letGo(); // within a frame
    play(0.05);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(done[0].request.index, 2);
    EXPECT_TRUE(begun.empty());
    hold(3, 1);
    play(0.1); // the blend was on, but nobody touched its fader
    letGo();
    play(0.05);
    ASSERT_EQ(done.size(), 3u);
    EXPECT_EQ(done[2].request.index, 1);
    EXPECT_EQ(bank.active(), 1);
}

TEST_F(TwoPads, L15_TheBlendBeginsWhenTheFirstSceneHasCome) {
    set(param("scene.quantise"), 2); // bar: 2 s
    hold(1, 2);
    EXPECT_EQ(conductor.upcoming()->index, 2);
    play(1.5);
    EXPECT_TRUE(done.empty());
    EXPECT_TRUE(begun.empty());
    set(param("morph.seconds"), 1);
    play(0.5);
    ASSERT_EQ(done.size(), 1u);
    play(0.4);
    EXPECT_TRUE(begun.empty()) << "it is still on its way";
    play(0.7);
    EXPECT_EQ(begun, (std::vector<int>{2}));
}

TEST_F(TwoPads, L15_ATapOnEitherEndsItAndAnotherPadIsRecalledFromThere) {
    press(Action::SceneRecall, 1);
    play(0.05);
    const auto byFader = [&] { // shift, then a pad: with what plays
        press(Action::SceneRecall, -1);
        press(Action::SceneRecall, 2);
        play(0.05);
        ASSERT_EQ(conductor.blendPads(), (PadPair{1, 2}));
        set(kBlendFader, 0.2f);
        play(0.05);
    };
    for (const int tap : {1, 2}) {
        byFader();
        press(Action::SceneRecall, tap);
        play(0.05);
        EXPECT_EQ(std::exchange(ended, 0), 1);
        EXPECT_EQ(done.size(), 1u) << "a tap ends it and recalls nothing";
        EXPECT_EQ(bank.active(), 1);
    }
    byFader();
    conductor.blendGone(); // undo, panic
    EXPECT_EQ(conductor.blendPads(), PadPair{});
    byFader();
    press(Action::SceneRecall, 3);
    play(0.05);
    ASSERT_EQ(done.size(), 2u);
    EXPECT_EQ(done[1].request.index, 3);
    EXPECT_EQ(conductor.blendPads(), PadPair{});
    press(Action::SceneRecall, blendArgument({0, 40}));
    EXPECT_EQ(conductor.blendPads(), PadPair{}) << "there is nothing on that pad";
}

TEST_F(Conducted, N5_WhatComesNextIsKnownBeforeItLands) {
    EXPECT_FALSE(conductor.upcoming());
    set(param("scene.quantise"), 2); // bar: 2 s
    press(Action::SceneRecall, 2);
    ASSERT_TRUE(conductor.upcoming());
    EXPECT_EQ(conductor.upcoming()->index, 2);
    play(2.1);
    EXPECT_FALSE(conductor.upcoming()) << "it is there";
    conductor.cues().load(parseCueList("schema = 1\n[[cue]]\nscene = 1\n[[cue]]\nafter = 0.7\npreset = \"Coral reef\"\n[[cue]]\nafter = 1\nback_to = 1\n", "x").value());
    EXPECT_EQ(conductor.upcoming()->index, 0) << "a list that waits for its first cue";
    set(param("scene.quantise"), 0);
    press(Action::CueGo, 0);
    play(0.01);
    EXPECT_EQ(conductor.upcoming()->name, "Coral reef");
    play(0.8);
    EXPECT_EQ(conductor.upcoming()->index, 0) << "over what goes back";
}

TEST_F(Conducted, N5_AHandSaysWhichSceneIsPreparedAndItsRecallEndsThat) {
    conductor.cues().load(parseCueList("schema = 1\n[[cue]]\nscene = 1\n", "x").value());
    press(Action::ScenePrepare, 2);
    ASSERT_TRUE(conductor.upcoming());
    EXPECT_EQ(conductor.upcoming()->index, 2) << "before the next cue";
    play(0.1);
    EXPECT_TRUE(done.empty()) << "nobody recalled it";
    press(Action::ScenePrepare, 2);
    EXPECT_EQ(conductor.upcoming()->index, 0) << "pressed again: not";
    press(Action::ScenePrepare, -1); // a button, then the pad
    EXPECT_TRUE(conductor.pads().preparing());
    press(Action::SceneRecall, 3);
    EXPECT_FALSE(conductor.pads().preparing());
    EXPECT_EQ(conductor.readied(), 3);
    press(Action::SceneRecall, 3);
    play(0.1);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_EQ(conductor.readied(), -1) << "it plays";
    press(Action::ScenePrepare, 40);
    EXPECT_EQ(conductor.readied(), -1) << "there is nothing on that pad";
    press(Action::ScenePrepare, 1);
    press(Action::SceneClear, 1);
    EXPECT_EQ(conductor.upcoming()->index, 0) << "it is gone";
}

} // namespace
} // namespace titanus::controls
