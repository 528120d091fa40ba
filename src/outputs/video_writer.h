#pragma once
// Pictures and sound into a video file, by the FFmpeg libraries. Frame n has the time n / fps,
// sound its sample count, so both stay together however long the file grows.
// .mp4: H.264 + AAC   .mov: also Hap   .mkv: also FFV1
// The same pictures and sound give the same bytes: no dates or versions are written, and x264's
// threads do not change its result.
// Thread: one (main offline, io live)   Owns: encoders and file
// Errors: OutputOpenFailed, OutputWriteFailed (a full disk, at the latest in finish())
// Speed, 1280x720 H.264 with sound, on 2 cores that others kept busy (load 9): 21 frames/s offline,
// 33 live
#include "core/image.h"
#include "outputs/video_codec.h"

#include <memory>
#include <span>

namespace titanus::outputs {

struct VideoOptions {
    std::filesystem::path path;
    int width = 1280, height = 720; // px; H.264 needs even, Hap fourfold sides: the rest is cut off
    double fps = 30;
    int audioSampleRate = 0;        // Hz; 0: no sound. Rates that AAC lacks become 48 kHz
    int crf = 18;                   // H.264: smaller is better
    bool live = false;              // quick encoder, file readable to the last second if killed
    VideoCodec codec = VideoCodec::H264;
};

class VideoWriter {
  public:
    static core::Result<std::unique_ptr<VideoWriter>> open(const VideoOptions& options);
    ~VideoWriter(); // finishes, if that was not done

    // RGBA, first row on top, of the size given. `index` counts up; skipped numbers are skipped time.
    core::Result<void> video(std::span<const std::uint8_t> rgba, std::int64_t index);
    // Interleaved stereo, following on from the samples before.
    core::Result<void> audio(const float* stereo, std::size_t frames);
    // Live only: makes the sound of the next second longer (or shorter) by so many frames, to
    // follow a clock that drifts. Inaudible below half a percent.
    void stretchAudio(int frames);
    // What audio() is given from now on, Hz: another input. The file keeps its rate.
    core::Result<void> setAudioRate(int sampleRate);
    // Bytes handed to the file so far.
    std::int64_t bytes() const;
    core::Result<void> finish();

  private:
    struct Parts;
    explicit VideoWriter(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace titanus::outputs
