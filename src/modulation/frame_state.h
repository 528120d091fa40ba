#pragma once
// Everything one picture needs to know: the value on the arrow from modulation to guidance and
// render. Totals, not flags: two readers with two clocks take differences.
// Thread: written by main, read by guidance and main   Ownership: value; texts are shared, immutable
#include "analysis/features.h"
#include "core/image.h"
#include "modulation/camera.h"
#include "params/store.h"

#include <memory>

namespace titanus::modulation {

struct FrameState {
    std::uint64_t frame = 0;        // running number
    double seconds = 0;             // show time
    double dtSeconds = 0;           // since the frame before
    params::ParamSnapshot effective; // every parameter after routes, clamped to its range
    std::array<float, params::kSourceCount> sources{}; // as the routes saw them
    CameraPose pose;
    CameraSpace space;
    std::shared_ptr<const params::TextTable> texts; // prompts
    std::uint64_t reseeds = 0;      // total of reseed actions
    std::uint64_t onsets = 0, kicks = 0;
    double beat = 0;                // beat number with fraction at this frame
    double bpm = 120;
    int beatsPerBar = 4;
    std::uint64_t loads = 0;        // total of pictures to be loaded into the canvas
    std::shared_ptr<const core::Image> picture; // the last of them
    std::shared_ptr<const params::TextTable> upcoming; // prompts of what is queued next; null: nothing is
    bool blackout = false, frozen = false;
    std::uint64_t seed = 1;         // of all random numbers of the show

    float operator[](params::ParamIndex index) const { return effective[index]; }
};

} // namespace titanus::modulation
