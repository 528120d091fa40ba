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
    mean_ = warpedPicture(mean_, motion, space, filter);
}

} // namespace titanus::guidance
