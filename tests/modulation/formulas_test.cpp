#include "modulation/show_rig.h"

#include "support/allocations.h"

#include <gtest/gtest.h>

#include <cmath>

namespace titanus::modulation {
namespace {
using params::param;
using params::ParamIndex;
using params::Source;

constexpr ParamIndex kZoom = param("camera.zoom"), kHue = param("look.hue");

// P30
TEST(Formulas, P30EveryNumberOfAPresetTakesOne) {
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const ParamIndex target{static_cast<std::uint16_t>(i)};
        const auto& row = params::row(target);
        ShowRig rig;
        const float wanted = row.def == row.max ? row.min : row.max;
        rig.formula(target, std::to_string(wanted));
        const float value = rig.step()[target];
        if (params::takesFormula(row)) {
            EXPECT_EQ(value, wanted) << row.id;
            EXPECT_TRUE(rig.modulator.formulas().problems().empty()) << row.id;
        } else {
            EXPECT_EQ(value, row.def) << row.id;
            EXPECT_EQ(rig.modulator.formulas().problems().size(), 1u) << row.id;
        }
    }
}

TEST(Formulas, P30AValueStaysInsideTheRange) {
    ShowRig rig;
    rig.formula(kZoom, "1e30");
    EXPECT_EQ(rig.step()[kZoom], 2.f);
    rig.formula(kZoom, "-99*t");
    EXPECT_EQ(rig.step()[kZoom], -2.f);
    rig.formula(param("look.kaleidoscope"), "2.6 + 0*t");
    EXPECT_EQ(rig.step()[param("look.kaleidoscope")], 3.f);
}

TEST(Formulas, P30WhatIsNoNumberKeepsTheLastOneAndIsCounted) {
    ShowRig rig;
    rig.set(kZoom, 0.25f);
    rig.formula(kZoom, "0.1/bass");
    EXPECT_EQ(rig.step()[kZoom], 0.25f); // none yet: the number
    EXPECT_TRUE(rig.modulator.formulas().faulty(kZoom));
    rig.features.band[1] = 0.5f;
    EXPECT_FLOAT_EQ(rig.step()[kZoom], 0.2f);
    EXPECT_FALSE(rig.modulator.formulas().faulty(kZoom));
    rig.features.band[1] = 0;
    EXPECT_FLOAT_EQ(rig.step()[kZoom], 0.2f);
    rig.formula(kZoom, "sqrt(-1 - t)");
    EXPECT_EQ(rig.step()[kZoom], 0.25f);
    EXPECT_EQ(rig.modulator.formulas().faults(), 3u);
}

TEST(Formulas, ABrokenOneIsOneLineWithACaretAndTheNumberStays) {
    ShowRig rig;
    rig.set(kZoom, 0.25f);
    rig.formula(kZoom, "0.1*bas");
    EXPECT_EQ(rig.step()[kZoom], 0.25f);
    rig.step();
    const auto& problems = rig.modulator.formulas().problems();
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].target, kZoom);
    EXPECT_EQ(problems[0].problem().id, core::ProblemId::FormulaInvalid);
    EXPECT_EQ(problems[0].problem().detail, "camera.zoom: no such name: bas; did you mean bass? at column 5:\n0.1*bas\n    ^");
    rig.formula(kZoom, "0.1*bass");
    rig.step();
    EXPECT_TRUE(rig.modulator.formulas().problems().empty());
}

TEST(Formulas, ItReplacesTheNumberAndRoutesAreAdded) {
    ShowRig rig;
    rig.set(kZoom, 1.5f);
    rig.formula(kZoom, "0.5");
    rig.features.level = 1;
    rig.store.setRoutes({{.source = Source::Level, .target = kZoom, .depth = 0.25f}});
    EXPECT_FLOAT_EQ(rig.step()[kZoom], 1.5f); // 0.5 + a quarter of 4
    rig.store.setFormulas({});
    EXPECT_FLOAT_EQ(rig.step()[kZoom], 2.f);
    EXPECT_EQ(rig.store[kZoom], 1.5f);
}

TEST(Formulas, EverySourceTimeTempoMacrosAndBandsCanBeRead) {
    ShowRig rig;
    for (const auto& source : params::kSources) {
        rig.formula(kZoom, std::string(source.id) + " + " + std::string(source.id) + "_prev");
        rig.step();
        EXPECT_TRUE(rig.modulator.formulas().problems().empty()) << source.id;
    }
    rig.formula(kHue, "t + dt + beat + bpm + phase + rms + r + R + mu");
    rig.step();
    EXPECT_TRUE(rig.modulator.formulas().problems().empty());

    rig.features.clock.periodSeconds = 0.4;
    rig.formula(kHue, "bpm - 120");
    EXPECT_NEAR(rig.step()[kHue], 30, 1e-4);
    rig.formula(kHue, "t*100");
    rig.seconds = 1;
    EXPECT_NEAR(rig.step(0.25)[kHue], 125, 1e-4);
    rig.set(param("macro.3"), 0.5f);
    rig.formula(kHue, "macro3*90");
    EXPECT_NEAR(rig.step()[kHue], 45, 1e-4);
    rig.features.user[1] = 0.75f;
    rig.formula(kHue, "band2*100");
    EXPECT_NEAR(rig.step()[kHue], 75, 1e-4);
}

TEST(Formulas, DepthIsNearestFarthestAndTheMiddle) {
    ShowRig rig;
    rig.set(param("camera.depth"), static_cast<float>(DepthField::Plane));
    rig.formula(kHue, "100 if r < mu < R else 0");
    rig.step();
    EXPECT_EQ(rig.step()[kHue], 100);
    rig.set(param("camera.depth"), static_cast<float>(DepthField::Flat));
    rig.formula(kHue, "100 if r == mu == R else 0");
    rig.step();
    EXPECT_EQ(rig.step()[kHue], 100);
}

TEST(Formulas, P31PrevIsTheFrameBeforeOnARamp) {
    ShowRig rig;
    rig.formula(kHue, "(level - level_prev)*100");
    for (int i = 1; i <= 10; ++i) {
        rig.features.level = 0.05f * static_cast<float>(i);
        const float value = rig.step()[kHue];
        if (i > 1) {
            EXPECT_NEAR(value, 5, 1e-3) << i;
        }
    }
}

TEST(Formulas, AMacroWithAFormulaMovesWhatItIsRoutedTo) {
    ShowRig rig;
    rig.formula(param("macro.1"), "bass");
    rig.features.band[1] = 0.5f;
    rig.store.setRoutes({{.source = Source::Macro1, .target = kZoom, .depth = 0.5f}});
    rig.step();
    EXPECT_FLOAT_EQ(rig.step()[kZoom], 1);
}

TEST(Formulas, OneThatStaysKeepsItsMemoryWhenAnotherIsEdited) {
    ShowRig rig;
    rig.formula(kZoom, "smooth(level, 1)");
    rig.step();
    rig.features.level = 1;
    rig.step(0.2);
    const float before = rig.step(0)[kZoom];
    ASSERT_GT(before, 0.1f);
    rig.formula(kHue, "1");
    EXPECT_EQ(rig.step(0)[kZoom], before);
}

TEST(Formulas, AFrameAllocatesNothing) {
    ShowRig rig;
    rig.formula(kZoom, "smooth(bass, .2)*sin(t) + noise(2)");
    rig.formula(kHue, "1/bass");
    rig.store.setRoutes({{.source = Source::Level, .target = kZoom, .depth = 0.25f}});
    rig.step();
    const auto before = support::allocations();
    for (int i = 0; i < 200; ++i) rig.step();
    EXPECT_EQ(support::allocations(), before);
}

} // namespace
} // namespace titanus::modulation
