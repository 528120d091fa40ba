#pragma once
// What formulas can read: every source of the matrix by its id, the show's time and tempo, and the
// depth of the space. The same names in values and in prompts.
//   t          seconds of the show           dt         seconds since the last update
//   beat       number of the beat, with its fraction    bpm   tempo     phase  beat_phase
//   kick bass lfo1 macro1 band1 ...          the sources (docs/PARAMETERS.md)    rms   level
//   r R mu     nearest, farthest and middle distance of the depth field, as PyTTI names them
//   NAME_prev  the value at the update before
// Thread: any   Ownership: value   Real-time safe: yes
#include "formula/expression.h"
#include "modulation/frame_state.h"

namespace titanus::modulation {

inline constexpr std::size_t kFormulaNameCount = params::kSourceCount + 9;
// In the order of the values.
std::span<const std::string_view, kFormulaNameCount> formulaNames();

class FormulaVariables {
  public:
    // Moves on to a new frame: what was now is before. The first call fills both.
    void update(const FrameState& state, double dtSeconds);
    formula::Inputs inputs() const { return {now_, before_, dtSeconds_}; }

  private:
    std::array<double, kFormulaNameCount> now_{}, before_{};
    double dtSeconds_ = 0;
    CameraSpace space_;                 // that depth_ was taken of
    std::array<double, 3> depth_{1, 1, 1};
    bool started_ = false;
};

} // namespace titanus::modulation
