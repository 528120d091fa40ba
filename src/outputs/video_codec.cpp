#include "outputs/video_codec.h"

#include <array>

namespace titanus::outputs {
namespace {
constexpr std::array<std::string_view, 3> kNames{"h264", "ffv1", "hap"};
}

std::optional<VideoCodec> videoCodec(std::string_view wanted) {
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == wanted) return static_cast<VideoCodec>(i);
    return std::nullopt;
}

std::string_view name(VideoCodec codec) { return kNames[static_cast<std::size_t>(codec)]; }

} // namespace titanus::outputs
