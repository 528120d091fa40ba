#include "guidance/clip/readback.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>
#include <thread>

namespace titanus::guidance {

void Readback::send(const at::Tensor& picture, const at::Tensor& numbers, const modulation::CameraPose& pose, const std::vector<Jury::Seat>& seats) {
    const at::NoGradGuard noGrad;
    Slot& slot = slots_[++sent_ % 2];
    const std::int64_t h = picture.size(2), w = picture.size(3), k = numbers.numel(), pixels = h * w * 4;
    const at::Tensor rgba = at::cat({picture[0], at::ones({1, h, w}, picture.options().requires_grad(false))}).permute({1, 2, 0});
    const at::Tensor all = at::cat({rgba.reshape({-1}), numbers}); // one copy
    if (!slot.pinned.defined() || slot.pinned.numel() != all.numel())
        slot.pinned = at::empty({pixels + k}, at::TensorOptions().dtype(at::kFloat).pinned_memory(device_.where.is_cuda()));
    slot.pinned.copy_(all, true);
    slot.arrived = {slot.pinned.slice(0, 0, pixels).view({h, w, 4}), slot.pinned.slice(0, pixels), pose, seats};
    slot.number = sent_;
    if (!device_.where.is_cuda()) return;
    slot.event.emplace(device_.where.type());
    slot.event->record(c10::impl::VirtualGuardImpl(device_.where.type()).getStream(device_.where));
}

const Readback::Arrived& Readback::take(bool newest, bool& fresh) {
    const bool behind = device_.where.is_cuda() && !newest && sent_ > 1;
    Slot& slot = slots_[(sent_ - (behind ? 1 : 0)) % 2];
    // Polled, so that the wait neither spins nor depends on a version of torch: a step takes
    // milliseconds.
    while (slot.event && !slot.event->query()) std::this_thread::sleep_for(std::chrono::microseconds(50));
    fresh = slot.number != taken_;
    taken_ = slot.number;
    return slot.arrived;
}

} // namespace titanus::guidance
