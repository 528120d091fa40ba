#pragma once
// Between two scenes by hand: the fader scene.blend is 0 where the show stood when it began and 1 at the
// second scene, and moves values, prompt weights and camera between them as a morph does, there and back.
// Law: a move of the fader moves no value by more than the same share of that value's own fader (what
// cannot travel changes at the middle). Ended, everything stays where it is; at 0 and 1 it is exactly
// what it began with and exactly the second scene.
// Thread: main   Ownership: copies of both shows   One blend is one step of undo.
#include "controls/mix.h"

namespace titanus::controls {

inline constexpr params::ParamIndex kBlendFader = params::param("scene.blend");

class Blend {
  public:
    // scene.blend becomes 0; a controller's fader then waits until it meets that.
    void begin(params::Store& store, const params::Show& second, double now);
    // Call each frame: follows scene.blend.
    void step(params::Store& store);
    void end(params::Store& store); // where the last frame saw it
    bool active() const { return active_; }
    // From the middle on the second scene is what plays; also after the end.
    bool atSecond() const { return isSecond(share_); }
    static bool isSecond(float share) { return share >= 0.5f; }

  private:
    Mix mix_;
    float share_ = 0;
    bool active_ = false;
};

} // namespace titanus::controls
