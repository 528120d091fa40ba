#pragma once
// What the ears cost: figures for `titanus bench analysis`. Thread: any   Real-time safe: no
#include <cstddef>
#include <span>

namespace titanus::analysis {

struct AnalysisBench {
    double seconds = 0;        // length of the sound
    double realTimeFactor = 0; // time used / length of the sound, on one core
    double meanHopMs = 0, p99HopMs = 0, worstHopMs = 0; // per 128 samples
    double denormalRatio = 0;  // median time per hop while sound decays below 1e-40 / usual median
};

AnalysisBench benchAnalysis(std::span<const float> interleaved, double sampleRate, int channels = 2);

} // namespace titanus::analysis
