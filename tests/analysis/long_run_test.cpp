// Half an hour of changing loops: nothing that is learnt or counted wears out.
#include "analysis/sounds.h"

#include <gtest/gtest.h>

namespace titanus::analysis::test {
namespace {

struct Loop {
    double bpm;
    const char *kick, *snare, *hat;          // strokes
    const char *kicks, *snares, *hats;       // pattern
};
const Loop kLoops[] = {{120, "bd_haus", "sn_dub", "hat_snap", "x...x...x...x...", "....x.......x...", "..x...x...x...x."},
                       {96, "drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed", "x.....x...x.....", "....x.......x..x", "x.x.x.x.x.x.x.x."},
                       {128, "bd_808", "sn_generic", "hat_zild", "x...x...x...x...", "....x.......x...", "..x...x...x...x."},
                       {140, "bd_tek", "sn_dolf", "hat_bdu", "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x."},
                       {88, "bd_haus", "sn_dub", "hat_snap", "x.....x...x.....", "....x.......x..x", "x.x.x.x.x.x.x.x."},
                       {105, "drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed", "x...x...x...x...", "....x.......x...", "xxxxxxxxxxxxxxxx"},
                       {124, "bd_808", "sn_generic", "hat_zild", "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x."},
                       {150, "bd_tek", "sn_dolf", "hat_bdu", "x...x...x...x...", "....x.......x...", "..x...x...x...x."},
                       {110, "bd_haus", "sn_dub", "hat_snap", "x.......x.x.....", "....x.......x...", "xxxxxxxxxxxxxxxx"},
                       {132, "drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed", "x...x...x...x...", "....x.......x...", "..x...x...x...x."}};

struct Score {
    accuracy::Counts onsets;
    double amlt = 0; // mean over the loops, each after its first 6 s
};

// Each loop for half a minute, five minutes in all.
Score fiveMinutes(Analyzer& analyzer) {
    Score score;
    for (const Loop& l : kLoops) {
        const int bars = static_cast<int>(std::lround(30 * l.bpm / 240));
        const Groove g = sequence(l.bpm, bars, l.kicks, l.snares, l.hats, l.kick, l.snare, l.hat);
        const double start = analyzer.seconds() - 0.5, length = bars * 240 / l.bpm;
        Heard heard;
        feed(analyzer, {g.sound.begin() + 22050, g.sound.begin() + std::lround((0.5 + length) * 44100)}, heard);
        Times onsets = heard.times(OnsetKind::Other), told, beats;
        for (double& t : onsets) t -= start;
        for (double t : heard.beatTimes()) told.push_back(t - start);
        for (double t = 0.5; t < 0.49 + length; t += 60 / l.bpm) beats.push_back(t);
        score.onsets += accuracy::matchGreedy(g.all, onsets, 0.025);
        score.amlt += accuracy::scoreBeats(beats, told, 6.5).amlt / static_cast<double>(std::size(kLoops));
    }
    return score;
}

TEST(LongRun, LastFiveMinutesOfThirtyAreHeardAsWellAsTheFirst) {
    if (kSanitized) GTEST_SKIP() << "too long for a sanitizer";
    Analyzer analyzer({44100, 1});
    const Score first = fiveMinutes(analyzer);
    Score last;
    while (analyzer.seconds() < 1795) last = fiveMinutes(analyzer);
    RecordProperty("onset_F", std::to_string(first.onsets.f()) + " " + std::to_string(last.onsets.f()));
    RecordProperty("AMLt", std::to_string(first.amlt) + " " + std::to_string(last.amlt));
    EXPECT_GE(last.onsets.f(), first.onsets.f() - 0.005);
    EXPECT_GE(last.amlt, first.amlt - 0.01);
    EXPECT_GE(first.onsets.f(), 0.97);
}

} // namespace
} // namespace titanus::analysis::test
