#pragma once
// Pictures that the canvas shall begin from: the opening picture (text canvas.init) and what scenes
// load (FrameState::loads). Each is given once, when its text or number changes.
// Thread: guidance   Ownership: value
#include "guidance/clip/pictures.h"
#include "modulation/frame_state.h"

namespace titanus::guidance {

class Openings {
  public:
    // The picture that the canvas becomes now, at its size; undefined: none. `continued`: the canvas
    // was taken over from an engine before, so what has been loaded already is not loaded again.
    // Of a load and an opening at the same step the load counts. Problems: PictureUnreadable, once.
    at::Tensor take(const modulation::FrameState& state, CanvasSize size, bool continued, const Report& report);

  private:
    bool started_ = false;
    std::uint64_t loads_ = 0;
    std::string init_;
};

} // namespace titanus::guidance
