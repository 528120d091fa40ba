#include "analysis/sounds.h"
#include "params/catalogue.h"

#include <gtest/gtest.h>

namespace titanus::analysis::test {
namespace {

TEST(Onsets, L5_ClicksAreAllFoundInTimeAndNothingElse) {
    Times wanted;
    double t = 0.6;
    for (int i = 0; i < 25; ++i) {
        wanted.push_back(t);
        t += 0.08 + 0.62 * ((i * 7) % 24) / 23.0; // every gap from 80 to 700 ms once
    }
    Sound sound = silence(t + 1);
    for (double w : wanted) mix(sound, click(), w, 0.8);
    const Heard heard = hear(sound);
    const Times found = heard.times(OnsetKind::Other);
    ASSERT_EQ(found.size(), wanted.size());
    std::size_t i = 0;
    for (const Onset& o : heard.onsets)
        if (o.kind == OnsetKind::Other) {
            EXPECT_NEAR(o.time, wanted[i], 0.005);
            EXPECT_LE(o.decided - wanted[i], 0.010);
            EXPECT_GT(o.decided, o.time);
            EXPECT_GT(o.strength, 0.2f);
            ++i;
        }
}

struct Kit {
    const char *kick, *snare, *hat;
};
const Kit kKits[] = {{"bd_haus", "sn_dub", "hat_snap"}, {"drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed"},
                     {"bd_808", "sn_generic", "hat_zild"}, {"bd_tek", "sn_dolf", "hat_bdu"}};
struct Pattern {
    const char *kick, *snare, *hat;
};
const Pattern kPatterns[] = {{"x...x...x...x...", "....x.......x...", "..x...x...x...x."},
                             {"x.....x...x.....", "....x.......x..x", "x.x.x.x.x.x.x.x."},
                             {"x.......x.x.....", "....x.......x...", "xxxxxxxxxxxxxxxx"}};

TEST(Onsets, SequencedStrokesAreFound) {
    accuracy::Counts all;
    std::array<accuracy::Counts, 3> classes;
    for (const Kit& kit : kKits)
        for (const Pattern& p : kPatterns)
            for (double bpm : {90.0, 128.0, 175.0}) {
                const Groove g = sequence(bpm, 4, p.kick, p.snare, p.hat, kit.kick, kit.snare, kit.hat);
                const Heard heard = hear(g.sound);
                const auto one = accuracy::matchGreedy(g.all, heard.times(OnsetKind::Other), 0.025);
                all += one;
                classes[0] += accuracy::matchGreedy(g.kicks, heard.times(OnsetKind::Kick), 0.025);
                classes[1] += accuracy::matchGreedy(g.snares, heard.times(OnsetKind::Snare), 0.025);
                classes[2] += accuracy::matchGreedy(g.hats, heard.times(OnsetKind::Hat), 0.025);
            }
    RecordProperty("onset_F", std::to_string(all.f()));
    EXPECT_GE(all.f(), 0.97);
    EXPECT_GE(classes[0].f(), 0.95) << "kick P " << classes[0].precision() << " R " << classes[0].recall();
    EXPECT_GE(classes[1].f(), 0.95) << "snare P " << classes[1].precision() << " R " << classes[1].recall();
    EXPECT_GE(classes[2].f(), 0.95) << "hat P " << classes[2].precision() << " R " << classes[2].recall();
}

// More tempi than above.
TEST(Onsets, SequencedStrokesAreFoundAtEveryTempo) {
    if (kSanitized) GTEST_SKIP() << "too long for a sanitizer";
    std::array<accuracy::Counts, 3> patterns, classes;
    for (const Kit& kit : kKits)
        for (std::size_t p = 0; p < 3; ++p)
            for (double bpm : {90.0, 107.0, 124.0, 141.0, 158.0, 175.0}) {
                const Groove g = sequence(bpm, 4, kPatterns[p].kick, kPatterns[p].snare, kPatterns[p].hat, kit.kick, kit.snare, kit.hat);
                const Heard heard = hear(g.sound);
                patterns[p] += accuracy::matchGreedy(g.all, heard.times(OnsetKind::Other), 0.025);
                classes[0] += accuracy::matchGreedy(g.kicks, heard.times(OnsetKind::Kick), 0.025);
                classes[1] += accuracy::matchGreedy(g.snares, heard.times(OnsetKind::Snare), 0.025);
                classes[2] += accuracy::matchGreedy(g.hats, heard.times(OnsetKind::Hat), 0.025);
            }
    for (std::size_t p = 0; p < 3; ++p) EXPECT_GE(patterns[p].f(), 0.97) << p;
    for (std::size_t c = 0; c < 3; ++c) EXPECT_GE(classes[c].f(), 0.95) << kOnsetKinds[c + 1];
}

Sound tone(double seconds, const std::function<double(double)>& hz, const std::function<double(double)>& gain) {
    Sound s(static_cast<std::size_t>(seconds * 44100));
    double phase = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const double t = static_cast<double>(i) / 44100;
        phase += kTau * hz(t) / 44100;
        double v = 0;
        for (int h = 1; h <= 3; ++h) v += std::sin(h * phase) / (h * h);
        s[i] = static_cast<float>(0.3 * gain(t) * v);
    }
    return s;
}

TEST(Onsets, HeldSoundsThatMoveAreNoAttacks) {
    const auto one = [](double) { return 1.0; };
    const double seconds = 11;
    const auto count = [&](const Sound& s) { return hear(s).times(OnsetKind::Other, 1).size(); };
    EXPECT_LE(count(tone(seconds, [](double t) { return 440 * std::exp2(0.5 / 12 * std::sin(kTau * 6 * t)); }, one)), 2u) << "vibrato";
    EXPECT_LE(count(tone(seconds, [](double) { return 330.0; }, [](double t) { return 0.7 + 0.3 * std::sin(kTau * 5 * t); })), 2u) << "tremolo";
    Sound chord = tone(seconds, [](double) { return 220.0; }, one);
    mix(chord, tone(seconds, [](double) { return 277.2; }, one), 0);
    mix(chord, tone(seconds, [](double) { return 329.6; }, one), 0);
    EXPECT_LE(count(scaled(chord, 0.3)), 2u) << "chord";
    const Heard glide = hear(tone(seconds, [](double t) { return 40 * std::exp2(t / 5); }, one));
    EXPECT_LE(glide.times(OnsetKind::Other, 1).size(), 2u) << "glide";
    EXPECT_EQ(glide.times(OnsetKind::Kick, 1).size(), 0u) << "glide";
}

TEST(Onsets, LoudnessOfTheTrackDoesNotMatter) {
    const Groove g = sequence(120, 8, kPatterns[1].kick, kPatterns[1].snare, kPatterns[1].hat, "drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed");
    const double reference = accuracy::matchGreedy(g.all, hear(g.sound).times(OnsetKind::Other), 0.025).f();
    for (double db : {-20.0, -40.0, 6.0}) {
        const Heard heard = hear(scaled(g.sound, std::pow(10, db / 20), true));
        EXPECT_NEAR(accuracy::matchGreedy(g.all, heard.times(OnsetKind::Other), 0.025).f(), reference, 0.03) << db;
    }
}

TEST(Onsets, RecoverAfterTheLevelFallsBy20Db) {
    const Groove g = sequence(120, 8, kPatterns[0].kick, kPatterns[0].snare, kPatterns[0].hat, "bd_haus", "sn_dub", "hat_snap");
    Sound sound = g.sound;
    const double length = static_cast<double>(sound.size()) / 44100;
    const Sound quiet = scaled(g.sound, 0.1);
    sound.insert(sound.end(), quiet.begin(), quiet.end());
    sound.insert(sound.end(), quiet.begin(), quiet.end());
    const Heard heard = hear(sound);
    Times wanted;
    for (double t : g.all) wanted.push_back(t + 2 * length);
    EXPECT_GE(accuracy::matchGreedy(wanted, heard.times(OnsetKind::Other, 2 * length), 0.025).recall(), 0.9);
}

TEST(Onsets, SilenceNoiseFloorAndDcHaveNone) {
    EXPECT_TRUE(hear(silence(5)).onsets.empty());
    EXPECT_TRUE(hear(noise(5, 0.0005 * std::sqrt(3.0))).onsets.empty()) << "-66 dBFS noise";
    Sound dc = silence(5);
    for (std::size_t i = 0; i < dc.size(); ++i) dc[i] = 0.5f;
    for (const Onset& o : hear(dc).onsets) EXPECT_LT(o.time, 0.2);
}

TEST(Onsets, SilenceIsSaidWithinASecondAndEndsWithin10Ms) {
    const Sound floor = noise(3, 0.0005 * std::sqrt(3.0), 5); // -66 dBFS
    for (const auto& [quiet, offset] : {std::pair{silence(3), 0.f}, {floor, 0.f}, {Sound(3 * 44100, 0.5f), 0.5f}}) {
        Sound sound = noise(2, 0.3), again = noise(1, 0.3, 3);
        for (float& v : again) v += offset;
        sound.insert(sound.end(), quiet.begin(), quiet.end());
        sound.insert(sound.end(), again.begin(), again.end());
        Analyzer analyzer({44100, 1});
        double on = 0, off = 0; // since the quiet began and since it ended
        for (std::size_t at = 0; at + 32 <= sound.size(); at += 32) {
            analyzer.process(&sound[at], 32);
            const double t = analyzer.seconds();
            const bool silent = analyzer.features().silent;
            if (t > 2 && on == 0 && silent) on = t - 2;
            if (t > 5 && off == 0 && !silent) off = t - 5;
            if (t > 3 && t < 5) {
                ASSERT_TRUE(silent) << offset << " at " << t;
            }
            for (Onset o; analyzer.popOnset(o);) EXPECT_TRUE(o.time < 2.2 || o.time > 4.99) << offset << " at " << o.time;
        }
        EXPECT_TRUE(on > 0 && on <= 1) << on;
        EXPECT_TRUE(off > 0 && off <= 0.010) << off;
    }
}

TEST(Onsets, SensitivityActsEvenly) {
    const Groove g = sequence(120, 6, kPatterns[2].kick, kPatterns[2].snare, kPatterns[2].hat, "bd_haus", "sn_dub", "hat_snap");
    Sound sound = g.sound;
    std::mt19937 random(5);
    for (int i = 0; i < 60; ++i) mix(sound, click(), 0.6 + 0.19 * i, 0.002 * std::pow(1.11, i));
    std::vector<std::size_t> counts;
    for (float s : {0.f, 0.25f, 0.5f, 0.75f, 1.f}) {
        Analyzer analyzer({44100, 1});
        params::ParamSnapshot p = params::Store().snapshot();
        p.values[params::param("analysis.sensitivity").value] = s;
        analyzer.setParams(p);
        Heard heard;
        feed(analyzer, sound, heard);
        counts.push_back(heard.times(OnsetKind::Other).size());
    }
    for (std::size_t i = 1; i < counts.size(); ++i) EXPECT_GE(counts[i] + 1, counts[i - 1]) << i;
    EXPECT_GT(counts.back(), counts.front());
}

TEST(Onsets, L5_GapOfEveryClassIsKept) {
    const Kit& kit = kKits[0];
    const std::tuple<OnsetKind, const char*, const char*> classes[] = {{OnsetKind::Kick, "analysis.kick_gap_ms", "kick"}, {OnsetKind::Snare, "analysis.snare_gap_ms", "snare"}, {OnsetKind::Hat, "analysis.hat_gap_ms", "hat"}};
    for (const auto& [kind, gap, name] : classes) {
        const bool isKick = kind == OnsetKind::Kick, isSnare = kind == OnsetKind::Snare;
        const std::string all = "x.x.x.x.x.x.x.x.", none = "................";
        const Groove g = sequence(140, 4, isKick ? all : none, isSnare ? all : none, isKick || isSnare ? none : all, kit.kick, kit.snare, kit.hat);
        const auto count = [&](float ms) {
            Analyzer analyzer({44100, 1});
            params::ParamSnapshot p = params::Store().snapshot();
            p.values[params::findParam(gap)->value] = ms;
            analyzer.setParams(p);
            Heard heard;
            feed(analyzer, g.sound, heard);
            const Times times = heard.times(kind);
            for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GT(times[i] - times[i - 1], ms / 1000 - 0.001) << name;
            return times.size();
        };
        const std::size_t strokes = count(100), fewer = count(500);
        EXPECT_GE(strokes, 16u) << name;
        EXPECT_LT(fewer, strokes) << name;
        EXPECT_GE(fewer, 6u) << name;
    }
}

// What a dancer sees: four on the floor with hats between must not light the hat's lamp on the kick.
TEST(Classes, ABareKickLightsTheKickAloneAndHatsOnKicksAreSeen) {
    std::size_t bare = 0, falseHats = 0, falseSnares = 0, both = 0, seen = 0;
    const auto near = [](const Times& strokes, double t) { return std::any_of(strokes.begin(), strokes.end(), [&](double s) { return std::abs(s - t) < 0.03; }); };
    for (const Kit& kit : kKits)
        for (const auto& [kicks, snares, hats] : {std::tuple{"x...x...x...x...", "................", "..x...x...x...x."}, {"x...x...x...x...", "................", "................"},
                                                  {"x.....x...x.....", "....x.......x..x", "..x...x...x...x."}, {"x...x...x...x...", "....x.......x...", "x.x.x.x.x.x.x.x."}})
            for (const double bpm : {100.0, 128.0}) {
                const Groove g = sequence(bpm, 8, kicks, snares, hats, kit.kick, kit.snare, kit.hat);
                const Heard heard = hear(g.sound);
                const Times hat = heard.times(OnsetKind::Hat), snare = heard.times(OnsetKind::Snare);
                for (const double t : g.kicks) {
                    const bool withHat = near(g.hats, t), withSnare = near(g.snares, t);
                    if (!withHat && !withSnare) ++bare, falseHats += near(hat, t), falseSnares += near(snare, t);
                    if (withHat && !withSnare) ++both, seen += near(hat, t);
                }
            }
    EXPECT_LE(falseHats, bare / 50);
    EXPECT_LE(falseSnares, bare / 50);
    EXPECT_GE(seen, both * 9 / 10) << "beside a kick a hat must be surer";
}

} // namespace
} // namespace titanus::analysis::test
