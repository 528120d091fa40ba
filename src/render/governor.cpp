#include "render/governor.h"

#include <algorithm>

namespace titanus::render {

void Governor::setCeiling(int pictureHeight) {
    ceiling_ = 0;
    // The first step that paints every pixel, so a small picture does not climb for nothing.
    while (ceiling_ + 1 < kPaintStepCount &&
           (kPaintSteps[static_cast<std::size_t>(ceiling_)].paintHeight < pictureHeight ||
            kPaintSteps[static_cast<std::size_t>(ceiling_)].finishScale < 1))
        ++ceiling_;
    if (step_ > ceiling_) moveTo(ceiling_);
}

void Governor::moveTo(int step) {
    step_ = std::clamp(step, 0, ceiling_);
    count_ = late_ = calm_ = 0;
    sum_ = 0;
}

bool Governor::frame(double cost, double budget) {
    const int before = step_;
    ++count_;
    ++sinceUp_;
    sum_ += cost;
    if (cost > 0.9 * budget) ++late_;
    // A quarter of the window late: do not wait for its end.
    if (late_ > kWindow / 4) {
        const bool hopeless = sum_ / count_ > 2 * budget;
        // An ascent that failed soon after: wait twice as long before the next.
        if (sinceUp_ < 40 * kWindow) patience_ = std::min(2 * patience_, 256);
        moveTo(step_ - (hopeless ? 2 : 1));
        return step_ != before;
    }
    if (count_ < kWindow) return false;
    // A step up costs up to 2.25 times the painting: only with that much room to spare.
    calm_ = sum_ / count_ < 0.4 * budget && late_ == 0 ? calm_ + 1 : 0;
    const int calm = calm_;
    count_ = late_ = 0;
    sum_ = 0;
    if (calm >= patience_ && step_ < ceiling_) {
        moveTo(step_ + 1);
        sinceUp_ = 0;
    }
    return step_ != before;
}

} // namespace titanus::render
