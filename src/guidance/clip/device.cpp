#include "guidance/clip/device.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/cuda.h>

namespace titanus::guidance {
namespace {

struct ScaleGradient : torch::autograd::Function<ScaleGradient> {
    static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x, double factor) {
        ctx->saved_data["factor"] = factor;
        return x.view_as(x);
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx, torch::autograd::variable_list grads) {
        return {grads[0] * ctx->saved_data["factor"].toDouble(), at::Tensor()};
    }
};

} // namespace

std::string Device::precision() const {
    return tower == at::kHalf ? "float16" : tower == at::kBFloat16 ? "bfloat16" : "float32";
}

Device chooseDevice(const EngineOptions& options) {
    Device d;
    if (options.device != DeviceChoice::Cpu && torch::cuda::is_available()) d.where = at::Device(at::kCUDA, 0);
    d.ownLoops = d.isCpu();
    switch (options.precision) {
    case Precision::Automatic: d.tower = d.isCpu() ? at::kFloat : at::kHalf; break;
    case Precision::Float32: break;
    case Precision::Bfloat16: d.tower = at::kBFloat16; break;
    case Precision::Float16: d.tower = at::kHalf; break;
    }
    return d;
}

bool processorHasBfloat16() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

at::Generator generatorFor(const Device& device, std::uint64_t seed) {
    if (!device.where.is_cuda()) return at::detail::createCPUGenerator(seed);
    at::Generator random = at::globalContext().defaultGenerator(device.where).clone();
    random.set_current_seed(seed);
    return random;
}

at::Tensor intoTower(const at::Tensor& images, const Device& device) {
    if (device.tower == at::kFloat) return images;
    const at::Tensor own = device.tower == at::kHalf ? ScaleGradient::apply(images, 1 / kGradientScale) : images;
    return own.to(device.tower);
}

at::Tensor outOfTower(const at::Tensor& embeddings, const Device& device) {
    if (device.tower == at::kFloat) return embeddings;
    const at::Tensor wide = embeddings.to(at::kFloat);
    return device.tower == at::kHalf ? ScaleGradient::apply(wide, kGradientScale) : wide;
}

void upload(at::Tensor& place, const at::Tensor& host, const Device& device) {
    if (!place.defined() || place.sizes() != host.sizes() || place.scalar_type() != host.scalar_type())
        place = at::empty(host.sizes(), host.options().device(device.where));
    // Not from memory that is pinned: the driver stages small copies, so `host` may go at once and
    // nobody waits for the device.
    place.copy_(host, true);
}

} // namespace titanus::guidance
