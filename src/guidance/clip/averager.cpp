#include "guidance/clip/averager.h"

namespace titanus::guidance {

at::Tensor Averager::add(const at::Tensor& picture, float share) {
    const at::NoGradGuard noGrad;
    if (share <= 0) {
        forget();
        return picture;
    }
    const bool fits = mean_.defined() && mean_.sizes() == picture.sizes();
    mean_ = fits ? at::lerp(picture, mean_, share) : picture.detach().clone();
    return mean_;
}

at::Tensor Averager::shown(const at::Tensor& picture) const {
    return mean_.defined() && mean_.sizes() == picture.sizes() ? mean_ : picture;
}

void Averager::warp(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, Filter filter) {
    if (!mean_.defined()) return;
    const at::NoGradGuard noGrad;
    const at::Tensor light = (mean_.select(1, 0) * 0.2126 + mean_.select(1, 1) * 0.7152 + mean_.select(1, 2) * 0.0722).unsqueeze(1);
    mean_ = sampled(mean_, warpGrid(motion, space, mean_.size(2), mean_.size(3), light, mean_.options()), space.border, filter).clamp_(0, 1);
}

} // namespace titanus::guidance
