#include "render/pacer.h"

#include <gtest/gtest.h>

namespace titanus::render {
namespace {

// A clock that its sleeper moves: yielding costs a tenth of a millisecond, sleeping what was asked.
struct World {
    core::ManualClock clock;
    int yields = 0, sleeps = 0;
    double overshoot = 0;
    Pacer pacer{clock, [this](double seconds) {
                    if (seconds > 0) {
                        ++sleeps;
                        clock.advance(seconds + overshoot);
                    } else {
                        ++yields;
                        clock.advance(0.0001);
                    }
                }};
};

TEST(Pacer, FramesEndOnAbsoluteDeadlinesSoErrorsDoNotAddUp) {
    World w;
    w.pacer.setRate(50);
    const double first = w.pacer.wait();
    for (int i = 1; i <= 100; ++i) {
        w.clock.advance(0.004 + 0.0001 * (i % 7)); // work of the frame
        const double at = w.pacer.wait();
        EXPECT_GE(at, first + 0.02 * i - 1e-9);
        EXPECT_LT(at, first + 0.02 * i + 0.00021);
    }
    EXPECT_EQ(w.pacer.figures().missed, 0u);
    EXPECT_NEAR(w.pacer.figures().fpsMean, 50, 0.1);
}

TEST(Pacer, SleepsMostOfTheFrameAndYieldsOnlyItsEnd) {
    World w;
    w.pacer.setRate(50);
    w.pacer.wait();
    w.pacer.wait();
    EXPECT_EQ(w.sleeps, 1);
    EXPECT_LE(w.yields, 16); // 1.5 ms of 0.1 ms each
}

TEST(Pacer, ASleepThatOvershootsByAMillisecondMissesNothing) {
    World w;
    w.overshoot = 0.001;
    w.pacer.setRate(60);
    w.pacer.wait();
    for (int i = 0; i < 50; ++i) w.pacer.wait();
    EXPECT_EQ(w.pacer.figures().missed, 0u);
    EXPECT_LT(w.pacer.figures().maxMs, 16.9);
}

TEST(Pacer, AStallIsCountedOnceAndNotHurriedAfter) {
    World w;
    w.pacer.setRate(50);
    w.pacer.wait();
    w.clock.advance(0.1);
    const double late = w.pacer.wait();
    EXPECT_EQ(w.pacer.figures().missed, 1u);
    EXPECT_NEAR(w.pacer.wait() - late, 0.02, 0.0002);
    EXPECT_EQ(w.pacer.figures().missed, 1u);
    EXPECT_EQ(w.pacer.longerThan(0.04), 1u);
}

TEST(Pacer, RateZeroMeasuresWithoutWaiting) {
    World w;
    w.pacer.setRate(0);
    for (int i = 0; i < 10; ++i) {
        w.clock.advance(0.01);
        w.pacer.wait();
    }
    EXPECT_EQ(w.sleeps + w.yields, 0);
    EXPECT_NEAR(w.pacer.figures().p50Ms, 10, 1e-3);
}

TEST(FrameTimes, OneSlowFrameInAHundredIsTheLowOnePercent) {
    FrameTimes times;
    for (int i = 0; i < 99; ++i) times.add(0.01, 0.01);
    times.add(0.05, 0.01);
    const PaceFigures f = times.figures();
    EXPECT_NEAR(f.p50Ms, 10, 1e-3);
    EXPECT_NEAR(f.p95Ms, 10, 1e-3);
    EXPECT_NEAR(f.maxMs, 50, 1e-3);
    EXPECT_NEAR(f.fpsLow1, 20, 1e-3);
    EXPECT_EQ(f.missed, 1u);
    EXPECT_EQ(f.frames, 100u);
}

TEST(SwapProbe, ASwapThatReturnsAtOnceDoesNotPace) {
    SwapProbe instant, waiting;
    for (int i = 0; i < 60; ++i) {
        instant.add(0.0005);
        waiting.add(1.0 / 60);
    }
    EXPECT_FALSE(instant.paces(60));
    EXPECT_TRUE(waiting.paces(60));
    EXPECT_FALSE(waiting.paces(0)) << "an unknown refresh rate is never trusted";
    EXPECT_FALSE(SwapProbe().paces(60)) << "undecided";
}

} // namespace
} // namespace titanus::render
