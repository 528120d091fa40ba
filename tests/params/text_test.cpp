#include "params/text.h"

#include <gtest/gtest.h>

#include <random>

namespace titanus::params {
namespace {

TEST(Text, EveryParametersValuesReadBackToTheSameBits) {
    std::mt19937 random(1);
    for (const Param& p : kCatalogue)
        for (int i = 0; i < 60; ++i) {
            const float travel = i < 2 ? static_cast<float>(i) : std::uniform_real_distribution<float>(0, 1)(random);
            const float value = i == 2 ? p.def : fromTravel(p, travel);
            const auto back = parse(p, format(p, value));
            ASSERT_TRUE(back) << p.id << " " << format(p, value) << ": " << back.problem().detail;
            EXPECT_EQ(back.value(), value) << p.id << " " << format(p, value);
        }
}

TEST(Text, TravelRunsFromMinToMaxAndBack) {
    for (const Param& p : kCatalogue) {
        EXPECT_EQ(fromTravel(p, 0), p.min) << p.id;
        EXPECT_NEAR(fromTravel(p, 1), p.max, 1e-4 * (p.max - p.min)) << p.id;
        EXPECT_LE(fromTravel(p, 1), p.max) << p.id;
        float last = p.min;
        for (int i = 0; i <= 50; ++i) {
            const float value = fromTravel(p, static_cast<float>(i) / 50);
            EXPECT_GE(value, last) << p.id;
            last = value;
            if (p.kind == Kind::Float) {
                EXPECT_NEAR(toTravel(p, value), static_cast<float>(i) / 50, 1e-4f) << p.id;
            }
        }
    }
}

TEST(Text, AWrongValueNamesIdTextAndWhatIsAllowed) {
    const Param& zoom = row(param("camera.zoom"));
    const auto outside = parse(zoom, "3");
    ASSERT_FALSE(outside);
    EXPECT_EQ(outside.problem().id, core::ProblemId::ParamValueInvalid);
    EXPECT_EQ(outside.problem().detail, "camera.zoom = 3 (allowed: -2 to 2)");
    const auto choice = parse(row(param("camera.border")), "mirorr");
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.problem().detail, "camera.border = mirorr (allowed: mirror, wrap, black, smear)");
    for (const char* text : {"", "nan", "inf", "-inf", "1x", "1,0", " 1", "0x1p3", "1e999", "on"})
        EXPECT_FALSE(parse(zoom, text)) << '"' << text << '"';
    for (const char* text : {"", "yes", "2", "ON"}) EXPECT_FALSE(parse(row(param("lfo.1.sync")), text)) << text;
}

TEST(Text, ChoicesAreReadByNameAndByNumber) {
    const Param& border = row(param("camera.border"));
    EXPECT_EQ(parse(border, "black").value(), 2.f);
    EXPECT_EQ(parse(border, "3").value(), 3.f);
    EXPECT_FALSE(parse(border, "1.5"));
    EXPECT_FALSE(parse(border, "4"));
    // A choice whose names are numbers means the name.
    EXPECT_EQ(parse(row(param("clock.meter")), "4").value(), 2.f);
}

TEST(Text, AssignmentsNameTheNearestId) {
    const auto good = parseAssignment("camera.zoom=0.5");
    ASSERT_TRUE(good);
    EXPECT_EQ(good.value().first, param("camera.zoom"));
    EXPECT_EQ(good.value().second, 0.5f);
    const auto typo = parseAssignment("camera.zom=0.5");
    ASSERT_FALSE(typo);
    EXPECT_EQ(typo.problem().id, core::ProblemId::ParamUnknown);
    EXPECT_NE(typo.problem().detail.find("did you mean camera.zoom?"), std::string::npos) << typo.problem().detail;
    EXPECT_EQ(nearestId("look.bloon"), "look.bloom");
    EXPECT_EQ(nearestId("colour"), nearestId("colour")); // never fails, whatever is asked
    EXPECT_FALSE(parseAssignment("camera.zoom"));
    EXPECT_FALSE(parseAssignment(""));
    EXPECT_FALSE(parseAssignment("="));
}

TEST(Text, TheTableListsEveryParameter) {
    const std::string table = catalogueTable(), page = catalogueMarkdown();
    for (const Param& p : kCatalogue) {
        EXPECT_NE(table.find(p.id), std::string::npos) << p.id;
        EXPECT_NE(page.find("`" + std::string(p.id) + "`"), std::string::npos) << p.id;
    }
    for (const ActionRow& a : kActions) EXPECT_NE(page.find(a.id), std::string::npos) << a.id;
}

} // namespace
} // namespace titanus::params
