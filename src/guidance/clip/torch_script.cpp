#include "guidance/clip/clip_guide.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

namespace titanus::guidance {

core::Result<Weights> readTorchScript(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return core::Problem{core::ProblemId::ModelMissing, file.string()};
    try {
        const torch::jit::Module module = torch::jit::load(file.string(), at::kCPU);
        std::map<std::string, at::Tensor> tensors;
        const auto keep = [&](const std::string& name, const at::Tensor& t) {
            const at::Tensor plain = t.detach();
            tensors[name] = plain.is_floating_point() ? plain.to(at::kFloat) : plain;
        };
        for (const auto& p : module.named_parameters()) keep(p.name, p.value);
        for (const auto& b : module.named_buffers()) keep(b.name, b.value);
        return Weights(std::move(tensors), file.string());
    } catch (const std::exception&) { // its text is pages long and names source lines of torch
        return core::Problem{core::ProblemId::ModelBroken,
                             file.string() + ": is no TorchScript archive that torch can read; turn a plain checkpoint into "
                                             ".safetensors with tools/convert_clip.py"};
    }
}

} // namespace titanus::guidance
