// Every preset and MIDI map in presets/. TITANUS_UPDATE=1 rewrites them in the program's own form
// (hand-edited files may differ from it in order and spelling of numbers).
#include "controls/midi_map.h"
#include "controls/preset_bank.h"
#include "core/files.h"
#include "core/image.h"
#include "guidance/prompt_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace titanus::controls {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(TITANUS_SOURCE_DIR) / "presets";

std::vector<std::filesystem::path> files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".toml") out.push_back(entry.path());
    return out;
}

TEST(ShippedPresets, LoadWithoutAWarningAndSaveAsTheyAre) {
    const auto all = files(kFolder);
    EXPECT_GE(all.size(), 8u);
    for (const auto& path : all) {
        std::vector<core::Problem> warnings;
        const auto preset = readPreset(path, &warnings);
        ASSERT_TRUE(preset) << preset.problem().line();
        for (const auto& w : warnings) ADD_FAILURE() << w.line();
        if (std::getenv("TITANUS_UPDATE")) {
            ASSERT_TRUE(core::writeFileAtomic(path, writePreset(preset.value())));
        }
        EXPECT_EQ(writePreset(preset.value()), core::readFile(path).value()) << path << ": TITANUS_UPDATE=1 rewrites it";
    }
}

TEST(ShippedPresets, HaveNamesSentencesPromptsAndSound) {
    std::set<std::string> names;
    for (const auto& path : files(kFolder)) {
        const Preset p = readPreset(path).value();
        EXPECT_TRUE(names.insert(p.name).second) << p.name;
        EXPECT_FALSE(p.about.empty()) << path;
        EXPECT_FALSE(p.show.texts[params::promptText(0).value].empty()) << path;
        EXPECT_FALSE(p.show.routes.empty()) << path << " does not hear the music";
    }
}

TEST(ShippedPresets, TheListFollowsTheNumbersAndHoldsTheColony) {
    const PresetBank bank(kFolder, "/nowhere");
    ASSERT_FALSE(bank.entries().empty());
    for (std::size_t i = 1; i < bank.entries().size(); ++i)
        EXPECT_LT(bank.entries()[i - 1].path.filename(), bank.entries()[i].path.filename());
    EXPECT_TRUE(bank.indexOf("Titanus colony"));
    EXPECT_TRUE(bank.find("titanus-colony"));
}

// Clearly different: no two share the first prompt, and each pair differs in many values.
TEST(ShippedPresets, NoTwoAreAlike) {
    std::vector<Preset> presets;
    for (const auto& path : files(kFolder)) presets.push_back(readPreset(path).value());
    for (std::size_t a = 0; a < presets.size(); ++a)
        for (std::size_t b = a + 1; b < presets.size(); ++b) {
            int different = 0;
            for (std::size_t i = 0; i < params::kParamCount; ++i)
                different += presets[a].show.values[i] != presets[b].show.values[i];
            EXPECT_GE(different, 10) << presets[a].name << " and " << presets[b].name;
            EXPECT_NE(presets[a].show.texts[0], presets[b].show.texts[0]);
        }
}

// Who looks for a feature finds it at work.
TEST(ShippedPresets, ShowEveryPartOfThePromptLanguageAndEveryHold) {
    std::set<std::string> shown;
    for (const auto& path : files(kFolder)) {
        const params::Show show = readPreset(path).value().show;
        const auto value = [&](std::string_view id) { return show.values[params::findParam(id)->value]; };
        if (value("canvas.model") == 2) shown.insert("limited palette");
        for (const std::string_view hold : {"hold.direct", "hold.edge", "hold.semantic"})
            if (value(hold) > 0) shown.insert(std::string(hold));
        if (!show.formulas.empty()) shown.insert("formulas");
        for (int slot = 0; slot < params::kPromptSlots; ++slot) {
            const auto line = guidance::parsePromptLine(show.texts[params::promptText(slot).value]);
            ASSERT_TRUE(line) << line.problem().line();
            if (line.value().scenes.size() > 1) shown.insert("scenes");
            for (const guidance::PromptSpec& prompt : line.value().prompts) {
                using Kind = guidance::PromptMask::Kind;
                if (prompt.mask.kind == Kind::Meaning) shown.insert("mask by meaning");
                if (prompt.mask.kind == Kind::Image) {
                    shown.insert(prompt.mask.invert ? "inverted image mask" : "image mask");
                    EXPECT_TRUE(core::readImage(kFolder / prompt.mask.text)) << path << ": " << prompt.mask.text;
                }
                if (prompt.mask.kind > Kind::All && prompt.mask.kind < Kind::Meaning) shown.insert("spatial mask");
                if (std::isfinite(prompt.stop)) shown.insert(prompt.stop < 0 ? "negative stop" : "positive stop");
            }
        }
    }
    EXPECT_EQ(shown, (std::set<std::string>{"formulas", "hold.direct", "hold.edge", "hold.semantic", "image mask", "inverted image mask", "limited palette",
                                            "mask by meaning", "negative stop", "positive stop", "scenes", "spatial mask"}));
}

TEST(ShippedMidiMaps, LoadWithoutAWarningAndSaveAsTheyAre) {
    const auto all = files(kFolder / "midi");
    EXPECT_GE(all.size(), 5u);
    for (const auto& path : all) {
        std::vector<core::Problem> warnings;
        const auto map = readMidiMap(path, &warnings);
        ASSERT_TRUE(map) << map.problem().line();
        for (const auto& w : warnings) ADD_FAILURE() << w.line();
        if (std::getenv("TITANUS_UPDATE")) {
            ASSERT_TRUE(core::writeFileAtomic(path, writeMidiMap(map.value())));
        }
        EXPECT_EQ(writeMidiMap(map.value()), core::readFile(path).value()) << path;
        EXPECT_FALSE(map.value().device.empty());
    }
}

TEST(ShippedMidiMaps, NoControlDoesTwoThings) {
    for (const auto& path : files(kFolder / "midi")) {
        const MidiMap map = readMidiMap(path).value();
        for (std::size_t i = 0; i < map.bindings.size(); ++i)
            for (std::size_t j = i + 1; j < map.bindings.size(); ++j)
                EXPECT_FALSE(map.bindings[i].sameControl(map.bindings[j]))
                    << path << ": " << map.bindings[i].controlText() << ": " << targetId(map.bindings[i].target) << " and "
                    << targetId(map.bindings[j].target);
    }
}

} // namespace
} // namespace titanus::controls
