#pragma once
// Pictures and sound into a video file, by the FFmpeg libraries. Frame n has the time n / fps,
// sound its sample count, so both stay together however long the file grows.
// .mp4, .mov: H.264 + AAC   .mkv: the same; with `live` every file survives being cut off
// Thread: one (main offline, io live)   Owns: encoders and file
// Errors: OutputOpenFailed, OutputWriteFailed
#include "core/image.h"

#include <memory>
#include <span>

namespace titanus::outputs {

struct VideoOptions {
    std::filesystem::path path;
    int width = 1280, height = 720; // px; odd sides are cut by one
    double fps = 30;
    int audioSampleRate = 0;        // Hz; 0: no sound
    int crf = 18;                   // H.264: smaller is better
    bool live = false;              // quick encoder, file readable to the last second if killed
};

class VideoWriter {
  public:
    static core::Result<std::unique_ptr<VideoWriter>> open(const VideoOptions& options);
    ~VideoWriter(); // finishes, if that was not done

    // RGBA, first row on top, of the size given. `index` counts up; skipped numbers are skipped time.
    core::Result<void> video(std::span<const std::uint8_t> rgba, std::int64_t index);
    // Interleaved stereo, following on from the samples before.
    core::Result<void> audio(const float* stereo, std::size_t frames);
    core::Result<void> finish();

  private:
    struct Parts;
    explicit VideoWriter(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace titanus::outputs
