#pragma once
// The prompts in force: texts of the eight slots parsed and encoded, their weights of this step,
// the loss they give, and how much of each is in the picture.
// Thread: guidance   Ownership: value; refers to the guide
#include "guidance/canvas.h"
#include "guidance/clip/guide.h"
#include "guidance/prompt_text.h"
#include "modulation/frame_state.h"

#include <functional>

namespace titanus::guidance {

// Presence 1 = this far above the neutral prompts in cosine; measured, docs/QUALITY.md.
inline constexpr float kPresenceRange = 0.45f;
inline constexpr float kReadingSeconds = 0.25f; // of the meters' follower

class Prompts {
  public:
    using Report = std::function<void(const core::Problem&)>;

    explicit Prompts(const Guide& guide);

    // Encodes texts that changed; a line that cannot be parsed leaves its slot as it was.
    // dtSeconds: show time since the step before.
    void update(const modulation::FrameState& state, double dtSeconds, const Report& report);
    // Sum of the absolute weights in force, 0: nothing to paint.
    float totalWeight() const { return totalWeight_; }
    // e: [N,D] embeddings of the crops. Sum over prompts of the mean over crops.
    at::Tensor loss(const at::Tensor& e) const;
    // Follows similarity and presence of each slot with the embeddings of one step.
    void measure(const at::Tensor& e, double dtSeconds);
    const std::array<PromptReading, params::kPromptSlots>& readings() const { return readings_; }
    // The fader as the presence controller moves it; as set where no target is.
    float faderInForce(int slot) const { return slots_[static_cast<std::size_t>(slot)].control; }
    // What each slot is named by: its first prompt. Undefined: no text.
    std::array<at::Tensor, params::kPromptSlots> slotEmbeddings() const;

  private:
    struct Slot {
        std::string line;
        std::vector<PromptSpec> specs;
        std::vector<at::Tensor> embeddings;
        float slope = 0, others = 0, control = 0, integral = 0; // fader in force; memory of the presence controller
    };
    struct Active { at::Tensor embedding; float weight, stop; };

    const Guide& guide_;
    std::array<Slot, params::kPromptSlots> slots_;
    std::vector<Active> active_;
    at::Tensor matrix_;  // [A,D] of active_
    at::Tensor neutral_; // [Q,D]
    float totalWeight_ = 0;
    std::array<PromptReading, params::kPromptSlots> readings_{};
};

// d = 2 asin(|e-p|/2)^2 = half the squared angle, from the cosine. Finite slopes everywhere.
at::Tensor sphericalDistance(const at::Tensor& cosine);

} // namespace titanus::guidance
