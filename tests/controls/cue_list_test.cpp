// Cue lists: what the file says, and when it happens.
#include "controls/cue_list.h"

#include "core/files.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <random>

namespace titanus::controls {
namespace {
using core::ProblemId;

CueList listOf(const std::string& toml) {
    std::vector<core::Problem> warnings;
    auto list = parseCueList("schema = 1\n" + toml, "cues.toml", &warnings);
    EXPECT_TRUE(list.ok()) << list.problem().line();
    EXPECT_TRUE(warnings.empty()) << warnings[0].line();
    return list ? list.value() : CueList{};
}

std::string problemOf(const std::string& toml) {
    const auto list = parseCueList(toml, "cues.toml");
    if (list) return "none";
    EXPECT_EQ(list.problem().id, ProblemId::FileSyntax);
    return list.problem().detail;
}

struct Stage {
    CuePlayer player;
    double seconds = 0, bpm = 120, fps = 60;
    explicit Stage(const std::string& toml) { player.load(listOf(toml)); }

    MusicTime now() const { return {seconds, seconds * bpm / 60, 60 / bpm, 4, 0, 1 / fps}; }
    struct Fired { double seconds; int scene; };
    // Plays until `end`; what fired when.
    std::vector<Fired> play(double end) {
        std::vector<Fired> out;
        for (; seconds < end; seconds += 1 / fps)
            for (const RecallRequest& r : player.step(now())) out.push_back({seconds, r.index + 1});
        return out;
    }
};

void expectFired(const std::vector<Stage::Fired>& fired, const std::vector<Stage::Fired>& wanted) {
    ASSERT_EQ(fired.size(), wanted.size());
    for (std::size_t i = 0; i < fired.size(); ++i) {
        EXPECT_NEAR(fired[i].seconds, wanted[i].seconds, 0.5 / 60 + 1e-6) << i;
        EXPECT_EQ(fired[i].scene, wanted[i].scene) << i;
    }
}

constexpr const char* kFull = R"(schema = 1
name = "Saturday"
loop = true

[[cue]]
name = "Opening"
at = 0
preset = "Coral reef"

[[cue]]
name = "Verse"
bar = 17
scene = 5
morph_beats = 16

[[cue]]
after_bars = 8
scene = 64
morph_seconds = 0

[[cue]]
after = "1:02.5"
back_to = 2
times = 2

[[cue]]
scene = 7
)";

TEST(CueList, L16_ReadingAndWritingAgainGivesTheSameBytes) {
    std::vector<core::Problem> warnings;
    const auto list = parseCueList(kFull, "cues.toml", &warnings);
    ASSERT_TRUE(list) << list.problem().line();
    EXPECT_TRUE(warnings.empty());
    EXPECT_EQ(writeCueList(list.value()), kFull);
    const auto& cues = list.value().cues;
    ASSERT_EQ(cues.size(), 5u);
    EXPECT_EQ(cues[0].request().name, "Coral reef");
    EXPECT_EQ(cues[0].request().kind, RecallRequest::Kind::Preset);
    EXPECT_EQ(cues[1].value, 16);
    EXPECT_EQ(cues[1].scene, 4);
    EXPECT_EQ(cues[1].request().morphBeats, 16);
    EXPECT_EQ(cues[2].request().morphSeconds, 0);
    EXPECT_EQ(cues[3].value, 62.5);
    EXPECT_EQ(cues[3].backTo, 1);
    EXPECT_EQ(cues[4].when, Cue::When::Hand);
    EXPECT_EQ(cues[4].line, 26);
    TempFolder folder;
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "a.toml", kFull));
    EXPECT_EQ(readCueList(folder.path / "a.toml").value().cues, cues);
    EXPECT_EQ(readCueList(folder.path / "b.toml").problem().id, ProblemId::FileUnreadable);
}

TEST(CueList, WhatCannotBeMeantIsNamedWithItsLine) {
    EXPECT_EQ(problemOf("schema = 1\n").substr(0, 14), "cues.toml:1: n");
    EXPECT_NE(problemOf("schema = 1\n[[cue]\n").find("cues.toml:2"), std::string::npos);
    const auto cue = [](const std::string& lines) { return problemOf("schema = 1\n[[cue]]\nscene = 1\n\n[[cue]]\n" + lines); };
    EXPECT_NE(cue("scene = 2\nat = 3\nbar = 4\n").find("cues.toml:8: at and bar"), std::string::npos);
    EXPECT_NE(cue("scene = 0\n").find("cues.toml:6: scene"), std::string::npos);
    EXPECT_NE(cue("scene = 65\n").find("cues.toml:6: scene"), std::string::npos);
    EXPECT_NE(cue("scene = 2.5\n").find("cues.toml:6: scene"), std::string::npos);
    EXPECT_NE(cue("scene = 2\nat = \"1:75\"\n").find("cues.toml:7: at"), std::string::npos);
    EXPECT_NE(cue("scene = 2\nat = -1\n").find("cues.toml:7: at"), std::string::npos);
    EXPECT_NE(cue("scene = 2\nbar = 0\n").find("cues.toml:7: bar"), std::string::npos);
    EXPECT_NE(cue("scene = 2\nbeat = nan\n").find("cues.toml:7: beat"), std::string::npos);
    EXPECT_NE(cue("at = 3\n").find("cues.toml:5: a cue has one of"), std::string::npos);
    EXPECT_NE(cue("scene = 2\npreset = \"x\"\n").find("cues.toml:5: a cue has one of"), std::string::npos);
    EXPECT_NE(cue("scene = 2\nback_to = 1\n").find("cues.toml:5: a cue has one of"), std::string::npos);
    EXPECT_NE(cue("scene = 2\ntimes = 1\n").find("cues.toml:5: times without"), std::string::npos);
    EXPECT_NE(cue("scene = 2\nmorph_beats = 1\nmorph_seconds = 1\n").find("cues.toml:5: morph"), std::string::npos);
    EXPECT_NE(cue("back_to = \"Nowhere\"\n").find("cues.toml:5: back_to \"Nowhere\""), std::string::npos);
    EXPECT_NE(cue("back_to = 2\n").find("cues.toml:5: back_to"), std::string::npos);
    EXPECT_NE(cue("after = 0\nback_to = 1\n").find("cues.toml:5: back_to: nothing"), std::string::npos);
    EXPECT_NE(cue("scene = 2\nname = 3\n").find("cues.toml:7: name"), std::string::npos);
    EXPECT_NE(problemOf("schema = 1\n[[cue]]\nscene = 1\nat = 9\n[[cue]]\nscene = 1\nat = 8\n").find("cues.toml:5: earlier"), std::string::npos);
    EXPECT_NE(problemOf("schema = 1\ncue = 3\n").find("cue: of the wrong type"), std::string::npos);
    std::vector<core::Problem> warnings;
    EXPECT_TRUE(parseCueList("schema = 1\ncolour = 3\n[[cue]]\nscene = 1\nspeed = 3\n", "cues.toml", &warnings));
    ASSERT_EQ(warnings.size(), 2u);
    EXPECT_NE(warnings[1].detail.find("cues.toml:5: cue.speed"), std::string::npos);
}

TEST(CuePlayer, L16_CuesByTimeAndByBeatFireWithinHalfAFrame) {
    Stage stage("[[cue]]\nat = 0\nscene = 1\n[[cue]]\nat = 1.23\nscene = 2\n[[cue]]\nbeat = 8\nscene = 3\n"
                "[[cue]]\nafter_beats = 2.5\nscene = 4\n[[cue]]\nbar = 4\nscene = 5\n[[cue]]\nafter = 0.7\nscene = 6\n"
                "[[cue]]\nat = \"0:08\"\nscene = 7\n");
    stage.player.start(stage.now());
    expectFired(stage.play(20), {{0, 1}, {1.23, 2}, {3.5, 3}, {4.75, 4}, {6, 5}, {6.7, 6}, {8, 7}});
    EXPECT_EQ(stage.player.next(), -1);
}

TEST(CuePlayer, RelativeCuesDoNotDrift) {
    std::string toml;
    for (int i = 0; i < 500; ++i) toml += "[[cue]]\nafter = 0.123\nscene = 1\n";
    Stage stage(toml);
    stage.player.start(stage.now());
    const auto fired = stage.play(100);
    ASSERT_EQ(fired.size(), 500u);
    for (std::size_t i = 0; i < fired.size(); ++i) ASSERT_NEAR(fired[i].seconds, 0.123 * static_cast<double>(i + 1), 0.5 / 60 + 1e-6);
}

TEST(CuePlayer, BarsCountFromTheBarThatTheStartFallsInto) {
    Stage stage("[[cue]]\nbar = 1\nscene = 1\n[[cue]]\nbar = 2\nscene = 2\n");
    stage.seconds = 100.7; // beat 201.4: bar line at 200
    stage.player.start(stage.now());
    expectFired(stage.play(110), {{100.7, 1}, {102, 2}});
}

TEST(CuePlayer, ALoopPlaysItsTimesAndThenGoesOn) {
    Stage stage("[[cue]]\nat = 0\nscene = 1\n[[cue]]\nname = \"V\"\nbar = 2\nscene = 2\n[[cue]]\nbar = 3\nscene = 3\n"
                "[[cue]]\nbar = 4\nback_to = \"V\"\ntimes = 2\n[[cue]]\nafter_bars = 1\nscene = 9\n");
    stage.player.start(stage.now());
    // bars of 2 s: 2, 3, again 2, 3, again 2, 3, then the loop is passed over at what is its bar 4
    expectFired(stage.play(30), {{0, 1}, {2, 2}, {4, 3}, {6, 2}, {8, 3}, {10, 2}, {12, 3}, {16, 9}});
}

TEST(CuePlayer, ALoopForEverGoesOnForEverAndInnerLoopsBeginAnew) {
    Stage stage("[[cue]]\nat = 0\nscene = 1\n[[cue]]\nafter = 1\nscene = 2\n[[cue]]\nafter = 1\nback_to = 2\ntimes = 1\n"
                "[[cue]]\nafter = 1\nback_to = 1\n");
    stage.player.start(stage.now());
    expectFired(stage.play(11.9), {{0, 1}, {1, 2}, {2, 2}, {4, 1}, {5, 2}, {6, 2}, {8, 1}, {9, 2}, {10, 2}});
}

TEST(CuePlayer, AHandGoesBackAndStops) {
    Stage stage("[[cue]]\nscene = 1\n[[cue]]\nscene = 2\n[[cue]]\nafter = 1\nscene = 3\n[[cue]]\nscene = 4\n");
    EXPECT_EQ(stage.player.next(), 0);
    EXPECT_TRUE(stage.play(5).empty()); // nothing runs yet
    EXPECT_EQ(stage.player.go(stage.now())->index, 0);
    EXPECT_TRUE(stage.play(10).empty()); // waits for a hand
    EXPECT_FALSE(stage.player.secondsToNext(stage.now()));
    EXPECT_EQ(stage.player.go(stage.now())->index, 1);
    EXPECT_NEAR(*stage.player.secondsToNext(stage.now()), 1, 1e-6);
    const double at = stage.seconds;
    expectFired(stage.play(at + 5), {{at + 1, 3}});
    EXPECT_EQ(stage.player.back(stage.now())->index, 1);
    EXPECT_EQ(stage.player.current(), 1);
    const double again = stage.seconds;
    (void)stage.play(again + 0.5);
    stage.player.stop();
    EXPECT_TRUE(stage.play(again + 3).empty()); // stopped
    EXPECT_FALSE(stage.player.secondsToNext(stage.now()));
    EXPECT_EQ(stage.player.go(stage.now())->index, 2); // goes on
    EXPECT_EQ(stage.player.go(stage.now())->index, 3);
    EXPECT_FALSE(stage.player.go(stage.now())); // the end
    EXPECT_EQ(stage.player.next(), -1);
    EXPECT_EQ(stage.player.back(stage.now())->index, 2);
    EXPECT_EQ(stage.player.back(stage.now())->index, 1);
    EXPECT_EQ(stage.player.back(stage.now())->index, 0);
    EXPECT_FALSE(stage.player.back(stage.now()));
}

TEST(CuePlayer, GoingToACueByHandGoesToItsPlaceInTime) {
    Stage stage("[[cue]]\nat = 0\nscene = 1\n[[cue]]\nat = 60\nscene = 2\n[[cue]]\nat = 65\nscene = 3\n");
    stage.player.start(stage.now());
    expectFired(stage.play(10), {{0, 1}});
    const double at = stage.seconds;
    EXPECT_EQ(stage.player.go(stage.now())->index, 1); // 50 s early
    expectFired(stage.play(at + 6), {{at + 5, 3}});
    EXPECT_EQ(stage.player.back(stage.now())->index, 1);
    const double again = stage.seconds;
    expectFired(stage.play(again + 6), {{again + 5, 3}}); // again, and not at once
}

TEST(CuePlayer, AListThatLoopsBeginsAgainByHand) {
    Stage stage("loop = true\n[[cue]]\nscene = 1\n[[cue]]\nscene = 2\n");
    for (int round = 0; round < 5; ++round)
        for (int scene = 0; scene < 2; ++scene) EXPECT_EQ(stage.player.go(stage.now())->index, scene);
}

TEST(CuePlayer, WithoutABeatTimesGoOnAndBeatsWait) {
    Stage stage("[[cue]]\nat = 1\nscene = 1\n[[cue]]\nafter_beats = 2\nscene = 2\n");
    MusicTime now = stage.now();
    now.beatSeconds = 0;
    stage.player.start(now);
    int fired = 0;
    for (; now.seconds < 5; now.seconds += now.frameSeconds) fired += static_cast<int>(stage.player.step(now).size());
    EXPECT_EQ(fired, 1);
}

// Whatever hands do, the player neither hangs nor leaves the list.
TEST(CuePlayer, RandomHandsNeverBreakAList) {
    std::mt19937 random(5);
    for (int round = 0; round < 300; ++round) {
        std::string toml = random() % 2 ? "loop = true\n" : "";
        const int count = 1 + static_cast<int>(random() % 6);
        std::vector<bool> recalls;
        for (int i = 0; i < count; ++i) {
            toml += "[[cue]]\n";
            const char* conditions[] = {"", "after = 0.3\n", "after_beats = 1\n", "after_bars = 0.5\n"};
            const bool jump = i > 0 && recalls[0] && random() % 3 == 0;
            toml += jump ? conditions[1 + random() % 3] : conditions[random() % 4];
            toml += jump ? "back_to = 1\ntimes = " + std::to_string(random() % 3) + "\n" : "scene = " + std::to_string(i + 1) + "\n";
            recalls.push_back(!jump);
        }
        Stage stage(toml);
        for (int i = 0; i < 400; ++i) {
            switch (random() % 12) {
            case 0: (void)stage.player.go(stage.now()); break;
            case 1: (void)stage.player.back(stage.now()); break;
            case 2: stage.player.stop(); break;
            case 3: stage.player.start(stage.now()); break;
            default: break;
            }
            for (const auto& fired : stage.play(stage.seconds + 0.05)) {
                ASSERT_GE(fired.scene, 1);
                ASSERT_LE(fired.scene, count);
            }
            ASSERT_LT(stage.player.current(), count);
        }
    }
}

} // namespace
} // namespace titanus::controls
