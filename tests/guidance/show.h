#pragma once
// A show for tests of the painter: settings and texts in, FrameStates out, 30 a second.
#include "modulation/frame_state.h"
#include "params/store.h"

namespace titanus::guidance {

struct Show {
    params::Store store;
    modulation::FrameState state;

    explicit Show(const std::string& prompt = "") {
        store.setText(params::promptText(0), prompt);
        set(params::param("canvas.side"), 64);
        set(params::param("guide.crops"), 2);
    }
    void set(params::ParamIndex p, float v) { store.apply({p, v, params::Origin::CommandLine, 0}); }
    void text(params::TextIndex t, const std::string& v) { store.setText(t, v); }
    const modulation::FrameState& now() {
        state.effective = store.snapshot();
        state.texts = store.texts();
        return state;
    }
    const modulation::FrameState& next(double dt = 1 / 30.0) {
        ++state.frame;
        state.seconds += dt;
        state.dtSeconds = dt;
        return now();
    }
};

} // namespace titanus::guidance
