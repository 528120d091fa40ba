#include "guidance/tokenizer.h"

#include <gtest/gtest.h>

using titanus::guidance::Tokenizer;

namespace {

// Worked out by hand; ids 512..517 are the merges, 518 start, 519 end.
const char* kToyMerges = "#version\nl o\nlo w</w>\ne r</w>\nn e\nw er</w>\nlo wer</w>\n";

std::vector<int> inner(const std::string& text) {
    const auto tokens = Tokenizer::fromText(kToyMerges).value().encode(text, 77);
    return {tokens.ids.begin() + 1, tokens.ids.end() - 1};
}

TEST(Tokenizer, MergesLowestRankFirst) {
    EXPECT_EQ(inner("low"), (std::vector{513}));
    EXPECT_EQ(inner("lower"), (std::vector{517}));
    EXPECT_EQ(inner("newer"), (std::vector{515, 516}));
    EXPECT_EQ(inner("lolo"), (std::vector{512, 75, 334}));
    EXPECT_EQ(inner("lolow"), (std::vector{512, 513}));
}

TEST(Tokenizer, BytesOfOtherScriptsStandForThemselves) {
    EXPECT_EQ(inner("\u00e9"), (std::vector{127, 358}));
    EXPECT_EQ(inner("\u65e5"), (std::vector{162, 245, 354}));
}

TEST(Tokenizer, SplitsAtUnderscoreNumbersAndCase) {
    EXPECT_EQ(inner("low_low 2 Low!!"), (std::vector{513, 318, 513, 273, 513, 0, 256}));
}

TEST(Tokenizer, FramesWithStartAndEndAndTruncatesKeepingTheEnd) {
    const auto t = Tokenizer::fromText(kToyMerges).value();
    EXPECT_EQ(t.encode("low", 77).ids, (std::vector{518, 513, 519}));
    EXPECT_EQ(t.encode("", 77).ids, (std::vector{518, 519}));
    const auto cut = t.encode("low low low low", 4);
    EXPECT_EQ(cut.ids, (std::vector{518, 513, 513, 519}));
    EXPECT_TRUE(cut.truncated);
}

TEST(Tokenizer, AnyBytesAreText) {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    for (std::size_t cut = 0; cut < all.size(); ++cut) EXPECT_NO_THROW(inner(all.substr(cut)));
    EXPECT_NO_THROW(inner("\xF0\x9F"));
}

TEST(Tokenizer, BrokenMergesAreAProblem) {
    EXPECT_FALSE(Tokenizer::fromText(""));
    EXPECT_FALSE(Tokenizer::fromText("#version\nonlyone\n"));
    EXPECT_FALSE(Tokenizer::fromText("#version\na b\na b\n"));
    EXPECT_FALSE(Tokenizer::read("/nowhere/merges.txt"));
}

} // namespace
