#pragma once
// The numbers of a prompt line at one moment: its formulas evaluated, its scenes cross-faded. One
// object for each slot, made when the slot's text changes; then one `at` in each step.
// Thread: guidance   Ownership: value   Real-time safe: `at` does not allocate
#include "formula/expression.h"
#include "guidance/prompt_text.h"
#include "modulation/formula_variables.h"

#include <optional>
#include <span>

namespace titanus::guidance {

struct PromptNow {
    float weight = 0;    // authored weight of this moment x share of its scene; 0: skip
    float stop = -std::numeric_limits<float>::infinity();
    float threshold = 0; // NaN: not given
    // While scenes fade by slerp: the embedding is slerp(prompts[slerpFrom], own, slerp), and the
    // prompt it comes from has weight 0. -1: the own embedding alone.
    int slerpFrom = -1;
    float slerp = 1;
};

class PromptNumbers {
  public:
    PromptNumbers() = default;
    explicit PromptNumbers(PromptLine line);

    const PromptLine& line() const { return line_; }
    // One entry for each prompt of the line, valid until the next call. The first call starts the
    // first scene. A formula that gives no finite number keeps its last value.
    std::span<const PromptNow> at(const modulation::FrameState& state);
    // The scene that is on stays on, where the line changed only in its words (as many scenes).
    void goOnFrom(const PromptNumbers& old);
    // The scene that is on, or coming in.
    int scene() const { return scene_; }

  private:
    struct Formulas { std::optional<formula::Expression> weight, stop, threshold; };
    void evaluate(const modulation::FrameState& state);
    void advanceScenes(const modulation::FrameState& state);
    void beginScene(int scene, double overSeconds, const modulation::FrameState& state);
    double elapsed(PromptScene::Unit unit, const modulation::FrameState& state) const;
    void mixScenes();

    PromptLine line_;
    std::vector<Formulas> formulas_;
    std::vector<PromptNow> values_, now_; // as authored; with the scenes' shares
    modulation::FormulaVariables variables_;
    int scene_ = 0, before_ = 0;
    double share_ = 1;                          // of the scene that is coming in
    double sceneBeat_ = 0, sceneSeconds_ = 0;   // when it began
    double lastSeconds_ = 0;
    bool started_ = false;
};

} // namespace titanus::guidance
