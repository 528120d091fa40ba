#include "controls/keyboard.h"

#include <gtest/gtest.h>

#include <set>

namespace titanus::controls {
namespace {
using params::Action;

TEST(Keyboard, EveryActionOfTheCatalogueHasItsKey) {
    const Keyboard keys;
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
    const Keyboard keys;
    for (int i = 1; i <= 8; ++i) {
        const auto event = keys.press(std::to_string(i), false, false, 0);
        ASSERT_TRUE(event);
        EXPECT_EQ(event->action, Action::PresetRecall);
        EXPECT_EQ(event->argument, i - 1);
    }
    EXPECT_FALSE(keys.press("9", false, false, 0));
    EXPECT_EQ(keys.press("0", false, false, 0)->action, Action::Resync);
}

TEST(Keyboard, LettersAreDeadWhileATextFieldHasTheFocus) {
    const Keyboard keys;
    for (const char* chord : {"B", "Space", "R", "T", "1", "8", "0", "N", "P", "F", "L", "Tab", ".", ",", "[", "]", "Ctrl+Z", "Ctrl+Shift+Z"}) {
        ASSERT_TRUE(keys.press(chord, false, false, 0)) << chord;
        EXPECT_FALSE(keys.press(chord, true, false, 0)) << chord;
    }
}

TEST(Keyboard, PanicAndFunctionKeysAlwaysWork) {
    const Keyboard keys;
    for (const char* chord : {"Shift+Esc", "F1", "F9", "F11", "F12", "Ctrl+S", "Ctrl+Q"})
        EXPECT_TRUE(keys.press(chord, true, false, 0)) << chord;
    EXPECT_EQ(keys.press("Shift+Esc", true, false, 0)->action, Action::Panic);
}

TEST(Keyboard, EscapeAloneNeverQuits) {
    const Keyboard keys;
    const auto event = keys.press("Esc", false, false, 0);
    EXPECT_TRUE(!event || event->action != Action::Quit);
}

TEST(Keyboard, AutoRepeatNudgesButNeverToggles) {
    const Keyboard keys;
    EXPECT_TRUE(keys.press(".", false, true, 0));
    EXPECT_TRUE(keys.press(",", false, true, 0));
    for (const char* chord : {"B", "Space", "R", "T", "1", "N", "Ctrl+Z"}) EXPECT_FALSE(keys.press(chord, false, true, 0)) << chord;
}

TEST(Keyboard, ChordsFollowTheNamesOfWindowSystems) {
    EXPECT_EQ(chord("Escape", false, true, false), "Shift+Esc");
    EXPECT_EQ(chord("z", true, true, false), "Ctrl+Shift+Z");
    EXPECT_EQ(chord("Keypad 3", false, false, false), "3");
    EXPECT_EQ(chord("Return", true, false, true), "Ctrl+Alt+Enter");
    EXPECT_EQ(chord("[", false, false, false), "[");
    EXPECT_EQ(chord("F11", false, false, false), "F11");
}

TEST(Keyboard, RebindingReplacesWhatTheChordDid) {
    Keyboard keys;
    keys.bind({"B", Action::Reseed, 0});
    EXPECT_EQ(keys.press("B", false, false, 0)->action, Action::Reseed);
    std::set<std::string> chords;
    for (const KeyBinding& b : keys.bindings()) EXPECT_TRUE(chords.insert(b.chord).second) << b.chord;
}

TEST(Keyboard, TheListShowsEveryActionThatHasAKey) {
    const Keyboard keys;
    const auto lines = keyList(keys);
    std::size_t withKey = 0;
    for (const auto& row : params::kActions) withKey += !row.key.empty();
    EXPECT_EQ(lines.size(), withKey);
    for (const KeyLine& line : lines) {
        EXPECT_FALSE(line.key.empty());
        EXPECT_FALSE(line.help.empty());
        if (line.name == "Preset") {
            EXPECT_EQ(line.key, "1-8");
        }
        if (line.name == "Full screen") {
            EXPECT_EQ(line.key, "F, F11");
        }
    }
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
