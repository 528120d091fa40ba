// The autopilot: scenes by section, and the hand that always wins.
#include "controls/autopilot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace titanus::controls {
namespace {
using params::Action;
using params::Origin;
using params::param;

const std::vector<AutopilotScene> kScenes{
    {0, {"break", "silence"}, 0.1f}, {1, {"break"}, 0.2f}, {2, {"build"}, 0.6f}, {3, {"drop"}, 1},
    {4, {"drop"}, 0.9f},             {5, {"steady"}, 0.5f}, {6, {"steady"}, 0.6f}, {7, {"never", "drop"}, 1},
};

// Frames of a track at 120, with what the autopilot chose applied at once.
struct Flight {
    Autopilot pilot{1};
    AutopilotInput in{.music = {}, .on = true};
    int active = -1;
    std::vector<AutopilotScene> scenes = kScenes;

    std::vector<AutopilotChoice> play(TrackSection section, double bars, float energy = 0.5f) {
        std::vector<AutopilotChoice> out;
        in.section = section;
        in.energy = energy;
        const double end = in.music.beat + bars * 4;
        for (; in.music.beat < end; in.music.seconds += 1.0 / 60, in.music.beat = in.music.seconds * 2)
            if (const auto choice = pilot.step(in, scenes, active)) {
                out.push_back(*choice);
                active = choice->request.index;
            }
        return out;
    }
};

bool tagFits(int pad, std::string_view tag) {
    const auto& tags = kScenes[static_cast<std::size_t>(pad)].tags;
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

TEST(Autopilot, N12_EachSectionGetsASceneThatIsTaggedForIt) {
    Flight flight;
    for (int round = 0; round < 20; ++round)
        for (const auto section : {TrackSection::Steady, TrackSection::Build, TrackSection::Drop, TrackSection::Break}) {
            const auto chosen = flight.play(section, 8);
            ASSERT_EQ(chosen.size(), 1u);
            EXPECT_TRUE(tagFits(chosen[0].request.index, kTrackSections[static_cast<std::size_t>(section)]));
            EXPECT_NE(chosen[0].request.index, 7); // never
            EXPECT_EQ(chosen[0].request.kind, RecallRequest::Kind::Scene);
            EXPECT_EQ(chosen[0].request.origin, Origin::Preset);
            EXPECT_EQ(chosen[0].quantise, section == TrackSection::Drop ? Quantise::Now : Quantise::Bar);
        }
}

TEST(Autopilot, N12_ADropIsAnsweredInItsFirstFrame) {
    Flight flight;
    flight.play(TrackSection::Build, 8);
    flight.in.section = TrackSection::Drop;
    const auto choice = flight.pilot.step(flight.in, flight.scenes, flight.active);
    ASSERT_TRUE(choice);
    EXPECT_EQ(*choice->request.morphBeats, 0);
}

TEST(Autopilot, ASectionThatFlickersIsNotFollowed) {
    Flight flight;
    flight.play(TrackSection::Steady, 4);
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(flight.play(TrackSection::Break, 0.2).empty());
        EXPECT_TRUE(flight.play(TrackSection::Steady, 0.2).empty());
    }
}

TEST(Autopilot, WithoutTagsTheEnergyDecides) {
    Flight flight;
    flight.scenes = {{0, {}, 0.1f}, {1, {}, 0.5f}, {2, {}, 0.95f}};
    EXPECT_EQ(flight.play(TrackSection::Drop, 4).at(0).request.index, 2);
    EXPECT_EQ(flight.play(TrackSection::Break, 4).at(0).request.index, 0);
    EXPECT_EQ(flight.play(TrackSection::Steady, 4, 0.5f).at(0).request.index, 1);
    EXPECT_EQ(flight.play(TrackSection::Silence, 4).at(0).request.index, 0);
}

TEST(Autopilot, ALongSectionGetsAnotherScene) {
    Flight flight;
    const auto chosen = flight.play(TrackSection::Steady, 100);
    ASSERT_EQ(chosen.size(), 4u);
    for (std::size_t i = 1; i < chosen.size(); ++i) EXPECT_NE(chosen[i].request.index, chosen[i - 1].request.index);
}

TEST(Autopilot, WithoutScenesItDoesNothing) {
    Flight flight;
    flight.scenes.clear();
    EXPECT_TRUE(flight.play(TrackSection::Drop, 8).empty());
    flight.scenes = {{3, {}, 0.5f}};
    flight.active = 3; // the only one plays already
    EXPECT_TRUE(flight.play(TrackSection::Break, 8).empty());
}

TEST(Autopilot, OffMeansOff) {
    Flight flight;
    flight.in.on = false;
    EXPECT_TRUE(flight.play(TrackSection::Drop, 8).empty());
    EXPECT_EQ(flight.pilot.state(), Autopilot::State::Off);
    flight.pilot.hand(flight.in.music);
    EXPECT_EQ(flight.pilot.state(), Autopilot::State::Off);
}

TEST(Autopilot, N12_TheHandAlwaysWins) {
    // Whenever hands move things, nothing is chosen from then until n bars after the last one.
    std::mt19937 random(4);
    for (int round = 0; round < 50; ++round) {
        Flight flight;
        flight.in.returnBars = 1 + static_cast<int>(random() % 16);
        double lastHand = -1e9;
        int chosen = 0;
        for (int frame = 0; frame < 60 * 120; ++frame) {
            flight.in.music.seconds += 1.0 / 60;
            flight.in.music.beat = flight.in.music.seconds * 2;
            if (frame % 120 == 0) flight.in.section = static_cast<TrackSection>(random() % 5);
            if (random() % 900 == 0) {
                flight.pilot.hand(flight.in.music);
                lastHand = flight.in.music.beat;
                ASSERT_EQ(flight.pilot.state(), Autopilot::State::Hand);
            }
            const auto choice = flight.pilot.step(flight.in, flight.scenes, flight.active);
            if (!choice) continue;
            ++chosen;
            flight.active = choice->request.index;
            ASSERT_GE(flight.in.music.beat - lastHand, flight.in.returnBars * 4) << "round " << round;
        }
        EXPECT_GT(chosen, 0);
    }
}

TEST(Autopilot, N12_ItIsGivenBackAfterNBarsAndSaysWhen) {
    Flight flight;
    flight.play(TrackSection::Steady, 4);
    flight.pilot.hand(flight.in.music);
    EXPECT_TRUE(flight.pilot.takeCancel()); // what it asked for may still wait
    EXPECT_FALSE(flight.pilot.takeCancel());
    EXPECT_DOUBLE_EQ(flight.pilot.barsUntilReturn(flight.in.music, 8), 8);
    EXPECT_TRUE(flight.play(TrackSection::Drop, 7.9).empty());
    EXPECT_NEAR(flight.pilot.barsUntilReturn(flight.in.music, 8), 0.1, 0.02);
    EXPECT_EQ(flight.play(TrackSection::Drop, 1).size(), 1u);
    EXPECT_EQ(flight.pilot.state(), Autopilot::State::Flying);
    EXPECT_EQ(flight.pilot.barsUntilReturn(flight.in.music, 8), 0);
}

TEST(Autopilot, ABeatCountThatBeginsAnewDoesNotHoldItForHours) {
    Flight flight;
    flight.in.music.seconds = 5000;
    flight.in.music.beat = 10000;
    flight.play(TrackSection::Steady, 4);
    flight.pilot.hand(flight.in.music);
    flight.in.music.seconds = 0; // another clock took over
    flight.in.music.beat = 0;
    EXPECT_TRUE(flight.play(TrackSection::Drop, 7.9).empty());
    EXPECT_EQ(flight.play(TrackSection::Drop, 1).size(), 1u);
}

TEST(Autopilot, SameInputsSameChoices) {
    Flight a, b;
    for (int i = 0; i < 30; ++i) {
        const auto section = static_cast<TrackSection>(i * 7 % 5);
        const auto x = a.play(section, 4), y = b.play(section, 4);
        ASSERT_EQ(x.size(), y.size());
        for (std::size_t k = 0; k < x.size(); ++k) EXPECT_EQ(x[k].request.index, y[k].request.index);
    }
}

TEST(Autopilot, OnlyWhatMovesTheShowIsAHand) {
    EXPECT_TRUE(isHand(paramEvent(param("look.bloom"), 1, Origin::Midi, 0)));
    EXPECT_TRUE(isHand(paramEvent(param("output.brightness"), 1, Origin::Osc, 0)));
    EXPECT_FALSE(isHand(paramEvent(param("look.bloom"), 1, Origin::Preset, 0))); // its own recall
    EXPECT_FALSE(isHand(paramEvent(param("look.bloom"), 1, Origin::Replay, 0)));
    EXPECT_FALSE(isHand(paramEvent(param("autopilot.on"), 1, Origin::Ui, 0)));
    EXPECT_FALSE(isHand(paramEvent(param("ui.scale"), 1, Origin::Ui, 0)));
    EXPECT_TRUE(isHand(actionEvent(Action::SceneRecall, 3, Origin::Key, 0)));
    EXPECT_TRUE(isHand(actionEvent(Action::Panic, 0, Origin::Key, 0)));
    for (const auto action : {Action::Autopilot, Action::ToggleHelp, Action::SaveStill, Action::Tap, Action::Record})
        EXPECT_FALSE(isHand(actionEvent(action, 0, Origin::Key, 0)));
    ControlEvent text;
    text.kind = ControlEvent::Kind::Text;
    text.param.origin = Origin::Osc;
    EXPECT_TRUE(isHand(text));
}

} // namespace
} // namespace titanus::controls
