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

struct Followed {
    double bpm, phaseError; // by the beats told after 5 s, at the level they are told at
};
Followed followed(double bpm) {
    const Times late = hear(kicksAt(steady(0.5, 12, bpm), 12)).beatTimes(5);
    const double found = accuracy::tempoOf(late), step = 60 / bpm / std::max(1.0, std::round(found / bpm));
    double error = 0;
    for (double b : late) error = std::max(error, std::abs(std::remainder(b - 0.5, step)));
    return {found, error};
}

class Metronomes : public testing::TestWithParam<int> {}; // 48 tempi from this one on
INSTANTIATE_TEST_SUITE_P(Beat, Metronomes, testing::Values(45, 93, 141, 189));
TEST_P(Metronomes, OfEveryWholeBpmAreFollowed) {
    if (kSanitized) GTEST_SKIP() << "too long for a sanitizer";
    for (int bpm = GetParam(); bpm < std::min(GetParam() + 48, 236); ++bpm) {
        const Followed f = followed(bpm);
        EXPECT_TRUE(accuracy::tempoAgrees(f.bpm, bpm, true)) << bpm << " got " << f.bpm;
        if (bpm >= 75 && bpm <= 160) {
            EXPECT_TRUE(accuracy::tempoAgrees(f.bpm, bpm, false)) << bpm << " got " << f.bpm;
        }
        EXPECT_LE(f.phaseError, 0.015) << bpm;
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

// What comes after the break is on the old beat, a sixteenth or an eighth off it.
TEST(Beat, IsHeldThroughBreaksAndBackOnTheBeatWithin6Seconds) {
    for (int beats : {4, 16})
        for (double shift : {0.0, 0.125, 0.25}) {
            const double end = 16.5 + 0.5 * beats;
            const Times before = steady(0.5, 16.4, 120), after = steady(end + shift, end + 12, 120);
            Times times = before;
            times.insert(times.end(), after.begin(), after.end());
            const Times told = hear(kicksAt(times, end + 12)).beatTimes();
            EXPECT_LE(worst(told, steady(16.5, end - 0.1, 120)), beats == 16 ? 0.06 : 0.03) << beats;
            EXPECT_LE(worst(told, accuracy::between(after, end + shift + 6, end + 11)), 0.03) << beats << " beats, " << shift << " s";
        }
}

// Another piece without a gap: kit, pattern and tempo change, and the beat with them (twice the tempo is right too).
TEST(Beat, TrackChangeIsRelockedWithin6Seconds) {
    if (kSanitized) GTEST_SKIP() << "too long for a sanitizer";
    struct Pattern {
        std::string kick, snare, hat;
    };
    for (const Pattern& p : {Pattern{"x.....x...x.....", "....x.......x..x", "x.x.x.x.x.x.x.x."}, Pattern{"x...x...x...x...", "....x.......x...", "..x...x...x...x."},
                             Pattern{"x..x..x...x.x...", "....x..x....x..x", "x.x.x.x.x.x.x.x."}, Pattern{"x.......x.x.....", "....x.......x...", "xxxxxxxxxxxxxxxx"}})
        for (double from : {90.0, 100.0, 120.0, 128.0, 140.0})
            for (double to : {92.0, 105.0, 120.0, 126.0, 138.0, 150.0}) {
                const Groove a = sequence(from, 6, "x...x...x...x...", "....x.......x...", "..x...x...x...x.", "bd_haus", "sn_dub", "hat_snap");
                const Groove b = sequence(to, 9, p.kick, p.snare, p.hat, "drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed");
                const double change = 10.17;
                Sound sound(a.sound.begin(), a.sound.begin() + static_cast<std::ptrdiff_t>(change * 44100));
                sound.insert(sound.end(), b.sound.begin() + 22050, b.sound.end()); // its first beat is at the change
                EXPECT_LE(worst(hear(sound).beatTimes(), accuracy::between(steady(change, 100, to), change + 6, change + 13)), 0.04) << from << " to " << to << ", " << p.kick;
            }
}

TEST(Beat, TempoStepOf3PercentIsFollowedIn4Beats) {
    for (double bpm : {90.0, 120.0, 150.0}) {
        const Times before = steady(0.5, 14.2, bpm);
        const Times after = steady(before.back() + 60 / bpm / 1.03, 24, 1.03 * bpm);
        Times times = before;
        times.insert(times.end(), after.begin(), after.end());
        const Heard heard = hear(kicksAt(times, 24));
        EXPECT_LE(worst(heard.beatTimes(), accuracy::between(after, after[3] - 0.001, 23)), 0.04) << bpm;
    }
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
    const Times wanted = steady(0.5, 60, 80);
    Times times = wanted;
    for (double t : accuracy::between(wanted, 10, 60)) times.push_back(t + 30.0 / 80);
    std::sort(times.begin(), times.end());
    const Heard heard = hear(kicksAt(times, 60));
    const Times before = heard.beatTimes(6, 20.4);
    EXPECT_EQ(before.size(), accuracy::between(wanted, 6, 20.4).size());
    EXPECT_LE(worst(before, accuracy::between(wanted, 6.5, 20.4)), 0.02);
    EXPECT_TRUE(accuracy::tempoAgrees(accuracy::tempoOf(heard.beatTimes(50, 60)), 160, false));
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

TEST(Beat, NoiseAndALoneVoiceAreNotLocked) {
    const auto voice = accuracy::readSound(TITANUS_TEST_DATA "/audio/vocadito/vocadito_1.flac");
    ASSERT_TRUE(voice && voice.value().channels == 1 && voice.value().rate == 44100);
    for (const Sound& sound : {noise(60, 0.3), voice.value().samples}) {
        const Heard heard = hear(sound);
        std::size_t locked = 0;
        for (const Features& f : heard.features) locked += f.clock.state == ClockState::Locked;
        EXPECT_LT(static_cast<double>(locked), 0.1 * static_cast<double>(heard.features.size()));
    }
}

} // namespace
} // namespace titanus::analysis::test
