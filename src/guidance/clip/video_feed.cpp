#include "guidance/clip/video_feed.h"

namespace titanus::guidance {
using params::param;

namespace {

// Mean difference of two pictures from which on they count as different scenes: fast pans of filmed
// material stay below it, cuts between unlike scenes come out above.
constexpr float kCutDifference = 0.2f;
constexpr double kRetrySeconds = 2;

} // namespace

void VideoFeed::follow(const std::string& file, double dt, const Report& report) {
    if (file != file_) {
        file_ = file;
        reader_ = nullptr;
        frame_ = at::Tensor();
        seconds_ = untilRetry_ = 0;
        number_ = 0;
        reported_ = false;
    }
    untilRetry_ -= dt;
    if (file_.empty() || reader_ || untilRetry_ > 0) return;
    untilRetry_ = kRetrySeconds;
    auto opened = open_ ? open_(file_)
                        : core::Result<FrameReader>(core::Problem{core::ProblemId::PictureUnreadable, file_ + ": moving pictures cannot be read here"});
    if (opened) {
        reader_ = std::move(opened).value();
    } else if (!reported_) {
        reported_ = true;
        report(opened.problem());
    }
}

VideoFeed::Fed VideoFeed::take(const modulation::FrameState& s, CanvasSize size, double dt, const Report& report) {
    if (s.effective.choice(param("source.mode")) == static_cast<int>(SourceMode::Off)) return {};
    follow((*s.texts)[params::text("source.file")], dt, report);
    if (!reader_) return {};
    seconds_ += dt * s[param("source.speed")];
    const auto now = reader_(seconds_);
    if (!now) {
        if (!reported_) report(now.problem());
        reported_ = true;
        reader_ = nullptr;
        return {};
    }
    reported_ = false;
    const bool fits = frame_.defined() && frame_.size(2) == size.height && frame_.size(3) == size.width;
    if (!now.value().image || (now.value().number == number_ && fits)) return {frame_, false, false};
    const at::Tensor next = covering(pictureOf(*now.value().image), size);
    Fed fed{next, now.value().number != number_, false};
    fed.cut = !frame_.defined() || (fits && (next - frame_).abs().mean().item<float>() > kCutDifference);
    number_ = now.value().number;
    frame_ = next;
    return fed;
}

} // namespace titanus::guidance
