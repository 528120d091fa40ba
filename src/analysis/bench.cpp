#include "analysis/bench.h"

#include "analysis/analyzer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <vector>

namespace titanus::analysis {
namespace {

using Wall = std::chrono::steady_clock;

// Milliseconds of each step of 128 frames.
std::vector<double> timed(Analyzer& analyzer, std::span<const float> sound, std::size_t channels) {
    std::vector<double> ms;
    const std::size_t step = 128 * channels;
    ms.reserve(sound.size() / step + 1);
    for (std::size_t at = 0; at + step <= sound.size(); at += step) {
        const auto start = Wall::now();
        analyzer.process(sound.data() + at, 128);
        ms.push_back(std::chrono::duration<double, std::milli>(Wall::now() - start).count());
        for (Onset o; analyzer.popOnset(o);) {}
        for (BeatEvent b; analyzer.popBeat(b);) {}
        for (TempoItem t; analyzer.popTempo(t);) {}
    }
    return ms;
}

double at(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    const auto k = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + k, values.end());
    return values[static_cast<std::size_t>(k)];
}

} // namespace

AnalysisBench benchAnalysis(std::span<const float> interleaved, double sampleRate, int channels) {
    AnalysisBench bench;
    const auto width = static_cast<std::size_t>(channels);
    Analyzer analyzer({sampleRate, channels});
    const std::vector<double> usual = timed(analyzer, interleaved, width);
    if (usual.empty()) return bench;
    const double total = std::accumulate(usual.begin(), usual.end(), 0.0);
    bench.seconds = static_cast<double>(usual.size()) * 128 / sampleRate;
    bench.realTimeFactor = total / 1000 / bench.seconds;
    bench.meanHopMs = total / static_cast<double>(usual.size());
    bench.p99HopMs = at(usual, 0.99);
    bench.worstHopMs = *std::max_element(usual.begin(), usual.end());
    // A tail from -40 dB to 1e-42 in 3 s.
    std::vector<float> tail(static_cast<std::size_t>(3 * sampleRate) * width);
    for (std::size_t i = 0; i < tail.size(); ++i) {
        const double t = static_cast<double>(i / width) / sampleRate;
        tail[i] = static_cast<float>(0.01 * std::pow(10.0, -40 * t / 3) * std::sin(t * 2764.6));
    }
    bench.denormalRatio = at(timed(analyzer, tail, width), 0.5) / std::max(at(usual, 0.5), 1e-9);
    return bench;
}

} // namespace titanus::analysis
