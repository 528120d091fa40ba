#include "render/governor.h"

#include <gtest/gtest.h>

namespace titanus::render {
namespace {

constexpr double kBudget = 0.012;

int framesUntilChange(Governor& governor, double cost, int most) {
    for (int i = 1; i <= most; ++i)
        if (governor.frame(cost, kBudget)) return i;
    return -1;
}

TEST(Governor, LateFramesLowerTheStepWithinAQuarterOfASecond) {
    Governor governor(5);
    EXPECT_LE(framesUntilChange(governor, 0.015, 100), 15);
    EXPECT_EQ(governor.step(), 4);
}

TEST(Governor, HopelessFramesSkipAStep) {
    Governor governor(5);
    framesUntilChange(governor, 0.05, 100);
    EXPECT_EQ(governor.step(), 3);
}

TEST(Governor, ASingleSlowFrameChangesNothing) {
    Governor governor(5);
    for (int i = 0; i < 500; ++i) EXPECT_FALSE(governor.frame(i % 50 == 0 ? 0.1 : 0.008, kBudget));
}

TEST(Governor, RisesOnlyAfterLongCalmAndStaysAtTheCeiling) {
    Governor governor(4);
    governor.setCeiling(540);
    const int frames = framesUntilChange(governor, 0.002, 2000);
    EXPECT_GE(frames, 120);
    EXPECT_EQ(governor.step(), 5);
    EXPECT_EQ(framesUntilChange(governor, 0.002, 2000), -1) << "540 rows are all the picture has";
}

TEST(Governor, AFailedRiseMakesTheNextOneWaitLonger) {
    Governor governor(4);
    const int first = framesUntilChange(governor, 0.004, 5000);
    framesUntilChange(governor, 0.02, 100); // too much: back down
    EXPECT_EQ(governor.step(), 4);
    const int second = framesUntilChange(governor, 0.004, 5000);
    EXPECT_GT(second, first * 3 / 2);
}

TEST(Governor, NeverLeavesTheLadder) {
    Governor governor(0);
    for (int i = 0; i < 1000; ++i) governor.frame(1, kBudget);
    EXPECT_EQ(governor.step(), 0);
}

} // namespace
} // namespace titanus::render
