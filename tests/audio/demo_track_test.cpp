#include "audio/demo_track.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace titanus::audio;

namespace {

const Sound& track() {
    static const Sound sound = demoTrack();
    return sound;
}
std::size_t frameAt(double seconds) { return static_cast<std::size_t>(std::llround(seconds * kDemoSampleRate)); }

double rms(double from, double to) {
    double sum = 0;
    for (std::size_t i = frameAt(from) * 2; i < frameAt(to) * 2; ++i)
        sum += static_cast<double>(track().samples[i]) * static_cast<double>(track().samples[i]);
    return std::sqrt(sum / static_cast<double>((frameAt(to) - frameAt(from)) * 2));
}
double barTime(int bar) { return bar * kDemoBeatsPerBar * 60 / kDemoBpm; }

// Energy of the first difference (treble) or of a running mean (bass) in a short window.
double bassEnergy(double from, double seconds) {
    double low = 0, sum = 0;
    const std::size_t begin = frameAt(std::max(0.0, from - 0.02));
    for (std::size_t i = begin; i < std::min(frameAt(from + seconds), track().frames()); ++i) {
        low += 0.02 * (static_cast<double>(track().samples[2 * i]) - low);
        if (i >= frameAt(from)) sum += low * low;
    }
    return sum / seconds;
}
double trebleEnergy(double from, double seconds) {
    double sum = 0;
    for (std::size_t i = std::max<std::size_t>(frameAt(from), 2); i < std::min(frameAt(from + seconds), track().frames()); ++i) {
        const auto x = [&](std::size_t k) { return static_cast<double>(track().samples[2 * k]); };
        const double d = x(i) - 2 * x(i - 1) + x(i - 2);
        sum += d * d;
    }
    return sum / seconds;
}

std::vector<DemoEvent> events(DemoEventKind kind) {
    std::vector<DemoEvent> out;
    for (const DemoEvent& e : demoEvents())
        if (e.kind == kind) out.push_back(e);
    return out;
}

TEST(DemoTrack, TwoRendersGiveTheSameBits) {
    EXPECT_EQ(demoTrack().samples, track().samples);
}

TEST(DemoTrack, PiecesOfAnySizeGiveTheWholeAndTheLoopStartsEqual) {
    DemoSynth synth;
    std::vector<float> piece(2 * 7001);
    std::size_t at = 0;
    for (const std::size_t n : {1u, 127u, 5714u, 7001u, 512u, 7000u}) {
        ASSERT_EQ(synth.read(piece.data(), n), n);
        for (std::size_t i = 0; i < n * 2; ++i) ASSERT_EQ(piece[i], track().samples[at * 2 + i]);
        at += n;
    }
    synth.seek(kDemoSeconds - 0.01);
    EXPECT_LT(synth.read(piece.data(), 7000), 500u);
    EXPECT_EQ(synth.read(piece.data(), 10), 0u);
    synth.seek(0);
    ASSERT_EQ(synth.read(piece.data(), 7000), 7000u);
    for (std::size_t i = 0; i < 14000; ++i) ASSERT_EQ(piece[i], track().samples[i]);
}

TEST(DemoTrack, IsLoudFiniteAndNeverClips) {
    float peak = 0;
    double mean = 0;
    for (const float x : track().samples) {
        ASSERT_TRUE(std::isfinite(x));
        peak = std::max(peak, std::fabs(x));
        mean += static_cast<double>(x);
    }
    EXPECT_LT(peak, 0.8913f); // -1 dB
    EXPECT_GT(peak, 0.7f);
    EXPECT_LT(std::fabs(mean / static_cast<double>(track().samples.size())), 0.01);
    const double db = 20 * std::log10(rms(0, kDemoSeconds));
    EXPECT_GT(db, -18);
    EXPECT_LT(db, -9);
    EXPECT_NEAR(track().seconds(), kDemoSeconds, 1e-4);
}

TEST(DemoTrack, SectionsFollowEachOtherWithoutGapsAndSoundDifferent) {
    int next = 0;
    for (const DemoSection& s : demoSections()) {
        EXPECT_EQ(s.firstBar, next) << s.name;
        next += s.bars;
    }
    EXPECT_EQ(next, kDemoBars);
    const double broken = rms(barTime(26), barTime(30)), drop = rms(barTime(40), barTime(48));
    EXPECT_GT(drop, 1.6 * broken);
    EXPECT_GT(broken, 0.02);
    // The breath before the drop, and silence nowhere else.
    EXPECT_LT(rms(barTime(40) - 0.3, barTime(40) - 0.02), 0.5 * drop);
    for (int bar = 0; bar < kDemoBars; ++bar) EXPECT_GT(rms(barTime(bar), barTime(bar + 1)), 0.02) << bar;
}

TEST(DemoTrack, BassRisesAtEachKick) {
    const auto kicks = events(DemoEventKind::Kick);
    EXPECT_GT(kicks.size(), 150u);
    int right = 0;
    for (const DemoEvent& kick : kicks)
        right += bassEnergy(kick.time, 0.04) > 1.5 * bassEnergy(kick.time - 0.04, 0.04) || kick.time == 0;
    EXPECT_GE(right, static_cast<int>(0.97 * static_cast<double>(kicks.size())));
}

TEST(DemoTrack, TrebleRisesAtHatsAndSnares) {
    for (const DemoEventKind kind : {DemoEventKind::Hat, DemoEventKind::Snare}) {
        const auto hits = events(kind);
        EXPECT_GT(hits.size(), 100u);
        int right = 0;
        for (const DemoEvent& hit : hits)
            right += trebleEnergy(hit.time, 0.01) > 1.5 * trebleEnergy(hit.time - 0.01, 0.01);
        EXPECT_GE(right, static_cast<int>(0.95 * static_cast<double>(hits.size())));
    }
}

TEST(DemoTrack, BeatsAndBarsLieOnTheTempo) {
    const auto beats = events(DemoEventKind::Beat), bars = events(DemoEventKind::Bar);
    ASSERT_EQ(beats.size(), static_cast<std::size_t>(kDemoBars * kDemoBeatsPerBar));
    ASSERT_EQ(bars.size(), static_cast<std::size_t>(kDemoBars));
    for (const DemoEvent& beat : beats) EXPECT_NEAR(beat.time, beat.index * 60 / kDemoBpm, 2e-5);
    for (const DemoEvent& bar : bars) EXPECT_NEAR(bar.time, barTime(bar.index), 2e-5);
    EXPECT_EQ(events(DemoEventKind::Section).size(), demoSections().size());
    // What moves pictures starts at once.
    EXPECT_EQ(events(DemoEventKind::Kick).front().time, 0);
}

} // namespace
