#include "render/governor.h"

#include <gtest/gtest.h>

namespace titanus::render {
namespace {

constexpr double kFloor = 24;

// A machine: painting costs with its area, crops and canvas by what guidance takes from the GPU.
struct Machine {
    double load = 1, paint = 0.010, guidance = 0.012, rest = 0.004;
    double frame(const GovernorState& s) const {
        const double canvas = static_cast<double>(s.canvasFactor), scale = static_cast<double>(s.renderScale);
        return rest + load * (paint * scale * scale + guidance * static_cast<double>(s.cropFactor) * (0.5 + 0.5 * canvas * canvas));
    }
};

struct Course { double lastLate = -1; int rung = 0; double seconds = 0; };
Course run(FloorGuard& guard, const Machine& machine, double seconds) {
    Course r;
    while (r.seconds < seconds) {
        const double took = machine.frame(guard.state());
        r.seconds += std::max(took, 1 / 60.0); // the pacer waits
        if (took > 1 / kFloor) r.lastLate = r.seconds;
        guard.frame(took, kFloor);
    }
    r.rung = guard.rung();
    return r;
}

TEST(FloorGuard, NoFrameIsOverTheFloorHalfASecondAfterALoadBegins) {
    for (const double load : {2.0, 2.5, 3.0, 4.0, 5.0}) {
        FloorGuard guard;
        Machine machine;
        EXPECT_EQ(run(guard, machine, 5).rung, 0);
        machine.load = load;
        const Course loaded = run(guard, machine, 60);
        EXPECT_LE(loaded.lastLate, 0.5) << "load " << load;
        EXPECT_GT(loaded.rung, 0);
        EXPECT_FALSE(guard.state().gaveUp.empty());
    }
}

TEST(FloorGuard, WhatWasGivenUpComesBackWhenTheLoadIsGone) {
    FloorGuard guard;
    Machine machine;
    machine.load = 4;
    const int fallen = run(guard, machine, 20).rung;
    machine.load = 1;
    const Course after = run(guard, machine, 4.0 * fallen + 2);
    EXPECT_EQ(after.rung, 0);
    EXPECT_LT(after.lastLate, 0) << "and none of it was too much";
    EXPECT_EQ(guard.state(), GovernorState{});
}

TEST(FloorGuard, GivesUpInItsOrderAndSaysSo) {
    FloorGuard guard;
    GovernorState before = guard.state();
    for (int i = 0; i < 200; ++i) {
        guard.frame(1.1 / kFloor, kFloor); // never helps
        const GovernorState now = guard.state();
        EXPECT_LE(now.renderScale, before.renderScale);
        if (now.cropFactor < 1) { EXPECT_EQ(now.renderScale, 0.35f); }
        if (now.canvasFactor < 1) { EXPECT_EQ(now.cropFactor, 0.25f); }
        // Cheaper steps free a core only if there are not more of them.
        if (now.cropFactor < 1) { EXPECT_LT(now.paintingTime, 1); }
        EXPECT_LE(now.paintingTime, before.paintingTime);
        before = now;
    }
    EXPECT_EQ(before.gaveUp, "painting 35 %, crops 1/4, canvas 1/2");
}

TEST(FloorGuard, ASingleSlowFrameChangesNothing) {
    FloorGuard guard;
    for (int i = 0; i < 500; ++i) EXPECT_FALSE(guard.frame(i % 40 == 0 ? 0.08 : 0.02, kFloor));
}

TEST(FloorGuard, ALoadThatComesAndGoesDoesNotMakeItSwingForEver) {
    FloorGuard guard;
    Machine machine;
    int moves = 0, rung = 0;
    for (int i = 0; i < 30; ++i) { // 5 s of load, 5 s of none, for five minutes
        machine.load = i % 2 ? 1 : 2.2;
        for (double t = 0; t < 5;) {
            const double took = machine.frame(guard.state());
            t += std::max(took, 1 / 60.0);
            guard.frame(took, kFloor);
            if (guard.rung() != rung) ++moves, rung = guard.rung();
        }
    }
    EXPECT_LT(moves, 60);
}

TEST(FloorGuard, WithoutAFloorNothingIsGivenUp) {
    FloorGuard guard;
    for (int i = 0; i < 100; ++i) guard.frame(0.2, kFloor);
    EXPECT_GT(guard.rung(), 0);
    guard.frame(0.2, 0);
    EXPECT_EQ(guard.rung(), 0);
}

} // namespace
} // namespace titanus::render
