// The part of the painter that works through torch's operations on any device. Nothing here waits for
// the device but the published picture, and on a GPU that is the one of the step before.
#include "guidance/clip/engine_clip.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {

void ClipEngine::optimiseThere(const modulation::FrameState& s) {
    const TorchStep::Wish w = wish(s);
    TorchStep::Extra extra;
    if (holds_.any() || prompts_.pullsAtPixels() || !canvas_->replayable())
        extra = [&](const at::Tensor& picture, const at::Tensor& e) { return besides(picture, e, w.places); };
    else holds_.forget();
    torchStep_.run(*canvas_, jury_, prompts_, w, random_, extra);
    outcomeFresh_ = true;
}

void ClipEngine::publishThere(const at::Tensor& shown, bool frozen, Canvas& out) {
    if (!frozen || outcomeFresh_)
        readback_.send(shown, outcomeFresh_ ? torchStep_.outcome() : at::empty({0}, device_.floats()), pose_, torchStep_.seats());
    outcomeFresh_ = false;
    bool fresh = false;
    const Readback::Arrived& arrived = readback_.take(frozen, fresh);
    const float* from = arrived.picture.data_ptr<float>();
    out.width = static_cast<int>(arrived.picture.size(1));
    out.height = static_cast<int>(arrived.picture.size(0));
    out.rgba.assign(from, from + arrived.picture.numel());
    out.pose = arrived.pose;
    if (fresh && arrived.numbers.numel() > 0) learn(arrived);
}

void ClipEngine::learn(const Readback::Arrived& arrived) {
    const float* numbers = arrived.numbers.data_ptr<float>();
    loss_ = numbers[0];
    if (numbers[1] == 0) {
        recover();
        return;
    }
    const double dt = std::max(dt_, 1.0 / 240);
    std::int64_t at = 2;
    for (const Jury::Seat& seat : arrived.seats) {
        const at::Tensor mean = arrived.numbers.slice(0, at, at + jury_.all()[seat.guide]->embedDim());
        at += mean.size(0);
        prompts_.measure(mean, dt, seat.guide);
        if (seat.guide == 0) stars_.follow(mean, kPresenceRange, core::onePole(static_cast<float>(dt), kReadingSeconds));
    }
}

} // namespace titanus::guidance
