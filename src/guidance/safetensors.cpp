#include "guidance/safetensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;
using nlohmann::json;

namespace {

constexpr std::uint64_t kMaxHeader = 100u << 20;
constexpr std::size_t kMaxRank = 8;

struct TypeRow { const char* name; DType type; std::uint64_t size; };
constexpr TypeRow kTypes[] = {{"F32", DType::F32, 4}, {"F16", DType::F16, 2}, {"BF16", DType::BF16, 2},
                              {"I64", DType::I64, 8}, {"I32", DType::Other, 4}, {"U8", DType::Other, 1},
                              {"I8", DType::Other, 1}, {"BOOL", DType::Other, 1}, {"F64", DType::Other, 8},
                              {"I16", DType::Other, 2}};

// A whole number that fits, or nothing: json's own conversion would wrap negatives.
bool readUnsigned(const json& value, std::uint64_t& out) {
    if (!value.is_number_unsigned()) return false;
    out = value.get<std::uint64_t>();
    return true;
}

// Empty text: fine.
std::string readTensor(const json& entry, std::span<const std::byte> data, TensorView& view,
                       std::pair<std::uint64_t, std::uint64_t>& range) {
    if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets"))
        return "lacks dtype, shape or data_offsets";
    const json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];
    if (!dtype.is_string() || !shape.is_array() || !offsets.is_array() || offsets.size() != 2 || shape.size() > kMaxRank)
        return "has dtype, shape or data_offsets of the wrong kind";
    const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const TypeRow& t) { return dtype.get_ref<const std::string&>() == t.name; });
    if (row == std::end(kTypes)) return "has the unknown type " + dtype.get<std::string>();
    std::uint64_t bytes = row->size;
    for (const json& side : shape) {
        std::uint64_t n = 0;
        if (!readUnsigned(side, n) || (n != 0 && bytes > data.size() / n)) return "is larger than the file (truncated?)";
        bytes *= n;
        view.shape.push_back(static_cast<std::int64_t>(n));
    }
    if (!readUnsigned(offsets[0], range.first) || !readUnsigned(offsets[1], range.second) ||
        range.first > range.second || range.second > data.size())
        return "lies outside the file (truncated?)";
    if (range.second - range.first != bytes) return "has a size that does not fit its shape";
    view.type = row->type;
    view.bytes = data.subspan(range.first, bytes);
    return {};
}

} // namespace

std::int64_t TensorView::count() const {
    std::int64_t n = 1;
    for (std::int64_t side : shape) n *= side;
    return n;
}

core::Result<Safetensors> Safetensors::open(const std::filesystem::path& path) {
    const auto broken = [&](const std::string& why) {
        return Problem{ProblemId::ModelBroken, path.string() + ": " + why};
    };
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Problem{ProblemId::ModelMissing, path.string() + ": " + std::strerror(errno)};
    struct stat info{};
    const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    Safetensors file;
    file.size_ = regular ? static_cast<std::size_t>(info.st_size) : 0;
    if (file.size_ >= 8) file.map_ = ::mmap(nullptr, file.size_, PROT_READ, MAP_PRIVATE, fd, 0);
    ::close(fd);
    if (file.map_ == MAP_FAILED) file.map_ = nullptr;
    if (!file.map_) return broken("is empty or no regular file");

    const auto* start = static_cast<const std::byte*>(file.map_);
    std::uint64_t length = 0;
    std::memcpy(&length, start, 8);
    // A sound header's length may begin with the same bytes (128 does): only what is no header is looked at.
    const bool pickle = std::memcmp(start, "PK", 2) == 0 || static_cast<unsigned char>(start[0]) == 0x80;
    const auto noHeader = [&](const char* why) {
        return broken(pickle ? "is a PyTorch pickle or archive, not safetensors: convert it first with `titanus models convert`" : why);
    };
    if (length > kMaxHeader || length > file.size_ - 8) return noHeader("header is longer than the file or 100 MB");
    const auto* text = reinterpret_cast<const char*>(start + 8);
    const json header = json::parse(text, text + length, nullptr, false);
    if (!header.is_object()) return noHeader("header is not JSON");

    const std::span<const std::byte> data(start + 8 + length, file.size_ - 8 - length);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            if (entry.is_object())
                for (const auto& [key, value] : entry.items())
                    if (value.is_string()) file.metadata_[key] = value.get<std::string>();
            continue;
        }
        TensorView view;
        std::pair<std::uint64_t, std::uint64_t> range;
        if (const std::string why = readTensor(entry, data, view, range); !why.empty())
            return broken("tensor " + name.substr(0, 80) + " " + why);
        if (range.first != range.second) ranges.push_back(range);
        file.tensors_.emplace(name, std::move(view));
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t i = 1; i < ranges.size(); ++i)
        if (ranges[i].first < ranges[i - 1].second) return broken("two tensors overlap");
    return file;
}

Safetensors::~Safetensors() {
    if (map_) ::munmap(map_, size_);
}
Safetensors::Safetensors(Safetensors&& other) noexcept { *this = std::move(other); }
Safetensors& Safetensors::operator=(Safetensors&& other) noexcept {
    std::swap(map_, other.map_);
    std::swap(size_, other.size_);
    tensors_.swap(other.tensors_);
    metadata_.swap(other.metadata_);
    return *this;
}

} // namespace titanus::guidance
