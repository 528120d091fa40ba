#pragma once
// Keeps a painting alive over hours: watches what optimisation does when nobody looks (it fades to
// one grey, runs into black and white, into grain, into mush, or stands still) and nudges rates,
// noise and fading until the picture is back in band. It changes only what guidance is told for its
// next step, never the performer's values.
// Measures (on a copy of at most 96 columns): contrast = standard deviation of luma; extremes =
// share of pixels within 3 % of black or white; fineness = share of the variance that a 3x3 mean
// takes away (the steep end of the spectrum); change = mean difference to the picture 8 s before.
// Thread: guidance   Ownership: value; small pictures of its own   Deterministic
#include "guidance/canvas.h"
#include "modulation/frame_state.h"

#include <string_view>

namespace titanus::guidance {

struct PictureHealth {
    float contrast = 0, extremes = 0, fineness = 0, change = 1;
};

class CollapseGuard {
  public:
    enum class Sign : std::uint8_t { None, Flat, Extreme, Grainy, Mushy, Stale, Count };

    // Looks at the newest canvas; call after each step, it measures about twice a second of show time.
    void look(const Canvas& canvas, double seconds);
    // Nudges the state of the next step by guard.collapse.
    void nudge(modulation::FrameState& state) const;

    Sign sign() const { return sign_; }
    const PictureHealth& health() const { return health_; }
    std::uint64_t interventions() const { return interventions_; } // times that it began to nudge

  private:
    void judge(double seconds);

    PictureHealth health_;
    Sign sign_ = Sign::None, suspect_ = Sign::None;
    double looked_ = -1e9, suspectedAt_ = 0, referenceAt_ = -1e9;
    std::vector<float> small_, reference_;
    int width_ = 0, height_ = 0;
    std::uint64_t interventions_ = 0;
};

std::string_view name(CollapseGuard::Sign sign);
// Of packed luma, `width` columns. `reference` may be empty: change is 1 then.
PictureHealth measureHealth(const std::vector<float>& luma, int width, const std::vector<float>& reference);

} // namespace titanus::guidance
