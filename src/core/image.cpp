#include "core/image.h"

#include "core/files.h"

#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

namespace titanus::core {

Result<Image> readImage(const std::filesystem::path& path) {
    int w = 0, h = 0, channels = 0;
    stbi_uc* data = stbi_load(path.c_str(), &w, &h, &channels, 4);
    if (!data)
        return Problem{ProblemId::PictureUnreadable, path.string() + ": " + stbi_failure_reason()};
    Image image{w, h, {data, data + static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 4}};
    stbi_image_free(data);
    return image;
}

Result<void> writePng(const std::filesystem::path& path, const Image& image) {
    // In memory first: stb writes files without asking whether the disk took them.
    std::string bytes;
    const auto append = [](void* to, void* data, int size) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
    };
    if (!stbi_write_png_to_func(append, &bytes, image.width, image.height, 4, image.rgba.data(), image.width * 4))
        return Problem{ProblemId::OutputWriteFailed, path.string()};
    return writeFileAtomic(path, bytes);
}

} // namespace titanus::core
