#pragma once
// The puck among the prompts' stars sets their weights: the nearer a star, the more of its prompt;
// on a star, that prompt alone. Inverse squared distances, divided by their sum (Shepard 1968).
// Stars that are placed anew glide, so no weight jumps.
// Thread: main   Ownership: value   Real-time safe: yes
#include "modulation/star_map.h"

namespace titanus::modulation {

class Constellation {
  public:
    // Follows the map; nullptr or generation 0: no stars.
    void follow(const StarMap* map, double dtSeconds);
    // Weight 0..1 of each slot with the puck there; their sum is 1, or 0 without any star.
    std::array<float, params::kPromptSlots> weights(float x, float y) const;
    // 0 without stars, 1 once they stand there: how much the weights count.
    float presence() const;

  private:
    struct Star { float x = 0, y = 0, presence = 0; };
    std::array<Star, params::kPromptSlots> stars_{};
};

} // namespace titanus::modulation
