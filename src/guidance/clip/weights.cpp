#include "guidance/clip/weights.h"

#include <cstring>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;

namespace {

std::string shapeText(c10::IntArrayRef shape) {
    std::string out(1, '[');
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i) out += ',';
        out += std::to_string(shape[i]);
    }
    out += ']';
    return out;
}

at::ScalarType scalarType(DType type) {
    switch (type) {
    case DType::F32: return at::kFloat;
    case DType::F16: return at::kHalf;
    case DType::BF16: return at::kBFloat16;
    case DType::I64: return at::kLong;
    case DType::Other: break;
    }
    return at::kByte;
}

} // namespace

core::Result<Weights> Weights::read(const std::filesystem::path& path) {
    auto file = Safetensors::open(path);
    if (!file) return file.problem();
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, view] : file.value().tensors()) {
        if (view.type == DType::Other)
            return Problem{ProblemId::ModelBroken, path.string() + ": tensor " + name + " has a type that no guide uses"};
        const at::Tensor raw = at::empty(view.shape, at::dtype(scalarType(view.type)));
        std::memcpy(raw.data_ptr(), view.bytes.data(), view.bytes.size());
        tensors[name] = view.type == DType::I64 ? raw : raw.to(at::kFloat);
    }
    return Weights(std::move(tensors), path.string());
}

const at::Tensor& Weights::peek(const std::string& key) const {
    const auto it = tensors_.find(key);
    if (it == tensors_.end()) throw ModelError{{ProblemId::ModelBroken, source_ + ": tensor " + key + " is missing"}};
    return it->second;
}

at::Tensor Weights::take(const std::string& key, std::vector<std::int64_t> shape) {
    const at::Tensor tensor = peek(key);
    bool fits = tensor.dim() == static_cast<std::int64_t>(shape.size());
    for (std::size_t i = 0; fits && i < shape.size(); ++i)
        fits = shape[i] == -1 || shape[i] == tensor.size(static_cast<std::int64_t>(i));
    if (fits && !tensor.is_floating_point())
        throw ModelError{{ProblemId::ModelBroken, source_ + ": tensor " + key + " holds whole numbers, expected F32, F16 or BF16"}};
    if (!fits)
        throw ModelError{{ProblemId::ModelBroken, source_ + ": tensor " + key + " is " + shapeText(tensor.sizes()) +
                                                      ", expected " + shapeText(shape)}};
    tensors_.erase(key);
    return tensor;
}

void Weights::rename(const std::string& from, const std::string& to) {
    auto node = tensors_.extract(from);
    if (node.empty()) return;
    node.key() = to;
    tensors_.insert(std::move(node));
}

void Weights::requireEmpty() const {
    if (!tensors_.empty())
        throw ModelError{{ProblemId::ModelBroken, source_ + ": tensor " + tensors_.begin()->first + " belongs to no known part"}};
}

} // namespace titanus::guidance
