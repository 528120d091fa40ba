#pragma once
// The prompts in force: texts of the eight slots parsed and encoded, their weights of this step,
// the loss they give, and how much of each is in the picture.
// Thread: guidance   Ownership: value; refers to the guides
// Source: prompt loss of PyTTI (pytti-core, MIT), re-implemented; laws in tests/guidance/prompts_torch_test.cpp
#include "guidance/canvas.h"
#include "guidance/clip/prompt_loss.h"
#include "guidance/clip/prompt_target.h"
#include "guidance/prompt_numbers.h"

namespace titanus::guidance {

// Presence 1 = this far above the neutral prompts in cosine; measured, docs/QUALITY.md.
inline constexpr float kPresenceRange = 0.45f;
inline constexpr float kReadingSeconds = 0.25f; // of the meters' follower

class Prompts {
  public:
    using Report = guidance::Report;

    // With several guides each judges; what is common (texts, weights, presence) is kept once.
    explicit Prompts(Guides guides, OpenFrames openFrames = {});
    explicit Prompts(const Guide& guide) : Prompts(Guides{&guide}) {}

    // Encodes texts that changed; a line that cannot be parsed leaves its slot as it was. Of the texts
    // that come next (FrameState::upcoming) one is encoded a step; pictures are read when they come.
    // dtSeconds: show time since the step before.
    void update(const modulation::FrameState& state, double dtSeconds, const Report& report);
    // Sum of the absolute weights in force, 0: nothing to paint.
    float totalWeight() const { return totalWeight_; }
    // e: [N,D] embeddings of the crops by this guide. Sum over prompts of the mean over crops, each
    // crop by the mask. Without crops no mask holds anything back. Undefined: no prompt of this kind.
    at::Tensor loss(const at::Tensor& e, const std::vector<Crop>& crops = {}, float aspect = 1, std::size_t guide = 0) const;
    // The same as numbers on the processor, for `count` crops (or as many as `crops` has); empty: none.
    PromptTable table(std::int64_t count, const std::vector<Crop>& crops, float aspect, std::size_t guide) const;
    bool pullsAtPixels() const;
    // Prompts that pull at pixels. Undefined: none.
    at::Tensor pixelLoss(const at::Tensor& picture) const;
    // Follows similarity and presence of each slot with the embeddings of one step, [N,D] or their
    // mean [D], on the processor.
    void measure(const at::Tensor& e, double dtSeconds, std::size_t guide = 0);
    const std::array<PromptReading, params::kPromptSlots>& readings() const { return readings_; }
    // What each slot is named by: the first prompt of its scene. Undefined: no text.
    std::array<at::Tensor, params::kPromptSlots> slotEmbeddings() const;

  private:
    struct Slot {
        std::string line; // as set; it may not have parsed
        PromptNumbers numbers;
        std::vector<PromptTarget> targets; // as numbers.line().prompts
        std::span<const PromptNow> now;    // of this step
        float fader = 0, integral = 0, slope = 0; // in force; memory of the presence controller

        const PromptTarget* leading() const; // the first of the scene that is on
        float weight() const;                // sum of the absolute weights, before the fader
    };
    struct Active {
        const PromptTarget* target;
        float weight, stop, threshold;
        const PromptTarget* from; // while a scene comes in by slerp
        float slerp;
    };
    // The slots, and one that nobody sees for prompts that prefix and suffix add.
    static constexpr std::size_t kSlots = params::kPromptSlots + 1, kFrameSlot = params::kPromptSlots;

    void readFrame(const params::TextTable& texts);
    void prefetch(const modulation::Upcoming* upcoming);
    void readLine(Slot& slot, const std::string& line, const Report& report);
    at::Tensor focused(const at::Tensor& embedding, std::size_t guide) const;
    float controlled(Slot& slot, float target, float presence, float others, double dtSeconds);

    Guides guides_;
    OpenFrames openFrames_;
    std::string prefix_, suffix_, frameLine_;
    PromptFrame frame_;
    std::uint64_t upcoming_ = 0; // its number
    std::vector<std::string> ahead_; // of it, not yet encoded; the next one last
    std::array<Slot, kSlots> slots_;
    std::vector<Active> active_;
    std::vector<at::Tensor> common_; // [D] for each guide, the mean of its neutral texts: what any text has
    float focus_ = 0;                // guide.focus
    float totalWeight_ = 0;
    std::array<PromptReading, params::kPromptSlots> readings_{};
};

// Distances in prompts are written for OpenAI's CLIP; the same place between usual matches and
// strangers of this guide.
float inGuidesUnit(float clipDistance, const GuideAnchors& anchors);
at::Tensor slerp(const at::Tensor& from, const at::Tensor& to, float share); // of length 1

} // namespace titanus::guidance
