// Two scenes under one fader.
#include "controls/blend.h"
#include "random_show.h"

#include <cmath>

namespace titanus::controls {
namespace {
using params::Origin;
using params::param;
using params::ParamIndex;
using params::Show;

// Every value as a store would hold it.
Show legalShow(std::mt19937& random, int prompts) {
    Show show = randomShow(random, prompts, false);
    for (std::size_t i = 0; i < params::kParamCount; ++i) show.values[i] = params::clamped(params::kCatalogue[i], show.values[i]);
    return show;
}

struct Blended : testing::Test {
    params::Store store;
    Blend blend;
    void fader(float x, Origin origin = Origin::Midi) {
        store.apply({kBlendFader, x, origin, 1});
        blend.step(store);
    }
    float heard(const std::string& text) const { return controls::heard(store, text); }
};

TEST_F(Blended, L15_EndsExactlyOnEitherSceneOrStaysWhereItStands) {
    for (unsigned seed = 0; seed < 30; ++seed) {
        std::mt19937 random(seed);
        const Show first = legalShow(random, static_cast<int>(random() % 9)), second = legalShow(random, static_cast<int>(random() % 9));
        for (const float end : {0.f, 1.f, 0.3f, 0.7f}) {
            store.recall(first, Origin::Preset);
            blend.begin(store, second, 0);
            EXPECT_EQ(store[kBlendFader], 0.f) << "it begins at the first";
            for (int i = 0; i < 40; ++i) fader(static_cast<float>(random() % 1001) / 1000);
            fader(end);
            const Show there = store.show();
            blend.end(store);
            EXPECT_FALSE(blend.active());
            if (end == 0) expectShow(store, first);
            else if (end == 1) expectShow(store, second);
            else expectShow(store, there);
            const Show ended = store.show();
            fader(1 - end); // the fader has let go
            expectShow(store, ended);
        }
    }
}

TEST_F(Blended, L15_EveryNumberFollowsTheFaderThereAndBack) {
    std::mt19937 random(4);
    const Show first = legalShow(random, 3), second = legalShow(random, 3);
    store.recall(first, Origin::Preset);
    blend.begin(store, second, 0);
    for (const float x : {0.1f, 0.9f, 0.25f, 0.75f, 0.5f, 0.f, 1.f}) {
        fader(x);
        for (std::size_t i = 0; i < params::kParamCount; ++i) {
            const auto& row = params::kCatalogue[i];
            if (!row.saved() || row.id.starts_with("prompt.")) continue; // prompts move to other slots
            const float a = params::toTravel(row, first.values[i]), b = params::toTravel(row, second.values[i]);
            if (row.kind == params::Kind::Float) EXPECT_NEAR(params::toTravel(row, store.snapshot().values[i]), a + x * (b - a), 2e-4) << row.id << x;
            else EXPECT_EQ(store.snapshot().values[i], x >= 0.5f ? second.values[i] : first.values[i]) << row.id << x;
        }
        EXPECT_EQ(store.routes(), x >= 0.5f ? second.routes : first.routes);
        EXPECT_EQ(store.formulas(), x >= 0.5f ? second.formulas : first.formulas);
    }
}

TEST_F(Blended, L15_BothScenesPromptsAreHeardByTheirShare) {
    Show first = Show::defaults(), second = Show::defaults();
    for (auto* show : {&first, &second})
        for (int slot = 0; slot < params::kPromptSlots; ++slot) show->texts[params::promptText(slot).value].clear();
    first.texts[0] = "a reef";
    first.values[params::promptWeight(0).value] = 1;
    second.texts[0] = "a galaxy";
    second.values[params::promptWeight(0).value] = 0.6f;
    store.recall(first, Origin::Preset);
    blend.begin(store, second, 0);
    EXPECT_NEAR(heard("a reef"), 1, 1e-6);
    EXPECT_NEAR(heard("a galaxy"), 0, 1e-6);
    fader(0.25f);
    EXPECT_NEAR(heard("a reef"), 0.75, 1e-3);
    EXPECT_NEAR(heard("a galaxy"), 0.15, 1e-3);
    fader(1);
    EXPECT_NEAR(heard("a reef"), 0, 1e-6);
    EXPECT_NEAR(heard("a galaxy"), 0.6, 1e-6);
}

TEST_F(Blended, L15_WhatAHandMovesMeanwhileStaysWhereTheHandPutIt) {
    std::mt19937 random(6);
    const Show first = legalShow(random, 2), second = legalShow(random, 2);
    store.recall(first, Origin::Preset);
    blend.begin(store, second, 0);
    fader(0.3f);
    const float put = (first.values[param("look.bloom").value] + 2) / 7;
    store.apply({param("look.bloom"), put, Origin::Midi, 1});
    store.setText(params::promptText(0), "typed meanwhile", Origin::Osc);
    store.setRoutes({}, Origin::Osc);
    for (const float x : {0.6f, 0.2f, 0.8f}) {
        fader(x);
        EXPECT_EQ(store[param("look.bloom")], put);
        EXPECT_EQ(store[params::promptText(0)], "typed meanwhile");
        EXPECT_TRUE(store.routes().empty());
    }
    blend.end(store);
    EXPECT_EQ(store[param("look.bloom")], put);
}

TEST_F(Blended, L15_L32_OneStepOfUndoTakesTheWholeBlendBack) {
    std::mt19937 random(7);
    const Show first = legalShow(random, 4), second = legalShow(random, 4);
    store.recall(first, Origin::Preset);
    blend.begin(store, second, 0);
    for (const float x : {0.2f, 0.8f, 0.6f}) fader(x);
    blend.end(store);
    EXPECT_TRUE(store.undo());
    expectShow(store, first);
}

} // namespace
} // namespace titanus::controls
