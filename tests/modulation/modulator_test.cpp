#include "modulation/modulator.h"

#include "params/text.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace titanus;
using namespace titanus::modulation;
using params::param;
using params::Source;

namespace {

struct Fixture {
    params::Store store;
    analysis::Features features;
    Modulator modulator{1};
    double seconds = 0;

    const FrameState& step(double dt) {
        seconds += dt;
        return modulator.update({.store = store, .features = features, .seconds = seconds,
                                 .dtSeconds = dt, .soundSeconds = seconds});
    }
    void route(Source source, params::ParamIndex target, float depth, float attack = 0, float release = 0) {
        auto routes = store.routes();
        routes.push_back({source, target, depth, params::RouteCurve::Linear, attack, release, false});
        store.setRoutes(routes);
    }
};

TEST(Modulation, L19_N11_EffectiveIsBasePlusTheSumOfRoutesInsideTheRange) {
    Fixture f;
    f.features.band[1] = 0.5f;
    f.features.level = 0.25f;
    f.route(Source::Bass, param("camera.zoom"), 0.5f);
    f.route(Source::Level, param("camera.zoom"), -0.5f);
    // Range 4: 0 + 4 * (0.5 * 0.5 - 0.5 * 0.25)
    EXPECT_NEAR(f.step(0.016)[param("camera.zoom")], 0.5f, 1e-5);
    f.store.apply({param("camera.zoom"), 1.9f});
    EXPECT_FLOAT_EQ(f.step(0.016)[param("camera.zoom")], 2.f);
    EXPECT_FLOAT_EQ(f.store[param("camera.zoom")], 1.9f) << "routes never touch the base";
}

TEST(Modulation, AnExponentialParameterIsMultiplied) {
    Fixture f;
    f.features.level = 1;
    f.route(Source::Level, param("guide.rate"), 0.1f);
    const auto& row = params::row(param("guide.rate"));
    const float factor = std::pow(row.max / row.min, 0.1f);
    EXPECT_NEAR(f.step(0.016)[param("guide.rate")] / row.def, factor, 1e-3);
}

TEST(Modulation, AmountZeroAndMuteSilenceRoutes) {
    Fixture f;
    f.features.level = 1;
    f.route(Source::Level, param("look.bloom"), 0.5f);
    const float base = f.store[param("look.bloom")];
    f.store.apply({param("route.amount"), 0});
    EXPECT_FLOAT_EQ(f.step(0.016)[param("look.bloom")], base);
    f.store.apply({param("route.amount"), 1});
    EXPECT_NEAR(f.step(0.016)[param("look.bloom")], base + 0.5f, 1e-6);
    auto routes = f.store.routes();
    routes[0].mute = true;
    f.store.setRoutes(routes);
    EXPECT_FLOAT_EQ(f.step(0.016)[param("look.bloom")], base);
}

TEST(Modulation, L18_FollowerReachesOneMinusOneOverEAfterItsTimeAtAnyFrameRate) {
    for (double dt : {0.001, 0.0167, 0.04}) {
        Fixture f;
        f.route(Source::Level, param("look.flash"), 1, 0.2f, 0.4f);
        f.step(dt);
        f.features.level = 1;
        double t = 0;
        float value = 0;
        for (; t < 0.2 - 1e-9; t += dt) value = f.step(dt)[param("look.flash")];
        EXPECT_NEAR(value, 1 - std::exp(-t / 0.2), 0.05 * value) << dt;
    }
}

TEST(Modulation, A6_AnOnsetIsSeenInTheNextFrameAndFalls) {
    Fixture f;
    f.route(Source::Kick, param("camera.bump"), 0.5f);
    const float rest = f.step(0.016)[param("camera.bump")];
    f.features.onsets[1] = 1;
    f.features.lastStrength[1] = 1;
    const float hit = f.step(0.016)[param("camera.bump")];
    EXPECT_NEAR(hit - rest, 0.3f, 1e-5); // half the range of 0.6
    float later = hit;
    for (int i = 0; i < 10; ++i) {
        const float now = f.step(0.016)[param("camera.bump")];
        EXPECT_LT(now, later);
        later = now;
    }
}

TEST(Modulation, A6_AKickLiftsAPromptsEffectiveWeightInThatFrameAndTheBaseStays) {
    Fixture f;
    const auto weight = params::promptWeight(1);
    f.store.apply({weight, 0.1f});
    f.route(Source::Kick, weight, 0.25f);
    EXPECT_FLOAT_EQ(f.step(0.016)[weight], 0.1f);
    f.features.onsets[1] = 1;
    f.features.lastStrength[1] = 1;
    EXPECT_NEAR(f.step(0.016)[weight], 0.6f, 1e-5); // a quarter of -1..1
    EXPECT_FLOAT_EQ(f.store[weight], 0.1f);
}

TEST(Modulation, OnsetsBeforeTheShowAreNoEvents) {
    Fixture f;
    f.features.onsets[1] = 99;
    EXPECT_EQ(f.step(0.016).sources[static_cast<std::size_t>(Source::Kick)], 0.f);
}

TEST(Modulation, TheSoundsPlaceInStereoPansThePicture) {
    constexpr auto kPan = param("camera.pan_x"), kBloom = param("look.bloom");
    Fixture f;
    const float range = params::row(kPan).max - params::row(kPan).min;
    f.route(Source::Balance, kPan, 0.25f);
    f.route(Source::Width, kBloom, 0.5f);
    f.features.silent = false;
    f.features.width = 0.5f;
    const float bloom = f.store[kBloom];
    for (const float balance : {-1.f, 0.f, 0.5f}) {
        f.features.balance = balance;
        const FrameState& s = f.step(0.016);
        EXPECT_NEAR(s[kPan], f.store[kPan] + 0.25f * range * balance, 1e-4) << balance;
        EXPECT_GT(s[kBloom], bloom);
    }
    f.features.silent = true; // hiss on one side
    EXPECT_EQ(f.step(0.016)[kPan], f.store[kPan]);
}

TEST(Modulation, L33_BeatSourcesFollowTheClockLine) {
    Fixture f;
    f.features.silent = false;
    f.features.clock.anchorSeconds = 0;
    f.features.clock.periodSeconds = 0.5;
    f.features.clock.beatsPerBar = 4;
    f.seconds = 1.125; // 2.25 beats, 2.5 after the step
    const FrameState& s = f.step(0.125);
    const auto source = [&](Source id) { return s.sources[static_cast<std::size_t>(id)]; };
    EXPECT_NEAR(s.beat, 2.5, 1e-9);
    EXPECT_NEAR(source(Source::BeatPhase), 0.5, 1e-6);
    EXPECT_NEAR(source(Source::BarPhase), 0.625, 1e-6);
    EXPECT_NEAR(source(Source::Beat4), 2.5 / 16, 1e-6);
    for (const float offset : {-500.f, -125.f, 0.f, 125.f, 500.f}) {
        f.store.apply({param("clock.offset_ms"), offset});
        EXPECT_NEAR(f.step(0).beat, 2.5 - offset / 500, 1e-6) << offset;
    }
    EXPECT_EQ(params::row(param("clock.offset_ms")).min, -500);
    EXPECT_EQ(params::row(param("clock.offset_ms")).max, 500);
}

TEST(Modulation, L17_A9_SyncedLfoIsLockedToTheBeatAndFreeLfoToItsRate) {
    Fixture f;
    f.features.clock.periodSeconds = 0.5;
    f.store.apply({param("lfo.1.shape"), 2}); // saw up
    f.store.apply({param("lfo.1.beats"), 4});
    f.store.apply({param("lfo.2.shape"), 2});
    f.store.apply({param("lfo.2.sync"), 0});
    f.store.apply({param("lfo.2.rate"), 0.5f});
    for (int i = 0; i < 100; ++i) f.step(0.01);
    const FrameState& s = f.step(0);
    EXPECT_NEAR(s.sources[static_cast<std::size_t>(Source::Lfo1)], 2 * 0.5 - 1, 1e-4); // 2 of 4 beats
    EXPECT_NEAR(s.sources[static_cast<std::size_t>(Source::Lfo2)], 2 * 0.5 - 1, 1e-4); // half a cycle
}

TEST(Modulation, L17_FromHalfABeatToFourBarsTheWaveComesBackOnTheBeat) {
    for (const float beats : {0.5f, 1.f, 2.f, 4.f, 8.f, 16.f}) {
        Fixture f;
        f.features.clock.periodSeconds = 0.5;
        f.store.apply({param("lfo.1.shape"), 2}); // saw up
        f.store.apply({param("lfo.1.beats"), beats});
        ASSERT_EQ(f.store[param("lfo.1.beats")], beats);
        f.step(0.001);
        std::vector<float> cycle;
        for (int i = 0; i < 32; ++i) { // of a beat's eighths, then the same later
            f.seconds = 0.5 * i / 8;
            cycle.push_back(f.step(0).sources[static_cast<std::size_t>(Source::Lfo1)]);
        }
        for (int i = 0; i < 32; ++i) {
            f.seconds = 0.5 * i / 8 + 0.5 * beats * 37;
            EXPECT_NEAR(f.step(0).sources[static_cast<std::size_t>(Source::Lfo1)], cycle[static_cast<std::size_t>(i)], 1e-4) << beats;
        }
        EXPECT_NEAR(cycle[1] - cycle[0], 2.f / 8 / beats, 1e-4) << beats; // an eighth of a beat of -1..1
    }
}

TEST(Modulation, L17_EveryLfoShapeStaysWithinOneAndMoves) {
    for (int shape = 0; shape <= 6; ++shape) {
        float low = 9, high = -9;
        for (int i = 0; i < 2000; ++i) {
            const float v = lfoValue(static_cast<LfoShape>(shape), i * 0.0137, 5);
            low = std::min(low, v);
            high = std::max(high, v);
        }
        EXPECT_GE(low, -1) << shape;
        EXPECT_LE(high, 1) << shape;
        EXPECT_GT(high - low, 1.2f) << shape;
    }
}

TEST(Modulation, L19_N11_EveryModulatableParameterIsReachedByARoute) {
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const params::ParamIndex target{static_cast<std::uint16_t>(i)};
        const auto& p = params::row(target);
        Fixture f;
        f.features.level = 1;
        const float direction = p.def > p.min + 0.5f * (p.max - p.min) ? -0.4f : 0.4f;
        f.route(Source::Level, target, direction);
        const bool moved = f.step(0.016)[target] != p.def;
        EXPECT_EQ(moved, p.modulatable()) << p.id;
    }
}

TEST(Modulation, L27_FreezeHoldsTheCameraAndThawDoesNotJump) {
    Fixture f;
    f.store.apply({param("camera.zoom"), 1});
    f.step(0.016);
    const auto frozen = [&](bool on) {
        f.seconds += 0.016;
        return f.modulator.update({.store = f.store, .features = f.features, .seconds = f.seconds,
                                   .dtSeconds = 0.016, .soundSeconds = f.seconds, .frozen = on}).pose;
    };
    const CameraPose held = frozen(true);
    for (int i = 0; i < 50; ++i) frozen(true);
    EXPECT_TRUE(between(held, frozen(true)).identity());
    EXPECT_NEAR(between(held, frozen(false)).view.a, std::exp(0.016), 1e-6);
}

TEST(Modulation, SameInputsGiveTheSameStates) {
    Fixture a, b;
    for (Fixture* f : {&a, &b}) {
        f->route(Source::Noise, param("camera.roll"), 0.5f);
        f->route(Source::Lfo3, param("look.hue"), 0.5f);
        f->store.apply({param("lfo.3.shape"), 5});
        for (int i = 0; i < 300; ++i) f->step(0.0167);
    }
    EXPECT_EQ(a.step(0.0167).effective.values, b.step(0.0167).effective.values);
}

} // namespace
