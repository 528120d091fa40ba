#pragma once
// Scores of onsets, beats and tempo, by the published definitions (Davies, Degara & Plumbley 2009;
// Boeck et al. 2012). Checked against the fixtures of mir_eval in scorer_test.cpp.
// Times in seconds, ascending. Thread: any
#include "core/result.h"

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace titanus::accuracy {

using Times = std::vector<double>;

struct Counts {
    std::size_t right = 0, detected = 0, wanted = 0;
    double precision() const { return detected ? static_cast<double>(right) / static_cast<double>(detected) : 0; }
    double recall() const { return wanted ? static_cast<double>(right) / static_cast<double>(wanted) : 0; }
    double f() const { return detected + wanted ? 2.0 * static_cast<double>(right) / static_cast<double>(detected + wanted) : 0; }
    Counts& operator+=(const Counts& o) {
        right += o.right; detected += o.detected; wanted += o.wanted;
        return *this;
    }
};

Times mergedWithin(const Times& times, double seconds); // drops those closer to the last one kept
Times between(const Times& times, double first, double last);

// In order, each used once. pairs (if given): indices of (wanted, detected).
Counts matchGreedy(const Times& wanted, const Times& detected, double window,
                   std::vector<std::pair<std::size_t, std::size_t>>* pairs = nullptr);
// Largest possible number of pairs.
Counts matchBest(const Times& wanted, const Times& detected, double window);

struct BeatScore {
    double f = 0, cmlc = 0, cmlt = 0, amlc = 0, amlt = 0;
};
// trim: seconds ignored at the start. Phase and period tolerance 0.175, F within 70 ms.
BeatScore scoreBeats(const Times& wanted, const Times& detected, double trim);

// Detection tempo scores of MIREX: two reference tempi with a weight, two estimates.
struct TempoScore {
    double p = 0;
    bool one = false, both = false;
};
TempoScore scoreTempo(double slow, double fast, double weight, double estimateA, double estimateB,
                      double tolerance = 0.08);
// mir_eval's text format: one line, three numbers. Errors: FileSyntax.
core::Result<std::array<double, 3>> readTempo(const std::filesystem::path& file);

// Numbers in the first column, '#' comments. Second column, if any, into `labels`.
Times readTimes(const std::filesystem::path& file, std::vector<std::string>* labels = nullptr);

// Median tempo of a list of beats, BPM; 0 if fewer than 2.
double tempoOf(const Times& beats);
bool tempoAgrees(double bpm, double wanted, bool anyLevel, double tolerance = 0.04);

double percentile(std::vector<double> values, double share); // 0 if empty

} // namespace titanus::accuracy
