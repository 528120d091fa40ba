#pragma once
// Brings numbers from the device to the processor while the next step already runs: a GPU copies into
// pinned memory and is one step ahead of what take() gives. On the processor nothing is behind.
// Thread: guidance   Owns: two buffers
#include "guidance/clip/jury.h"
#include "modulation/camera.h"

#include <c10/core/Event.h>

#include <array>
#include <optional>

namespace titanus::guidance {

class Readback {
  public:
    explicit Readback(const Device& device) : device_(device) {}

    struct Arrived {
        at::Tensor picture; // [H,W,4] on the processor, valid until the send after next
        at::Tensor numbers; // [K]
        modulation::CameraPose pose;
        std::vector<Jury::Seat> seats; // whom the numbers are of
    };
    // picture [1,3,H,W] and numbers [K] on the device.
    void send(const at::Tensor& picture, const at::Tensor& numbers, const modulation::CameraPose& pose, const std::vector<Jury::Seat>& seats);
    // The send before the last on a GPU (`newest`: the last one), waiting for it; the last elsewhere.
    // fresh: it has not been taken before.
    const Arrived& take(bool newest, bool& fresh);

  private:
    struct Slot {
        at::Tensor pinned;
        Arrived arrived;
        std::optional<c10::Event> event;
        std::uint64_t number = 0; // of the send; 0: none
    };
    Device device_;
    std::array<Slot, 2> slots_;
    std::uint64_t sent_ = 0, taken_ = 0;
};

} // namespace titanus::guidance
