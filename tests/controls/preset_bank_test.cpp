#include "controls/preset_bank.h"

#include "core/files.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace titanus::controls {
namespace {
using core::ProblemId;

struct Bank : testing::Test {
    TempFolder folder;
    std::filesystem::path builtIn = folder.path / "built-in", user = folder.path / "user";
    void SetUp() override {
        for (const auto& [file, name] : {std::pair{"02-second.toml", "Second"}, {"01-first-light.toml", "First light"}, {"10-last.toml", "Last"}})
            ASSERT_TRUE(core::writeFileAtomic(builtIn / file, std::string("schema = 1\nname = \"") + name + "\"\n"));
        ASSERT_TRUE(core::writeFileAtomic(user / "mine.toml", "schema = 1\nname = \"Mine\"\n"));
    }
    PresetBank bank() const { return {builtIn, user}; }
};

TEST_F(Bank, BuiltInPresetsComeFirstByFileName) {
    const auto entries = bank().entries();
    ASSERT_EQ(entries.size(), 4u);
    EXPECT_EQ(entries[0].name, "First light");
    EXPECT_EQ(entries[1].name, "Second");
    EXPECT_EQ(entries[2].name, "Last");
    EXPECT_EQ(entries[3].name, "Mine");
    EXPECT_TRUE(entries[0].builtIn);
    EXPECT_FALSE(entries[3].builtIn);
}

TEST_F(Bank, FindsByNumberNameFileNameAndPath) {
    const PresetBank b = bank();
    for (const char* what : {"1", "First light", "FIRST LIGHT", "01-first-light", "first-light"}) {
        const auto found = b.find(what);
        ASSERT_TRUE(found) << what;
        EXPECT_EQ(found.value().name, "First light") << what;
    }
    EXPECT_EQ(b.find((user / "mine.toml").string()).value().name, "Mine");
}

TEST_F(Bank, AMissingNameSuggestsTheNearest) {
    const auto missing = bank().find("frist light");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.problem().id, ProblemId::PresetMissing);
    EXPECT_EQ(missing.problem().detail, "frist light; did you mean \"First light\"?");
    EXPECT_FALSE(bank().find("0"));
    EXPECT_FALSE(bank().find("99"));
    EXPECT_FALSE(bank().find(""));
    EXPECT_EQ(bank().find("no/such.toml").problem().id, ProblemId::FileUnreadable);
}

TEST_F(Bank, NextAndPreviousGoRound) {
    const PresetBank b = bank();
    EXPECT_EQ(b.next(std::nullopt), 0u);
    EXPECT_EQ(b.next(0), 1u);
    EXPECT_EQ(b.next(3), 0u);
    EXPECT_EQ(b.previous(0), 3u);
    EXPECT_EQ(b.previous(std::nullopt), 3u);
    const PresetBank empty(folder.path / "no", folder.path / "none");
    EXPECT_EQ(empty.next(0), 0u);
    EXPECT_FALSE(empty.load(0));
}

TEST_F(Bank, SavingNeverTouchesABuiltInPreset) {
    PresetBank b = bank();
    Preset p = b.load(0).value();
    p.show.values[params::param("camera.zoom").value] = 1;
    const auto before = core::readFile(builtIn / "01-first-light.toml").value();
    const auto saved = b.save(p, true);
    ASSERT_TRUE(saved) << saved.problem().line();
    EXPECT_EQ(core::readFile(builtIn / "01-first-light.toml").value(), before);
    EXPECT_EQ(b.entries()[saved.value()].name, "First light 2");
    EXPECT_FALSE(b.entries()[saved.value()].builtIn);
    EXPECT_EQ(b.load(saved.value()).value().show.values[params::param("camera.zoom").value], 1.f);
}

TEST_F(Bank, SavingTwiceMakesTwoUnlessToldToOverwrite) {
    PresetBank b = bank();
    Preset p;
    p.name = "Mine";
    EXPECT_EQ(b.entries()[b.save(p).value()].name, "Mine 2");
    EXPECT_EQ(b.entries()[b.save(p).value()].name, "Mine 3");
    const auto count = b.entries().size();
    EXPECT_EQ(b.entries()[b.save(p, true).value()].name, "Mine");
    EXPECT_EQ(b.entries().size(), count);
    p.name = "../../etc/passwd";
    const auto safe = b.save(p);
    ASSERT_TRUE(safe);
    EXPECT_EQ(b.entries()[safe.value()].path.parent_path(), user);
    p.name = "夜"; // no letter that a file name keeps
    EXPECT_TRUE(b.save(p));
    EXPECT_TRUE(b.find("夜"));
}

TEST_F(Bank, ABrokenFileIsLeftOutAndReported) {
    ASSERT_TRUE(core::writeFileAtomic(user / "broken.toml", "name = \n"));
    PresetBank b = bank();
    std::vector<core::Problem> problems;
    b.rescan(&problems);
    EXPECT_EQ(b.entries().size(), 4u);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].id, ProblemId::FileSyntax);
    EXPECT_NE(problems[0].detail.find("broken.toml:1"), std::string::npos) << problems[0].detail;
}

TEST_F(Bank, AFolderThatCannotBeWrittenIsAProblem) {
    ASSERT_TRUE(core::writeFileAtomic(folder.path / "file", "x"));
    PresetBank b(builtIn, folder.path / "file" / "presets");
    Preset p;
    p.name = "New";
    const auto saved = b.save(p);
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.problem().id, ProblemId::OutputWriteFailed);
}

} // namespace
} // namespace titanus::controls
