#pragma once
// The canvas out of sight: between the steps of the painter on show it paints the scene that comes
// next (FrameState::upcoming), so that a cut finds it painted. It gets the share of steps that
// FrameState::prepare says, and rests when the scene is ready.
// Thread: guidance   Owns: a second engine, from the first step for a scene to its last
#include "guidance/engine.h"

namespace titanus::guidance {

struct Prepared {
    std::uint64_t number = 0; // Upcoming::number; 0: nothing yet
    float share = 0;          // of the steps that make it ready, 0..1
    Canvas canvas;            // as it stands; generation is 0
};

class Deck {
  public:
    static constexpr int kSteps = 120; // by then a picture changes little; docs/QUALITY.md paints as many

    // Call after each step of `engine` for `state`. True: `out` holds a newer picture.
    // Throws what an engine throws; call giveUp() then.
    bool step(Engine& engine, const modulation::FrameState& state, Prepared& out);
    // What was begun is thrown away, and the scene in hand is not begun again.
    void giveUp();

  private:
    const modulation::FrameState& frameOf(const modulation::FrameState& state);

    std::unique_ptr<Engine> engine_;
    modulation::FrameState frame_; // what the second engine is told
    std::uint64_t number_ = 0;
    int steps_ = 0;
    float credit_ = 0; // steps due
};

} // namespace titanus::guidance
