// Scores the analysis on annotated sound, prints the table and fails below the floors.
//   accuracy [FOLDER] [--verbose] [--gain DB] [--half 1|2] [--auto-meter]     default: tests/data/audio
// Layout of FOLDER: tests/data/audio/README.md. Floors hold for the sets that are there; a missing
// one is named. Everything is heard by the same Analyzer that plays live.
#include "accuracy/sets.h"
#include "analysis/analyzer.h"
#include "params/catalogue.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>

namespace titanus::accuracy {
namespace {

using analysis::Analyzer;
using analysis::Onset;
using analysis::OnsetKind;

struct Heard {
    std::array<Times, analysis::kOnsetKindCount> onsets, decided;
    std::vector<analysis::BeatEvent> beats;
};

struct Hearing {
    float gainDb = 0;
    bool autoMeter = false; // three or four, as it is heard
};

// Onsets within the annotated part. Beats are annotated throughout, except that a performance ends
// with its last stroke.
Heard listen(const Clip& clip, Hearing hearing, float leadMs, float classGapMs) {
    Analyzer analyzer({clip.rate, clip.channels});
    params::Store store;
    params::ParamSnapshot p = store.snapshot();
    using params::param;
    p.values[param("audio.gain_db").value] = hearing.gainDb;
    p.values[param("clock.lead_ms").value] = leadMs;
    if (hearing.autoMeter) p.values[param("clock.meter").value] = 5;
    for (params::ParamIndex gap : {param("analysis.kick_gap_ms"), param("analysis.snare_gap_ms"), param("analysis.hat_gap_ms")})
        p.values[gap.value] = classGapMs;
    analyzer.setParams(p);
    analyzer.reset(); // the gain from the first sample on
    Heard heard;
    const auto width = static_cast<std::size_t>(clip.channels);
    for (std::size_t at = 0; at < clip.samples.size(); at += 512 * width) {
        analyzer.process(&clip.samples[at], std::min<std::size_t>(512, (clip.samples.size() - at) / width));
        for (Onset o; analyzer.popOnset(o);)
            if (o.time >= clip.scoreFrom && o.time <= clip.scoreTo) {
                heard.onsets[static_cast<std::size_t>(o.kind)].push_back(o.time);
                heard.decided[static_cast<std::size_t>(o.kind)].push_back(o.decided);
            }
        for (analysis::BeatEvent b; analyzer.popBeat(b);)
            if (clip.set != Set::Groove || (b.time >= clip.scoreFrom && b.time <= clip.scoreTo)) heard.beats.push_back(b);
    }
    return heard;
}

struct Tally {
    int clips = 0;
    Counts onsets, lenient[2], quiet[2]; // quiet: the same 20 and 40 dB below
    std::array<Counts, 3> classes;
    std::vector<double> latency, errors;
    double beatClips = 0, f5 = 0, cmlt5 = 0, amlt5 = 0, f0 = 0, cmlt0 = 0, amlt0 = 0, downbeat = 0;
    double tempoClips = 0, accuracy1 = 0, accuracy2 = 0, lock = 0, lockClips = 0;
    double frozen0 = 0, frozen100 = 0; // F of beats announced 0 and 100 ms ahead
};

Times timesOf(const std::vector<analysis::BeatEvent>& beats, bool onlyOnes, double shift) {
    Times times;
    for (const auto& b : beats)
        if (!onlyOnes || b.bar == 1) times.push_back(b.time - shift);
    return times;
}

// First of four right beats in a row.
double lockTime(const Times& wanted, const Times& detected) {
    int run = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool right = std::any_of(detected.begin(), detected.end(), [&](double d) { return std::abs(d - wanted[i]) < 0.07; });
        run = right ? run + 1 : 0;
        if (run == 4) return wanted[i - 3];
    }
    return -1;
}

void scoreOnsets(const Clip& clip, const Heard& heard, Tally& tally) {
    const Times& found = heard.onsets[0];
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    tally.onsets += matchGreedy(clip.onsets, found, 0.025, &pairs);
    for (const auto& [w, d] : pairs) tally.latency.push_back(heard.decided[0][d] - clip.onsets[w]);
    tally.lenient[0] += matchBest(clip.onsets, found, 0.05);
    if (!clip.onsetsSecond.empty()) tally.lenient[1] += matchBest(clip.onsetsSecond, found, 0.05);
    if (clip.hasClasses)
        for (std::size_t k = 0; k < 3; ++k) tally.classes[k] += matchGreedy(clip.classes[k], heard.onsets[k + 1], 0.025);
}

void scoreBeatsOf(const Clip& clip, const Heard& heard, Hearing hearing, Tally& tally) {
    // Counted from where the labels begin: some performances enter after a pause.
    const double start = clip.set == Set::Groove ? std::max(0.0, clip.scoreFrom) : 0;
    Times wanted;
    for (double b : clip.beats) wanted.push_back(b - start);
    const Times found = timesOf(heard.beats, false, start);
    const double tempo = tempoOf(between(found, 5, 1e9)), nominal = clip.bpm > 0 ? clip.bpm : tempoOf(wanted);
    tally.tempoClips += 1;
    tally.accuracy1 += tempoAgrees(tempo, nominal, false);
    tally.accuracy2 += tempoAgrees(tempo, nominal, true);
    if (wanted.empty()) return;
    const BeatScore late = scoreBeats(wanted, found, 5), all = scoreBeats(wanted, found, 0);
    tally.beatClips += 1;
    tally.f5 += late.f;
    tally.cmlt5 += late.cmlt;
    tally.amlt5 += late.amlt;
    tally.f0 += all.f;
    tally.cmlt0 += all.cmlt;
    tally.amlt0 += all.amlt;
    Times ones;
    for (std::size_t i = 0; i < clip.beats.size(); ++i)
        if (clip.bar[i] == 1) ones.push_back(clip.beats[i] - start);
    tally.downbeat += scoreBeats(ones, timesOf(heard.beats, true, start), 5).f;
    if (const double lock = lockTime(wanted, found); lock >= 0) {
        tally.lock += lock;
        tally.lockClips += 1;
    }
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    matchGreedy(wanted, found, 0.07, &pairs);
    for (const auto& [w, d] : pairs) tally.errors.push_back(found[d] - wanted[w]);
    tally.frozen0 += late.f;
    tally.frozen100 += scoreBeats(wanted, timesOf(listen(clip, hearing, 100, 30).beats, false, start), 5).f;
}

// What aubio reaches on the same clips, by aubio_scores.py.
std::optional<double> aubios(Set set, int clips, std::string_view quantity) {
    std::ifstream in(TITANUS_TEST_DATA "/../accuracy/aubio_scores.tsv");
    const std::string start = fmt::format("{}\t{}\t{}\t", name(set), clips, quantity);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(start)) return std::atof(line.c_str() + line.rfind('\t'));
    return std::nullopt;
}

struct Floors {
    int failed = 0;
    void check(std::string_view what, double value, double floor, bool atMost = false) {
        const bool ok = atMost ? value <= floor : value >= floor;
        failed += ok ? 0 : 1;
        fmt::print("{:5} {:58} {:8.4f} {} {:.4f}\n", ok ? "ok" : "BELOW", what, value, atMost ? "<=" : ">=", floor);
    }
    // Floor: aubio's figure times `factor` plus `margin`.
    void checkAgainstAubio(Set set, int clips, std::string_view quantity, double value, double factor, double margin, bool atMost = false) {
        const std::string what = fmt::format("{} {}, against aubio", name(set), quantity);
        if (const auto theirs = aubios(set, clips, quantity)) check(what, value, factor * *theirs + margin, atMost);
        else fmt::print("skip  {}: aubio_scores.tsv has no row for {} clips\n", what, clips);
    }
};

// The specification's musts, and where we are above, a hundredth under what was reached.
void checkFloors(const std::map<Set, Tally>& tallies, Floors& floors) {
    const auto with = [&](Set set, auto&& rows) {
        if (const auto found = tallies.find(set); found != tallies.end()) rows(found->second);
    };
    const auto mean = [](double sum, double count) { return count > 0 ? sum / count : 0; };
    with(Set::Groove, [&](const Tally& t) {
        floors.check("groove onsets F strict", t.onsets.f(), 0.927);
        floors.check("groove onset latency median ms", 1e3 * percentile(t.latency, 0.5), 10, true);
        floors.checkAgainstAubio(Set::Groove, t.clips, "onsets F strict", t.onsets.f(), 1, 0.02);
        floors.checkAgainstAubio(Set::Groove, t.clips, "onset latency median", 1e3 * percentile(t.latency, 0.5), 0.5, 0, true);
        floors.check("groove beats AMLt after 5 s", mean(t.amlt5, t.beatClips), 0.91);
        floors.check("groove tempo any level", mean(t.accuracy2, t.tempoClips), 0.95);
        floors.check("groove F loss by 100 ms lead", mean(t.frozen0 - t.frozen100, t.beatClips), 0.02, true);
    });
    with(Set::MdbDrums, [&](const Tally& t) {
        floors.check("mdb onsets F strict", t.onsets.f(), 0.954);
        floors.check("mdb onsets F strict at -20 dB", t.quiet[0].f(), 0.95);
        floors.check("mdb onsets F strict at -40 dB", t.quiet[1].f(), 0.95);
        floors.check("mdb onset latency median ms", 1e3 * percentile(t.latency, 0.5), 5, true);
        floors.check("mdb onset latency 90th percentile ms", 1e3 * percentile(t.latency, 0.9), 12, true);
        floors.check("mdb kick F", t.classes[0].f(), 0.949);
        floors.check("mdb snare F", t.classes[1].f(), 0.751);
        floors.check("mdb hat F", t.classes[2].f(), 0.761);
        floors.check("mdb beats F after 5 s", mean(t.f5, t.beatClips), 0.985);
        floors.check("mdb beats F from 0 s", mean(t.f0, t.beatClips), 0.955);
    });
    with(Set::MdbMix, [&](const Tally& t) {
        floors.check("mix beats F after 5 s", mean(t.f5, t.beatClips), 0.99);
        floors.check("mix beats F from 0 s", mean(t.f0, t.beatClips), 0.94);
    });
    with(Set::Ballroom, [&](const Tally& t) {
        floors.checkAgainstAubio(Set::Ballroom, t.clips, "onsets F strict", t.onsets.f(), 1, -0.02);
        floors.checkAgainstAubio(Set::Ballroom, t.clips, "onsets F lenient, first annotator", t.lenient[0].f(), 1, -0.02);
        floors.check("ballroom beats F after 5 s", mean(t.f5, t.beatClips), 0.83);
        floors.check("ballroom beats CMLt after 5 s", mean(t.cmlt5, t.beatClips), 0.65);
        floors.check("ballroom beats AMLt after 5 s", mean(t.amlt5, t.beatClips), 0.89);
        floors.check("ballroom beats F from 0 s", mean(t.f0, t.beatClips), 0.80);
    });
    with(Set::Vocadito, [&](const Tally& t) {
        floors.checkAgainstAubio(Set::Vocadito, t.clips, "onsets F lenient, first annotator", t.lenient[0].f(), 1, -0.02);
        floors.checkAgainstAubio(Set::Vocadito, t.clips, "onsets F lenient, second annotator", t.lenient[1].f(), 1, -0.02);
    });
    with(Set::Lmms, [&](const Tally& t) { floors.check("lmms tempo any level", mean(t.accuracy2, t.tempoClips), 0.94); });
}

void print(Set set, const Tally& t) {
    fmt::print("{:10} {:2} clips", name(set), t.clips);
    if (t.onsets.wanted)
        fmt::print(" | onsets F {:.3f} P {:.3f} R {:.3f} lenient {:.3f}{} decided +{:.1f}/{:.1f} ms", t.onsets.f(),
                   t.onsets.precision(), t.onsets.recall(), t.lenient[0].f(),
                   t.lenient[1].wanted ? fmt::format(" {:.3f}", t.lenient[1].f()) : "",
                   1e3 * percentile(t.latency, 0.5), 1e3 * percentile(t.latency, 0.9));
    if (t.classes[0].wanted)
        fmt::print(" | kick {:.3f} snare {:.3f} hat {:.3f}", t.classes[0].f(), t.classes[1].f(), t.classes[2].f());
    if (t.beatClips > 0)
        fmt::print(" | beats {:.3f}/{:.3f}/{:.3f} from 0 s {:.3f}/{:.3f}/{:.3f} lead 100 ms {:.3f} downbeat {:.3f} lock {:.1f} s error {:.1f} ms",
                   t.f5 / t.beatClips, t.cmlt5 / t.beatClips, t.amlt5 / t.beatClips, t.f0 / t.beatClips,
                   t.cmlt0 / t.beatClips, t.amlt0 / t.beatClips, t.frozen100 / t.beatClips, t.downbeat / t.beatClips,
                   t.lockClips > 0 ? t.lock / t.lockClips : -1, 1e3 * percentile(t.errors, 0.5));
    if (t.tempoClips > 0)
        fmt::print(" | tempo {:.2f} any level {:.2f}", t.accuracy1 / t.tempoClips, t.accuracy2 / t.tempoClips);
    fmt::print("\n");
}

int run(const std::filesystem::path& folder, Hearing hearing, bool verbose, int half) {
    std::vector<std::string> notes;
    const std::vector<Clip> clips = loadClips(folder, notes);
    std::map<Set, Tally> tallies;
    std::map<Set, int> seen;
    for (const Clip& clip : clips) {
        const int index = seen[clip.set]++;
        if (half != 0 && index % 2 != half - 1) continue;
        const Heard heard = listen(clip, hearing, 0, 30);
        Tally one;
        one.clips = 1;
        if (!clip.onsets.empty()) scoreOnsets(clip, heard, one);
        if (clip.set == Set::MdbDrums)
            for (std::size_t i = 0; i < 2; ++i) {
                const Heard faint = listen(clip, {hearing.gainDb - (i == 0 ? 20.f : 40.f), hearing.autoMeter}, 0, 30);
                one.quiet[i] += matchGreedy(clip.onsets, faint.onsets[0], 0.025);
            }
        if (!clip.beats.empty() || clip.bpm > 0) scoreBeatsOf(clip, heard, hearing, one);
        if (verbose) {
            fmt::print("{:36} ", clip.name);
            print(clip.set, one);
        }
        Tally& sum = tallies[clip.set];
        sum.clips += 1;
        sum.onsets += one.onsets;
        for (std::size_t i = 0; i < 2; ++i) sum.lenient[i] += one.lenient[i], sum.quiet[i] += one.quiet[i];
        for (std::size_t k = 0; k < 3; ++k) sum.classes[k] += one.classes[k];
        sum.latency.insert(sum.latency.end(), one.latency.begin(), one.latency.end());
        sum.errors.insert(sum.errors.end(), one.errors.begin(), one.errors.end());
        for (double Tally::*field : {&Tally::beatClips, &Tally::f5, &Tally::cmlt5, &Tally::amlt5, &Tally::f0, &Tally::cmlt0,
                                     &Tally::amlt0, &Tally::downbeat, &Tally::tempoClips, &Tally::accuracy1,
                                     &Tally::accuracy2, &Tally::lock, &Tally::lockClips, &Tally::frozen0, &Tally::frozen100})
            sum.*field += one.*field;
    }
    fmt::print("beats: F/CMLt/AMLt after 5 s; onsets within 25 ms, lenient 50 ms; decided: after the label, median/p90\n");
    for (const auto& [set, tally] : tallies) print(set, tally);
    for (const std::string& note : notes) fmt::print("note: {}\n", note);
    Floors floors;
    checkFloors(tallies, floors);
    if (tallies.empty()) {
        fmt::print(stderr, "nothing to score in {}\n", folder.string());
        return 1;
    }
    return floors.failed ? 1 : 0;
}

} // namespace
} // namespace titanus::accuracy

int main(int argc, char** argv) {
    std::filesystem::path folder = std::filesystem::path(TITANUS_TEST_DATA) / "audio";
    titanus::accuracy::Hearing hearing;
    bool verbose = false;
    int half = 0;
    for (int i = 1; i < argc; ++i) {
        if (!std::strcmp(argv[i], "--verbose")) verbose = true;
        else if (!std::strcmp(argv[i], "--auto-meter")) hearing.autoMeter = true;
        else if (!std::strcmp(argv[i], "--gain") && i + 1 < argc) hearing.gainDb = static_cast<float>(std::atof(argv[++i]));
        else if (!std::strcmp(argv[i], "--half") && i + 1 < argc) half = std::atoi(argv[++i]);
        else folder = argv[i];
    }
    return titanus::accuracy::run(folder, hearing, verbose, half);
}
