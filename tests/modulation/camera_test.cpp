#include "modulation/camera.h"

#include "modulation/show_rig.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace titanus::modulation;

namespace {

void expectNear(Vec2 a, Vec2 b, double tolerance = 1e-9) {
    EXPECT_NEAR(a.x, b.x, tolerance);
    EXPECT_NEAR(a.y, b.y, tolerance);
}

const Vec2 kPoints[] = {{0, 0}, {1.5, 0.7}, {-1.2, -0.9}, {0.3, 0.8}};

TEST(Camera, NoMotionIsIdentityInEveryDepthField) {
    for (int field = 0; field <= 4; ++field)
        for (Vec2 p : kPoints) {
            CameraSpace space;
            space.depth = static_cast<DepthField>(field);
            expectNear(sourceOf({}, space, p, 0.3), p);
        }
}

TEST(Camera, ZoomInReadsCloserToTheCentre) {
    CameraPose then, now;
    CameraRates rates;
    rates.zoom = 0.5f;
    advance(now, rates, 1);
    const Vec2 q = sourceOf(between(then, now), {}, {1, 0.5}, 0);
    expectNear(q, {std::exp(-0.5), 0.5 * std::exp(-0.5)}, 1e-6);
}

TEST(Camera, PositivePanMovesContentRightAndUp) {
    CameraPose then, now;
    CameraRates rates;
    rates.panX = 0.25f;
    rates.panY = 0.125f;
    advance(now, rates, 1);
    // What is now at (0.5, 0.25) stood in the centre before: 0.25 heights = 0.5 units.
    expectNear(sourceOf(between(then, now), {}, {0.5, 0.25}, 0), {0, 0}, 1e-6);
}

TEST(Camera, PositiveRollTurnsCounterClockwise) {
    CameraPose then, now;
    CameraRates rates;
    rates.rollRad = static_cast<float>(std::acos(-1.0) / 2);
    advance(now, rates, 1);
    // Content from the right is now on top.
    expectNear(sourceOf(between(then, now), {}, {0, 1}, 0), {1, 0}, 1e-6);
}

TEST(Camera, DollyForwardsEnlargesNearThingsMore) {
    CameraMotion motion;
    motion.dolly = 0.1f;
    CameraSpace tunnel;
    tunnel.depth = DepthField::Tunnel;
    const double centre = sourceOf(motion, tunnel, {0.1, 0}, 0).x / 0.1;
    const double edge = sourceOf(motion, tunnel, {1.6, 0}, 0).x / 1.6;
    EXPECT_LT(edge, centre);
    EXPECT_LT(centre, 1);
}

TEST(Camera, P23AQuarterTurnOfAWidePictureShearsNothing) {
    CameraPose then, now;
    CameraRates rates;
    rates.rollRad = static_cast<float>(std::acos(-1.0) / 2);
    advance(now, rates, 1);
    CameraSpace wide;
    wide.aspect = 2;
    for (int i = 0; i < 12; ++i) { // a circle stays a circle, turned clockwise on the way back
        const double angle = i * 0.5236, quarter = std::acos(-1.0) / 2;
        expectNear(sourceOf(between(then, now), wide, {std::cos(angle), std::sin(angle)}, 0),
                   {std::cos(angle - quarter), std::sin(angle - quarter)}, 1e-6);
    }
}

TEST(Camera, P23EachTwoDimensionalSign) {
    const auto source = [](CameraRates rates, Vec2 p) {
        CameraPose then, now;
        advance(now, rates, 0.1);
        return sourceOf(between(then, now), {}, p, 0);
    };
    EXPECT_LT(source({.panX = 1}, {0, 0}).x, 0);     // content to the right
    EXPECT_LT(source({.panY = 1}, {0, 0}).y, 0);     // content up
    EXPECT_LT(source({.zoom = 1}, {1, 0}).x, 1);     // in
    EXPECT_LT(source({.rollRad = 1}, {1, 0}).y, 0);  // counter-clockwise: what is there came from below
}

TEST(Camera, P26ThreeDimensionsNeedNoDepthNetwork) {
    for (const DepthField field : {DepthField::Plane, DepthField::Tunnel, DepthField::Sphere, DepthField::Luminance}) {
        CameraSpace space;
        space.depth = field;
        CameraMotion truck;
        truck.truckX = 0.1f;
        // Parallax: near things move more than far ones.
        double least = 9, most = 0, nearest = 9, farthest = 0;
        for (int i = 0; i <= 40; ++i)
            for (const double x : {0.0, 1.2}) {
                const Vec2 p{x, i / 20.0 - 1};
                const double depth = depthAt(space, p, i / 40.0), shift = sourceOf(truck, space, p, i / 40.0).x - p.x;
                if (depth < nearest) { nearest = depth; most = shift; }
                if (depth > farthest) { farthest = depth; least = shift; }
            }
        EXPECT_GT(farthest, 1.2 * nearest);
        EXPECT_NEAR(most / least, farthest / nearest, 1e-6);
    }
}

TEST(Camera, A7_MotionIsTheSameWhateverTheFrameRate) {
    CameraRates rates;
    rates.zoom = 0.3f;
    rates.rollRad = 0.4f;
    CameraPose coarse, fine;
    for (int i = 0; i < 24; ++i) advance(coarse, rates, 1.0 / 24);
    for (int i = 0; i < 60; ++i) advance(fine, rates, 1.0 / 60);
    for (Vec2 p : kPoints) expectNear(coarse.view * p, fine.view * p, 1e-6);
}

TEST(Camera, AnEndlessZoomStaysExactAcrossEpochs) {
    CameraRates rates;
    rates.zoom = 1.7f;
    rates.panX = 0.03f;
    rates.rollRad = 0.2f;
    CameraPose pose;
    const double dt = 1.0 / 60;
    CameraPose step;
    advance(step, rates, dt);
    for (int i = 0; i < 60 * 600; ++i) {
        const CameraPose before = pose;
        advance(pose, rates, dt);
        if (i % 97 == 0)
            for (Vec2 p : kPoints) expectNear(between(before, pose).view * p, step.view * p, 1e-6);
    }
    EXPECT_GT(pose.epoch, 100u);
    EXPECT_TRUE(std::isfinite(pose.view.a));
}

TEST(Camera, APoseTooFarBehindIsTakenAsUnmoved) {
    CameraPose then, now;
    now.epoch = CameraPose::kBridges + 1;
    EXPECT_TRUE(between(then, now).identity());
}

TEST(Camera, LargestShiftIsZeroOnlyAtRest) {
    EXPECT_EQ(largestShift({}, {}), 0);
    CameraMotion motion;
    motion.view.tx = 0.01;
    EXPECT_NEAR(largestShift(motion, {}), 0.01, 1e-9);
}

// Mean way of the picture's content from one pose to the next, in half heights.
Vec2 meanWay(const CameraMotion& motion, const CameraSpace& space) {
    Vec2 mean;
    constexpr int kAcross = 64, kDown = 36;
    for (int i = 0; i < kAcross; ++i)
        for (int j = 0; j < kDown; ++j) {
            const Vec2 p{((i + 0.5) * 2 / kAcross - 1) * space.aspect, (j + 0.5) * 2 / kDown - 1}, from = sourceOf(motion, space, p, 0.5);
            mean.x += (p.x - from.x) / (kAcross * kDown);
            mean.y += (p.y - from.y) / (kAcross * kDown);
        }
    return mean;
}

TEST(Camera, P24ALockedCameraMovesNothingOnTheWholeButTheDepthsAgainstOneAnother) {
    for (const int depth : {1, 2, 3}) {
        const auto motionWith = [&](float lock) {
            ShowRig rig;
            rig.set(titanus::params::param("camera.depth"), static_cast<float>(depth));
            rig.set(titanus::params::param("camera.lock"), lock);
            rig.set(titanus::params::param("camera.dolly"), .4f);
            rig.set(titanus::params::param("camera.truck_x"), .5f);
            rig.set(titanus::params::param("camera.truck_y"), -.3f);
            rig.set(titanus::params::param("camera.yaw"), 10);
            const CameraPose before = rig.step().pose;
            for (int i = 0; i < 6; ++i) rig.step();
            const FrameState& now = rig.step();
            return std::pair{between(before, now.pose), now.space};
        };
        const auto [free, space] = motionWith(0);
        const auto [locked, same] = motionWith(1);
        const Vec2 all = meanWay(free, space), none = meanWay(locked, space);
        EXPECT_GT(std::hypot(all.x, all.y), .02) << depth;
        EXPECT_LT(std::hypot(none.x, none.y), .02 * std::hypot(all.x, all.y)) << depth;
        // Near and far still part.
        const Vec2 low{0, -.8}, high{0, .8}, a = sourceOf(locked, space, low, 0.5), b = sourceOf(locked, space, high, 0.5);
        const Vec2 c = sourceOf(free, space, low, 0.5), d = sourceOf(free, space, high, 0.5);
        EXPECT_NEAR((a.x - low.x) - (b.x - high.x), (c.x - low.x) - (d.x - high.x), 1e-3) << depth;
    }
}

TEST(Camera, P24PerspectiveGoesFromTrueToTheSquareOfTheDistance) {
    CameraMotion motion;
    motion.dolly = .01f;
    CameraSpace space{DepthField::Plane, Border::Mirror, 1, 16.f / 9};
    const auto speed = [&](Vec2 p) { // growth per dolly
        const Vec2 q = sourceOf(motion, space, p, 0.5);
        return 1 - q.x / p.x;
    };
    const Vec2 near{.5, -.9}, far{.5, .5}; // the ground comes towards the viewer
    const double ratio = depthAt(space, far, 0.5) / depthAt(space, near, 0.5);
    EXPECT_GT(ratio, 2);
    EXPECT_NEAR(speed(near) / speed(far), ratio, 1e-3 * ratio);
    space.perspective = 1;
    EXPECT_NEAR(speed(near) / speed(far), ratio * ratio, 1e-3 * ratio * ratio);
    // At the middle distance both laws agree: 0.25 % stays 0.25 %.
    space.relief = 0;
    const double middle = speed(near);
    space.perspective = 0;
    EXPECT_NEAR(middle, speed(near), 1e-9);
    // The row reaches the space that display and canvas share.
    ShowRig rig;
    rig.set(titanus::params::param("camera.perspective"), .6f);
    EXPECT_FLOAT_EQ(rig.step().space.perspective, .6f);
}

} // namespace
