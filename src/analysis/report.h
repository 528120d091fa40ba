#pragma once
// What `titanus analyse` prints. Thread: any   Real-time safe: no
#include "analysis/analyzer.h"

#include <span>
#include <string>

namespace titanus::analysis {

// Interleaved samples in, JSON text out:
// onsets[{time,decided,kind,strength}] beats[{time,decided,bar}] tempo[{time,bpm,confidence}]
// bands[{time,values}] (seven bands, 20 per second, 0..1). Times in seconds.
std::string analyseToJson(std::span<const float> interleaved, double sampleRate, int channels = 2);

} // namespace titanus::analysis
