#include "controls/midi_map.h"

#include <gtest/gtest.h>

namespace titanus::controls {
namespace {
using core::ProblemId;
using params::param;

TEST(MidiMap, L10_EveryFieldSurvivesSavingAndLoading) {
    MidiMap map;
    map.name = "Mine";
    map.device = "Box \"X\"";
    map.padLights = {PadLight{0, 0, false}, PadLight{21, 0, false}, PadLight{5, 2, false}, PadLight{13, 3, true}, PadLight{127, 16, true}};
    map.init = {{0xF0, 0x00, 0x20, 0xF7}, {0xB0, 0x01, 0x7F}};
    MidiBinding fader{.device = "Box \"X\"", .channel = 3, .type = MidiType::Cc14, .number = 7, .target = param("camera.zoom")};
    fader.takeover = Takeover::Scale;
    fader.min = -0.5f;
    fader.max = 0.75f;
    fader.curve = params::RouteCurve::Smooth;
    fader.invert = true;
    MidiBinding choice{.device = "Other", .type = MidiType::Note, .number = 60, .target = param("camera.border"), .mode = MidiMode::Toggle};
    choice.max = 2;
    choice.ledOn = 5;
    choice.ledOff = 1;
    MidiBinding pad{.device = "Box \"X\"", .type = MidiType::Program, .target = ActionTarget{params::Action::PresetRecall, 4}, .mode = MidiMode::Trigger};
    MidiBinding hold{.device = "Box \"X\"", .type = MidiType::Nrpn, .number = 9000, .target = ActionTarget{params::Action::Blackout, -1}, .mode = MidiMode::Hold};
    MidiBinding encoder{.device = "Box \"X\"", .type = MidiType::Cc, .number = 16, .target = param("look.hue"), .mode = MidiMode::RelativeSign};
    map.bindings = {fader, choice, pad, hold, encoder};
    std::vector<core::Problem> warnings;
    const std::string text = writeMidiMap(map);
    const auto back = parseMidiMap(text, "m.toml", &warnings);
    ASSERT_TRUE(back) << back.problem().line();
    for (const auto& w : warnings) ADD_FAILURE() << w.line();
    EXPECT_EQ(back.value().bindings, map.bindings) << text;
    EXPECT_EQ(back.value().init, map.init);
    EXPECT_EQ(back.value().padLights, map.padLights);
    EXPECT_EQ(back.value().device, map.device);
    EXPECT_EQ(writeMidiMap(back.value()), text);
}

TEST(MidiMap, WrongEntriesAreNamedAndLeftOut) {
    std::vector<core::Problem> warnings;
    const auto map = parseMidiMap("schema = 1\nname = \"x\"\n[[bind]]\ntype = \"cc\"\nnumber = 200\ntarget = \"camera.zoom\"\n"
                                  "[[bind]]\ntarget = \"camera.zom\"\n[[bind]]\ntype = \"lever\"\ntarget = \"action.tap\"\nknob = 1\n", "m.toml", &warnings);
    ASSERT_TRUE(map);
    EXPECT_EQ(map.value().bindings.size(), 2u);
    std::string all;
    for (const auto& w : warnings) all += w.detail + "\n";
    for (const char* expected : {"m.toml:5: number: 0 to 127", "did you mean camera.zoom", "type: one of cc, cc14", "bind.knob"})
        EXPECT_NE(all.find(expected), std::string::npos) << expected << " not in\n" << all;
    EXPECT_EQ(parseMidiMap("x", "m.toml").problem().id, ProblemId::FileSyntax);
    for (const char* text : {"bind = 3", "bind = [1]", "init = \"F0\"", "init = [\"zz\"]", "[bind]\nx=1", "pads = 3", "[pads]\nstored = 3",
                             "[pads]\nlit = { value = 1 }", "[pads]\nactive = { value = 200 }", "[pads]\nactive = { hue = 1 }"}) {
        warnings.clear();
        EXPECT_TRUE(parseMidiMap(text, "m.toml", &warnings)) << text;
        EXPECT_GE(warnings.size(), 2u) << text; // schema, and the entry
    }
}

TEST(MidiMap, DevicesMatchByPartOfTheNameInAnyCase) {
    EXPECT_TRUE(deviceMatches("nanokontrol2", "nanoKONTROL2:nanoKONTROL2 MIDI 1"));
    EXPECT_TRUE(deviceMatches("", "anything"));
    EXPECT_TRUE(deviceMatches("*", "anything"));
    EXPECT_FALSE(deviceMatches("APC", "nanoKONTROL2"));
    // Of two equal devices a whole name means one, a part of it both.
    EXPECT_TRUE(deviceMatches("apc mini", "APC MINI:APC MINI MIDI 1 #2"));
    EXPECT_FALSE(deviceMatches("APC MINI:APC MINI MIDI 1", "APC MINI:APC MINI MIDI 1 #2"));
    EXPECT_FALSE(deviceMatches("APC MINI:APC MINI MIDI 1 #2", "APC MINI:APC MINI MIDI 1"));
    EXPECT_TRUE(deviceMatches("APC MINI:APC MINI MIDI 1 #2", "APC MINI:APC MINI MIDI 1 #2"));
}

TEST(MidiMap, FactoryMapsKnowFiveControllers) {
    std::vector<core::Problem> problems;
    const auto maps = factoryMidiMaps(&problems);
    EXPECT_TRUE(problems.empty());
    for (const char* port : {"APC MINI:APC MINI MIDI 1", "nanoKONTROL2:nanoKONTROL2 MIDI 1", "X-TOUCH MINI:X-TOUCH MINI MIDI 1",
                             "Launchpad Mini MK3:Launchpad Mini MK3 MIDI 2", "Midi Fighter Twister:Midi Fighter Twister MIDI 1"}) {
        int known = 0;
        for (const MidiMap& map : maps) known += deviceMatches(map.device, port);
        EXPECT_EQ(known, 1) << port;
    }
}

} // namespace
} // namespace titanus::controls
