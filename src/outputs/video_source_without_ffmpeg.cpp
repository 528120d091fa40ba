#include "outputs/video_source.h"

namespace titanus::outputs {

struct VideoSource::Decoder {};

VideoSource::VideoSource(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}
VideoSource::~VideoSource() = default;
std::uint64_t VideoSource::number() const { return 0; }
double VideoSource::durationSeconds() const { return 0; }
double VideoSource::framesPerSecond() const { return 0; }

core::Result<std::unique_ptr<VideoSource>> VideoSource::open(const std::string& path) {
    return core::Problem{core::ProblemId::PictureUnreadable, path + ": this build has no FFmpeg, which reads moving pictures"};
}

core::Result<const core::Image*> VideoSource::at(double) { return static_cast<const core::Image*>(nullptr); }

} // namespace titanus::outputs
