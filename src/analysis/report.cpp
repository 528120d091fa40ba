#include "analysis/report.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace titanus::analysis {
namespace {

constexpr double kBandStep = 0.05; // seconds

double rounded(double value, double steps) { return std::round(value * steps) / steps; }
double time(double seconds) { return rounded(seconds, 1e6); }

} // namespace

std::string analyseToJson(std::span<const float> interleaved, double sampleRate, int channels) {
    Analyzer analyzer({sampleRate, channels});
    nlohmann::json out{{"onsets", nlohmann::json::array()}, {"beats", nlohmann::json::array()},
                       {"tempo", nlohmann::json::array()}, {"bands", nlohmann::json::array()}};
    const std::size_t step = static_cast<std::size_t>(channels) * 128;
    double nextBands = 0;
    const double length = static_cast<double>(interleaved.size()) / channels / sampleRate;
    for (std::size_t at = 0; at < interleaved.size(); at += step) {
        const std::size_t count = std::min(step, interleaved.size() - at);
        analyzer.process(interleaved.data() + at, count / static_cast<std::size_t>(channels));
        for (Onset o; analyzer.popOnset(o);)
            out["onsets"].push_back({{"time", time(o.time)}, {"decided", time(o.decided)},
                                     {"kind", kOnsetKinds[static_cast<std::size_t>(o.kind)]},
                                     {"strength", rounded(static_cast<double>(o.strength), 1e3)}});
        for (BeatEvent b; analyzer.popBeat(b);)
            if (b.time <= length) // announced ahead, but the file ended before
                out["beats"].push_back({{"time", time(b.time)}, {"decided", time(b.decided)}, {"bar", b.bar}});
        for (TempoItem t; analyzer.popTempo(t);)
            out["tempo"].push_back({{"time", time(t.time)}, {"bpm", rounded(static_cast<double>(t.bpm), 1e3)},
                                    {"confidence", rounded(static_cast<double>(t.confidence), 1e3)}});
        const Features& f = analyzer.features();
        if (f.seconds >= nextBands) {
            nlohmann::json values = nlohmann::json::array();
            for (float v : f.band) values.push_back(rounded(static_cast<double>(v), 1e4));
            out["bands"].push_back({{"time", time(f.seconds)}, {"values", values}});
            nextBands += kBandStep;
        }
    }
    return out.dump(1);
}

} // namespace titanus::analysis
