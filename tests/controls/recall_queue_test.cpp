// Recalls on the lines of the music.
#include "controls/recall_queue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace titanus::controls {
namespace {

// A frame loop over a clock of one tempo, with frames that are late or early by up to `jitter`.
struct Player {
    double bpm = 120, fps = 60, jitter = 0;
    int beatsPerBar = 4;
    std::int64_t downbeat = 0;
    double seconds = 0, beatAtZero = 0;
    std::mt19937 random{7};

    MusicTime now() const {
        return {seconds, beatAtZero + seconds * bpm / 60, 60 / bpm, beatsPerBar, downbeat, 1 / fps};
    }
    void frame() {
        const double late = jitter * std::uniform_real_distribution<double>(-1, 1)(random);
        seconds += (1 + late) / fps;
    }
    // Frames until the queue fires; nullopt after 60 s.
    std::optional<MusicTime> untilFired(RecallQueue& queue) {
        const double end = seconds + 60;
        while (seconds < end) {
            if (queue.step(now())) return now();
            frame();
        }
        return std::nullopt;
    }
};

RecallRequest scene(int pad) { return {.kind = RecallRequest::Kind::Scene, .index = pad}; }

TEST(RecallQueue, A8_RecallsLandWithinOneFrameOfTheirLine) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> unit(0, 1);
    double worst = 0;
    for (int round = 0; round < 2000; ++round) {
        Player player{.bpm = 60 + 190 * unit(random), .fps = 24 + 120 * unit(random), .jitter = 0.3,
                      .beatsPerBar = std::array{2, 3, 4, 6, 8}[random() % 5],
                      .downbeat = static_cast<std::int64_t>(random() % 9)};
        player.beatAtZero = 100 * unit(random);
        const auto quantise = static_cast<Quantise>(1 + random() % 4);
        const double lookahead = (random() % 2) ? unit(random) : 0;
        RecallQueue queue;
        const MusicTime asked = player.now();
        const double line = nextLine(quantise, asked);
        queue.request(scene(5), quantise, lookahead, asked);
        const auto fired = player.untilFired(queue);
        ASSERT_TRUE(fired);
        const double wanted = std::max(line - lookahead * player.bpm / 60, asked.beat);
        const double error = std::abs(fired->beat - wanted) * 60 / player.bpm;
        ASSERT_LE(error, 1 / player.fps) << "quantise " << static_cast<int>(quantise) << " round " << round;
        worst = std::max(worst, error * player.fps);
        EXPECT_EQ(queue.pending(), nullptr);
    }
    EXPECT_LT(worst, 0.8); // of a frame, with frames 30 % early or late
}

TEST(RecallQueue, A8_LinesAreTheBarsOfTheDownbeat) {
    MusicTime now{.beat = 21.2, .beatsPerBar = 4, .downbeat = 3};
    EXPECT_DOUBLE_EQ(nextLine(Quantise::Beat, now), 22);
    EXPECT_DOUBLE_EQ(nextLine(Quantise::Bar, now), 23);
    EXPECT_DOUBLE_EQ(nextLine(Quantise::Bars2, now), 27);
    EXPECT_DOUBLE_EQ(nextLine(Quantise::Bars4, now), 35);
    now.beat = -6.5; // before the downbeat
    EXPECT_DOUBLE_EQ(nextLine(Quantise::Bar, now), -5);
    now.beat = 23; // on a line: the next one
    EXPECT_DOUBLE_EQ(nextLine(Quantise::Bar, now), 27);
}

TEST(RecallQueue, NowDoesNotWait) {
    RecallQueue queue;
    Player player;
    queue.request(scene(1), Quantise::Now, 0.5, player.now());
    const auto fired = queue.step(player.now());
    ASSERT_TRUE(fired);
    EXPECT_EQ(fired->index, 1);
    EXPECT_FALSE(queue.step(player.now()));
}

TEST(RecallQueue, WithoutABeatNothingWaits) {
    RecallQueue queue;
    MusicTime none{.beatSeconds = 0};
    queue.request(scene(1), Quantise::Bars4, 0, none);
    EXPECT_TRUE(queue.step(none));
    // The beat may also be lost while a recall waits.
    Player player;
    player.seconds = 0.1;
    queue.request(scene(2), Quantise::Bars4, 0, player.now());
    EXPECT_FALSE(queue.step(player.now()));
    MusicTime lost = player.now();
    lost.beatSeconds = std::nan("");
    EXPECT_TRUE(queue.step(lost));
}

TEST(RecallQueue, ASecondThoughtReplacesTheFirstAndCancelForgetsIt) {
    RecallQueue queue;
    Player player;
    player.seconds = 0.1;
    queue.request(scene(1), Quantise::Bar, 0, player.now());
    queue.request(scene(2), Quantise::Beat, 0, player.now());
    ASSERT_NE(queue.pending(), nullptr);
    EXPECT_EQ(queue.pending()->index, 2);
    const auto fired = player.untilFired(queue);
    ASSERT_TRUE(fired);
    EXPECT_NEAR(fired->beat, 1, 0.02);
    queue.request(scene(3), Quantise::Bar, 0, player.now());
    EXPECT_TRUE(queue.cancel());
    EXPECT_FALSE(queue.cancel());
    EXPECT_FALSE(player.untilFired(queue));
}

TEST(RecallQueue, TheLineMovesWithTheTempo) {
    RecallQueue queue;
    Player player;
    player.seconds = 0.1; // beat 0.2
    queue.request(scene(1), Quantise::Bar, 0, player.now());
    for (int i = 0; i < 30; ++i, player.frame()) ASSERT_FALSE(queue.step(player.now()));
    const double beat = player.now().beat;
    player.bpm = 150; // from here on, without a jump of the position
    player.beatAtZero = beat - player.seconds * 150 / 60;
    const auto fired = player.untilFired(queue);
    ASSERT_TRUE(fired);
    EXPECT_NEAR(fired->beat, 4, 0.5 / 60 * 150 / 60 + 1e-9);
}

TEST(RecallQueue, AResyncedBarIsTheOneThatIsMeant) {
    RecallQueue queue;
    Player player;
    player.seconds = 0.1;
    queue.request(scene(1), Quantise::Bar, 0, player.now());
    player.frame();
    EXPECT_FALSE(queue.step(player.now()));
    player.downbeat = 2; // the one was two beats later all along
    const auto fired = player.untilFired(queue);
    ASSERT_TRUE(fired);
    EXPECT_NEAR(fired->beat, 2, 0.02);
    // Counting anew from 0 does not leave the line hundreds of beats away.
    player.beatAtZero = 400;
    player.seconds = 0.05;
    player.downbeat = 0;
    queue.request(scene(1), Quantise::Bar, 0, player.now());
    player.beatAtZero = 0;
    const auto after = player.untilFired(queue);
    ASSERT_TRUE(after);
    EXPECT_NEAR(after->beat, 4, 0.02);
}

TEST(RecallQueue, FourBarsComeAlthoughTheDownbeatIsNamedAnewEachBar) {
    RecallQueue queue;
    Player player;
    player.seconds = 0.1;
    queue.request(scene(1), Quantise::Bars4, 0, player.now());
    std::optional<RecallRequest> fired;
    for (int i = 0; i < 60 * 20 && !fired; ++i, player.frame()) {
        player.downbeat = static_cast<std::int64_t>(player.now().beat) / 4 * 4;
        fired = queue.step(player.now());
    }
    ASSERT_TRUE(fired);
    EXPECT_NEAR(player.now().beat, 16, 0.1);
}

TEST(RecallQueue, TheCountdownFallsToZeroWhenItFires) {
    RecallQueue queue;
    Player player;
    player.seconds = 0.25; // beat 0.5
    EXPECT_FALSE(queue.countdown(player.now()));
    queue.request(scene(1), Quantise::Bar, 0.5, player.now());
    auto left = queue.countdown(player.now());
    ASSERT_TRUE(left);
    EXPECT_NEAR(left->seconds, 1.25, 1e-9); // 3.5 beats less the half second of lead
    EXPECT_NEAR(left->beats, 2.5, 1e-9);
    EXPECT_NEAR(left->share, 0, 1e-9);
    double last = left->seconds;
    while (!queue.step(player.now())) {
        player.frame();
        left = queue.countdown(player.now());
        ASSERT_LT(left->seconds, last);
        last = left->seconds;
    }
    EXPECT_LE(last, 1.0 / 60);
}

TEST(RecallQueue, L15_TheMorphsTimeIsTheCuesThenBeatsThenSeconds) {
    params::Store store;
    const MusicTime now{.beatSeconds = 0.4};
    EXPECT_DOUBLE_EQ(morphSeconds(scene(0), store, now), 0);
    store.apply({params::param("morph.seconds"), 3, params::Origin::Ui, 0});
    EXPECT_DOUBLE_EQ(morphSeconds(scene(0), store, now), 3);
    store.apply({params::param("morph.beats"), 8, params::Origin::Ui, 0});
    EXPECT_NEAR(morphSeconds(scene(0), store, now), 3.2, 1e-9);
    RecallRequest own = scene(0);
    own.morphSeconds = 1.5;
    EXPECT_DOUBLE_EQ(morphSeconds(own, store, now), 1.5);
    own.morphBeats = 16;
    EXPECT_NEAR(morphSeconds(own, store, now), 6.4, 1e-9);
    own.morphSeconds.reset();
    own.morphBeats = 0; // a cut, whatever the desk says
    EXPECT_DOUBLE_EQ(morphSeconds(own, store, now), 0);
}

} // namespace
} // namespace titanus::controls
