#pragma once
// Figures of the painter for `titanus bench`: ratios taken inside one run, because machines are
// noisy.
// Thread: one at a time; runs engines of its own   Errors: ModelMissing, ModelBroken, OutputWriteFailed
#include "core/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace titanus::guidance {

// Step time against the bare forward and backward pass of the tower on a batch of the same size,
// taken in turns. Medians.
struct GuidanceBench {
    std::string guide;
    int threads = 0, inputSize = 0, crops = 0, steps = 0;
    double stepMs = 0, towerMs = 0, overhead = 0, stepsPerSecond = 0;
};
core::Result<GuidanceBench> benchGuidance(const std::filesystem::path& modelDir, double seconds);

// Steps from a prompt change to 80 % of the presence that the new prompt settles at.
struct ResponseBench {
    struct Change { std::string from, to; int steps = 0; float settledPresence = 0; };
    std::vector<Change> changes;
    double medianSteps = 0;
};
core::Result<ResponseBench> benchResponse(const std::filesystem::path& modelDir);

// The fixed list, 120 steps each: mean cosine on crops that no step has seen, and in how many
// pictures no other prompt of the list fits better. `sheet`: PNG of all pictures; empty: none.
struct QualityBench {
    struct Item { std::string prompt; float similarity = 0; int rank = 1; };
    std::vector<Item> items;
    double meanSimilarity = 0;
    int first = 0; // pictures with rank 1
};
core::Result<QualityBench> benchQuality(const std::filesystem::path& modelDir, int steps, const std::filesystem::path& sheet);

} // namespace titanus::guidance
