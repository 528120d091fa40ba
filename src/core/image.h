#pragma once
// Pictures in memory and in files (stb). Thread: any   Ownership: value
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace titanus::core {

// 8-bit RGBA, sRGB-encoded, first row on top, rows packed.
struct Image {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgba; // width * height * 4

    std::uint8_t* at(int x, int y) {
        return &rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                      static_cast<std::size_t>(x)) * 4];
    }
    const std::uint8_t* at(int x, int y) const { return const_cast<Image*>(this)->at(x, y); }
};

// PNG or JPEG. Errors: PictureUnreadable with the path and the reason.
Result<Image> readImage(const std::filesystem::path& path);
// PNG, as writeFileAtomic writes. Errors: OutputWriteFailed.
Result<void> writePng(const std::filesystem::path& path, const Image& image);

} // namespace titanus::core
