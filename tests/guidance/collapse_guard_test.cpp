// The guard tells five ways to collapse from a healthy picture, waits, nudges, and lets go.
#include "guidance/collapse_guard.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace titanus::guidance {
namespace {
using params::param;
using Sign = CollapseGuard::Sign;

Canvas painted(const std::function<float(int, int)>& luma) {
    Canvas canvas;
    canvas.width = 96;
    canvas.height = 54;
    canvas.generation = 1;
    for (int y = 0; y < canvas.height; ++y)
        for (int x = 0; x < canvas.width; ++x) {
            const float l = luma(x, y);
            canvas.rgba.insert(canvas.rgba.end(), {l, l, l, 1});
        }
    return canvas;
}
// Shapes of some twenty pixels with soft edges and a little texture, moving with time.
Canvas healthy(double seconds = 0) {
    const auto t = static_cast<float>(seconds);
    return painted([t](int x, int y) {
        const auto u = static_cast<float>(x), v = static_cast<float>(y);
        return 0.5f + 0.3f * std::sin(u / 7 + t) * std::cos(v / 5) + 0.03f * std::sin(u * 2.1f) * std::sin(v * 1.9f);
    });
}
Sign after(CollapseGuard& guard, const std::function<Canvas(double)>& picture, double from, double until) {
    for (double t = from; t < until; t += 0.25) guard.look(picture(t), t);
    return guard.sign();
}
Sign signOf(const std::function<Canvas(double)>& picture) {
    CollapseGuard guard;
    return after(guard, picture, 0, 20);
}
modulation::FrameState defaults() {
    modulation::FrameState state;
    state.effective = params::Store().snapshot();
    return state;
}

TEST(CollapseGuard, AHealthyMovingPictureIsLeftAlone) {
    EXPECT_EQ(signOf([](double t) { return healthy(t / 4); }), Sign::None);
}

TEST(CollapseGuard, EachWayToCollapseHasItsSign) {
    EXPECT_EQ(signOf([](double) { return painted([](int x, int) { return 0.5f + 0.01f * static_cast<float>(x % 7); }); }), Sign::Flat);
    EXPECT_EQ(signOf([](double) { return painted([](int x, int y) { return (x / 12 + y / 12) % 2 ? 1.f : 0.f; }); }), Sign::Extreme);
    std::mt19937 random(1);
    EXPECT_EQ(signOf([&](double) {
                  return painted([&](int, int) { return 0.2f + 0.6f * static_cast<float>(random() & 0xffff) / 65535; });
              }), Sign::Grainy);
    EXPECT_EQ(signOf([](double) { return painted([](int x, int) { return 0.2f + 0.6f * static_cast<float>(x) / 96; }); }), Sign::Mushy);
    EXPECT_EQ(signOf([](double) { return healthy(); }), Sign::Stale);
}

TEST(CollapseGuard, AFlashOrABlackoutOfASecondIsNoCollapse) {
    CollapseGuard guard;
    EXPECT_EQ(after(guard, [](double t) { return healthy(t / 4); }, 0, 10), Sign::None);
    EXPECT_EQ(after(guard, [](double) { return painted([](int, int) { return 1.f; }); }, 10, 11), Sign::None);
    EXPECT_EQ(after(guard, [](double t) { return healthy(t / 4); }, 11, 20), Sign::None);
    EXPECT_EQ(guard.interventions(), 0u);
}

TEST(CollapseGuard, ItLetsGoWhenThePictureIsBack) {
    CollapseGuard guard;
    EXPECT_EQ(after(guard, [](double) { return painted([](int, int) { return 0.5f; }); }, 0, 10), Sign::Flat);
    EXPECT_EQ(after(guard, [](double t) { return healthy(t / 4); }, 10, 20), Sign::None);
    EXPECT_EQ(guard.interventions(), 1u);
}

TEST(CollapseGuard, ItNudgesTheNextStepWithinTheRangesAndNothingWhenOff) {
    CollapseGuard guard;
    after(guard, [](double) { return painted([](int, int) { return 0.5f; }); }, 0, 10);
    ASSERT_EQ(guard.sign(), Sign::Flat);
    const modulation::FrameState before = defaults();
    modulation::FrameState state = before;
    guard.nudge(state);
    EXPECT_GT(state[param("canvas.coarse_noise")], before[param("canvas.coarse_noise")]);
    EXPECT_GT(state[param("guide.rate")], before[param("guide.rate")]);
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        EXPECT_LE(state.effective.values[i], params::kCatalogue[i].max);
        EXPECT_GE(state.effective.values[i], params::kCatalogue[i].min);
    }
    modulation::FrameState off = before;
    off.effective.values[param("guard.collapse").value] = 0;
    const auto values = off.effective.values;
    guard.nudge(off);
    EXPECT_EQ(off.effective.values, values);
    modulation::FrameState frozen = before;
    frozen.frozen = true;
    guard.nudge(frozen);
    EXPECT_EQ(frozen.effective.values, before.effective.values);
}

} // namespace
} // namespace titanus::guidance
