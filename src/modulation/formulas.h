#pragma once
// The formulas of the show: compiled when they change, evaluated each frame, in place of the
// stored value and before routes are added.
// Thread: main   Ownership: value   Real-time safe: `apply` yes, `adopt` when nothing changed
#include "modulation/formula_variables.h"

#include <vector>

namespace titanus::modulation {

class Formulas {
  public:
    // Compiles what is new; a formula that stays keeps its memory. A broken one becomes a problem,
    // and its parameter keeps its number.
    void adopt(const params::Store& store);
    // `state`: sources, time and tempo of this frame. A value that is not finite is the last one
    // that was, at first the number in `values`; it is clamped to the parameter's range.
    void apply(const FrameState& state, double dtSeconds, params::ParamSnapshot& values);

    // What the parameter's formula gave last, clamped; nullopt: none, or none yet.
    std::optional<float> last(params::ParamIndex target) const;
    struct Broken {
        params::ParamIndex target;
        std::string why;               // one line, then the formula with a caret
        core::Problem problem() const; // with the parameter's id
    };
    // The formulas that do not compile; renewed by `adopt`.
    const std::vector<Broken>& problems() const { return problems_; }
    // Times a formula gave no finite number.
    std::uint64_t faults() const { return faults_; }
    // Whether the parameter's formula gave no finite number in this frame.
    bool faulty(params::ParamIndex target) const;

  private:
    struct Entry {
        params::Formula source;
        formula::Expression expression;
        float value = 0;
        bool hasValue = false, faulty = false;
    };

    std::vector<Entry> entries_;
    std::vector<Broken> problems_;
    std::uint64_t generation_ = 0, faults_ = 0;
    FormulaVariables variables_;
};

} // namespace titanus::modulation
