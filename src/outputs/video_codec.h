#pragma once
// How pictures are packed into a video file. Thread: any
#include <cstdint>
#include <optional>
#include <string_view>

namespace titanus::outputs {

enum class VideoCodec : std::uint8_t {
    H264, // small, plays everywhere; BT.709 limited range, 4:2:0; with AAC sound
    Ffv1, // lossless RGB master, .mkv; with float PCM sound
    Hap,  // for other programs that play video to music, .mov; with float PCM sound
};

// "h264", "ffv1" or "hap".
std::optional<VideoCodec> videoCodec(std::string_view name);
std::string_view name(VideoCodec codec);

} // namespace titanus::outputs
