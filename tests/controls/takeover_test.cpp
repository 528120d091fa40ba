// Soft takeover: after any recall no fader makes a value jump.
#include "midi_rig.h"

#include "controls/blend.h"
#include "params/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace titanus::controls {
namespace {
using params::Origin;
using params::param;
using params::ParamIndex;

constexpr ParamIndex kBloom = param("look.bloom");

MidiBinding fader(ParamIndex p, int number, Takeover takeover) {
    MidiBinding b;
    b.number = number;
    b.target = p;
    b.takeover = takeover;
    return b;
}

TEST(Takeover, AFaderThatStandsElsewhereIsIgnoredUntilItMeetsTheValue) {
    MidiRig rig;
    rig.mapper.setBindings({fader(kBloom, 1, Takeover::Pickup)});
    rig.set(kBloom, 0.5f);
    for (int v = 0; v < 60; v += 4) {
        rig.cc(1, v);
        EXPECT_EQ(rig.store[kBloom], 0.5f) << v;
    }
    EXPECT_EQ(rig.mapper.waiting(rig.store).size(), 1u);
    rig.cc(1, 63); // within 3/128
    EXPECT_NEAR(rig.store[kBloom], 63.f / 128, 1e-6);
    rig.cc(1, 90);
    EXPECT_NEAR(rig.store[kBloom], 0.5f + 0.5f * 26 / 63, 1e-5);
    EXPECT_TRUE(rig.mapper.waiting(rig.store).empty());
}

TEST(Takeover, AFastThrowThatPassesTheValueIsCaught) {
    MidiRig rig;
    rig.mapper.setBindings({fader(kBloom, 1, Takeover::Pickup)});
    rig.set(kBloom, 0.5f);
    rig.cc(1, 10);
    rig.cc(1, 120);
    EXPECT_NEAR(rig.store[kBloom], 0.5f + 0.5f * 56 / 63, 1e-5);
    rig.cc(1, 5); // its own value: however fast
    EXPECT_NEAR(rig.store[kBloom], 5.f / 128, 1e-6);
}

TEST(Takeover, AfterARecallTheFaderMustBePickedUpAgain) {
    MidiRig rig;
    rig.mapper.setBindings({fader(kBloom, 1, Takeover::Pickup)});
    rig.cc(1, 26); // meets the default 0.2
    rig.cc(1, 100);
    EXPECT_GT(rig.store[kBloom], 0.7f);
    params::Show show = params::Show::defaults();
    show.values[kBloom.value] = 0.1f;
    rig.store.recall(show, Origin::Preset);
    rig.cc(1, 101); // within milliseconds of the accepted move
    EXPECT_EQ(rig.store[kBloom], 0.1f);
    rig.cc(1, 50);
    EXPECT_EQ(rig.store[kBloom], 0.1f);
    rig.cc(1, 12);
    EXPECT_NEAR(rig.store[kBloom], 12.f / 128, 1e-6);
}

TEST(Takeover, JumpTakesOverAtOnce) {
    MidiRig rig;
    rig.mapper.setBindings({fader(kBloom, 1, Takeover::Jump)});
    rig.cc(1, 127);
    EXPECT_EQ(rig.store[kBloom], 1.f);
}

TEST(Takeover, ScaleMovesInTheHandsDirectionAndMeetsAtTheEnd) {
    MidiRig rig;
    rig.mapper.setBindings({fader(kBloom, 1, Takeover::Scale)});
    rig.set(kBloom, 0.5f);
    rig.cc(1, 100);
    EXPECT_EQ(rig.store[kBloom], 0.5f); // the first message tells only where the fader is
    float last = 0.5f;
    for (int v = 99; v >= 0; --v) {
        rig.cc(1, v);
        EXPECT_LE(rig.store[kBloom], last + 0.004f); // where they meet
        EXPECT_LT(last - rig.store[kBloom], 0.03f);
        last = rig.store[kBloom];
    }
    EXPECT_EQ(rig.store[kBloom], 0.f);
    rig.cc(1, 64);
    EXPECT_EQ(rig.store[kBloom], 0.5f); // met: one to one
}

TEST(Takeover, AValueOutsideTheBindingsRangeIsLedBackWithoutAJump) {
    MidiRig rig;
    MidiBinding b = fader(kBloom, 1, Takeover::Pickup);
    b.min = 0.2f;
    b.max = 0.6f;
    rig.mapper.setBindings({b});
    rig.set(kBloom, 1.f);
    float last = 1;
    for (int v = 127; v >= 0; --v) {
        rig.cc(1, v);
        EXPECT_LE(std::abs(rig.store[kBloom] - last), 0.02f) << v;
        last = rig.store[kBloom];
    }
    EXPECT_NEAR(rig.store[kBloom], 0.2f, 1e-6);
}

// The law, over random sequences of recalls, moves, other hands and unplugging: one message changes
// a value by no more than the hand's move + 3/128 of the travel.
TEST(Takeover, L11_AfterAnyRecallNoFaderMakesAValueJump) {
    std::vector<ParamIndex> targets;
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        if (params::kCatalogue[i].kind == params::Kind::Float) targets.push_back({static_cast<std::uint16_t>(i)});
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<float> unit(0, 1);
        MidiRig rig;
        std::vector<MidiBinding> bindings;
        for (int n = 0; n < 8; ++n) {
            MidiBinding b = fader(targets[random() % targets.size()], n, Takeover::Pickup);
            b.invert = random() & 1;
            bindings.push_back(b);
        }
        bindings[7].target = bindings[0].target; // two faders on one value
        bindings[6].target = kBlendFader;
        bindings[6].invert = false;
        Blend blend;
        rig.mapper.setBindings(bindings);
        std::array<int, 8> at{};
        std::array<bool, 8> known{};
        for (int step = 0; step < 4000; ++step) {
            rig.now += unit(random) * 0.1;
            const unsigned what = random() % 20;
            params::Show show = params::Show::defaults();
            if (what == 0 || what == 4)
                for (std::size_t i = 0; i < params::kParamCount; ++i) show.values[i] = params::fromTravel(params::kCatalogue[i], unit(random));
            if (what == 0 || (what == 4 && random() & 1)) {
                blend.end(rig.store);
                rig.store.recall(show, Origin::Preset);
            } else if (what == 4) { // two pads
                show.texts[random() % params::kPromptSlots] = "prompt " + std::to_string(step);
                blend.begin(rig.store, show, rig.now);
            } else if (what == 1) {
                const ParamIndex p = std::get<ParamIndex>(bindings[random() % 8].target);
                rig.set(p, params::fromTravel(params::row(p), unit(random)));
            } else if (what == 2) {
                blend.end(rig.store);
                rig.store.undo();
            } else if (what == 3 && random() % 20 == 0) {
                (void)rig.mapper.deviceOpened("Box"); // unplugged, faders moved, plugged in
                known.fill(false);
            } else {
                const auto n = static_cast<std::size_t>(random() % 8);
                const int move = random() % 10 == 0 ? static_cast<int>(random() % 128) : at[n] + static_cast<int>(random() % 21) - 10;
                const int to = std::clamp(move, 0, 127);
                const ParamIndex p = std::get<ParamIndex>(bindings[n].target);
                blend.step(rig.store); // a frame after each act
                const auto all = rig.store.snapshot();
                const float before = params::toTravel(params::row(p), rig.store[p]);
                rig.cc(static_cast<int>(n), to);
                blend.step(rig.store);
                const float after = params::toTravel(params::row(p), rig.store[p]);
                const float hand = known[n] ? static_cast<float>(std::abs(to - at[n])) / 126 : 0;
                ASSERT_LE(std::abs(after - before), hand + 3.f / 128 + 1e-3f)
                    << "seed " << seed << " step " << step << " " << params::row(p).id << " fader " << at[n] << " -> " << to;
                // The fader of a blend moves others along: by its own share of their ways at most.
                for (const ParamIndex other : targets)
                    if (params::row(other).saved() && other != p) {
                        ASSERT_LE(std::abs(params::toTravel(params::row(other), rig.store[other]) - params::toTravel(params::row(other), all[other])),
                                  p == kBlendFader ? hand + 3.f / 128 + 1e-3f : 0)
                            << "seed " << seed << " step " << step << " " << params::row(other).id << " by " << params::row(p).id;
                    }
                at[n] = to;
                known[n] = true;
            }
        }
    }
}

// And it must not be dead: a fader swept over its whole way always ends up in charge.
TEST(Takeover, L11_AFullSweepAlwaysPicksUp) {
    std::mt19937 random(5);
    std::uniform_real_distribution<float> unit(0, 1);
    for (const auto takeover : {Takeover::Pickup, Takeover::Scale})
        for (int round = 0; round < 200; ++round) {
            MidiRig rig;
            rig.mapper.setBindings({fader(kBloom, 1, takeover)});
            rig.set(kBloom, unit(random));
            for (int v = 0; v <= 127; v += 1 + static_cast<int>(random() % 9)) rig.cc(1, v);
            rig.cc(1, 127);
            EXPECT_EQ(rig.store[kBloom], 1.f);
            rig.cc(1, 100);
            EXPECT_NEAR(rig.store[kBloom], 0.5f + 0.5f * 36 / 63, 1e-5);
        }
}

} // namespace
} // namespace titanus::controls
