// Pads of controllers: their lights, their maps, and bindings that are edited while they play.
#include "midi_rig.h"

#include "controls/morph.h"
#include "controls/scenes.h"
#include "params/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace titanus::controls {
namespace {
using params::Action;
using params::Origin;
using params::param;
using params::ParamIndex;
using Bytes = std::vector<std::uint8_t>;

constexpr ParamIndex kBloom = param("look.bloom");
const std::string kApc = "APC MINI:APC MINI MIDI 1";
const std::string kLaunchpad = "Launchpad Mini MK3:Launchpad Mini MK3 MIDI 2";

MidiBinding pad(int number, int scene) {
    return {.device = {}, .type = MidiType::Note, .number = number, .target = ActionTarget{Action::SceneRecall, scene}, .mode = MidiMode::Trigger};
}

struct Lit : MidiRig {
    SwitchState state;
    std::vector<Bytes> sent;
    explicit Lit(const std::string& port) {
        device = port;
        mapper.setFactoryMaps(factoryMidiMaps());
        (void)mapper.deviceOpened(device);
    }
    void frame(double seconds) { sent = mapper.feedback(device, store, state, seconds); }
    bool has(const Bytes& bytes) const { return std::find(sent.begin(), sent.end(), bytes) != sent.end(); }
};

TEST(Pads, L12_TheApcSpeaksTheLanguageOfPads) {
    Lit apc(kApc);
    apc.frame(0);
    EXPECT_TRUE(apc.has({0x90, 56, 0})) << "top left, empty: dark";
    EXPECT_TRUE(apc.has({0x90, 7, 0})) << "bottom right";
    apc.state.pads[0] = PadState::Stored;
    apc.state.pads[1] = PadState::Active;
    apc.state.pads[8] = PadState::Modified; // second row
    apc.state.pads[63] = PadState::Blending;
    apc.frame(0.016); // in the next frame, whoever caused it
    EXPECT_EQ(apc.sent.size(), 4u);
    EXPECT_TRUE(apc.has({0x90, 56, 1})) << "green";
    EXPECT_TRUE(apc.has({0x90, 57, 3})) << "red";
    EXPECT_TRUE(apc.has({0x90, 48, 6})) << "yellow blinking";
    EXPECT_TRUE(apc.has({0x90, 7, 4})) << "red blinking";
    for (double t = 0.03; t < 3; t += 0.016) {
        apc.frame(t);
        ASSERT_TRUE(apc.sent.empty()) << "the device blinks by itself";
    }
    apc.state.pads[0] = PadState::Empty;
    apc.frame(4);
    EXPECT_EQ(apc.sent, (std::vector<Bytes>{{0x90, 56, 0}}));
}

TEST(Pads, L12_TheLaunchpadBlinksByItsChannel) {
    Lit launchpad(kLaunchpad);
    launchpad.state.pads[0] = PadState::Stored;
    launchpad.state.pads[9] = PadState::Modified;
    launchpad.frame(0);
    EXPECT_TRUE(launchpad.has({0x90, 81, 21}));
    EXPECT_TRUE(launchpad.has({0x92, 72, 13})) << "channel 3 pulses";
    launchpad.state.pads[9] = PadState::Stored;
    launchpad.frame(0.1);
    EXPECT_EQ(launchpad.sent, (std::vector<Bytes>{{0x90, 72, 21}})) << "channel 1 stands still";
}

TEST(Pads, L12_PlainLightsBlinkFromHere) {
    Lit box("Box");
    box.mapper.setBindings({pad(1, 0), pad(2, 1)});
    box.state.pads[0] = PadState::Active;
    box.state.pads[1] = PadState::Blending;
    int on = 0, changes = 0;
    bool lit = false;
    for (int frame = 0; frame < 600; ++frame) { // 10 s
        box.frame(frame / 60.0);
        for (const Bytes& b : box.sent) {
            ASSERT_EQ(b[0], 0x90);
            if (b[1] == 1) {
                EXPECT_EQ(b[2], 127) << "the scene that plays is on";
                EXPECT_EQ(frame, 0);
            } else {
                ++changes;
                lit = b[2] == 127;
            }
        }
        on += lit;
    }
    EXPECT_NEAR(changes, 40, 1); // 2 Hz: four changes a second
    EXPECT_NEAR(on, 300, 15);
}

TEST(Pads, TheGridIsTheGridOnBothControllers) {
    for (const auto& [port, note] : {std::pair{kApc, +[](int row, int column) { return (7 - row) * 8 + column; }},
                                     std::pair{kLaunchpad, +[](int row, int column) { return (8 - row) * 10 + column + 1; }}}) {
        Lit rig(port);
        for (int row = 0; row < kSceneRows; ++row)
            for (int column = 0; column < kSceneColumns; ++column) {
                rig.actions.clear();
                rig.send({0x90, note(row, column), 100});
                rig.send({0x80, note(row, column), 0});
                ASSERT_EQ(rig.actions.size(), 1u) << port << row << column;
                EXPECT_EQ(rig.actions[0].action, Action::SceneRecall);
                EXPECT_EQ(rig.actions[0].argument, row * kSceneColumns + column);
            }
    }
}

TEST(Pads, AStoreButtonAndAPadStoreFromTheController) {
    Lit apc(kApc);
    PadHands hands;
    apc.send({0x90, 85, 127});
    apc.send({0x80, 85, 0});
    ASSERT_EQ(apc.actions.size(), 1u);
    EXPECT_EQ(hands.press(apc.actions[0]).kind, PadHands::Act::Kind::None);
    EXPECT_TRUE(hands.storing());
    apc.state.storing = hands.storing();
    apc.frame(1);
    EXPECT_TRUE(apc.has({0x90, 85, 127})) << "the button says that it is armed";
    apc.send({0x90, 57, 127});
    const auto act = hands.press(apc.actions[1]);
    EXPECT_EQ(act.kind, PadHands::Act::Kind::Store);
    EXPECT_EQ(act.pad, 1);
}

TEST(Pads, L15_ShiftAndAPadBlendByTheFader) {
    Lit apc(kApc);
    PadHands hands;
    apc.send({0x90, 98, 127});
    ASSERT_EQ(apc.actions.size(), 1u);
    EXPECT_EQ(hands.press(apc.actions[0]).kind, PadHands::Act::Kind::None);
    EXPECT_TRUE(hands.blending());
    apc.state.blendArmed = hands.blending();
    apc.frame(1);
    EXPECT_TRUE(apc.has({0x90, 98, 127}));
    apc.send({0x90, 57, 127}); // while shift is held
    const auto act = hands.press(apc.actions[1]);
    EXPECT_EQ(act.kind, PadHands::Act::Kind::Blend);
    EXPECT_EQ(act.pad, 1);
    EXPECT_FALSE(hands.blending());
    for (const int number : {57, 98}) apc.send({0x80, number, 0});
    EXPECT_EQ(apc.actions.size(), 2u) << "let go, shift leaves it to the fader";
    apc.cc(55, 20);
    apc.set(param("scene.blend"), 0);
    for (int v = 20; v >= 0; v -= 4) apc.cc(55, v);
    apc.cc(55, 64);
    EXPECT_EQ(apc.store[param("scene.blend")], 0.5f);
}

TEST(Pads, L15_TwoPadsHeldAskForTheBlendBetweenThem) {
    for (const auto& [port, first, second] : {std::tuple{kApc, 57, 60}, {kLaunchpad, 82, 85}}) {
        Lit rig(port);
        rig.send({0x90, first, 100});
        rig.send({0x90, second, 100});
        ASSERT_EQ(rig.actions.size(), 2u) << port;
        EXPECT_EQ(rig.actions[0].argument, 1) << "the first is recalled at once";
        EXPECT_EQ(blendOf(rig.actions[1].argument), (PadPair{1, 4}));
        rig.send({0x80, first, 0});
        EXPECT_EQ(rig.actions.size(), 2u) << "one is still held";
        rig.send({0x90, second, 0}); // note off by velocity
        ASSERT_EQ(rig.actions.size(), 3u);
        EXPECT_EQ(rig.actions[2].argument, kBlendEnd);
        rig.send({0x90, second, 100});
        rig.send({0x80, second, 0});
        ASSERT_EQ(rig.actions.size(), 4u);
        EXPECT_EQ(rig.actions[3].argument, 4) << "alone it is a tap again";
        // Unplugged while it is held: nothing is held any more.
        rig.send({0x90, first, 100});
        (void)rig.mapper.deviceOpened(rig.device);
        rig.send({0x90, second, 100});
        EXPECT_EQ(rig.actions.back().argument, 4);
    }
    // Pads of two controllers are two pairs of hands.
    Lit rig(kApc);
    rig.send({0x90, 57, 100});
    rig.device = kLaunchpad;
    rig.send({0x90, 85, 100});
    EXPECT_EQ(rig.actions.back().argument, 4);
}

// From a hand on one controller to the light on another: bank, states and lights in one frame.
TEST(Pads, L12_ARecallFromOneControllerLightsTheOthers) {
    SceneBank bank({});
    Lit launchpad(kLaunchpad);
    for (int p : {0, 5}) {
        Preset preset;
        preset.name = "scene";
        bank.store(p, preset, nullptr);
    }
    launchpad.state.pads = bank.states(launchpad.store, false);
    launchpad.frame(0);
    launchpad.store.recall(bank.recall(5, 0, true)->show, Origin::Preset); // an APC's pad, say
    bank.setActive(5);
    launchpad.state.pads = bank.states(launchpad.store, false);
    launchpad.frame(1.0 / 60);
    EXPECT_EQ(launchpad.sent, (std::vector<Bytes>{{0x90, 86, 5}}));
    launchpad.set(kBloom, 0.9f); // a fader somewhere
    launchpad.state.pads = bank.states(launchpad.store, false);
    launchpad.frame(2.0 / 60);
    EXPECT_EQ(launchpad.sent, (std::vector<Bytes>{{0x92, 86, 13}}));
}

// ---- editing bindings ----------------------------------------------------------------------------

TEST(Bindings, L10_AnEditedBindingKeepsWhereTheFaderStands) {
    MidiRig rig;
    MidiBinding b{.device = {}, .type = MidiType::Cc, .number = 1, .target = kBloom};
    rig.mapper.setBindings({b});
    rig.cc(1, 26);
    rig.cc(1, 80); // picked up at 0.2 and moved
    EXPECT_NEAR(rig.store[kBloom], 0.5f + 0.5f * 16 / 63, 1e-5);
    b.invert = true;
    ASSERT_TRUE(rig.mapper.setBinding(0, b));
    const float before = rig.store[kBloom];
    rig.cc(1, 81); // it points elsewhere now: no jump
    EXPECT_EQ(rig.store[kBloom], before);
    EXPECT_EQ(rig.mapper.waiting(rig.store).size(), 1u);
    for (int v = 80; v >= 40; --v) rig.cc(1, v);
    EXPECT_NEAR(rig.store[kBloom], 1 - 40 / 128.f, 1e-5);
    b.takeover = Takeover::Jump;
    b.min = 0;
    b.max = 0.5f;
    b.curve = params::RouteCurve::Square;
    b.invert = false;
    ASSERT_TRUE(rig.mapper.setBinding(0, b));
    rig.cc(1, 64);
    EXPECT_NEAR(rig.store[kBloom], 0.125f, 1e-5);
    EXPECT_EQ(rig.mapper.bindings()[0], b);
    EXPECT_FALSE(rig.mapper.setBinding(1, b));
}

TEST(Bindings, L10_ACopyOfAReadyMadeBindingTakesItsPlace) {
    MidiRig rig;
    rig.device = "nanoKONTROL2:nanoKONTROL2 MIDI 1";
    rig.mapper.setFactoryMaps(factoryMidiMaps());
    const std::size_t count = rig.mapper.activeBindings().size();
    MidiBinding copy;
    for (const MidiBinding& b : rig.mapper.activeBindings())
        if (b.target == MidiTarget(param("look.hue"))) copy = b;
    copy.takeover = Takeover::Jump;
    const auto shown = [&] { return rig.mapper.readyMade({rig.device}); };
    const auto of = [&](const std::vector<MidiBinding>& all) { return std::count(all.begin(), all.end(), copy); };
    const std::size_t offered = shown().size();
    EXPECT_GT(offered, 10u);
    EXPECT_LT(offered, count) << "of this device only";
    EXPECT_TRUE(rig.mapper.readyMade({"An unknown box"}).empty());
    EXPECT_EQ(rig.mapper.addBinding(copy), 0u);
    EXPECT_EQ(rig.mapper.activeBindings().size(), count);
    EXPECT_EQ(shown().size(), offered - 1) << "it is the user's now";
    EXPECT_EQ(of(shown()), 0);
    rig.cc(copy.number, 127);
    EXPECT_EQ(rig.store[param("look.hue")], 180.f);
    EXPECT_EQ(rig.changes, 1);
}

// With all that happens in a set: recalls of scenes at once and by morph, other hands, undo,
// unplugging, bindings edited, curves. One message changes a value by no more than the hand moved
// (times the curve's steepest slope, times four when scaled) and the catch of 3/128. The takeover
// called jump is what it says, and is left out.
TEST(Pads, L11_AfterARecallAFaderNeverJumps) {
    std::vector<ParamIndex> targets;
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        if (params::kCatalogue[i].kind == params::Kind::Float && params::kCatalogue[i].saved()) targets.push_back({static_cast<std::uint16_t>(i)});
    constexpr double kSlope[] = {1, 2, 0, 1.5, 1}; // of linear, square, root (steep at 0: not used), smooth, invert
    int moves = 0, taken = 0;
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        std::uniform_real_distribution<float> unit(0, 1);
        MidiRig rig;
        SceneBank bank({});
        Morph morph;
        const auto randomBinding = [&](int n) {
            MidiBinding b{.device = {}, .type = MidiType::Cc, .number = n, .target = targets[random() % targets.size()]};
            b.takeover = random() % 3 == 0 ? Takeover::Scale : Takeover::Pickup;
            b.invert = random() & 1;
            const params::RouteCurve curves[] = {params::RouteCurve::Linear, params::RouteCurve::Square, params::RouteCurve::Smooth, params::RouteCurve::Invert};
            b.curve = curves[random() % 4];
            return b;
        };
        std::vector<MidiBinding> bindings;
        for (int n = 0; n < 8; ++n) bindings.push_back(randomBinding(n));
        rig.mapper.setBindings(bindings);
        for (int p = 0; p < 16; ++p) {
            Preset preset;
            for (const ParamIndex t : targets) preset.show.values[t.value] = params::fromTravel(params::row(t), unit(random));
            bank.store(p, preset, nullptr);
        }
        std::array<int, 8> at{};
        std::array<bool, 8> known{};
        for (int step = 0; step < 4000; ++step) {
            rig.now += 1.0 / 60;
            morph.step(rig.store, rig.now);
            const unsigned what = random() % 40;
            if (what == 0) {
                const auto recall = bank.recall(static_cast<int>(random() % 16), random() % 2 ? 0 : unit(random), true);
                morph.start(rig.store, recall->show, recall->seconds, rig.now);
            } else if (what == 1) {
                const ParamIndex p = std::get<ParamIndex>(bindings[random() % 8].target);
                rig.store.apply({p, params::fromTravel(params::row(p), unit(random)), Origin::Osc, rig.now});
            } else if (what == 2) {
                rig.store.undo();
            } else if (what == 3 && random() % 10 == 0) {
                (void)rig.mapper.deviceOpened("Box");
                known.fill(false);
            } else if (what == 4) {
                const auto n = static_cast<std::size_t>(random() % 8);
                const MidiTarget target = bindings[n].target;
                bindings[n] = randomBinding(static_cast<int>(n));
                if (random() % 2) bindings[n].target = target;
                ASSERT_TRUE(rig.mapper.setBinding(n, bindings[n]));
                known[n] = known[n] && bindings[n].target == target;
            } else {
                const auto n = static_cast<std::size_t>(random() % 8);
                const int move = random() % 10 == 0 ? static_cast<int>(random() % 128) : at[n] + static_cast<int>(random() % 21) - 10;
                const int to = std::clamp(move, 0, 127);
                const MidiBinding& b = bindings[n];
                const ParamIndex p = std::get<ParamIndex>(b.target);
                const float before = params::toTravel(params::row(p), rig.store[p]);
                rig.cc(static_cast<int>(n), to);
                const float after = params::toTravel(params::row(p), rig.store[p]);
                const double hand = known[n] ? kSlope[static_cast<std::size_t>(b.curve)] * std::abs(to - at[n]) / 126 : 0;
                const double gain = b.takeover == Takeover::Scale ? 4 : 1;
                ASSERT_LE(std::abs(after - before), gain * hand + 3.0 / 128 + 1e-3)
                    << "seed " << seed << " step " << step << " " << params::row(p).id << " fader " << at[n] << " -> " << to;
                ++moves;
                taken += rig.changes;
                at[n] = to;
                known[n] = true;
            }
        }
    }
    EXPECT_GT(taken, moves / 10); // and it is no dead desk
}

} // namespace
} // namespace titanus::controls
