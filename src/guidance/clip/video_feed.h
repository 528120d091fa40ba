#pragma once
// The running video that is painted on (text source.file, source.mode, .speed), at the canvas's size.
// Thread: guidance   Owns: the open source
#include "guidance/clip/pictures.h"
#include "guidance/frame_source.h"
#include "modulation/frame_state.h"

namespace titanus::guidance {

enum class SourceMode : std::uint8_t { Off, Hold, PaintOver };

class VideoFeed {
  public:
    explicit VideoFeed(OpenFrames open) : open_(std::move(open)) {}

    struct Fed {
        at::Tensor frame;   // [1,3,H,W]; undefined: nothing to paint on
        bool fresh = false; // another picture than at the step before
        bool cut = false;   // and hardly anything in common with it: the canvas had better start from it
    };
    // dtSeconds: show time since the step before. Problems: PictureUnreadable, once for each file; a
    // source that breaks off is opened again after a while.
    Fed take(const modulation::FrameState& state, CanvasSize size, double dtSeconds, const Report& report);

  private:
    void follow(const std::string& file, double dtSeconds, const Report& report);

    OpenFrames open_;
    FrameReader reader_;
    std::string file_;
    double seconds_ = 0, untilRetry_ = 0;
    std::uint64_t number_ = 0;
    at::Tensor frame_;
    bool reported_ = false;
};

} // namespace titanus::guidance
