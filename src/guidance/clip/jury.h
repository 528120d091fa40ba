#pragma once
// Several guides that judge one canvas: all in each step by their share, or one a step in turn.
// One guide's blind spots are seen by another, so the picture gets fewer marks that only one likes.
// Thread: guidance   Shares: all guides but the first
#include "guidance/clip/prompt_target.h"

namespace titanus::guidance {

struct Judge {
    std::shared_ptr<Guide> guide;
    float weight = 1; // > 0
};

class Jury {
  public:
    Jury(const Guide& first, std::vector<Judge> more, bool alternate);

    const Guides& all() const { return guides_; }
    const std::vector<Judge>& more() const { return more_; }
    struct Seat { std::size_t guide; float share; }; // shares of one step add up to 1
    // Who judges this step. In turn: each as often as its weight says, spread evenly.
    const std::vector<Seat>& sit();

  private:
    Guides guides_;
    std::vector<Judge> more_;
    std::vector<float> weights_, credit_;
    float sum_ = 1;
    bool alternate_;
    std::vector<Seat> seats_;
};

} // namespace titanus::guidance
