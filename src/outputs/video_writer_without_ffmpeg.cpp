// The build without FFmpeg: video files are refused with the way out, folders of PNGs still work.
#include "outputs/video_writer.h"

namespace titanus::outputs {

struct VideoWriter::Parts {};

core::Result<std::unique_ptr<VideoWriter>> VideoWriter::open(const VideoOptions& options) {
    return core::Problem{core::ProblemId::OutputOpenFailed,
                         options.path.string() + ": this build writes no video files, only folders of PNGs"};
}

VideoWriter::VideoWriter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
VideoWriter::~VideoWriter() = default;
core::Result<void> VideoWriter::video(std::span<const std::uint8_t>, std::int64_t) { return {}; }
core::Result<void> VideoWriter::audio(const float*, std::size_t) { return {}; }
void VideoWriter::stretchAudio(int) {}
core::Result<void> VideoWriter::setAudioRate(int) { return {}; }
std::int64_t VideoWriter::bytes() const { return 0; }
core::Result<void> VideoWriter::finish() { return {}; }

} // namespace titanus::outputs
