#include "accuracy/scorer.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <numeric>
#include <sstream>

namespace titanus::accuracy {

Times mergedWithin(const Times& times, double seconds) {
    Times kept;
    for (double t : times)
        if (kept.empty() || t - kept.back() >= seconds) kept.push_back(t);
    return kept;
}

Times between(const Times& times, double first, double last) {
    Times kept;
    for (double t : times)
        if (t >= first && t <= last) kept.push_back(t);
    return kept;
}

Counts matchGreedy(const Times& wanted, const Times& detected, double window,
                   std::vector<std::pair<std::size_t, std::size_t>>* pairs) {
    Counts counts{0, detected.size(), wanted.size()};
    std::size_t w = 0, d = 0;
    while (w < wanted.size() && d < detected.size()) {
        const double delta = detected[d] - wanted[w];
        if (std::abs(delta) <= window) {
            ++counts.right;
            if (pairs) pairs->emplace_back(w, d);
            ++w;
            ++d;
        } else if (delta < 0) {
            ++d;
        } else {
            ++w;
        }
    }
    return counts;
}

Counts matchBest(const Times& wanted, const Times& detected, double window) {
    // Augmenting paths: the lists are short and neighbours few.
    std::vector<int> owner(detected.size(), -1);
    std::vector<char> seen;
    const std::function<bool(std::size_t)> place = [&](std::size_t w) {
        for (std::size_t d = 0; d < detected.size(); ++d) {
            if (seen[d] || std::abs(detected[d] - wanted[w]) > window) continue;
            seen[d] = 1;
            if (owner[d] < 0 || place(static_cast<std::size_t>(owner[d]))) {
                owner[d] = static_cast<int>(w);
                return true;
            }
        }
        return false;
    };
    Counts counts{0, detected.size(), wanted.size()};
    for (std::size_t w = 0; w < wanted.size(); ++w) {
        seen.assign(detected.size(), 0);
        if (place(w)) ++counts.right;
    }
    return counts;
}

namespace {

// Continuity (Hainsworth): share of the longest run of right beats, and of all right beats.
std::pair<double, double> continuity(const Times& wanted, const Times& detected) {
    constexpr double kPhase = 0.175, kPeriod = 0.175;
    if (wanted.size() < 2 || detected.size() < 2) return {0, 0};
    std::vector<char> used(wanted.size(), 0), right;
    for (std::size_t m = 0; m < detected.size(); ++m) {
        std::size_t nearest = 0;
        for (std::size_t i = 1; i < wanted.size(); ++i)
            if (std::abs(detected[m] - wanted[i]) < std::abs(detected[m] - wanted[nearest])) nearest = i;
        const double distance = std::abs(detected[m] - wanted[nearest]);
        bool ok = false;
        if (!used[nearest]) {
            const bool first = m == 0 || nearest == 0;
            const std::size_t reference = first ? nearest + 1 : nearest;
            if (first && reference >= wanted.size()) {
                ok = false;
            } else {
                const double step = std::max(std::numeric_limits<double>::min(), wanted[reference] - wanted[reference - 1]);
                double ours = step;
                if (first)
                    ours = m + 1 < detected.size() ? detected[m + 1] - detected[m] : detected[m] - detected[m - 1];
                else
                    ours = detected[m] - detected[m - 1];
                ok = distance / step < kPhase && std::abs(1 - ours / step) < kPeriod;
            }
            if (ok) used[nearest] = 1;
        }
        right.push_back(ok);
    }
    std::size_t longest = 0, run = 0, total = 0;
    for (char r : right) {
        run = r ? run + 1 : 0;
        total += r ? 1 : 0;
        longest = std::max(longest, run);
    }
    const double size = static_cast<double>(std::max(wanted.size(), detected.size()));
    return {static_cast<double>(longest) / size, static_cast<double>(total) / size};
}

} // namespace

BeatScore scoreBeats(const Times& wantedAll, const Times& detectedAll, double trim) {
    const double end = std::numeric_limits<double>::max();
    const Times wanted = between(wantedAll, trim, end), detected = between(detectedAll, trim, end);
    BeatScore score;
    if (wanted.empty() || detected.empty()) return score;
    score.f = matchBest(wanted, detected, 0.07).f();
    const auto [cmlc, cmlt] = continuity(wanted, detected);
    score.cmlc = cmlc;
    score.cmlt = cmlt;
    if (wanted.size() < 2 || detected.size() < 2) return score;
    Times doubled;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        doubled.push_back(wanted[i]);
        if (i + 1 < wanted.size()) doubled.push_back(0.5 * (wanted[i] + wanted[i + 1]));
    }
    const auto every = [&](std::size_t first, const Times& from) {
        Times out;
        for (std::size_t i = first; i < from.size(); i += 2) out.push_back(from[i]);
        return out;
    };
    score.amlc = cmlc;
    score.amlt = cmlt;
    for (const Times& variation : {every(1, doubled), doubled, every(0, wanted), every(1, wanted)}) {
        const auto [c, t] = continuity(variation, detected);
        score.amlc = std::max(score.amlc, c);
        score.amlt = std::max(score.amlt, t);
    }
    return score;
}

TempoScore scoreTempo(double slow, double fast, double weight, double a, double b, double tolerance) {
    const auto hit = [&](double wanted) {
        return wanted > 0 && std::min(std::abs(wanted - a), std::abs(wanted - b)) / wanted <= tolerance;
    };
    const bool first = hit(slow), second = hit(fast);
    return {weight * (first ? 1 : 0) + (1 - weight) * (second ? 1 : 0), first || second, first && second};
}

core::Result<std::array<double, 3>> readTempo(const std::filesystem::path& file) {
    const auto wrong = [&](const char* what) { return core::Problem{core::ProblemId::FileSyntax, file.string() + ": " + what}; };
    std::ifstream in(file);
    std::string line;
    for (std::string next; std::getline(in, next);) {
        if (next.find_first_not_of(" \t\r") == std::string::npos || next[0] == '#') continue;
        if (!line.empty()) return wrong("more than one line");
        line = next;
    }
    if (line.empty()) return wrong("empty");
    std::istringstream fields(line);
    std::array<double, 3> values{};
    for (double& v : values)
        if (!(fields >> v)) return wrong("three numbers expected");
    if (std::string rest; fields >> rest) return wrong("three numbers expected");
    if (values[0] < 0 || values[1] < 0 || values[2] < 0 || values[2] > 1) return wrong("out of range");
    if (values[0] == 0 && values[1] == 0) return wrong("no tempo");
    return values;
}

Times readTimes(const std::filesystem::path& file, std::vector<std::string>* labels) {
    Times times;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream fields(line);
        double t = 0;
        std::string label;
        if (!(fields >> t)) continue;
        fields >> label;
        times.push_back(t);
        if (labels) labels->push_back(label);
    }
    return times;
}

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const double at = share * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

double tempoOf(const Times& beats) {
    std::vector<double> steps;
    for (std::size_t i = 1; i < beats.size(); ++i) steps.push_back(beats[i] - beats[i - 1]);
    const double step = percentile(steps, 0.5);
    return step > 0 ? 60 / step : 0;
}

bool tempoAgrees(double bpm, double wanted, bool anyLevel, double tolerance) {
    for (double factor : {1.0, 2.0, 3.0, 0.5, 1.0 / 3}) {
        if (std::abs(bpm / (wanted * factor) - 1) <= tolerance) return true;
        if (!anyLevel) break;
    }
    return false;
}

} // namespace titanus::accuracy
