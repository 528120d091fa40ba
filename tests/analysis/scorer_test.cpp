#include "accuracy/scorer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace titanus::accuracy {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(TITANUS_TEST_DATA) / "mir_eval";

std::string number(int i) { return (i < 10 ? "0" : "") + std::to_string(i); }
nlohmann::json expected(const std::string& name) {
    std::ifstream in(kFixtures / name);
    return nlohmann::json::parse(in);
}

TEST(Scorer, OnsetsAgreeWithMirEval) {
    for (int i = 0; i < 10; ++i) {
        const auto want = expected("onset/output" + number(i) + ".json");
        const Counts c = matchBest(readTimes(kFixtures / ("onset/ref" + number(i) + ".txt")),
                                   readTimes(kFixtures / ("onset/est" + number(i) + ".txt")), 0.05);
        EXPECT_NEAR(c.f(), want["F-measure"].get<double>(), 1e-6) << i;
        EXPECT_NEAR(c.precision(), want["Precision"].get<double>(), 1e-6) << i;
        EXPECT_NEAR(c.recall(), want["Recall"].get<double>(), 1e-6) << i;
    }
}

TEST(Scorer, BeatsAgreeWithMirEval) {
    for (int i = 0; i < 10; ++i) {
        const auto want = expected("beat/output" + number(i) + ".json");
        const BeatScore s = scoreBeats(readTimes(kFixtures / ("beat/ref" + number(i) + ".txt")),
                                       readTimes(kFixtures / ("beat/est" + number(i) + ".txt")), 5);
        EXPECT_NEAR(s.f, want["F-measure"].get<double>(), 1e-6) << i;
        EXPECT_NEAR(s.cmlc, want["Correct Metric Level Continuous"].get<double>(), 1e-6) << i;
        EXPECT_NEAR(s.cmlt, want["Correct Metric Level Total"].get<double>(), 1e-6) << i;
        EXPECT_NEAR(s.amlc, want["Any Metric Level Continuous"].get<double>(), 1e-6) << i;
        EXPECT_NEAR(s.amlt, want["Any Metric Level Total"].get<double>(), 1e-6) << i;
    }
}

TEST(Scorer, TempoAgreesWithMirEval) {
    for (int i = 0; i < 4; ++i) {
        const auto want = expected("tempo/output" + number(i) + ".json");
        const auto reference = readTempo(kFixtures / ("tempo/ref" + number(i) + ".lab"));
        const auto estimate = readTempo(kFixtures / ("tempo/est" + number(i) + ".lab"));
        ASSERT_TRUE(reference && estimate) << i;
        const auto& r = reference.value();
        const TempoScore s = scoreTempo(r[0], r[1], r[2], estimate.value()[0], estimate.value()[1]);
        EXPECT_NEAR(s.p, want["P-score"].get<double>(), 1e-6) << i;
        EXPECT_EQ(s.one, want["One-correct"].get<bool>()) << i;
        EXPECT_EQ(s.both, want["Both-correct"].get<bool>()) << i;
    }
}

TEST(Scorer, BrokenTempoFilesAreRejected) {
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(readTempo(kFixtures / ("tempo/bad" + number(i) + ".lab")).ok()) << i;
}

TEST(Scorer, GreedyMatchingUsesEachTimeOnce) {
    const Counts c = matchGreedy({1.0, 1.02, 2.0}, {1.01, 2.5}, 0.025);
    EXPECT_EQ(c.right, 1u);
    EXPECT_EQ(mergedWithin({0, 0.02, 0.031, 0.05}, 0.03), (Times{0, 0.031}));
}

} // namespace
} // namespace titanus::accuracy
