#pragma once
// The loss of the prompts as numbers and one formula over them: on any device, the same operations
// whatever the prompts are.
// Thread: guidance   Ownership: values
// Source: prompt loss of PyTTI (pytti-core, MIT), re-implemented
#include <ATen/ATen.h>

namespace titanus::guidance {

// P prompts, N crops, D as the guide's embeddings.
struct PromptTable {
    at::Tensor goals;     // [P,N,D] what each crop is compared with
    at::Tensor numbers;   // [P,Columns]
    at::Tensor shares;    // [P,N] of each crop by the mask
    at::Tensor maskGoals; // [P,D] of masks by meaning; undefined: none is by meaning
    // Weight is absolute. Floor: no pull below it. Offset is added to the distance. Soft is 1 where the
    // mask's distance is a floor too; beyond the limit of that distance a crop has no share.
    enum Column : std::int64_t { Sign, Weight, Floor, Offset, Soft, Limit, Columns };

    bool any() const { return goals.defined(); }
};

// e [N,D] with gradient -> sum over prompts of weight times the mean over crops, stopped at the floors.
at::Tensor promptLoss(const PromptTable& table, const at::Tensor& e);

// PyTTI's stop: the value as it is, the gradient as if it never went below the floor.
at::Tensor stopped(const at::Tensor& x, const at::Tensor& floor);

// d = 2 asin(|e-p|/2)^2 = half the squared angle, from the cosine. Finite slopes everywhere.
at::Tensor sphericalDistance(const at::Tensor& cosine);

} // namespace titanus::guidance
