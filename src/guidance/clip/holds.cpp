#include "guidance/clip/holds.h"

#include "guidance/clip/prompt_loss.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
using params::param;

namespace {

// A fader of 1 against PyTTI's weights, of which 0.3 to 1 is usual and 10 hardly leaves the source.
constexpr float kPerFader = 5;
// Mean squares of edges are small beside those of colours.
constexpr float kEdgePerFader = 100;
// 0 stops nothing: no x is below.
at::Tensor stopped(const at::Tensor& x, float stop) { return stop <= 0 ? x : guidance::stopped(x, at::full_like(x, stop)); }

constexpr std::size_t kMoments = 5;          // remembered canvases: the age is met within a quarter
constexpr double kLookAgainSeconds = 0.2;    // a look costs a pass of the guide

} // namespace

void Holds::readImage(const std::string& file, CanvasSize size, const Report& report) {
    if (file != imageFile_) {
        imageFile_ = file;
        imagePicture_ = imageTarget_ = at::Tensor();
        if (!file.empty()) {
            if (auto picture = readPicture(file)) imagePicture_ = std::move(picture).value();
            else report(picture.problem());
        }
    }
    const bool fits = imageTarget_.defined() && imageTarget_.size(2) == size.height && imageTarget_.size(3) == size.width;
    if (imagePicture_.defined() && !fits) imageTarget_ = covering(imagePicture_, size).to(guide_.device().where);
}

void Holds::configure(const modulation::FrameState& s, CanvasSize size, const Report& report) {
    direct_ = s[param("hold.direct")];
    edge_ = s[param("hold.edge")];
    semantic_ = s[param("hold.semantic")];
    wantedAge_ = s[param("hold.age")];
    directStop_ = s[param("hold.direct_stop")];
    edgeStop_ = s[param("hold.edge_stop")];
    semanticStop_ = s[param("hold.semantic_stop")];
    directMask_.follow((*s.texts)[params::text("hold.direct_mask")], s.seconds, openFrames_, report);
    edgeMask_.follow((*s.texts)[params::text("hold.edge_mask")], s.seconds, openFrames_, report);
    semanticMask_.follow((*s.texts)[params::text("hold.semantic_mask")], s.seconds, openFrames_, report);
    readImage((*s.texts)[params::text("hold.image")], size, report);
    image_ = imageTarget_.defined() ? s[param("hold.image_weight")] : 0;
    if (!past_.empty() && (past_[0].picture.size(2) != size.height || past_[0].picture.size(3) != size.width)) forget();
}

void Holds::remember(const at::Tensor& picture, double dt) {
    if (direct_ == 0 && edge_ == 0 && semantic_ == 0) {
        forget();
        return;
    }
    const at::NoGradGuard noGrad;
    for (Moment& moment : past_) moment.age += dt;
    // The oldest but one takes over once it is old enough itself.
    while (past_.size() > 1 && past_[1].age >= wantedAge_) {
        past_.pop_front();
        seenStale_ = true;
    }
    if (past_.empty() || (past_.back().age >= wantedAge_ / (kMoments - 1) && past_.size() < kMoments + 1))
        past_.push_back({picture.detach().clone(), 0});
    sinceSeen_ += dt;
    if (semantic_ > 0 && past_.front().age > 0 && (!seen_ || (seenStale_ && sinceSeen_ >= kLookAgainSeconds))) {
        seen_.emplace(guide_, past_.front().picture);
        seenStale_ = false;
        sinceSeen_ = 0;
    }
}

void Holds::warp(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, Filter filter) {
    if (past_.empty()) return;
    const at::NoGradGuard noGrad;
    for (Moment& moment : past_) moment.picture = warpedPicture(moment.picture, motion, space, filter);
    seenStale_ = true;
}

void Holds::forget() {
    past_.clear();
    seen_.reset();
    seenStale_ = true;
}

void Holds::setSource(const at::Tensor& frame, float weight) {
    sourceTarget_ = frame.defined() ? frame.to(guide_.device().where) : frame;
    source_ = frame.defined() ? weight : 0;
}

float Holds::drive() const { return std::abs(image_) + source_; }

at::Tensor Holds::loss(const at::Tensor& picture, const at::Tensor& e, const std::vector<Crop>& crops) const {
    at::Tensor total;
    const auto add = [&](const at::Tensor& term) { total = total.defined() ? total + term : term; };
    if (!past_.empty() && past_.front().age > 0) {
        const at::Tensor& before = past_.front().picture;
        if (direct_ > 0) add(stopped(colourDifference(picture, before, directMask_.pixels(picture)), directStop_) * (direct_ * kPerFader));
        if (edge_ > 0) add(stopped(edgeDifference(picture, before, edgeMask_.pixels(picture)), edgeStop_) * (edge_ * kEdgePerFader));
    }
    const auto aspect = static_cast<float>(picture.size(3)) / static_cast<float>(picture.size(2));
    if (semantic_ > 0 && seen_ && e.defined()) {
        const at::Tensor d = stopped(seen_->distance(e, crops, aspect), semanticStop_); // [N]
        add((semanticMask_.picture() ? d * semanticMask_.shares(crops, aspect, d) : d).mean() * semantic_);
    }
    if (image_ != 0) add(colourDifference(picture, imageTarget_) * (image_ * kPerFader));
    if (source_ > 0) add(colourDifference(picture, sourceTarget_) * (source_ * kPerFader));
    return total;
}

} // namespace titanus::guidance
