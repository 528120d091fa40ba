#pragma once
// Where an offline render goes: a video file or a folder of PNGs with its sound beside it.
// Thread: main   Errors: OutputOpenFailed, OutputWriteFailed
#include "core/image.h"
#include "outputs/video_codec.h"

#include <memory>

namespace titanus::outputs {

struct SinkOptions {
    int width = 1280, height = 720; // px
    double fps = 30;
    int audioSampleRate = 0;        // Hz; 0: no sound
    VideoCodec codec = VideoCodec::H264;
};

class FrameSink {
  public:
    virtual ~FrameSink() = default;
    virtual core::Result<void> write(const core::Image& image, std::int64_t index) = 0;
    virtual core::Result<void> audio(const float* stereo, std::size_t frames) = 0;
    virtual core::Result<void> finish() = 0;
};

// .mp4, .mov or .mkv: a video; no ending, or a folder that exists: frame_000000.png and sound.wav.
core::Result<std::unique_ptr<FrameSink>> openSink(const std::filesystem::path& path, const SinkOptions& options);

} // namespace titanus::outputs
