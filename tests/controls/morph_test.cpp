#include "controls/morph.h"
#include "random_show.h"

#include <cmath>

namespace titanus::controls {
namespace {
using params::Origin;
using params::param;
using params::ParamIndex;
using params::Show;

TEST(Morph, L15_EndsExactlyOnTheTarget) {
    for (unsigned seed = 0; seed < 30; ++seed) {
        std::mt19937 random(seed);
        params::Store store;
        store.recall(randomShow(random, static_cast<int>(random() % 9), true), Origin::Preset);
        const Show target = randomShow(random, static_cast<int>(random() % 9), true);
        Morph morph;
        morph.start(store, target, 2, 10);
        double now = 10;
        while (morph.step(store, now)) now += 0.03;
        EXPECT_FALSE(morph.active());
        expectShow(store, target);
    }
}

TEST(Morph, L15_NumbersTravelMonotonicallyAndStayBetweenTheEnds) {
    std::mt19937 random(3);
    params::Store store;
    store.recall(randomShow(random, 0, true), Origin::Preset);
    const auto from = store.snapshot();
    const Show target = randomShow(random, 0, true);
    Morph morph;
    morph.start(store, target, 4, 0);
    auto last = from;
    for (double now = 0; morph.step(store, now); now += 0.05) {
        for (std::size_t i = 0; i < params::kParamCount; ++i) {
            const float a = from.values[i], b = target.values[i], v = store.snapshot().values[i], before = last.values[i];
            if (!params::kCatalogue[i].saved()) continue;
            if (a <= b) EXPECT_TRUE(v >= before && v <= b) << params::kCatalogue[i].id;
            else EXPECT_TRUE(v <= before && v >= b) << params::kCatalogue[i].id;
        }
        last = store.snapshot();
    }
}

TEST(Morph, ExponentialRowsMoveByRatio) {
    params::Store store;
    constexpr ParamIndex rate = param("guide.rate");
    store.apply({rate, 0.01f, Origin::Ui, 0});
    Show target = store.show();
    target.values[rate.value] = 0.16f;
    Morph morph;
    morph.start(store, target, 2, 0);
    morph.step(store, 1);
    EXPECT_NEAR(store[rate], 0.04f, 1e-4f);
}

TEST(Morph, WholeNumbersChoicesAndRoutesChangeHalfWay) {
    params::Store store;
    Show target = store.show();
    constexpr ParamIndex mirrors = param("look.kaleidoscope"), depth = param("camera.depth");
    target.values[mirrors.value] = 8;
    target.values[depth.value] = 2;
    target.routes = {{.source = params::Source::Kick, .target = param("camera.bump"), .depth = 0.5f}};
    Morph morph;
    morph.start(store, target, 2, 0);
    morph.step(store, 0.99);
    EXPECT_EQ(store[mirrors], 0.f);
    EXPECT_EQ(store[depth], 0.f);
    EXPECT_TRUE(store.routes().empty());
    morph.step(store, 1.01);
    EXPECT_EQ(store[mirrors], 8.f);
    EXPECT_EQ(store[depth], 2.f);
    EXPECT_EQ(store.routes().size(), 1u);
}

TEST(Morph, PromptsCrossfadeWithoutAGap) {
    params::Store store;
    Show a = Show::defaults(), b = Show::defaults();
    a.texts[0] = "a cat";
    a.values[params::promptWeight(0).value] = 0.8f;
    a.texts[1] = "the sea";
    a.values[params::promptWeight(1).value] = 0.4f;
    b.texts[0] = "a dog";
    b.values[params::promptWeight(0).value] = 1;
    b.texts[1] = "the sea";
    b.values[params::promptWeight(1).value] = 0.2f;
    store.recall(a, Origin::Preset);
    Morph morph;
    morph.start(store, b, 2, 0);
    EXPECT_FLOAT_EQ(heard(store, "a cat"), 0.8f); // moved aside, heard as before
    float cat = 0.8f, dog = 0, sea = 0.4f;
    for (double now = 0; morph.step(store, now); now += 0.1) {
        EXPECT_LE(heard(store, "a cat"), cat + 1e-6f);
        EXPECT_GE(heard(store, "a dog"), dog - 1e-6f);
        EXPECT_LE(heard(store, "the sea"), sea + 1e-6f);
        cat = heard(store, "a cat");
        dog = heard(store, "a dog");
        sea = heard(store, "the sea");
        EXPECT_GE(cat + dog, 0.79f) << "something is always painted";
    }
    expectShow(store, b);
}

TEST(Morph, WithoutAFreeSlotTheTextChangesHalfWay) {
    std::mt19937 random(1);
    params::Store store;
    Show a = randomShow(random, 8, true), b = randomShow(random, 8, true);
    a.texts[0] = "old";
    b.texts[0] = "new";
    store.recall(a, Origin::Preset);
    Morph morph;
    morph.start(store, b, 2, 0);
    morph.step(store, 0.9);
    EXPECT_EQ(store[params::promptText(0)], "old");
    morph.step(store, 1.1);
    EXPECT_EQ(store[params::promptText(0)], "new");
}

TEST(Morph, WhatAHandMovesMeanwhileStaysWithTheHand) {
    params::Store store;
    constexpr ParamIndex zoom = param("camera.zoom"), roll = param("camera.roll");
    Show target = store.show();
    target.values[zoom.value] = 1;
    target.values[roll.value] = 90;
    Morph morph;
    morph.start(store, target, 2, 0);
    morph.step(store, 0.5);
    store.apply({zoom, -0.7f, Origin::Midi, 0.5});
    for (double now = 0.6; morph.step(store, now); now += 0.1) EXPECT_EQ(store[zoom], -0.7f);
    EXPECT_EQ(store[zoom], -0.7f);
    EXPECT_EQ(store[roll], 90.f);
}

TEST(Morph, IsOneStepOfUndo) {
    std::mt19937 random(9);
    params::Store store;
    const Show a = randomShow(random, 3, true), b = randomShow(random, 4, true);
    store.recall(a, Origin::Start);
    Morph morph;
    morph.start(store, b, 1, 0);
    for (double now = 0; morph.step(store, now); now += 0.02) {}
    EXPECT_TRUE(store.undo());
    expectShow(store, a);
    EXPECT_FALSE(store.undo());
    EXPECT_TRUE(store.redo());
    expectShow(store, b);
}

TEST(Morph, NoTimeIsARecall) {
    std::mt19937 random(2);
    params::Store store;
    const Show target = randomShow(random, 2, true);
    Morph morph;
    morph.start(store, target, 0, 0);
    EXPECT_FALSE(morph.active());
    expectShow(store, target);
}

TEST(Morph, ASecondMorphStartsFromWhereTheFirstStands) {
    std::mt19937 random(4);
    params::Store store;
    store.recall(randomShow(random, 3, true), Origin::Start);
    Morph morph;
    const Show first = randomShow(random, 3, true), second = randomShow(random, 5, true);
    morph.start(store, first, 2, 0);
    morph.step(store, 0.7);
    const auto middle = store.snapshot();
    morph.start(store, second, 2, 0.7);
    morph.step(store, 0.7);
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const auto& row = params::kCatalogue[i];
        if (row.kind == params::Kind::Float && row.group() != "prompt") {
            EXPECT_NEAR(params::toTravel(row, store.snapshot().values[i]), params::toTravel(row, middle.values[i]), 1e-5f) << row.id;
        }
    }
    for (double now = 0.7; morph.step(store, now); now += 0.1) {}
    expectShow(store, second);
}

} // namespace
} // namespace titanus::controls
