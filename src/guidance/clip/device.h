#pragma once
// Where a painter reckons and how finely: the processor with loops of our own, or any device of
// torch through torch's operations. Pictures, losses, moments and leaves are float32 everywhere;
// only the image tower may reckon in half precision.
// Thread: any   Ownership: value
#include "guidance/engine.h"

#include <ATen/ATen.h>

#include <string>

namespace titanus::guidance {

struct Device {
    at::Device where = at::kCPU;
    at::ScalarType tower = at::kFloat; // of the image tower
    bool ownLoops = true;              // kernels.h; false: torch's operations for the whole step

    at::TensorOptions floats() const { return at::TensorOptions().device(where).dtype(at::kFloat); }
    bool isCpu() const { return where.is_cpu(); }
    std::string name() const { return where.str(); }     // "cpu", "cuda:0"
    std::string precision() const;                       // "float32", "bfloat16", "float16"
};

// CUDA where torch has it and the options do not say otherwise. Precision: as asked; Automatic is
// float16 on CUDA and float32 on a processor (make_engine measures there whether bfloat16 is faster).
Device chooseDevice(const EngineOptions& options);
// The processor has instructions for products of bfloat16: without them it is never faster.
bool processorHasBfloat16();

at::Generator generatorFor(const Device& device, std::uint64_t seed);

// The way into and out of a tower in half precision. Where gradients could vanish (float16 ends at
// 6e-8) they are larger by kGradientScale between the two; backward is linear, so nothing else changes.
constexpr double kGradientScale = 1024;
at::Tensor intoTower(const at::Tensor& images, const Device& device);
at::Tensor outOfTower(const at::Tensor& embeddings, const Device& device); // float32

// Numbers for the device in a place that stays: a captured step reads them by address.
void upload(at::Tensor& place, const at::Tensor& host, const Device& device);

// Where its values lie, to tell whether recorded operations still fit; 0: undefined.
inline std::int64_t address(const at::Tensor& t) { return t.defined() ? reinterpret_cast<std::int64_t>(t.data_ptr()) : 0; }

} // namespace titanus::guidance
