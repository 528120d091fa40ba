#pragma once
// Reads a video file or a camera picture by picture, for the painter to paint on. Files are decoded
// forwards, skipping what is too late, and loop; jumps back seek. A camera (/dev/video0) gives its
// newest picture and never waits for one. Nothing larger than kLongestSide leaves here: the canvas
// is small.
// Thread: one at a time   Owns: decoder and one picture   Real-time safe: no
// Errors: PictureUnreadable with the path and FFmpeg's reason, or that FFmpeg (libavdevice for
// cameras) was not built in
#include "core/image.h"
#include "core/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace titanus::outputs {

class VideoSource {
  public:
    static constexpr int kLongestSide = 1024; // px

    static core::Result<std::unique_ptr<VideoSource>> open(const std::string& path);
    ~VideoSource();
    VideoSource(const VideoSource&) = delete;
    VideoSource& operator=(const VideoSource&) = delete;

    // The picture shown `seconds` after the start; null while a camera has not given one. Valid
    // until the next call.
    core::Result<const core::Image*> at(double seconds);
    std::uint64_t number() const; // of the picture at() gave last: another picture, another number
    double durationSeconds() const; // 0: a camera
    double framesPerSecond() const;

  private:
    struct Decoder;
    explicit VideoSource(std::unique_ptr<Decoder> decoder);
    std::unique_ptr<Decoder> decoder_;
};

} // namespace titanus::outputs
