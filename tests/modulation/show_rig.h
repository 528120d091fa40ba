#pragma once
// A store, a sound and a modulator on a clock of the test's own. Thread: main
#include "modulation/modulator.h"

namespace titanus::modulation {

struct ShowRig {
    params::Store store;
    analysis::Features features;
    Modulator modulator{1};
    StarMap stars;
    double seconds = 0;

    const FrameState& step(double dt = 1.0 / 60) {
        seconds += dt;
        return modulator.update({.store = store, .features = features, .seconds = seconds, .dtSeconds = dt,
                                 .soundSeconds = seconds, .stars = stars.generation ? &stars : nullptr});
    }
    void set(params::ParamIndex index, float value) { store.apply({index, value}); }
    void formula(params::ParamIndex target, std::string text) {
        auto all = store.formulas();
        std::erase_if(all, [&](const params::Formula& f) { return f.target == target; });
        all.push_back({target, std::move(text)});
        store.setFormulas(all);
    }
};

} // namespace titanus::modulation
