#include "midi_rig.h"

#include "controls/pads.h"

#include "params/text.h"

#include <gtest/gtest.h>

#include <random>

namespace titanus::controls {
namespace {
using params::Action;
using params::param;

constexpr auto kZoom = param("camera.zoom"), kBloom = param("look.bloom"), kSync = param("lfo.1.sync"), kMirrors = param("look.kaleidoscope");

MidiBinding binding(MidiTarget target, MidiType type = MidiType::Cc, int number = 1, MidiMode mode = MidiMode::Absolute) {
    MidiBinding b;
    b.type = type;
    b.number = number;
    b.target = target;
    b.mode = mode;
    b.takeover = Takeover::Jump;
    return b;
}

TEST(MidiMapper, AFaderReachesBothEndsAndTheMiddleExactly) {
    MidiRig rig;
    rig.mapper.setBindings({binding(kZoom)});
    rig.cc(1, 0);
    EXPECT_EQ(rig.store[kZoom], -2.f);
    rig.cc(1, 64);
    EXPECT_EQ(rig.store[kZoom], 0.f);
    rig.cc(1, 127);
    EXPECT_EQ(rig.store[kZoom], 2.f);
    EXPECT_EQ(rig.store.origin(kZoom), params::Origin::Midi);
}

TEST(MidiMapper, RangeInvertAndCurveShapeTheValue) {
    MidiRig rig;
    MidiBinding b = binding(kBloom);
    b.min = 0.2f;
    b.max = 0.6f;
    b.invert = true;
    rig.mapper.setBindings({b});
    rig.cc(1, 0);
    EXPECT_FLOAT_EQ(rig.store[kBloom], 0.6f);
    rig.cc(1, 127);
    EXPECT_FLOAT_EQ(rig.store[kBloom], 0.2f);
    b = binding(kBloom);
    b.curve = params::RouteCurve::Square;
    rig.mapper.setBindings({b});
    rig.cc(1, 64);
    EXPECT_FLOAT_EQ(rig.store[kBloom], 0.25f);
}

TEST(MidiMapper, FourteenBitsArriveWithoutStepsBetween) {
    MidiRig rig;
    rig.mapper.setBindings({binding(kBloom, MidiType::Cc14, 7)});
    rig.cc(7, 0); // a device that never sends the lower half still works
    EXPECT_EQ(rig.changes, 1);
    rig.cc(39, 0);
    float last = 0;
    for (int raw = 0; raw <= 16383; raw += 61) {
        rig.cc(7, raw >> 7);
        EXPECT_EQ(rig.changes, 0); // heard at the lower half
        rig.cc(39, raw & 127);
        EXPECT_GE(rig.store[kBloom], last);
        EXPECT_LT(rig.store[kBloom] - last, 0.01f);
        last = rig.store[kBloom];
    }
    rig.cc(7, 64);
    rig.cc(39, 0);
    EXPECT_EQ(rig.store[kBloom], 0.5f);
}

TEST(MidiMapper, NrpnSelectsByNumber) {
    MidiRig rig;
    rig.mapper.setBindings({binding(kBloom, MidiType::Nrpn, 3 << 7 | 5)});
    rig.cc(99, 3);
    rig.cc(98, 5);
    rig.cc(6, 127);
    EXPECT_EQ(rig.store[kBloom], 1.f);
    rig.cc(38, 0); // now 14 bits
    EXPECT_NEAR(rig.store[kBloom], 127.f / 128, 1e-3);
    rig.cc(98, 6); // another parameter
    rig.cc(6, 0);
    EXPECT_NEAR(rig.store[kBloom], 127.f / 128, 1e-3);
    rig.cc(101, 0); // a registered parameter
    rig.cc(100, 0);
    rig.cc(6, 0);
    EXPECT_NEAR(rig.store[kBloom], 127.f / 128, 1e-3);
}

TEST(MidiMapper, N10_EveryMessageIsSaidForWhatItDid) {
    using Heard = MidiMapper::Heard;
    MidiRig rig;
    MidiBinding waiting = binding(kBloom, MidiType::Cc, 4);
    waiting.takeover = Takeover::Pickup;
    rig.mapper.setBindings({binding(kZoom, MidiType::Cc, 3), waiting, binding(kMirrors, MidiType::Nrpn, 300), binding(kSync, MidiType::Cc14, 7),
                            binding(ActionTarget{Action::Freeze, -1}, MidiType::Note, 36, MidiMode::Toggle)});
    const auto says = [&](std::initializer_list<int> bytes, Heard heard, const std::string& control) {
        rig.send(bytes);
        EXPECT_EQ(rig.heard, heard) << control;
        EXPECT_EQ(control.empty() ? "" : rig.control, control);
    };
    says({0xB0, 3, 100}, Heard::Moved, "CC 3");
    rig.set(kBloom, 0.9f);
    says({0xB0, 4, 10}, Heard::Waits, "CC 4");
    says({0xB0, 5, 10}, Heard::Unbound, "CC 5");
    says({0x90, 36, 100}, Heard::Moved, "note 36");
    says({0x80, 36, 0}, Heard::Nothing, "");
    says({0x90, 37, 100}, Heard::Unbound, "note 37");
    says({0x90, 37, 0}, Heard::Nothing, ""); // let go
    says({0xB0, 99, 2}, Heard::Nothing, "");
    says({0xB0, 98, 44}, Heard::Nothing, "");
    says({0xB0, 6, 100}, Heard::Moved, "NRPN 300");
    rig.send({0xB0, 7, 1});
    says({0xB0, 39, 100}, Heard::Moved, "CC 39");
    says({0xB0, 7, 2}, Heard::Nothing, ""); // a half: what moves is heard at the other
    says({0xE0, 0, 64}, Heard::Unbound, "bend");
    says({0xC0, 5}, Heard::Unbound, "program");
    says({0xF8}, Heard::Nothing, "");
    rig.mapper.arm(kZoom);
    says({0xB0, 9, 1}, Heard::Learned, "");
}

TEST(ControlEvent, N10_IsToldAsPeopleCallIt) {
    const auto act = [](Action action, int argument) { return toldAs(actionEvent(action, argument, params::Origin::Midi, 0)); };
    EXPECT_EQ(toldAs(paramEvent(kZoom, 1, params::Origin::Osc, 0)), "Zoom");
    EXPECT_EQ(act(Action::SceneRecall, 4), "Scene 5");
    EXPECT_EQ(act(Action::SceneRecall, blendArgument({0, 4})), "Blend 1 and 5");
    EXPECT_EQ(act(Action::SceneRecall, kBlendEnd), "Blend ends");
    EXPECT_EQ(act(Action::PresetRecall, 0), "Preset 1");
    EXPECT_EQ(act(Action::Blackout, -1), "Blackout");
    EXPECT_EQ(act(Action::Blackout, 0), "Blackout off");
    EXPECT_EQ(act(Action::Tap, 0), "Tap tempo");
    EXPECT_EQ(act(Action::SceneStore, -1), "Store scene");
}

TEST(MidiMapper, PitchBendRestsAtTheMiddle) {
    MidiRig rig;
    rig.mapper.setBindings({binding(kZoom, MidiType::Bend, 0)});
    rig.send({0xE0, 0, 127});
    EXPECT_GT(rig.store[kZoom], 1.9f);
    rig.send({0xE0, 0, 64});
    EXPECT_EQ(rig.store[kZoom], 0.f);
    rig.send({0xE0, 127, 127});
    EXPECT_EQ(rig.store[kZoom], 2.f);
}

TEST(MidiMapper, NotesToggleHoldTriggerAndPlayByVelocity) {
    MidiRig rig;
    rig.mapper.setBindings({binding(kSync, MidiType::Note, 60, MidiMode::Toggle), binding(kBloom, MidiType::Note, 61, MidiMode::Hold),
                            binding(ActionTarget{Action::Reseed, 0}, MidiType::Note, 62, MidiMode::Trigger),
                            binding(kZoom, MidiType::Note, 63, MidiMode::Absolute)});
    rig.send({0x90, 60, 100});
    EXPECT_EQ(rig.store[kSync], 0.f);
    rig.send({0x90, 60, 0}); // velocity 0 is a release
    rig.send({0x90, 60, 1});
    EXPECT_EQ(rig.store[kSync], 1.f);
    rig.send({0x90, 61, 100});
    EXPECT_EQ(rig.store[kBloom], 1.f);
    rig.send({0x80, 61, 64});
    EXPECT_EQ(rig.store[kBloom], 0.f);
    rig.send({0x90, 62, 100});
    rig.send({0x90, 62, 0});
    rig.send({0x90, 62, 100});
    ASSERT_EQ(rig.actions.size(), 2u);
    EXPECT_EQ(rig.actions[0].action, Action::Reseed);
    rig.send({0x90, 63, 127});
    EXPECT_EQ(rig.store[kZoom], 2.f);
    rig.send({0x90, 63, 0});
    EXPECT_EQ(rig.store[kZoom], 2.f);
}

TEST(MidiMapper, AButtonOnAControlChangeActsOnceAPress) {
    MidiRig rig;
    rig.mapper.setBindings({binding(ActionTarget{Action::Freeze, -1}, MidiType::Cc, 46, MidiMode::Trigger)});
    for (int i = 0; i < 3; ++i) {
        rig.cc(46, 127);
        rig.cc(46, 127);
        rig.cc(46, 0);
    }
    EXPECT_EQ(rig.actions.size(), 3u);
    EXPECT_EQ(rig.actions[0].argument, -1);
}

TEST(MidiMapper, HoldingAButtonForASwitchIsMomentary) {
    MidiRig rig;
    rig.mapper.setBindings({binding(ActionTarget{Action::Blackout, -1}, MidiType::Note, 10, MidiMode::Hold)});
    rig.send({0x90, 10, 100});
    rig.send({0x80, 10, 0});
    ASSERT_EQ(rig.actions.size(), 2u);
    EXPECT_EQ(rig.actions[0].argument, 1);
    EXPECT_EQ(rig.actions[1].argument, 0);
}

TEST(MidiMapper, L14_ProgramChangeRecallsPresetsAndScenes) {
    MidiRig rig;
    rig.mapper.setBindings({binding(ActionTarget{Action::PresetRecall, 0}, MidiType::Program, 0, MidiMode::Trigger)});
    rig.send({0xC0, 5});
    rig.send({0xC0, 5});
    ASSERT_EQ(rig.actions.size(), 2u);
    EXPECT_EQ(rig.actions[0].argument, 5);
    rig.mapper.setBindings({binding(ActionTarget{Action::SceneRecall, 8}, MidiType::Program, 0, MidiMode::Trigger)});
    rig.send({0xC0, 5}); // the second row of pads
    ASSERT_EQ(rig.actions.size(), 3u);
    EXPECT_EQ(rig.actions[2].action, Action::SceneRecall);
    EXPECT_EQ(rig.actions[2].argument, 13);
}

TEST(MidiMapper, EncodersTurnBothWaysInEveryDialect) {
    struct Dialect { MidiMode mode; int up, down; };
    for (const auto& [mode, up, down] : {Dialect{MidiMode::RelativeTwos, 2, 126}, {MidiMode::RelativeOffset, 66, 62}, {MidiMode::RelativeSign, 2, 66},
                                         {MidiMode::Relative, 2, 126}, {MidiMode::Relative, 2, 66}}) {
        MidiRig rig;
        rig.mapper.setBindings({binding(kBloom, MidiType::Cc, 1, mode)});
        rig.set(kBloom, 0.5f);
        rig.cc(1, up);
        EXPECT_NEAR(rig.store[kBloom], 0.5f + 2.f / 128, 1e-6);
        rig.cc(1, down);
        rig.cc(1, down);
        EXPECT_NEAR(rig.store[kBloom], 0.5f - 2.f / 128, 1e-6);
        for (int i = 0; i < 200; ++i) rig.cc(1, up);
        EXPECT_EQ(rig.store[kBloom], 1.f);
    }
}

TEST(MidiMapper, OneDetentIsOneStepOfAWholeNumber) {
    MidiRig rig;
    rig.mapper.setBindings({binding(kMirrors, MidiType::Cc, 1, MidiMode::RelativeTwos)});
    rig.cc(1, 1);
    EXPECT_EQ(rig.store[kMirrors], 1.f);
    rig.cc(1, 3);
    EXPECT_EQ(rig.store[kMirrors], 4.f);
    rig.cc(1, 127);
    EXPECT_EQ(rig.store[kMirrors], 3.f);
}

TEST(MidiMapper, OnlyItsDeviceAndChannelAreHeard) {
    MidiRig rig;
    MidiBinding b = binding(kBloom);
    b.device = "nanoKONTROL2";
    b.channel = 2;
    rig.mapper.setBindings({b});
    rig.send({0xB1, 1, 127});
    EXPECT_EQ(rig.changes, 0);
    rig.device = "nanoKONTROL2:nanoKONTROL2 MIDI 1";
    rig.send({0xB0, 1, 127});
    EXPECT_EQ(rig.changes, 0);
    rig.send({0xB1, 1, 127});
    EXPECT_EQ(rig.store[kBloom], 1.f);
}

TEST(MidiMapper, TheClockPassesThroughEvenWhileLearning) {
    MidiRig rig;
    rig.mapper.arm(kBloom);
    rig.now = 1.5;
    for (const int status : {0xFA, 0xF8, 0xFC, 0xFB}) rig.send({status});
    rig.send({0xF2, 16, 1});
    ASSERT_EQ(rig.clock.size(), 5u);
    using Kind = MidiClockEvent::Kind;
    EXPECT_EQ(rig.clock[0].kind, Kind::Start);
    EXPECT_EQ(rig.clock[1].kind, Kind::Tick);
    EXPECT_EQ(rig.clock[1].time, 1.5);
    EXPECT_EQ(rig.clock[2].kind, Kind::Stop);
    EXPECT_EQ(rig.clock[3].kind, Kind::Continue);
    EXPECT_EQ(rig.clock[4].kind, Kind::SongPosition);
    EXPECT_EQ(rig.clock[4].beats, (16 + 128) / 4.0);
    EXPECT_TRUE(rig.mapper.armed());
}

TEST(MidiMapper, AnyBytesAreHarmless) {
    MidiRig rig;
    rig.mapper.setFactoryMaps(factoryMidiMaps());
    std::vector<MidiBinding> all;
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        all.push_back(binding(params::ParamIndex{static_cast<std::uint16_t>(i)}, static_cast<MidiType>(i % 6), static_cast<int>(i % 128),
                              static_cast<MidiMode>(i % 8)));
    rig.mapper.setBindings(all);
    std::mt19937 random(3);
    for (int i = 0; i < 20000; ++i) {
        MidiMessage m;
        m.size = static_cast<std::uint8_t>(random() % 4);
        for (auto& b : m.bytes) b = static_cast<std::uint8_t>(random());
        std::vector<ControlEvent> events;
        if (i % 500 == 0) rig.mapper.arm(kBloom);
        rig.mapper.handle(m, "Box", rig.store, events, rig.clock);
        for (const auto& e : events)
            if (e.kind == ControlEvent::Kind::Param) rig.store.apply(e.param);
        (void)rig.mapper.takeLearned();
    }
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const auto& row = params::kCatalogue[i];
        EXPECT_GE(rig.store.snapshot().values[i], row.min);
        EXPECT_LE(rig.store.snapshot().values[i], row.max);
    }
}

// ---- learning ----------------------------------------------------------------------------------

struct Learning : testing::Test {
    MidiRig rig;
    std::optional<Learned> learned;
    void arm(MidiTarget target) { rig.mapper.arm(target); }
    const MidiBinding& bound() {
        learned = rig.mapper.takeLearned();
        EXPECT_TRUE(learned);
        static const MidiBinding none;
        return learned ? learned->binding : none;
    }
};

TEST_F(Learning, TheFaderThatMovesIsBoundWithTheWholeRange) {
    arm(kZoom);
    rig.cc(21, 60);
    rig.cc(21, 61);
    const MidiBinding& b = bound();
    EXPECT_EQ(b.type, MidiType::Cc);
    EXPECT_EQ(b.number, 21);
    EXPECT_EQ(b.channel, 1);
    EXPECT_EQ(b.device, "Box");
    EXPECT_EQ(b.mode, MidiMode::Absolute);
    EXPECT_FALSE(b.min || b.max);
    EXPECT_FALSE(rig.mapper.armed());
    rig.cc(21, 64);
    rig.cc(21, 127);
    EXPECT_EQ(rig.store[kZoom], 2.f);
}

TEST_F(Learning, LearningDoesNotMoveAnything) {
    rig.mapper.setBindings({binding(kBloom, MidiType::Cc, 21)});
    arm(kZoom);
    rig.cc(21, 100);
    EXPECT_EQ(rig.changes, 0);
}

TEST_F(Learning, FourteenBitsNrpnBendAndNotesAreRecognised) {
    arm(kZoom);
    rig.cc(3, 10);
    rig.cc(35, 99);
    EXPECT_EQ(bound().type, MidiType::Cc14);
    EXPECT_EQ(learned->binding.number, 3);
    arm(kZoom);
    for (const auto& [n, v] : {std::pair{99, 2}, {98, 7}, {6, 64}}) rig.cc(n, v);
    EXPECT_EQ(bound().type, MidiType::Nrpn);
    EXPECT_EQ(learned->binding.number, 2 << 7 | 7);
    arm(kZoom);
    rig.send({0xE0, 3, 70});
    EXPECT_EQ(bound().type, MidiType::Bend);
    arm(kSync);
    rig.send({0x90, 36, 100});
    EXPECT_EQ(bound().mode, MidiMode::Toggle);
    EXPECT_EQ(learned->binding.type, MidiType::Note);
    arm(ActionTarget{Action::Tap, 0});
    rig.send({0x90, 37, 100});
    EXPECT_EQ(bound().mode, MidiMode::Trigger);
    arm(ActionTarget{Action::Tap, 0});
    rig.cc(46, 127);
    EXPECT_EQ(bound().type, MidiType::Cc);
}

TEST_F(Learning, EncodersAreToldFromFadersByRepeating) {
    arm(kZoom);
    rig.cc(16, 1);
    rig.cc(16, 1);
    EXPECT_EQ(bound().mode, MidiMode::Relative);
    arm(kZoom);
    rig.cc(16, 65);
    rig.cc(16, 65);
    EXPECT_EQ(bound().mode, MidiMode::RelativeOffset);
}

TEST_F(Learning, AControlThatWasTakenIsReportedAndFreed) {
    rig.mapper.setBindings({binding(kBloom, MidiType::Cc, 21)});
    arm(kZoom);
    rig.cc(21, 60);
    rig.cc(21, 61);
    bound();
    ASSERT_EQ(learned->replaced.size(), 1u);
    EXPECT_EQ(learned->replaced[0], MidiTarget(kBloom));
    EXPECT_EQ(rig.mapper.bindings().size(), 1u);
    EXPECT_TRUE(rig.mapper.conflicts().empty());
}

TEST_F(Learning, TwoTargetsOnOneControlAreShownAsAConflict) {
    rig.mapper.setBindings({binding(kBloom), binding(kZoom), binding(kSync, MidiType::Note, 1)});
    const auto conflicts = rig.mapper.conflicts();
    ASSERT_EQ(conflicts.size(), 1u);
    EXPECT_EQ(conflicts[0], std::pair(std::size_t{0}, std::size_t{1}));
}

TEST_F(Learning, AUsersBindingWinsOverAReadyMadeMap) {
    rig.device = "nanoKONTROL2:nanoKONTROL2 MIDI 1";
    rig.mapper.setFactoryMaps(factoryMidiMaps());
    rig.cc(46, 127); // cycle: tap
    ASSERT_EQ(rig.actions.size(), 1u);
    EXPECT_EQ(rig.actions[0].action, Action::Tap);
    arm(ActionTarget{Action::Reseed, 0});
    rig.cc(46, 127);
    bound();
    ASSERT_EQ(learned->replaced.size(), 1u);
    rig.cc(46, 0);
    rig.cc(46, 127);
    ASSERT_EQ(rig.actions.size(), 2u);
    EXPECT_EQ(rig.actions[1].action, Action::Reseed);
}

// ---- lights and motors -------------------------------------------------------------------------

using Bytes = std::vector<std::uint8_t>;

TEST(MidiFeedback, LightsShowStatesWhoeverCausedThem) {
    MidiRig rig;
    rig.device = "nanoKONTROL2:nanoKONTROL2 MIDI 1";
    rig.mapper.setFactoryMaps(factoryMidiMaps());
    (void)rig.mapper.deviceOpened(rig.device);
    SwitchState state;
    state.preset = 0;
    auto sent = rig.mapper.feedback(rig.device, rig.store, state, 10);
    const auto has = [&](const Bytes& m) { return std::find(sent.begin(), sent.end(), m) != sent.end(); };
    EXPECT_TRUE(has({0xB0, 32, 127})) << "preset 1 is the first S button";
    EXPECT_TRUE(has({0xB0, 33, 0}));
    EXPECT_TRUE(has({0xB0, 48, 0})) << "blackout is off";
    EXPECT_TRUE(rig.mapper.feedback(rig.device, rig.store, state, 10.1).empty()) << "nothing changed";
    state.blackout = true;
    state.preset = 3;
    sent = rig.mapper.feedback(rig.device, rig.store, state, 10.2);
    EXPECT_TRUE(has({0xB0, 48, 127}));
    EXPECT_TRUE(has({0xB0, 32, 0}));
    EXPECT_TRUE(has({0xB0, 35, 127}));
    EXPECT_EQ(sent.size(), 3u);
}

TEST(MidiFeedback, MotorsFollowValuesButNotUnderAHand) {
    MidiRig rig;
    rig.mapper.setBindings({binding(kZoom)});
    (void)rig.mapper.feedback("Box", rig.store, {}, 0);
    rig.set(kZoom, 2);
    EXPECT_EQ(rig.mapper.feedback("Box", rig.store, {}, 1), (std::vector<Bytes>{{0xB0, 1, 127}}));
    rig.now = 2;
    rig.cc(1, 0);
    EXPECT_TRUE(rig.mapper.feedback("Box", rig.store, {}, 2.1).empty());
    EXPECT_EQ(rig.mapper.feedback("Box", rig.store, {}, 2.3), (std::vector<Bytes>{{0xB0, 1, 0}}));
}

TEST(MidiFeedback, EveryPositionComesBackAsItWasSent) {
    for (const auto curve : {params::RouteCurve::Linear, params::RouteCurve::Square, params::RouteCurve::Root, params::RouteCurve::Smooth, params::RouteCurve::Invert})
        for (int raw = 0; raw <= 127; ++raw) {
            MidiRig rig;
            MidiBinding b = binding(kBloom);
            b.curve = curve;
            rig.mapper.setBindings({b});
            rig.cc(1, raw);
            const auto sent = rig.mapper.feedback("Box", rig.store, {}, 5);
            ASSERT_EQ(sent.size(), 1u);
            EXPECT_EQ(sent[0][2], raw) << static_cast<int>(curve);
        }
}

TEST(MidiFeedback, ADeviceThatComesBackIsInitialisedAndLitAgain) {
    MidiRig rig;
    rig.mapper.setFactoryMaps(factoryMidiMaps());
    const std::string port = "Launchpad Mini MK3:Launchpad Mini MK3 MIDI 2";
    const auto init = rig.mapper.deviceOpened(port);
    ASSERT_EQ(init.size(), 1u);
    EXPECT_EQ(init[0], (Bytes{0xF0, 0x00, 0x20, 0x29, 0x02, 0x0D, 0x0E, 0x01, 0xF7}));
    const auto first = rig.mapper.feedback(port, rig.store, {}, 1);
    EXPECT_GE(first.size(), 64u);
    EXPECT_TRUE(rig.mapper.feedback(port, rig.store, {}, 2).empty());
    (void)rig.mapper.deviceOpened(port);
    EXPECT_EQ(rig.mapper.feedback(port, rig.store, {}, 3), first);
}

// What is sent back is what the control itself would send: the value goes out, and heard again it is the same.
TEST(MidiFeedback, L12_WideControlsAreToldAllTheirBits) {
    using Bytes = std::vector<std::vector<std::uint8_t>>;
    constexpr auto bloom = params::param("look.bloom");
    constexpr float kValue = 0.7f;
    const int raw = 8192 + static_cast<int>(std::lround((kValue - 0.5) * 2 * 8191)); // the middle is 8192
    const auto high = static_cast<std::uint8_t>(raw >> 7), low = static_cast<std::uint8_t>(raw & 0x7F);
    struct Case { MidiType type; int number; Bytes sent; };
    for (const Case& c : {Case{MidiType::Cc14, 7, {{0xB2, 7, high}, {0xB2, 39, low}}}, {MidiType::Bend, 0, {{0xE2, low, high}}},
                          {MidiType::Nrpn, 5 << 7 | 9, {{0xB2, 99, 5}, {0xB2, 98, 9}, {0xB2, 6, high}, {0xB2, 38, low}}}}) {
        MidiBinding b;
        b.type = c.type;
        b.number = c.number;
        b.channel = 3;
        b.target = bloom;
        b.takeover = Takeover::Jump;
        MidiRig rig;
        rig.mapper.setBindings({b});
        rig.set(bloom, kValue);
        EXPECT_EQ(rig.mapper.feedback("Box", rig.store, {}, 1), c.sent);
        EXPECT_TRUE(rig.mapper.feedback("Box", rig.store, {}, 1.1).empty()) << "only what changed";
        rig.set(bloom, 0);
        rig.now = 2;
        for (const auto& bytes : c.sent) rig.send({bytes.at(0), bytes.at(1), bytes.at(2)});
        EXPECT_NEAR(rig.store[bloom], kValue, 1.f / 16383);
        EXPECT_TRUE(rig.mapper.feedback("Box", rig.store, {}, 2.1).empty()) << "the hand is on it";
    }
}

} // namespace
} // namespace titanus::controls
