#include "params/store.h"

#include <gtest/gtest.h>

#include <limits>

namespace titanus::params {
namespace {

constexpr ParamIndex kZoom = param("camera.zoom"), kRoll = param("camera.roll"), kGain = param("audio.gain_db");

ParamChange change(ParamIndex p, float value, double time = 0, Origin origin = Origin::Ui) { return {p, value, origin, time}; }

TEST(Store, ClampsToTheRangeAndRoundsWholeNumbers) {
    Store store;
    store.apply(change(kZoom, 99));
    EXPECT_EQ(store[kZoom], 2.f);
    store.apply(change(param("look.kaleidoscope"), 3.6f));
    EXPECT_EQ(store[param("look.kaleidoscope")], 4.f);
    store.apply(change(param("camera.border"), -7));
    EXPECT_EQ(store[param("camera.border")], 0.f);
    store.apply(change(param("lfo.1.sync"), 0.2f));
    EXPECT_EQ(store[param("lfo.1.sync")], 0.f);
}

TEST(Store, WhatIsNotANumberChangesNothing) {
    Store store;
    const auto before = store.snapshot();
    store.apply(change(kZoom, std::numeric_limits<float>::quiet_NaN()));
    store.apply(change(kZoom, std::numeric_limits<float>::infinity()));
    EXPECT_EQ(store.snapshot().values, before.values);
    EXPECT_EQ(store.snapshot().generation, before.generation);
}

TEST(Store, GenerationCountsChangesOnly) {
    Store store;
    const auto before = store.snapshot().generation;
    store.apply(change(kZoom, 0.5f));
    EXPECT_EQ(store.snapshot().generation, before + 1);
    store.apply(change(kZoom, 0.5f));
    EXPECT_EQ(store.snapshot().generation, before + 1);
    EXPECT_EQ(store.origin(kZoom), Origin::Ui);
}

TEST(Store, UndoAndRedoWalkThroughTheSteps) {
    Store store;
    store.apply(change(kZoom, 0.5f, 0));
    store.apply(change(kRoll, 30, 10));
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[kRoll], 0.f);
    EXPECT_EQ(store[kZoom], 0.5f);
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[kZoom], 0.f);
    EXPECT_FALSE(store.undo());
    EXPECT_TRUE(store.redo());
    EXPECT_TRUE(store.redo());
    EXPECT_EQ(store[kZoom], 0.5f);
    EXPECT_EQ(store[kRoll], 30.f);
    EXPECT_FALSE(store.redo());
}

TEST(Store, L32_OneDragIsOneStep) {
    Store store;
    for (int i = 1; i <= 200; ++i) store.apply(change(kZoom, static_cast<float>(i) / 200, i / 60.0));
    store.apply(change(kZoom, 1.5f, 30)); // a second drag, later
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[kZoom], 1.f);
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[kZoom], 0.f);
    EXPECT_FALSE(store.undo());
}

TEST(Store, ANewChangeAfterUndoForgetsWhatWasUndone) {
    Store store;
    store.apply(change(kZoom, 0.5f, 0));
    store.undo();
    store.apply(change(kZoom, 0.7f, 0.1)); // within a second of the undone drag: still a step of its own
    EXPECT_FALSE(store.redo());
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[kZoom], 0.f);
}

TEST(Store, L32_HistoryIsAHundredDeep) {
    Store store;
    for (int i = 1; i <= 130; ++i) store.apply(change(kRoll, static_cast<float>(i), 10.0 * i));
    int undone = 0;
    while (store.undo()) ++undone;
    EXPECT_EQ(undone, 100);
    EXPECT_EQ(store[kRoll], 30.f);
}

TEST(Store, UndoLeavesAloneWhatAnotherHandMovedSince) {
    Store store;
    store.apply(change(kZoom, 0.5f, 0));
    store.apply(change(kRoll, 45, 1, Origin::Midi));
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[kZoom], 0.f);
    EXPECT_EQ(store[kRoll], 45.f);
    EXPECT_FALSE(store.undo()); // the fader's own move is no step
}

TEST(Store, TypingATextIsOneStepAndUndoOfAFaderKeepsIt) {
    Store store;
    store.apply(change(kZoom, 0.5f, 0));
    for (const char* typed : {"a", "a c", "a ca", "a cat"}) store.setText(promptText(0), typed);
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[promptText(0)], "");
    EXPECT_TRUE(store.redo());
    EXPECT_EQ(store[promptText(0)], "a cat");
    store.apply(change(kRoll, 10, 20));
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[promptText(0)], "a cat");
}

TEST(Store, AMachineSettingIsUndoneToo) {
    Store store;
    store.apply(change(kGain, 12, 0));
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store[kGain], 0.f);
}

TEST(Store, DraggingTheDepthOfOneRouteIsOneStep) {
    Store store;
    Route route{.source = Source::Kick, .target = kZoom, .depth = 0.1f};
    store.setRoutes({route});
    for (int i = 0; i < 50; ++i) {
        route.depth = static_cast<float>(i) / 50;
        store.setRoutes({route});
    }
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store.routes().at(0).depth, 0.1f);
    EXPECT_TRUE(store.undo());
    EXPECT_TRUE(store.routes().empty());
}

TEST(Store, TypingAFormulaIsOneStepAndTakingItAwayAnother) {
    Store store;
    const auto generation = store.formulasGeneration();
    store.setFormulas({{kZoom, "b"}});
    EXPECT_GT(store.formulasGeneration(), generation);
    for (const char* typed : {"ba", "bas", "bass"}) store.setFormulas({{kZoom, typed}});
    store.setFormulas({});
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store.formulas(), (std::vector<Formula>{{kZoom, "bass"}}));
    EXPECT_TRUE(store.undo());
    EXPECT_EQ(store.formulas(), (std::vector<Formula>{{kZoom, "b"}}));
    EXPECT_TRUE(store.undo());
    EXPECT_TRUE(store.formulas().empty());
    EXPECT_TRUE(store.redo());
    EXPECT_TRUE(store.redo());
    EXPECT_EQ(store.formulas(), (std::vector<Formula>{{kZoom, "bass"}}));
}

TEST(Store, ARecallSetsTheShowAndLeavesTheMachine) {
    Store store;
    store.apply(change(kGain, 6, 0, Origin::CommandLine));
    Show show = Show::defaults();
    show.values[kZoom.value] = 0.25f;
    show.values[kGain.value] = -6;
    show.texts[promptText(2).value] = "a lighthouse";
    show.routes = {{.source = Source::Bass, .target = kZoom, .depth = 0.5f}};
    show.formulas = {{kRoll, "10*t"}};
    store.recall(show, Origin::Preset);
    EXPECT_EQ(store.formulas(), show.formulas);
    EXPECT_EQ(store[kZoom], 0.25f);
    EXPECT_EQ(store[kGain], 6.f);
    EXPECT_EQ(store[promptText(2)], "a lighthouse");
    EXPECT_EQ(store.routes(), show.routes);
    EXPECT_EQ(store.origin(kZoom), Origin::Preset);
    EXPECT_TRUE(store.undo()); // a recall is one step
    EXPECT_EQ(store[kZoom], 0.f);
    EXPECT_EQ(store[promptText(2)], "");
    EXPECT_TRUE(store.routes().empty());
    EXPECT_TRUE(store.formulas().empty());
}

TEST(Store, TextsHandedOutNeverChange) {
    Store store;
    store.setText(promptText(0), "before");
    const auto held = store.texts();
    store.setText(promptText(0), "after");
    EXPECT_EQ((*held)[promptText(0)], "before");
    EXPECT_GT(store.texts()->generation, held->generation);
}

} // namespace
} // namespace titanus::params
