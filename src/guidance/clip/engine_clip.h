#pragma once
// The painter on libtorch: one optimiser step after another on a canvas, judged by a guide. On the
// processor by loops of our own (engine_clip.cpp), elsewhere by torch's operations (engine_device.cpp).
// Thread: guidance; the only user of torch   Owns: canvas, moments, random state; shares its guides
#include "guidance/clip/augment.h"
#include "guidance/clip/averager.h"
#include "guidance/clip/canvas_model.h"
#include "guidance/clip/crops.h"
#include "guidance/clip/holds.h"
#include "guidance/clip/jury.h"
#include "guidance/clip/openings.h"
#include "guidance/clip/prompts.h"
#include "guidance/clip/readback.h"
#include "guidance/clip/stars.h"
#include "guidance/clip/torch_step.h"
#include "guidance/clip/video_feed.h"
#include "guidance/engine.h"

namespace titanus::guidance {

class ClipEngine final : public Engine {
  public:
    // All guides have been moved to `device`.
    ClipEngine(std::shared_ptr<Guide> guide, const EngineOptions& options, std::vector<Judge> more = {}, const Device& device = {});
    void useThreads(int threads); // size of torch's team, for every step from now on

    EngineInfo info() const override;
    void step(const modulation::FrameState& state, Canvas& out) override;
    void adopt(const Canvas& picture) override;
    void economise(int halvings) override { halvings_ = halvings; }
    std::unique_ptr<Engine> beside() override;

    // For benches: mean cosine of the picture with each text, over crops that no step has seen.
    std::vector<float> similaritiesTo(const std::vector<std::string>& texts, int crops);
    const Guide& guide() const { return *guide_; }
    // For tests: one value of the canvas becomes NaN, as a wrong gradient would make it.
    void poisonForTest();
    std::uint64_t replays() const { return torchStep_.replays(); } // steps played back on a GPU
    // One forward and backward of the bare tower on a batch like a step's; the floor of a step.
    void bareTower(int crops);

  private:
    void follow(const modulation::FrameState& state); // size, model, camera, noise, reseed
    void followPictures(const modulation::FrameState& state, bool continued); // opening, scenes, video, holds
    void become(const at::Tensor& picture);
    float drive() const { return prompts_.totalWeight() + holds_.drive(); } // 0: nothing to paint
    TorchStep::Wish wish(const modulation::FrameState& state); // what a step shall do; draws the crops
    // What pulls besides the guides, from the picture and the first guide's embeddings; undefined: nothing.
    at::Tensor besides(const at::Tensor& picture, const at::Tensor& e, const std::vector<Crop>& places);
    float optimise(const modulation::FrameState& state); // returns the loss
    void adam(const TorchStep::Wish& wish);
    void recover();
    void publish(Canvas& out, bool moved);
    void publishPalette(Canvas& out);
    void keepBackup();
    // The same by torch's operations.
    void optimiseThere(const modulation::FrameState& state);
    void publishThere(const at::Tensor& shown, bool frozen, Canvas& out);
    void learn(const Readback::Arrived& arrived); // what the step before said of itself
    at::Tensor there(const at::Tensor& picture) const { return picture.defined() ? picture.to(device_.where) : picture; }

    Device device_;
    std::shared_ptr<Guide> guide_; // with the painters beside this one
    EngineOptions options_;
    EngineInfo info_;
    std::mt19937_64 random_;
    at::Generator torchRandom_;
    Jury jury_;
    Prompts prompts_;
    Openings openings_;
    VideoFeed video_;
    Holds holds_;
    Stars stars_;
    Averager averager_;
    Augment augment_;
    TorchStep torchStep_;
    Readback readback_;
    bool outcomeFresh_ = false; // torchStep_ has made a step that was not published yet
    float average_ = 0;
    int halvings_ = 0; // of the crops, after running out of memory

    std::unique_ptr<CanvasModel> canvas_;
    CanvasKind kind_{};
    modulation::CameraPose pose_, adoptedPose_;
    at::Tensor adopted_; // [1,3,H,W], taken up by the next step; undefined: none
    bool started_ = false;
    std::uint64_t reseeds_ = 0;
    double lastSeconds_ = 0, dt_ = 0; // show time of the last step, and since the one before
    std::uint64_t steps_ = 0, notFinite_ = 0;
    std::int64_t adamSteps_ = 0;
    at::Tensor bareImages_; // of bareTower
    at::Tensor palette_; // of a palette canvas, on the processor, as last read; undefined: none
    std::vector<at::Tensor> backup_; // leaves of a good moment
    int symmetry_ = 0;
    float loss_ = 0;
    double stepSeconds_ = 0;
};

} // namespace titanus::guidance
