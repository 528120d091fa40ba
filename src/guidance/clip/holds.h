#pragma once
// Stabilisers: what keeps the canvas near something while the prompts pull at it.
//   hold.direct, hold.edge, hold.semantic   the canvas as it was hold.age seconds ago
//   hold.image                              a picture file, by its colours
//   source (mode hold)                      the running video, by its colours
// The old canvas moves with the camera, and is always older than one step: right after a warp the
// canvas equals its own warped copy and would hold nothing. Each of the three may have a mask
// (hold.*_mask) and a stop (hold.*_stop): below it the value counts on, but nothing is pulled.
// Thread: guidance   Ownership: value; refers to the guide
// Source: losses of PyTTI (pytti-core, MIT), re-implemented; laws in tests/guidance/holds_torch_test.cpp
#include "guidance/clip/file_mask.h"
#include "guidance/clip/image_prompts.h"
#include "guidance/clip/pictures.h"
#include "guidance/clip/warp.h"
#include "modulation/frame_state.h"

#include <deque>
#include <optional>

namespace titanus::guidance {

class Holds {
  public:
    explicit Holds(const Guide& guide, OpenFrames openFrames = {}) : guide_(guide), openFrames_(std::move(openFrames)) {}

    // Each step: strengths and picture file of now. Problems: PictureUnreadable, once for each file.
    void configure(const modulation::FrameState& state, CanvasSize size, const Report& report);
    // Each step before loss(): remembers `picture`, the canvas as it is, when it is time to.
    // dtSeconds: show time since the step before.
    void remember(const at::Tensor& picture, double dtSeconds);
    // The canvas was moved: what is remembered moves along.
    void warp(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, Filter filter = Filter::Bicubic);
    // The canvas became another picture or size.
    void forget();
    // What the video shows now; undefined: none. weight 0..2.
    void setSource(const at::Tensor& frame, float weight);

    // Weight of the terms that paint by themselves (image, source): with it the canvas moves even
    // where all prompts are down.
    float drive() const;
    // Whether loss() may have a term at all.
    bool any() const { return direct_ != 0 || edge_ != 0 || semantic_ != 0 || image_ != 0 || source_ > 0; }
    // Sum of the terms; undefined: none. picture [1,3,H,W] and e [N,D] of `crops` with gradient; e
    // undefined: the guide did not look in this step.
    at::Tensor loss(const at::Tensor& picture, const at::Tensor& e, const std::vector<Crop>& crops) const;
    // Age of the remembered canvas in seconds; 0: none. For tests and readouts.
    double ageSeconds() const { return past_.empty() ? 0 : past_.front().age; }

  private:
    struct Moment { at::Tensor picture; double age; };
    void readImage(const std::string& file, CanvasSize size, const Report& report);

    const Guide& guide_;
    OpenFrames openFrames_;
    FileMask directMask_, edgeMask_, semanticMask_;
    float directStop_ = 0, edgeStop_ = 0, semanticStop_ = 0;
    std::deque<Moment> past_; // oldest first
    std::optional<SeenPicture> seen_; // past_.front() as the guide sees it
    bool seenStale_ = true;
    double sinceSeen_ = 0, wantedAge_ = 0.5;
    float direct_ = 0, edge_ = 0, semantic_ = 0, image_ = 0, source_ = 0;
    std::string imageFile_;
    at::Tensor imagePicture_;            // as read
    at::Tensor imageTarget_, sourceTarget_; // at the canvas's size
};

} // namespace titanus::guidance
