// What the beat is made from: the network's answers, the comb of repetitions, the bar's "one".
#include "analysis/bar_finder.h"
#include "analysis/beat_filter.h"
#include "analysis/beat_net.h"
#include "analysis/fast_math.h"
#include "analysis/newcomer.h"
#include "analysis/sounds.h"
#include "analysis/tempo_comb.h"

#include <gtest/gtest.h>

namespace titanus::analysis::test {
namespace {

constexpr double kFps = 44100.0 / 512;

struct Answers {
    std::vector<float> beat;
    double frameSeconds = 0;
    // The largest answer about an instant within `reach` of t; answers come kDelayFrames late.
    float around(double t, double reach) const {
        float best = 0;
        for (std::size_t n = 0; n < beat.size(); ++n) {
            const double about = (static_cast<double>(n + 1) - BeatNet::kDelayFrames) * frameSeconds;
            if (std::abs(about - t) <= reach) best = std::max(best, beat[n]);
        }
        return best;
    }
};

Answers answersTo(const Sound& sound) {
    Analyzer analyzer({44100, 1});
    Answers answers;
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < sound.size(); at += 64) {
        analyzer.process(&sound[at], std::min<std::size_t>(64, sound.size() - at));
        const auto probe = analyzer.probe();
        answers.frameSeconds = probe.frameSeconds;
        if (probe.frames != seen) answers.beat.push_back(probe.beat);
        seen = probe.frames;
    }
    return answers;
}

TEST(BeatNet, SaysBeatOnBeatsAndNotBetweenThem) {
    const Groove g = sequence(120, 6, "x...x...x...x...", "....x.......x...", "..x...x...x...x.", "drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed");
    const Answers answers = answersTo(g.sound);
    int right = 0, wrong = 0, beats = 0;
    for (double t = 2.5; t < 12; t += 0.5) { // hats sound halfway
        ++beats;
        right += answers.around(t, 0.04) > 0.3f;
        wrong += answers.around(t + 0.25, 0.04) > 0.3f;
    }
    EXPECT_GE(right, beats * 9 / 10);
    EXPECT_LE(wrong, beats / 10);
}

TEST(BeatNet, HearsNoBeatInSilenceAndHardlyAnyInNoise) {
    for (float p : answersTo(silence(3)).beat) EXPECT_LT(p, 0.2f);
    const Answers steady = answersTo(noise(8, 0.3));
    std::size_t loud = 0;
    for (float p : steady.beat) loud += p > 0.5f;
    EXPECT_LT(loud, steady.beat.size() / 20);
}

TEST(BeatNet, ForgetsAtReset) {
    BeatInputs::Frame frame{};
    for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = 0.1f * static_cast<float>(i % 7);
    BeatNet net;
    const float first = net.step(frame)[BeatNet::Old].beat;
    for (int i = 0; i < 50; ++i) net.step(frame);
    EXPECT_NE(net.step(frame)[BeatNet::Old].beat, first);
    net.reset();
    EXPECT_EQ(net.step(frame)[BeatNet::Old].beat, first);
}

TEST(BeatNet, TwoListenWithTheSameEarsAndOneCanForget) {
    BeatInputs::Frame frame{};
    BeatNet net;
    const auto step = [&](int n) {
        for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = 0.1f * static_cast<float>((i + static_cast<std::size_t>(n) * n) % 7);
        return net.step(frame);
    };
    const float first = step(0)[BeatNet::New].beat;
    for (int n = 1; n < 50; ++n) {
        const auto both = step(n);
        ASSERT_EQ(both[BeatNet::Old].beat, both[BeatNet::New].beat) << n;
    }
    net.forget();
    const auto apart = step(0);
    EXPECT_EQ(apart[BeatNet::New].beat, first);
    EXPECT_NE(apart[BeatNet::Old].beat, first);
    net.adopt();
    const auto together = step(1);
    EXPECT_EQ(together[BeatNet::Old].beat, together[BeatNet::New].beat);
}

// Strokes four times a second, every other one a beat. After 10 s the newcomer's network hears it at the others, and so much
// at the old ones; the listener's says so much of the old ones and of the others.
struct Change {
    double taken = 0; // when the newcomer was believed
    double moved = 0; // where the line then was, beats off the one before
    double bpm = 0;   // and its tempo
};
Change changeOf(float ofOld, float ofOthers, float freshOfOld = 0.02f) {
    constexpr double kHop = 128.0 / 44100, kLate = 0.064; // a network answers later than the stroke, and for longer
    BeatNet net;
    BeatTracker listener(kHop);
    Newcomer newcomer(kHop);
    Change change;
    for (int n = 0; n * kHop < 18; ++n) {
        const double now = n * kHop;
        const auto near = [&](double phase, double within) { return std::abs(std::remainder(now - phase, 0.5)) < within; };
        const bool beat = near(kLate, 0.02), other = near(kLate + 0.25, 0.02);
        if (n % 4 == 0) {
            const bool changed = now > 10;
            const BeatNet::Answer old{beat ? (changed ? ofOld : 0.9f) : changed && other ? ofOthers : 0.02f, 0.02f};
            const BeatNet::Answer fresh{(changed ? other : beat) ? 0.9f : changed && beat ? freshOfOld : 0.02f, 0.02f};
            const BeatLine before = listener.line();
            if (newcomer.hear({old, fresh}, net, listener, now) && change.taken == 0) {
                change.taken = now;
                change.moved = std::abs(std::remainder(listener.line().at(now) - before.at(now), 1.0));
                change.bpm = 60 / listener.line().period;
                EXPECT_LT(std::abs(listener.line().at(now) - before.at(now)), 1); // beats are counted on
            }
            listener.hear(old.beat, old.one);
        }
        const float stroke = near(0, 0.006) || near(0.25, 0.006) ? 1.f : 0.f;
        listener.process({stroke, 0, 0, 0}, now, false);
        newcomer.process({stroke, 0, 0, 0}, now, false);
    }
    return change;
}

void expectBelieved(const Change& change) {
    EXPECT_GT(change.taken, 11);
    EXPECT_LT(change.taken, 16);
    EXPECT_NEAR(change.moved, 0.5, 0.1);
}

TEST(Newcomer, IsBelievedOnceTheListenerHearsItsBeatToo) { expectBelieved(changeOf(0.02f, 0.9f)); }

TEST(Newcomer, IsBelievedWhereItIsSureAndTheListenerIsOfTwoMinds) { expectBelieved(changeOf(0.5f, 0.5f)); }

// Both hear a beat at either place, so that the newcomer tells twice the tempo, and fits slightly better.
TEST(Newcomer, KeepsTheLevelWhereTheLineStandsOnABeat) {
    const Change change = changeOf(0.6f, 0.6f, 0.7f);
    EXPECT_GT(change.taken, 11);
    EXPECT_NEAR(change.bpm, 120, 1);
    EXPECT_NEAR(change.moved, 0, 0.05);
}

TEST(Newcomer, TellsBothPlacesWhereTheLineSeemsHalfABeatOff) {
    const Change change = changeOf(0.5f, 0.7f, 0.7f);
    EXPECT_GT(change.taken, 11);
    EXPECT_NEAR(change.bpm, 240, 3);
}

TEST(Newcomer, IsNotBelievedWhileTheListenerHearsAnother) { EXPECT_EQ(changeOf(0.9f, 0.02f).taken, 0); }

// A kick every `frames`, rounded to the grid, a snare on every second, a hat between; the network hears beats. Scores: octaves below the best.
std::vector<float> scoresOf(double frames, double seconds) {
    TempoComb comb(kFps, 21, 110);
    const auto count = static_cast<int>(seconds * kFps);
    const auto every = [&](int n, double from, double period) { return std::fmod(n - from + period, period) < 1 ? 1.f : 0.05f; };
    for (int n = 0; n < count; ++n) {
        const float beat = every(n, 0, frames), hat = every(n, 0, frames / 2);
        comb.push({beat, every(n, 0, 4 * frames), hat, beat, every(n, frames, 2 * frames), hat});
    }
    return {comb.scores().begin(), comb.scores().end()};
}

TEST(TempoComb, RepetitionScoresBestAtItsOwnPeriod) {
    for (double bpm : {90.0, 110.0, 128.0, 150.0}) {
        const double period = kFps * 60 / bpm;
        const std::vector<float> scores = scoresOf(period, 8);
        const auto best = static_cast<double>(std::max_element(scores.begin(), scores.end()) - scores.begin()) + 21;
        EXPECT_NEAR(best / period, 1, 0.03) << bpm;
        EXPECT_LT(scores[static_cast<std::size_t>(std::lround(period * 0.75)) - 21], -2.f) << bpm;
    }
}

TEST(TempoComb, SaysNothingBeforeItHasHeardATimeAndNothingOfSilence) {
    for (float s : scoresOf(43, 1)) EXPECT_EQ(s, 0.f);
    TempoComb comb(kFps, 21, 110);
    for (int n = 0; n < 1000; ++n) EXPECT_FALSE(comb.push({}));
    for (float s : comb.scores()) EXPECT_EQ(s, 0.f);
}

// Beats every 43 frames, every `meter`-th a "one" worth `one`; heard until the middle of the last beat.
BeatFilter::Estimate afterBeats(int beats, int meter, float one) {
    BeatFilter filter(kFps);
    for (int n = 0; n < 43 * beats - 21; ++n) {
        const bool pulse = n % 43 < 3, first = n / 43 % meter == 0;
        filter.step(pulse ? 1.2f : -0.25f, pulse ? (first ? one : -one) : 0, pulse ? (first ? -one : 0.3f * one) : 0, false);
    }
    return filter.estimate();
}

TEST(BeatFilter, OnesSayWhereInTheBarAndHowLongTheBarIs) {
    const auto four = afterBeats(31, 4, 0.5f).places; // number 30 of 0..: the third beat
    EXPECT_GT(four[2], 0.8f);
    const auto three = afterBeats(32, 3, 0.5f).places; // number 31: the second of three
    EXPECT_GT(three[5], 0.8f);
}

TEST(BeatFilter, OnesMoveNeitherTempoNorPhase) {
    const BeatFilter::Estimate plain = afterBeats(24, 4, 0), told = afterBeats(24, 4, 0.6f);
    EXPECT_NEAR(plain.places[0], plain.places[1], 1e-3);
    EXPECT_NEAR(told.period, plain.period, 1e-4);
    EXPECT_NEAR(told.phase, plain.phase, 1e-3);
    EXPECT_NEAR(told.tempoShare, plain.tempoShare, 1e-2);
}

// Beats told as the network would; every `meter`-th from `first` on is a "one".
void tell(BarFinder& finder, std::int64_t from, std::int64_t count, int meter, std::int64_t first) {
    for (std::int64_t b = from; b < from + count; ++b)
        finder.beat(b, 0.8f, ((b - first) % meter + meter) % meter == 0 ? 0.5f : 0.05f);
}
std::int64_t position(const BarFinder& finder, std::int64_t beat) {
    return ((beat - finder.one()) % finder.meter() + finder.meter()) % finder.meter();
}

TEST(BarFinder, FindsTheOneWithinFourBars) {
    for (std::int64_t first = 0; first < 4; ++first) {
        BarFinder finder;
        tell(finder, 1, 16, 4, first);
        EXPECT_EQ(position(finder, first), 0) << first;
        EXPECT_GT(finder.share(), 0.45f) << first;
    }
}

TEST(BarFinder, TellsThreeFromFourWhenAskedTo) {
    for (int meter : {3, 4}) {
        BarFinder finder;
        finder.setMeter(0);
        tell(finder, 1, 24, meter, 2);
        EXPECT_EQ(finder.meter(), meter);
        EXPECT_EQ(position(finder, 2), 0) << meter;
    }
}

TEST(BarFinder, OneMovesOnlyAfterTwoBarsOfEvidence) {
    BarFinder finder;
    tell(finder, 1, 40, 4, 0);
    tell(finder, 41, 6, 4, 2); // a bar and a half that say otherwise
    EXPECT_EQ(position(finder, 0), 0);
    tell(finder, 47, 40, 4, 2);
    EXPECT_EQ(position(finder, 2), 0);
}

TEST(FastMath, AgreesWithTheLibrary) {
    for (double x = 1e-7; x < 1e7; x *= 1.01)
        EXPECT_NEAR(fastLog10(static_cast<float>(x)), std::log10(x), 2e-6) << x;
    for (double x = -25; x < 25; x += 0.01) {
        EXPECT_NEAR(fastTanh(static_cast<float>(x)), std::tanh(x), 2e-6) << x;
        EXPECT_NEAR(fastSigmoid(static_cast<float>(x)), 1 / (1 + std::exp(-x)), 2e-6) << x;
    }
}

} // namespace
} // namespace titanus::analysis::test
