#pragma once
// A preset that takes over in seconds. Numbers travel along their fader (so exponential rows move
// by ratio), smoothly and monotonically; whole numbers, choices, switches, routes, formulas and
// texts of other kinds change half way, and so does a prompt whose weight has a formula. A prompt that is replaced fades out in a free slot while the new one fades in; without a free slot its text
// changes half way. What a hand moves during the morph stays where the hand put it. At the end
// the store holds exactly the target.
// Thread: main   Ownership: copies of both shows   One morph is one step of undo.
#include "params/store.h"

namespace titanus::controls {

class Morph {
  public:
    // seconds <= 0 recalls at once. A running morph is dropped where it stands.
    void start(params::Store& store, const params::Show& target, double seconds, double now);
    // Call each frame. Moves the store on; true while there is more to come.
    bool step(params::Store& store, double now);
    bool active() const { return active_; }
    double progress(double now) const; // 0..1
    void stop() { active_ = false; }   // leaves everything where it is

  private:
    void arrangePrompts(params::Store& store);
    void write(params::Store& store, params::ParamIndex index, float value);
    void finish(params::Store& store);

    params::Show from_, to_;       // `from_` after prompts moved aside; `to_` with fading slots at 0
    params::Show target_;
    std::array<float, params::kParamCount> written_{};
    std::array<bool, params::kParamCount> released_{}; // taken over by a hand
    double start_ = 0, seconds_ = 0;
    bool active_ = false, halfDone_ = false;
};

} // namespace titanus::controls
