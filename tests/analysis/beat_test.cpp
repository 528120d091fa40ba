#include "analysis/sounds.h"

#include <gtest/gtest.h>

namespace titanus::analysis::test {
namespace {

// Kicks at the given times.
Sound kicksAt(const Times& times, double seconds) {
    Sound s = silence(seconds);
    for (double t : times) mix(s, kick(), t, 0.8);
    return s;
}
Times steady(double from, double to, double bpm) {
    Times t;
    for (double x = from; x < to; x += 60 / bpm) t.push_back(x);
    return t;
}
// Distance of each of `wanted` from the nearest beat.
double worst(const Times& beats, const Times& wanted) {
    double largest = 0;
    for (double w : wanted) {
        double nearest = 1e9;
        for (double b : beats) nearest = std::min(nearest, std::abs(b - w));
        largest = std::max(largest, nearest);
    }
    return largest;
}

TEST(Beat, MetronomeIsFollowedAtEveryTempo) {
    for (double bpm : {45.0, 60.0, 75.0, 95.0, 120.0, 140.0, 160.0, 190.0, 235.0}) {
        const Times wanted = steady(0.5, 16, bpm);
        const Heard heard = hear(kicksAt(wanted, 16));
        const Times late = heard.beatTimes(5.5, 15.5);
        const double found = accuracy::tempoOf(late);
        EXPECT_TRUE(accuracy::tempoAgrees(found, bpm, true)) << bpm << " got " << found;
        if (bpm >= 75 && bpm <= 160) {
            EXPECT_TRUE(accuracy::tempoAgrees(found, bpm, false)) << bpm << " got " << found;
            EXPECT_LE(worst(late, accuracy::between(wanted, 6, 15)), 0.012) << bpm;
        }
    }
}

TEST(Beat, ToldTempoIsTrueWithin2PerMille) {
    for (double bpm : {75.0, 105.0, 120.0, 130.0, 150.0})
        for (const Features& f : hear(kicksAt(steady(0.5, 16, bpm), 16)).features)
            if (f.seconds > 14) {
                ASSERT_NEAR(static_cast<double>(f.clock.bpm()) / bpm, 1, 0.002) << bpm << " after " << f.seconds << " s";
            }
}

TEST(Beat, IsAnnouncedAheadByTheLead) {
    const Heard heard = hear(kicksAt(steady(0.5, 12, 120), 12));
    int count = 0;
    for (const BeatEvent& b : heard.beats)
        if (b.time > 6) {
            EXPECT_NEAR(b.time - b.decided, 0.1, 0.02);
            ++count;
        }
    EXPECT_GE(count, 10);
}

TEST(Beat, HoldsThroughABreakOf8Beats) {
    Times times = steady(0.5, 12.4, 120), after = steady(16.5, 22, 120);
    const Times during = steady(12.5, 16.4, 120);
    times.insert(times.end(), after.begin(), after.end());
    const Heard heard = hear(kicksAt(times, 22));
    EXPECT_LE(worst(heard.beatTimes(), during), 0.03);
    EXPECT_LE(worst(heard.beatTimes(), accuracy::between(after, 17, 21)), 0.03);
    bool held = false;
    for (const Features& f : heard.features) held = held || f.clock.state == ClockState::Holding;
    EXPECT_TRUE(held);
}

TEST(Beat, L6_HoldsThroughABreakOf16Beats) {
    Times times = steady(0.5, 16.4, 120);
    const Heard heard = hear(kicksAt(times, 26));
    EXPECT_LE(worst(heard.beatTimes(), steady(16.5, 24.4, 120)), 0.06);
}

TEST(Beat, TempoStepOf3PercentIsFollowedIn4Beats) {
    Times times = steady(0.5, 14.4, 120);
    const double period = 60 / 123.6;
    for (double t = 14.0 + 0.5 + period; t < 24; t += period) times.push_back(t);
    std::sort(times.begin(), times.end());
    const Heard heard = hear(kicksAt(times, 24));
    EXPECT_LE(worst(heard.beatTimes(), accuracy::between(times, 17, 23)), 0.04);
}

TEST(Beat, RampIsFollowed) {
    Times times = steady(0.5, 8.1, 120);
    double t = times.back(), bpm = 120;
    while (t < 30) {
        bpm = std::min(130.0, 120 + 10 * std::max(0.0, t - 8) / 16);
        t += 60 / bpm;
        times.push_back(t);
    }
    const Heard heard = hear(kicksAt(times, 30));
    EXPECT_LE(worst(heard.beatTimes(), accuracy::between(times, 10, 29)), 0.04);
}

TEST(Beat, L6_JumpTo140IsRelockedWithin6Seconds) {
    Times times = steady(0.5, 12.4, 120);
    const Times after = steady(12.9, 26, 140);
    times.insert(times.end(), after.begin(), after.end());
    const Heard heard = hear(kicksAt(times, 26));
    EXPECT_LE(worst(heard.beatTimes(), accuracy::between(after, 18.9, 25)), 0.04);
}

// A second pulse between the beats, as loud as they are: the line goes on at its level and on the beats,
// until that pulse has been there for longer than the level had been told.
TEST(Beat, LevelOutlastsADoubledPulseForAsLongAsItWasTold) {
    const Times wanted = steady(0.5, 60, 70);
    Times times = wanted;
    for (double t : accuracy::between(wanted, 10, 60)) times.push_back(t + 30.0 / 70);
    std::sort(times.begin(), times.end());
    const Heard heard = hear(kicksAt(times, 60));
    const Times before = heard.beatTimes(6, 20);
    EXPECT_EQ(before.size(), accuracy::between(wanted, 6, 20).size());
    EXPECT_LE(worst(before, accuracy::between(wanted, 6.5, 19.5)), 0.02);
    EXPECT_TRUE(accuracy::tempoAgrees(accuracy::tempoOf(heard.beatTimes(50, 60)), 140, false));
}

TEST(Beat, ClockNeverRunsBackwards) {
    Times times = steady(0.5, 8, 120);
    const Times after = steady(8.3, 16, 97);
    times.insert(times.end(), after.begin(), after.end());
    const Heard heard = hear(kicksAt(times, 16));
    double last = -1e9;
    for (const Features& f : heard.features) {
        const double at = f.clock.at(f.seconds);
        if (f.clock.state != ClockState::Searching) {
            EXPECT_GE(at, last - 1e-6) << f.seconds;
            last = std::max(last, at);
        }
    }
    std::int64_t index = -1000000;
    for (const BeatEvent& b : heard.beats) {
        EXPECT_GT(b.index, index);
        index = b.index;
    }
}

TEST(Beat, NoiseIsNotLocked) {
    const Heard heard = hear(noise(20, 0.3));
    std::size_t locked = 0;
    for (const Features& f : heard.features) locked += f.clock.state == ClockState::Locked;
    EXPECT_LT(static_cast<double>(locked), 0.1 * static_cast<double>(heard.features.size()));
}

} // namespace
} // namespace titanus::analysis::test
