#include "modulation/show_rig.h"

#include <gtest/gtest.h>

#include <cmath>

namespace titanus::modulation {
namespace {
using params::param;

struct Stars : ShowRig {
    Stars() {
        stars.star = {{{-0.8f, 0.1f}, {0.7f, 0.6f}, {0.2f, -0.9f}}};
        stars.shown = {true, true, true};
        stars.generation = 1;
        set(param("constellation.amount"), 1);
        set(params::promptWeight(0), 0.3f);
        set(params::promptWeight(4), 0.5f); // a slot without a star
        for (int i = 0; i < 400; ++i) step();
    }
    std::array<float, params::kPromptSlots> weights(float x, float y) {
        set(param("constellation.x"), x);
        set(param("constellation.y"), y);
        const FrameState& s = step();
        std::array<float, params::kPromptSlots> out{};
        for (int i = 0; i < params::kPromptSlots; ++i) out[static_cast<std::size_t>(i)] = s[params::promptWeight(i)];
        return out;
    }
};

TEST(Constellation, OnAStarItsPromptAloneIsPainted) {
    Stars rig;
    for (std::size_t on = 0; on < 3; ++on) {
        const auto w = rig.weights(rig.stars.star[on].x, rig.stars.star[on].y);
        for (std::size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(w[i], i == on ? 1 : 0, 0.002) << on << " " << i;
    }
}

TEST(Constellation, NearerIsMoreAndTheSumIsOne) {
    Stars rig;
    const auto& a = rig.stars.star[0];
    const auto& b = rig.stars.star[1];
    float last = 2;
    for (int i = 0; i <= 50; ++i) { // from the first star to the second
        const float t = static_cast<float>(i) / 50;
        const auto w = rig.weights(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
        EXPECT_LT(w[0], last) << i;
        last = w[0];
        EXPECT_NEAR(w[0] + w[1] + w[2], 1, 1e-4);
        if (i < 25) {
            EXPECT_GT(w[0], w[1]);
        }
        if (i > 25) {
            EXPECT_GT(w[1], w[0]);
        }
    }
}

TEST(Constellation, AmountBlendsBetweenFadersAndStars) {
    Stars rig;
    const auto full = rig.weights(0.3f, 0.2f);
    rig.set(param("constellation.amount"), 0.5f);
    const auto half = rig.weights(0.3f, 0.2f);
    EXPECT_NEAR(half[0], (0.3f + full[0]) / 2, 1e-4);
    rig.set(param("constellation.amount"), 0);
    EXPECT_EQ(rig.weights(0.3f, 0.2f)[0], 0.3f);
}

TEST(Constellation, SmallStepsOfThePuckMakeSmallStepsOfTheWeights) {
    Stars rig;
    float last = -1;
    for (int i = 0; i <= 4000; ++i) { // over a star
        const auto w = rig.weights(-1 + static_cast<float>(i) / 2000, 0.1f);
        if (last >= 0) {
            EXPECT_NEAR(w[0], last, 0.06) << i;
        }
        last = w[0];
    }
}

TEST(Constellation, StarsPlacedAnewGlide) {
    Stars rig;
    float before = rig.weights(0.7f, 0.6f)[1];
    EXPECT_GT(before, 0.99f);
    rig.stars.star[1] = {-0.7f, -0.6f};
    ++rig.stars.generation;
    for (int i = 0; i < 200; ++i) {
        const float now = rig.weights(0.7f, 0.6f)[1];
        EXPECT_LT(std::abs(now - before), 0.95f);
        before = now;
    }
    EXPECT_LT(before, 0.5f);
    EXPECT_NEAR(rig.weights(-0.7f, -0.6f)[1], 1, 0.01);
}

TEST(Constellation, WithoutStarsTheFadersAreLeftAlone) {
    ShowRig rig;
    rig.set(param("constellation.amount"), 1);
    EXPECT_EQ(rig.step()[params::promptWeight(0)], rig.store[params::promptWeight(0)]);
    rig.stars.generation = 1; // none shown
    EXPECT_EQ(rig.step()[params::promptWeight(0)], rig.store[params::promptWeight(0)]);
}

TEST(Constellation, ARouteMovesThePuckAndRoutesAddToItsWeights) {
    Stars rig;
    rig.set(param("constellation.x"), 0.7f - 0.5f);
    rig.set(param("constellation.y"), 0.6f);
    rig.features.level = 1;
    rig.store.setRoutes({{.source = params::Source::Level, .target = param("constellation.x"), .depth = 0.25f},
                         {.source = params::Source::Level, .target = params::promptWeight(1), .depth = -0.25f}});
    EXPECT_NEAR(rig.step()[params::promptWeight(1)], 0.5f, 0.005);
}

} // namespace
} // namespace titanus::modulation
