#pragma once
// Places the prompts as stars in a plane and the picture among them. Plane: the two directions in
// which the prompts' embeddings differ most (classical scaling); turned and mirrored so that stars
// seen before stay where they were as well as they can.
// Thread: guidance   Ownership: value
#include "modulation/star_map.h"

#include <ATen/ATen.h>

namespace titanus::guidance {

class Stars {
  public:
    using Slots = std::array<at::Tensor, params::kPromptSlots>; // [D], length 1; undefined: no text

    // Places the stars anew if `slots` differ from the last; bumps the generation then.
    void place(const Slots& slots);
    // The picture's place from its mean embedding [D]. A picture as near to one text as pictures
    // get (`contrast`, in cosine) stands on its star.
    void follow(const at::Tensor& picture, float contrast, float share);
    const modulation::StarMap& map() const { return map_; }

  private:
    Slots slots_;
    modulation::StarMap map_;
    at::Tensor axes_; // [D,2]; undefined: fewer than two stars
    float textContrast_ = 1; // mean of cos(own) - cos(others) between the texts
    bool placed_ = false;
};

} // namespace titanus::guidance
