// Ids are for ever: presets, MIDI maps and OSC programs out there use them.
#include "core/files.h"
#include "params/catalogue.h"
#include "params/sources.h"
#include "params/text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <sstream>

namespace titanus::params {
namespace {

const std::filesystem::path kIds = std::filesystem::path(TITANUS_TEST_DATA) / "catalogue_ids.txt";
const std::filesystem::path kDocs = std::filesystem::path(TITANUS_SOURCE_DIR) / "docs" / "PARAMETERS.md";
bool updating() { return std::getenv("TITANUS_UPDATE") != nullptr; }

std::vector<std::string> allIds() {
    std::vector<std::string> ids;
    for (const Param& p : kCatalogue) ids.emplace_back(p.id);
    for (const TextParam& t : kTexts) ids.emplace_back(t.id);
    for (const ActionRow& a : kActions) ids.emplace_back(a.id);
    for (const SourceRow& s : kSources) ids.push_back("source " + std::string(s.id));
    return ids;
}

TEST(Catalogue, NoIdThatWasPublishedDisappears) {
    if (updating()) {
        std::string lines;
        for (const auto& id : allIds()) lines += id + "\n";
        ASSERT_TRUE(core::writeFileAtomic(kIds, lines));
    }
    const auto pinned = core::readFile(kIds);
    ASSERT_TRUE(pinned) << pinned.problem().line();
    const auto ids = allIds();
    const std::set<std::string> now(ids.begin(), ids.end());
    std::istringstream lines(pinned.value());
    std::set<std::string> before;
    for (std::string id; std::getline(lines, id);) {
        before.insert(id);
        EXPECT_TRUE(now.contains(id)) << id << " is gone: presets that use it would lose a value";
    }
    EXPECT_GT(before.size(), 100u);
    for (const auto& id : now)
        EXPECT_TRUE(before.contains(id)) << id << " is new: pin it with TITANUS_UPDATE=1 on this test";
}

TEST(Catalogue, IdsAreUniqueOverParametersTextsAndActions) {
    const auto ids = allIds();
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
}

TEST(Catalogue, IdsAreDottedLowerCaseAndFitOscAndToml) {
    for (const auto& id : allIds()) {
        if (id.starts_with("source ")) continue;
        EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._"), std::string::npos) << id;
        EXPECT_NE(id.find('.'), std::string::npos) << id;
    }
}

TEST(Catalogue, NoIdIsTheBeginningOfAnotherSoThatDottedKeysCanBeNested) {
    for (const Param& a : kCatalogue)
        for (const Param& b : kCatalogue)
            EXPECT_FALSE(b.id.starts_with(std::string(a.id) + ".")) << a.id << " and " << b.id;
}

TEST(Catalogue, EveryRowSaysWhatItDoesInASentence) {
    for (const Param& p : kCatalogue) EXPECT_EQ(p.help.back(), '.') << p.id;
    for (const ActionRow& a : kActions) EXPECT_EQ(a.help.back(), '.') << a.id;
}

TEST(Catalogue, ActionsHaveTheirRowAndAKeyOfTheirOwn) {
    std::set<std::string_view> keys;
    for (std::size_t i = 0; i < kActions.size(); ++i) {
        EXPECT_EQ(static_cast<std::size_t>(kActions[i].action), i) << kActions[i].id;
        if (!kActions[i].key.empty()) {
            EXPECT_TRUE(keys.insert(kActions[i].key).second) << kActions[i].key;
        }
    }
}

TEST(Catalogue, PromptSlotsAreWhereTheirIdsSay) {
    for (int slot = 0; slot < kPromptSlots; ++slot) {
        const std::string prefix = "prompt." + std::to_string(slot + 1);
        EXPECT_EQ(row(promptWeight(slot)).id, prefix + ".weight");
        EXPECT_EQ(row(promptTarget(slot)).id, prefix + ".target");
        EXPECT_EQ(kTexts[promptText(slot).value].id, prefix + ".text");
    }
}

TEST(Catalogue, TheDocumentationIsNotStale) {
    if (updating()) {
        ASSERT_TRUE(core::writeFileAtomic(kDocs, catalogueMarkdown()));
    }
    const auto docs = core::readFile(kDocs);
    ASSERT_TRUE(docs) << docs.problem().line();
    EXPECT_TRUE(docs.value() == catalogueMarkdown())
        << "docs/PARAMETERS.md is stale: titanus params --markdown > docs/PARAMETERS.md";
}

} // namespace
} // namespace titanus::params
