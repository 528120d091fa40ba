#include "analysis/bands.h"
#include "analysis/sounds.h"
#include "params/catalogue.h"

#include <gtest/gtest.h>

namespace titanus::analysis::test {
namespace {

TEST(Bands, L4_SineAtEachBandsCentreLightsOnlyThatBand) {
    for (std::size_t b = 0; b < kBandCount; ++b) {
        const double hz = std::sqrt(static_cast<double>(kBands[b].lowHz) * kBands[b].highHz);
        const Heard heard = hear(sine(hz, 4, 0.4));
        const Features& f = heard.features.back();
        EXPECT_GE(f.band[b], 0.9f) << "band " << b;
        for (std::size_t other = 0; other < kBandCount; ++other) {
            if (other == b) continue;
            EXPECT_LE(f.band[other], 0.3f) << "band " << b << " other " << other;
            EXPECT_GE(20 * std::log10(f.raw[b] / std::max(f.raw[other], 1e-9f)), 20.f) << "band " << b << " other " << other;
        }
    }
}

TEST(Bands, FollowerIsTrueToItsMilliseconds) {
    for (double dt : {0.001, 0.0029, 0.0167, 0.040})
        for (float tau : {0.05f, 0.2f}) {
            Follower up, down;
            down.reset(1);
            double t = 0;
            while (t < 3 * static_cast<double>(tau)) {
                t += dt;
                const float wanted = 1 - std::exp(static_cast<float>(-t) / tau);
                EXPECT_NEAR(up.step(1, static_cast<float>(dt), tau, 9), wanted, 0.05f * wanted) << dt;
                EXPECT_NEAR(1 - down.step(0, static_cast<float>(dt), 9, tau), wanted, 0.05f * wanted) << dt;
            }
        }
}

Groove loop() {
    return sequence(122, 8, "x...x...x...x...", "....x.......x...", "..x...x...x...x.", "bd_haus", "sn_dub", "hat_snap");
}

TEST(Bands, L3_SameTrackAtAnyLoudnessGivesTheSameLevels) {
    const Groove g = loop();
    std::array<std::array<double, kBandCount>, 4> means{};
    const double gains[] = {1, 0.1, 0.01, 2}; // the last one clips
    for (std::size_t i = 0; i < 4; ++i) {
        const Heard heard = hear(scaled(g.sound, gains[i], true));
        std::size_t count = 0;
        for (std::size_t k = 1000; k < heard.features.size(); ++k, ++count)
            for (std::size_t b = 0; b < kBandCount; ++b) means[i][b] += static_cast<double>(heard.features[k].band[b]);
        for (double& m : means[i]) m /= static_cast<double>(count);
    }
    for (std::size_t i = 1; i < 4; ++i)
        for (std::size_t b = 0; b < kBandCount; ++b)
            EXPECT_NEAR(means[i][b], means[0][b], std::max(0.1 * means[0][b], 0.003)) << "band " << b << " gain " << gains[i];
}

TEST(Bands, QuietNoiseIsNotPumpedUp) {
    const auto alone = hear(noise(6, 0.0008));
    for (float v : alone.features.back().band) EXPECT_LT(v, 0.01f);
    Sound sound = loop().sound;
    const Sound hiss = noise(4, 0.0008);
    sound.insert(sound.end(), hiss.begin(), hiss.end());
    const auto after = hear(sound);
    for (float v : after.features.back().band) EXPECT_LT(v, 0.01f) << "after music";
}

TEST(Bands, ColourTellsNoteFromNoise) {
    const Features note = hear(sine(440, 3, 0.4)).features.back(), hiss = hear(noise(3, 0.4)).features.back();
    EXPECT_GT(note.tonal, 0.7f);
    EXPECT_LT(hiss.tonal, 0.5f);
    EXPECT_GT(hiss.flatness, note.flatness + 0.3f);
    EXPECT_GT(hear(sine(6000, 3, 0.4)).features.back().centroid, note.centroid + 0.2f);
}

TEST(Bands, LoudnessIsThatOfTheStandard) {
    // BS.1770: a 997 Hz sine at 0 dBFS in one channel reads -3.01 LUFS.
    EXPECT_NEAR(hear(sine(997, 2, 1.0)).features.back().loudness, -3.01f, 0.1f);
    EXPECT_NEAR(hear(sine(997, 2, 0.1)).features.back().loudness, -23.01f, 0.1f);
}

Features withOwnBand(const Sound& sound, float hz, float width, std::size_t block = 441) {
    Analyzer analyzer({44100, 1});
    params::ParamSnapshot p = params::Store().snapshot();
    p.values[params::param("band.1.hz").value] = hz;
    p.values[params::param("band.1.width").value] = width;
    analyzer.setParams(p);
    for (std::size_t at = 0; at < sound.size(); at += block)
        analyzer.process(&sound[at], std::min(block, sound.size() - at));
    return analyzer.features();
}

TEST(Bands, OwnBandIsOneInsideZeroOutsideAndInSilence) {
    struct Own {
        float hz, width;
        double outside;
    };
    for (const Own& own : {Own{65, 30, 160}, Own{91, 42, 300}, Own{900, 600, 3000}, Own{6000, 3000, 900}, Own{600, 100, 65}}) {
        EXPECT_GT(withOwnBand(sine(static_cast<double>(own.hz), 3, 0.4), own.hz, own.width).user[0], 0.95f) << own.hz;
        EXPECT_LT(withOwnBand(sine(own.outside, 3, 0.4), own.hz, own.width).user[0], 0.03f) << own.hz;
        EXPECT_EQ(withOwnBand(silence(1), own.hz, own.width).user[0], 0.f);
        Sound ends = sine(static_cast<double>(own.hz), 2, 0.4);
        ends.resize(5 * 44100);
        EXPECT_LT(withOwnBand(ends, own.hz, own.width).user[0], 0.001f) << own.hz;
    }
}

TEST(Bands, OwnBandIsTheSameAtAnyFrameRateAndLoudness) {
    Sound sound = loop().sound;
    sound.resize(8 * 44100);
    double largest = 0;
    for (const double seconds : {4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 8.0}) { // where frames of both rates end
        const Sound part(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(seconds * 44100));
        const Features f = withOwnBand(part, 91, 42, 44100 / 24), g = withOwnBand(part, 91, 42, 44100 / 60);
        EXPECT_EQ(f.user, g.user);
        const Features quiet = withOwnBand(scaled(part, 0.1), 91, 42);
        EXPECT_NEAR(quiet.user[0], f.user[0], 0.05f);
        largest = std::max(largest, static_cast<double>(f.user[0]));
    }
    EXPECT_GT(largest, 0.1) << "a kick was heard";
}

} // namespace
} // namespace titanus::analysis::test
