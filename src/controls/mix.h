#pragma once
// One show on its way to another: what a morph moves by time and a blend by hand. Numbers travel along
// their fader (so exponential rows move by ratio) and monotonically; whole numbers, choices, switches,
// routes, formulas and texts of other kinds change half way, and so does a prompt whose weight has a
// formula. A prompt that is replaced fades out in a free slot while the new one fades in; without a
// free slot its text changes half way. What a hand moves meanwhile stays where the hand put it.
// Thread: main   Ownership: copies of both shows
#include "params/store.h"

namespace titanus::controls {

class Mix {
  public:
    // Nothing is heard or seen to change, but one step of undo leads back to here.
    void begin(params::Store& store, const params::Show& target, double now);
    // `share` 0..1 of the way; any order, there and back.
    void at(params::Store& store, float share, bool half);
    // Exactly the target, or exactly the show it began with; but for what a hand took over.
    void finish(params::Store& store);
    void goBack(params::Store& store);

  private:
    void arrangePrompts(params::Store& store);
    void write(params::Store& store, params::ParamIndex index, float value);
    void change(params::Store& store, const params::Show& from, const params::Show& to);

    params::Show first_, target_; // as given
    params::Show from_, to_;      // the same after prompts moved aside: `to_` with fading slots at 0
    std::array<float, params::kParamCount> written_{};
    std::array<bool, params::kParamCount> released_{}; // taken over by a hand
    double start_ = 0;
    bool half_ = false;
};

} // namespace titanus::controls
