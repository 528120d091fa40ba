#pragma once
// A preset that takes over in seconds, smoothly (mix.h says what travels and how). At the end the store
// holds exactly the target.
// Thread: main   Ownership: copies of both shows   One morph is one step of undo.
#include "controls/mix.h"

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
    Mix mix_;
    double start_ = 0, seconds_ = 0;
    bool active_ = false;
};

} // namespace titanus::controls
