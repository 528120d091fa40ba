#pragma once
// Reads .safetensors files: u64 length, JSON header, data. The file is mapped, not copied, and
// every number in the header is checked before it is believed: a hostile file gives a problem,
// never a crash or a large allocation.
// Thread: any   Owns: the mapping (move-only)   Errors: ModelMissing, ModelBroken
// Source: format description of huggingface/safetensors (Apache-2.0); own implementation
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace titanus::guidance {

enum class DType : std::uint8_t { F32, F16, BF16, I64, Other };

struct TensorView {
    DType type{};
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes; // little endian, row-major; valid while the file is open

    std::int64_t count() const;
};

class Safetensors {
  public:
    static core::Result<Safetensors> open(const std::filesystem::path& path);
    ~Safetensors();
    Safetensors(Safetensors&& other) noexcept;
    Safetensors& operator=(Safetensors&& other) noexcept;

    const std::map<std::string, TensorView>& tensors() const { return tensors_; }
    const std::map<std::string, std::string>& metadata() const { return metadata_; }

  private:
    Safetensors() = default;
    void* map_ = nullptr;
    std::size_t size_ = 0;
    std::map<std::string, TensorView> tensors_;
    std::map<std::string, std::string> metadata_;
};

} // namespace titanus::guidance
