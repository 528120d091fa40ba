#pragma once
// One optimiser step through torch's operations on any device: canvas, crops, towers, prompt loss,
// smoothing, way back to the canvas, Adam, clamp. Nothing in it asks the device for a number, so that
// the processor runs ahead and a GPU can play the step back as one recording (StepGraph).
// The same law as the loops of our own in engine_clip.cpp; tests/guidance/device_torch_test.cpp
// compares the two.
// Thread: guidance   Owns: what the device reads in a step
#include "guidance/clip/augment.h"
#include "guidance/clip/crops.h"
#include "guidance/clip/jury.h"
#include "guidance/clip/prompts.h"
#include "guidance/clip/step_graph.h"

#include <map>

namespace titanus::guidance {

class TorchStep {
  public:
    explicit TorchStep(const Device& device) : device_(device), graph_(device) {}

    struct Wish {                // of one step
        std::vector<Crop> places;
        float noise = 0;         // spread of it in the crops
        float smoothing = 0;     // weight of the picture's variation
        int symmetry = 0;        // as the row canvas.symmetry
        AdamStep adam{};         // before the leaf's own rate and evenness
        float fade = 1;          // of the leaves before the step
        Margin margin{};         // of the canvas before the crops are cut
        AugmentLaw augment{};    // of the crops
    };
    // What else is in the loss, from the picture and the first guide's embeddings (undefined where it
    // does not sit); may give nothing. A step with such a part is not played back.
    using Extra = std::function<at::Tensor(const at::Tensor& picture, const at::Tensor& e)>;
    // Seeds are drawn as the processor's step draws them. A loss or slope that is not finite moves
    // nothing.
    void run(CanvasModel& canvas, Jury& jury, const Prompts& prompts, const Wish& wish, std::mt19937_64& random, const Extra& extra);

    // On the device, float32: loss, 1 if loss and leaves are finite, then the mean embedding of each
    // guide that sat, in the order of seats().
    const at::Tensor& outcome() const { return outcome_; }
    const std::vector<Jury::Seat>& seats() const { return seats_; }
    std::uint64_t replays() const { return graph_.replays(); }

  private:
    struct Judged {
        const Guide* guide;
        float share;
        TorchLook* look;
        Augment* augment;
        PromptTable table; // on the device
    };
    void prepare(CanvasModel& canvas, Jury& jury, const Prompts& prompts, const Wish& wish, std::mt19937_64& random);
    void compute(CanvasModel& canvas, const Wish& wish, const Extra& extra);
    void move(CanvasModel& canvas, const std::vector<at::Tensor>& slopes, const at::Tensor& loss, const Wish& wish);
    std::vector<std::int64_t> keyOf(CanvasModel& canvas, const Wish& wish) const;

    Device device_;
    StepGraph graph_;
    std::map<int, TorchLook> looks_;   // by input size
    std::map<int, Augment> augments_; // likewise
    std::map<std::size_t, PromptTable> tables_; // by guide
    std::vector<Judged> judged_;
    std::vector<Jury::Seat> seats_;
    at::Tensor numbers_; // smoothing, fade, correction of v, then each leaf's rate
    at::Tensor outcome_;
};

} // namespace titanus::guidance
