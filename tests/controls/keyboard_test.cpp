#include "controls/keyboard.h"

#include <gtest/gtest.h>

#include <set>

namespace titanus::controls {
namespace {
using params::Action;

TEST(Keyboard, L31_EveryActionOfTheCatalogueHasItsKey) {
    Keyboard keys;
    for (const params::ActionRow& row : params::kActions) {
        if (row.key.empty() || row.key == "1-8") continue;
        const auto event = keys.press(row.key, false, false, 2.5);
        ASSERT_TRUE(event) << row.id;
        EXPECT_EQ(event->action, row.action);
        EXPECT_EQ(event->argument, isSwitch(row.action) ? -1 : 0) << row.id;
        EXPECT_EQ(event->origin, params::Origin::Key);
        EXPECT_EQ(event->time, 2.5);
    }
}

TEST(Keyboard, DigitsRecallPresets) {
    Keyboard keys;
    for (int i = 1; i <= 8; ++i) {
        const auto event = keys.press(std::to_string(i), false, false, 0);
        ASSERT_TRUE(event);
        EXPECT_EQ(event->action, Action::PresetRecall);
        EXPECT_EQ(event->argument, i - 1);
    }
    EXPECT_FALSE(keys.press("9", false, false, 0));
    EXPECT_EQ(keys.press("0", false, false, 0)->action, Action::Resync);
}

TEST(Keyboard, L31_LettersAreDeadWhileATextFieldHasTheFocus) {
    Keyboard keys;
    for (const char* chord : {"B", "Space", "R", "T", "1", "8", "0", "N", "P", "F", "L", "Tab", ".", ",", "[", "]", "Ctrl+Z", "Ctrl+Shift+Z"}) {
        ASSERT_TRUE(keys.press(chord, false, false, 0)) << chord;
        EXPECT_FALSE(keys.press(chord, true, false, 0)) << chord;
    }
}

TEST(Keyboard, L31_PanicAndFunctionKeysAlwaysWork) {
    Keyboard keys;
    for (const char* chord : {"Shift+Esc", "F1", "F9", "F11", "F12", "Ctrl+S", "Ctrl+Q"})
        EXPECT_TRUE(keys.press(chord, true, false, 0)) << chord;
    EXPECT_EQ(keys.press("Shift+Esc", true, false, 0)->action, Action::Panic);
}

TEST(Keyboard, EscapeAloneNeverQuits) {
    Keyboard keys;
    const auto event = keys.press("Esc", false, false, 0);
    EXPECT_TRUE(!event || event->action != Action::Quit);
}

TEST(Keyboard, L7_AHeldNudgeTurnsTheBeatBy2PercentAndNothingElseRepeats) {
    for (double rate : {8.0, 30.0, 100.0}) { // of the desktop's auto-repeat
        Keyboard keys;
        for (const char* nudge : {".", ","}) {
            int moved = keys.press(nudge, false, false, 10) ? 1 : 0;
            for (int i = 0; i < static_cast<int>(10 * rate); ++i) moved += keys.press(nudge, false, true, 10.4 + i / rate) ? 1 : 0;
            EXPECT_NEAR(0.005 * moved / 10, 0.02, 0.0031) << nudge << ' ' << rate;
        }
        for (const char* chord : {"B", "Space", "R", "T", "1", "N", "Ctrl+Z"}) EXPECT_FALSE(keys.press(chord, false, true, 30)) << chord;
    }
}

TEST(Keyboard, ChordsFollowTheNamesOfWindowSystems) {
    EXPECT_EQ(chord("Escape", false, true, false), "Shift+Esc");
    EXPECT_EQ(chord("z", true, true, false), "Ctrl+Shift+Z");
    EXPECT_EQ(chord("Keypad 3", false, false, false), "3");
    EXPECT_EQ(chord("Return", true, false, true), "Ctrl+Alt+Enter");
    EXPECT_EQ(chord("[", false, false, false), "[");
    EXPECT_EQ(chord("F11", false, false, false), "F11");
}

TEST(Keyboard, L31_SignsThatALayoutHasElsewhereCountByTheirPlaceAndLettersNever) {
    Keyboard keys;
    const auto chord = [&](const char* name, const char* place, bool ctrl = false) { return keys.chordOf(name, place, ctrl, false, false); };
    EXPECT_EQ(chord("1", "1"), "1");
    EXPECT_EQ(chord("&", "1"), "1") << "French";
    EXPECT_EQ(chord("\u00fc", "["), "[") << "German";
    EXPECT_EQ(chord(",", "M"), ",") << "a French comma is where M is";
    EXPECT_EQ(chord("A", "Q", true), "Ctrl+A") << "select all must not quit the show";
    EXPECT_EQ(chord("Z", "W"), "Z");
    keys.bind({"&", Action::Reseed, 0});
    EXPECT_EQ(chord("&", "1"), "&") << "the performer's own key";
}

TEST(Keyboard, RebindingReplacesWhatTheChordDid) {
    Keyboard keys;
    keys.bind({"B", Action::Reseed, 0});
    EXPECT_EQ(keys.press("B", false, false, 0)->action, Action::Reseed);
    std::set<std::string> chords;
    for (const KeyBinding& b : keys.bindings()) EXPECT_TRUE(chords.insert(b.chord).second) << b.chord;
}

TEST(Keyboard, L31_TheNewActionsHaveTheirKeys) {
    Keyboard keys;
    for (const auto& [chord, action] : {std::pair{"G", Action::CueGo}, {"Shift+G", Action::CueBack}, {"F10", Action::TestCard},
                                        {"A", Action::Autopilot}, {"F3", Action::FreezeStrip}}) {
        const auto event = keys.press(chord, false, false, 0);
        ASSERT_TRUE(event) << chord;
        EXPECT_EQ(event->action, action);
    }
    for (const char* chord : {"F3", "F10"}) EXPECT_TRUE(keys.press(chord, true, false, 0)) << chord << " in a text field";
    for (const char* chord : {"G", "Shift+G", "A"}) EXPECT_FALSE(keys.press(chord, true, false, 0)) << chord << " in a text field";
}

// ---- the performer's own keys ---------------------------------------------------------------------

TEST(KeyFile, L31_OwnKeysReplaceTheCatalogues) {
    Keyboard keys;
    std::vector<core::Problem> warnings;
    const auto read = keys.parse("schema = 1\n[keys]\n\"shift+ctrl + b\" = \"action.blackout\"\nB = \"\"\n"
                                 "f5 = { action = \"action.scene\", number = 5 }\nF6 = { action = \"action.freeze\", on = true }\n"
                                 "\"Ctrl++\" = \"action.tempo_double\"\nG = \"action.scene_store\"\n", "keys.toml", &warnings);
    ASSERT_TRUE(read) << read.problem().line();
    EXPECT_TRUE(warnings.empty()) << warnings[0].line();
    EXPECT_FALSE(keys.press("B", false, false, 0));
    EXPECT_EQ(keys.press("Ctrl+Shift+B", false, false, 0)->action, Action::Blackout);
    EXPECT_EQ(keys.press("F5", true, false, 0)->argument, 4);
    EXPECT_EQ(keys.press("F6", false, false, 0)->argument, 1);
    EXPECT_EQ(keys.press("Ctrl++", false, false, 0)->action, Action::TempoDouble);
    EXPECT_EQ(keys.press("G", false, false, 0)->argument, -1); // arms: the next pad
    Keyboard again;
    const std::string text = writeKeys(keys);
    ASSERT_TRUE(again.parse(text, "keys.toml", &warnings));
    EXPECT_TRUE(warnings.empty()) << text;
    EXPECT_EQ(writeKeys(again), text);
    EXPECT_EQ(again.press("F5", false, false, 0)->argument, 4);
    EXPECT_FALSE(again.press("B", false, false, 0));
    EXPECT_EQ(writeKeys(Keyboard{}), "schema = 1\n");
}

TEST(KeyFile, ConflictsAndMistakesAreNamedWithTheirLineAndLeftOut) {
    Keyboard keys;
    std::vector<core::Problem> warnings;
    ASSERT_TRUE(keys.parse("schema = 1\n[keys]\n\"Ctrl+K\" = \"action.tap\"\n\"ctrl+k\" = \"action.reseed\"\n"
                           "\"Hyper+K\" = \"action.tap\"\nF99 = \"action.tap\"\nK = \"action.tup\"\n"
                           "J = { action = \"action.scene\", number = 65 }\nH = { action = \"action.tap\", on = true }\n"
                           "\"Shift+Esc\" = \"action.quit\"\n\"shift+escape\" = \"\"\nV = 3\n", "keys.toml", &warnings));
    std::string all;
    for (const auto& w : warnings) all += w.detail + "\n";
    for (const char* expected : {"keys.toml:4: \"ctrl+k\" is the same key as \"Ctrl+K\" above", "keys.toml:5: \"Hyper+K\" is no key",
                                 "keys.toml:6: \"F99\" is no key", "keys.toml:7: K: no action \"action.tup\"", "keys.toml:8: J: number: 1 to 64",
                                 "keys.toml:9: H: on does not go with", "keys.toml:10: Shift+Esc is panic", "keys.toml:11: \"shift+escape\" is the same",
                                 "keys.toml:12: V: no action"})
        EXPECT_NE(all.find(expected), std::string::npos) << expected << " not in\n" << all;
    EXPECT_EQ(warnings.size(), 9u);
    EXPECT_EQ(keys.press("Ctrl+K", false, false, 0)->action, Action::Tap); // the first of two
    EXPECT_EQ(keys.press("Shift+Esc", false, false, 0)->action, Action::Panic);
    EXPECT_FALSE(keys.press("J", false, false, 0));
    EXPECT_EQ(keys.parse("keys = = 3", "keys.toml").problem().detail.substr(0, 11), "keys.toml:1");
    EXPECT_EQ(keys.load("/nowhere/keys.toml").problem().id, core::ProblemId::FileUnreadable);
}

TEST(KeyFile, ChordsAreReadInAnySpelling) {
    EXPECT_EQ(normalChord("ctrl+z"), "Ctrl+Z");
    EXPECT_EQ(normalChord(" Shift + Alt+CONTROL+pageup"), "Ctrl+Alt+Shift+PageUp");
    EXPECT_EQ(normalChord("+"), "+");
    EXPECT_EQ(normalChord("Ctrl++"), "Ctrl++");
    EXPECT_EQ(normalChord("return"), "Enter");
    EXPECT_EQ(normalChord("f12"), "F12");
    EXPECT_EQ(normalChord("\u00fc"), "\u00fc");
    for (const char* text : {"", " ", "Ctrl+", "Ctrl+Ctrl+A", "Foo+A", "Ctrl+Foo", "Ctrl", "F25", "\x01"}) EXPECT_FALSE(normalChord(text)) << text;
}

TEST(Event, ATextThatIsTooLongIsCutBetweenCharacters) {
    ControlEvent event;
    EXPECT_TRUE(event.setString("short"));
    EXPECT_EQ(event.string(), "short");
    std::string longText;
    while (longText.size() < 300) longText += "\u00fc"; // two bytes each
    EXPECT_FALSE(event.setString(longText));
    EXPECT_EQ(event.string().size() % 2, 0u);
    EXPECT_LT(event.string().size(), 256u);
    EXPECT_TRUE(longText.starts_with(event.string()));
}

} // namespace
} // namespace titanus::controls
