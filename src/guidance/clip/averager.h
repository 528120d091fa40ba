#pragma once
// The mean of the last canvases, shown instead of the last one: calmer than the optimiser's walk.
// An exponential mean that starts from the first picture, so it has no dark beginning; it moves
// with the camera like the canvas.
// Thread: guidance   Ownership: value
#include "guidance/clip/warp.h"

namespace titanus::guidance {

class Averager {
  public:
    // share 0..1 of what has been shown before in what is shown now; 0: the picture itself.
    at::Tensor add(const at::Tensor& picture, float share);
    // What add() gave last, or the picture where nothing was averaged.
    at::Tensor shown(const at::Tensor& picture) const;
    void warp(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, Filter filter);
    void forget() { mean_ = at::Tensor(); }

  private:
    at::Tensor mean_;
};

} // namespace titanus::guidance
