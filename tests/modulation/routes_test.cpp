// Solo, hold and quantise of routes.
#include "modulation/show_rig.h"

#include <gtest/gtest.h>

#include <cmath>

namespace titanus::modulation {
namespace {
using params::param;
using params::ParamIndex;
using params::Route;
using params::RouteQuantise;
using params::Source;

constexpr ParamIndex kBloom = param("look.bloom"), kFlash = param("look.flash"), kHue = param("look.hue");

TEST(Routes, WhileOneIsSoloOnlyThatOneActs) {
    ShowRig rig;
    rig.features.level = 1;
    const float bloom = rig.store[kBloom];
    std::vector<Route> routes{{.source = Source::Level, .target = kBloom, .depth = 0.25f},
                              {.source = Source::Level, .target = kFlash, .depth = 0.25f},
                              {.source = Source::Level, .target = kHue, .depth = 0.25f}};
    rig.store.setRoutes(routes);
    EXPECT_NEAR(rig.step()[kBloom], bloom + 0.25f, 1e-6);
    routes[1].solo = true;
    rig.store.setRoutes(routes);
    const FrameState& solo = rig.step();
    EXPECT_EQ(solo[kBloom], bloom);
    EXPECT_NEAR(solo[kFlash], 0.25f, 1e-6);
    routes[2].solo = true;
    routes[1].mute = true; // mute wins
    rig.store.setRoutes(routes);
    const FrameState& muted = rig.step();
    EXPECT_EQ(muted[kFlash], 0);
    EXPECT_NEAR(muted[kHue], 90, 1e-3);
}

TEST(Routes, L18_HoldKeepsThePeakForItsTimeThenFallsAtAnyFrameRate) {
    for (const double dt : {0.001, 1.0 / 60, 0.04}) {
        ShowRig rig;
        rig.store.setRoutes({{.source = Source::Level, .target = kFlash, .depth = 1, .releaseSeconds = 0.3f, .holdSeconds = 0.2f}});
        rig.features.level = 1;
        EXPECT_EQ(rig.step(dt)[kFlash], 1);
        rig.features.level = 0;
        double t = 0;
        while (t + dt <= 0.2) {
            t += dt;
            EXPECT_EQ(rig.step(dt)[kFlash], 1) << t;
        }
        float value = 1;
        for (; t < 0.5;) {
            t += dt;
            value = rig.step(dt)[kFlash];
        }
        EXPECT_NEAR(value, std::exp(-(t - 0.2) / 0.3), 1e-4) << dt;
    }
}

TEST(Routes, ANewPeakDuringTheHoldStartsItAgain) {
    ShowRig rig;
    rig.store.setRoutes({{.source = Source::Level, .target = kFlash, .depth = 1, .holdSeconds = 0.2f}});
    for (int i = 0; i < 5; ++i) {
        rig.features.level = 1;
        rig.step(0.02);
        rig.features.level = 0;
        for (int n = 0; n < 8; ++n) EXPECT_EQ(rig.step(0.02)[kFlash], 1);
    }
    for (int n = 0; n < 3; ++n) rig.step(0.02);
    EXPECT_EQ(rig.step(0.02)[kFlash], 0);
}

// Values the source had at each change, with the beat at which it came.
std::vector<std::pair<double, float>> changes(RouteQuantise quantise, int downbeat = 0) {
    ShowRig rig;
    rig.features.clock.periodSeconds = 0.5;
    rig.features.clock.beatsPerBar = 4;
    rig.features.clock.downbeat = downbeat;
    rig.store.setRoutes({{.source = Source::Level, .target = kFlash, .depth = 1, .quantise = quantise}});
    std::vector<std::pair<double, float>> out;
    float last = -1;
    for (int i = 0; i < 800; ++i) {
        rig.features.level = static_cast<float>(i) / 800;
        const FrameState& s = rig.step(0.01);
        if (s[kFlash] != last) out.emplace_back(s.beat, last = s[kFlash]);
    }
    out.erase(out.begin()); // where the test begins
    return out;
}

TEST(Routes, AQuantisedSourceIsReadOnItsLinesOnly) {
    const std::tuple<RouteQuantise, double, int> cases[]{{RouteQuantise::Beat, 1, 0}, {RouteQuantise::HalfBeat, 0.5, 0},
                                                         {RouteQuantise::QuarterBeat, 0.25, 0}, {RouteQuantise::Bar, 4, 0},
                                                         {RouteQuantise::Bar, 4, 2}};
    for (const auto& [quantise, beats, downbeat] : cases) {
        const auto seen = changes(quantise, downbeat);
        EXPECT_NEAR(static_cast<double>(seen.size()), 16 / beats, 1.01);
        for (const auto& [beat, value] : seen) {
            const double off = std::fmod(beat - downbeat + 16, beats);
            EXPECT_LT(std::min(off, beats - off), 0.021) << beat; // within the frame
            EXPECT_NEAR(value, beat / 2 / 8, 0.005);              // as the source was there
        }
    }
    EXPECT_GT(changes(RouteQuantise::Off).size(), 700u);
}

} // namespace
} // namespace titanus::modulation
