#include "outputs/sound_drift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace titanus::outputs {
namespace {

constexpr double kRate = 48000;
constexpr double kFrame = 1.0 / 30;

// Plays `hours` of 30 fps with a card `ppm` off, in blocks of 1024, stamps jittering; returns the
// greatest distance of corrected sound from the clock after the first 10 s.
double worstDistance(double hours, double ppm, double startsAt = 0, double lostFrom = 1e9, double lostSeconds = 0) {
    SoundDrift drift(kRate);
    std::mt19937 random(7);
    std::uniform_real_distribution<double> jitter(0, 0.02);
    double given = 0, worst = 0;
    for (double t = 0; t < hours * 3600; t += kFrame) {
        const double playing = std::max(0.0, t + jitter(random) - startsAt - std::min(std::max(t - lostFrom, 0.0), lostSeconds));
        const auto heard = static_cast<std::uint64_t>(playing * kRate * (1 + ppm * 1e-6)) / 1024 * 1024;
        const SoundCorrection c = drift.update(t, heard);
        given += static_cast<double>(c.jumpFrames) + c.stretchFrames;
        const bool gap = t > lostFrom - 1 && t < lostFrom + lostSeconds + 10;
        if (t > startsAt + 10 && !gap) worst = std::max(worst, std::abs((static_cast<double>(heard) + given) / kRate - t));
    }
    return worst;
}

TEST(SoundDrift, AnHourStaysWithinOneFrameWhateverTheCard) {
    for (const double ppm : {0.0, 100.0, -100.0, 500.0, -500.0}) EXPECT_LT(worstDistance(1, ppm), kFrame) << ppm << " ppm";
}

TEST(SoundDrift, ADeviceLostForTenSecondsBecomesTenSecondsOfSilence) {
    EXPECT_LT(worstDistance(0.02, 0, 0, 30, 10), 0.25); // the threshold below which a gap is not seen as one
    SoundDrift drift(kRate);
    for (double t = 0; t < 5; t += kFrame) EXPECT_EQ(drift.update(t, static_cast<std::uint64_t>(t * kRate)).jumpFrames, 0);
    std::int64_t silence = 0;
    for (double t = 5; t < 15; t += kFrame) silence += drift.update(t, static_cast<std::uint64_t>(5 * kRate)).jumpFrames;
    EXPECT_NEAR(static_cast<double>(silence) / kRate, 10, 0.3);
}

// A start within the threshold of a gap is stretched into place, half a percent at a time.
TEST(SoundDrift, SoundThatBeginsLateIsHeardLate) { EXPECT_LT(worstDistance(0.05, 0, 3), 0.3); }

TEST(SoundDrift, ASteadyCardIsLeftAlone) {
    SoundDrift drift(kRate);
    for (double t = 0; t < 60; t += kFrame) {
        const SoundCorrection c = drift.update(t, static_cast<std::uint64_t>(std::llround(t * kRate)));
        EXPECT_EQ(c.jumpFrames, 0);
        EXPECT_EQ(c.stretchFrames, 0);
    }
}

TEST(SoundDrift, NeverBendsThePitchByMoreThanHalfAPercent) {
    SoundDrift drift(kRate);
    for (double t = 0; t < 120; t += kFrame)
        EXPECT_LE(std::abs(drift.update(t, static_cast<std::uint64_t>(t * kRate * 1.02)).stretchFrames), 240);
}

} // namespace
} // namespace titanus::outputs
