// Build-up, drop, break and silence where the track has them.
#include "analysis/sounds.h"
#include "audio/demo_track.h"

#include <gtest/gtest.h>

namespace titanus::analysis::test {
namespace {

struct Told {
    std::vector<Features> features; // every 10 ms
    Times drops;
    // Share of the time from..to in that section.
    double share(Section section, double from, double to) const {
        std::size_t all = 0, in = 0;
        for (const Features& f : features)
            if (f.seconds >= from && f.seconds < to) {
                ++all;
                in += f.section == section;
            }
        return all ? static_cast<double>(in) / static_cast<double>(all) : 0;
    }
};

Told listen(const Sound& interleaved, double rate, int channels) {
    Analyzer analyzer({rate, channels});
    Told told;
    const auto width = static_cast<std::size_t>(channels), block = static_cast<std::size_t>(rate / 100);
    std::uint64_t drops = 0;
    for (std::size_t at = 0; at < interleaved.size(); at += block * width) {
        analyzer.process(&interleaved[at], std::min(block, (interleaved.size() - at) / width));
        for (Onset o; analyzer.popOnset(o);) {}
        for (BeatEvent b; analyzer.popBeat(b);) {}
        const Features& f = analyzer.features();
        if (f.drops != drops) told.drops.push_back(f.lastDropSeconds);
        drops = f.drops;
        told.features.push_back(f);
    }
    return told;
}

TEST(Sections, DemoTrackHasItsBreakItsBuildUpAndItsDrop) {
    const audio::Sound sound = audio::demoTrack();
    const Told told = listen(sound.samples, sound.sampleRate, 2);
    std::map<std::string_view, std::array<double, 2>> at;
    const double bar = 4 * 60 / audio::kDemoBpm;
    for (const audio::DemoSection& s : audio::demoSections()) at[s.name] = {s.firstBar * bar, (s.firstBar + s.bars) * bar};
    ASSERT_EQ(told.drops.size(), 1u);
    EXPECT_NEAR(told.drops[0], at["drop"][0], 0.05);
    EXPECT_GE(told.share(Section::Drop, at["drop"][0] + 1, at["drop"][0] + 6), 0.95);
    EXPECT_GE(told.share(Section::Break, at["break"][0] + 3, at["break"][1]), 0.5);
    float build = 0, groove = 0;
    for (const Features& f : told.features) {
        if (f.seconds > at["build"][0] && f.seconds < at["build"][1]) build = std::max(build, f.build);
        if (f.seconds > at["groove"][0] + 4 && f.seconds < at["groove"][1]) groove = std::max(groove, f.build);
    }
    EXPECT_GE(build, 0.6f);
    EXPECT_LE(groove, 0.4f);
    EXPECT_GE(told.share(Section::Steady, at["groove"][0] + 4, at["groove"][1]), 0.9);
}

// 16 s of groove, 8 s of hats that grow denser without kick or bass, the groove again, then nothing.
TEST(Sections, ComposedTrackIsTold) {
    const double beat = 0.5, dropAt = 24;
    Sound sound = silence(44);
    const auto groove = [&](double from, double to) {
        for (double t = from; t < to - 0.01; t += beat) {
            mix(sound, oneShot("drum_heavy_kick"), t, 0.7);
            mix(sound, sine(55, 0.4, 0.3), t + 0.05);
            mix(sound, oneShot("drum_cymbal_closed"), t + beat / 2, 0.3);
        }
    };
    groove(0, 16);
    for (double t = 16; t < dropAt; t += t < 19 ? 0.5 : t < 21.5 ? 0.25 : 0.125)
        mix(sound, oneShot("drum_cymbal_closed"), t, 0.25 + 0.05 * (t - 16));
    groove(dropAt, 40);
    const Told told = listen(sound, 44100, 1);
    EXPECT_GE(told.share(Section::Steady, 6, 16), 0.95);
    ASSERT_EQ(told.drops.size(), 1u);
    EXPECT_NEAR(told.drops[0], dropAt, 0.05);
    EXPECT_GE(told.share(Section::Drop, dropAt + 1, dropAt + 6), 0.95);
    EXPECT_GE(told.share(Section::Break, 18.5, dropAt) + told.share(Section::Build, 18.5, dropAt), 0.8);
    EXPECT_GE(told.share(Section::Silence, 42, 44), 0.99);
    EXPECT_EQ(told.features.back().section, Section::Silence);
}

} // namespace
} // namespace titanus::analysis::test
