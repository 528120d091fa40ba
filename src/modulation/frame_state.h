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

// The scene that comes next as far as it is known: guidance reads its words ahead, and may paint it
// out of sight so that a cut finds it painted.
struct Upcoming {
    std::uint64_t number = 0;    // running: another scene, or the same one changed, another number; from 1
    bool paint = false;          // it will come at once and with a canvas; else its words only
    std::shared_ptr<const params::TextTable> texts; // never null
    std::array<float, params::kParamCount> values{}; // of its saved rows; others stay those of the show
    std::shared_ptr<const core::Image> canvas; // it was left with; null: none
};

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
    std::shared_ptr<const Upcoming> upcoming; // null: nothing is
    float prepare = 0;              // share of the steps for it
    bool blackout = false, frozen = false;
    std::uint64_t seed = 1;         // of all random numbers of the show

    float operator[](params::ParamIndex index) const { return effective[index]; }
};

} // namespace titanus::modulation
