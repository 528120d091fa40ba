#include "guidance/clip/engine_clip.h"

#include "core/units.h"
#include "guidance/clip/canvas_palette.h"
#include "guidance/clip/pixels.h"
#include "guidance/clip/warp.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace titanus::guidance {
using params::param;

namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.95, kEpsilon = 1e-8;
// Every warp resamples, and thirty in a row leave a blur with detail only along the axes (seen). So
// motion is saved up to this much at the corner; the display moves the canvas meanwhile.
constexpr double kWarpAtPixels = 5;
constexpr std::uint64_t kBackupEverySteps = 20;
constexpr std::uint64_t kPaletteEverySteps = 10; // reading it waits for a GPU

} // namespace

ClipEngine::ClipEngine(std::shared_ptr<Guide> guide, const EngineOptions& options, std::vector<Judge> more, const Device& device)
    : device_(device), guide_(std::move(guide)), options_(options), random_(options.seed),
      torchRandom_(generatorFor(device, options.seed)), jury_(*guide_, std::move(more), options.alternate),
      prompts_(jury_.all(), options.openFrames), video_(options.openFrames), holds_(*guide_, options.openFrames), augment_(device), torchStep_(device), readback_(device) {
    std::string names = guide_->name();
    for (std::size_t i = 1; i < jury_.all().size(); ++i) names += " + " + jury_.all()[i]->name();
    info_ = {names, device_.name(), device_.precision(), 1, guide_->inputSize()};
}

std::unique_ptr<Engine> ClipEngine::beside() {
    auto other = std::make_unique<ClipEngine>(guide_, options_, jury_.more(), device_);
    other->info_.threads = info_.threads;
    other->halvings_ = halvings_;
    return other;
}

void ClipEngine::useThreads(int threads) {
    info_.threads = threads;
    at::set_num_threads(threads);
}

void ClipEngine::adopt(const Canvas& p) {
    const at::Tensor pixels = at::tensor(p.rgba).view({p.height, p.width, 4});
    adopted_ = there(pixels.slice(2, 0, 3).permute({2, 0, 1}).unsqueeze(0).contiguous());
    adoptedPose_ = p.pose;
}

EngineInfo ClipEngine::info() const { return info_; }

void ClipEngine::follow(const modulation::FrameState& s) {
    const at::NoGradGuard noGrad;
    const auto kind = static_cast<CanvasKind>(s.effective.choice(param("canvas.model")));
    const CanvasSize size = canvasSize(options_.aspect, static_cast<int>(s[param("canvas.side")]));
    if (!canvas_ || kind != kind_ || !(size == canvas_->size())) {
        auto next = makeCanvas(kind, size, torchRandom_, device_);
        next->configure(s);
        // A canvas of another kind or size goes on with the same picture.
        if (canvas_) next->encode(canvas_->decode());
        canvas_ = std::move(next);
        kind_ = kind;
        backup_.clear();
    }
    canvas_->configure(s);
    if (const auto problem = canvas_->problem()) report(*problem);
    if (!started_) {
        started_ = true;
        pose_ = s.pose;
        reseeds_ = s.reseeds;
        lastSeconds_ = s.seconds;
    }
    const bool continued = adopted_.defined();
    if (continued) {
        canvas_->encode(adopted_);
        pose_ = adoptedPose_;
        adopted_ = at::Tensor();
    }
    const double dt = dt_ = std::clamp(s.seconds - lastSeconds_, 0.0, 0.5);
    lastSeconds_ = s.seconds;

    const modulation::CameraMotion motion = modulation::between(pose_, s.pose);
    if (modulation::largestShift(motion, s.space) * size.height / 2 > kWarpAtPixels) {
        const at::Tensor light = s.space.depth == modulation::DepthField::Luminance ? luminance(canvas_->decode()) : at::Tensor();
        const auto filter = static_cast<Filter>(s.effective.choice(param("camera.sampling")));
        if (!canvas_->warp(motion, s.space, light, filter)) warpLeaves(canvas_->leaves(), motion, s.space, light, filter);
        holds_.warp(motion, s.space, filter);
        averager_.warp(motion, s.space, filter);
        pose_ = s.pose;
    }
    followPictures(s, continued);
    if (s.reseeds != reseeds_) {
        reseeds_ = s.reseeds;
        const float depth = s[param("guide.reseed_level")];
        canvas_->fade(1 - depth);
        canvas_->addNoise({.all = 0.3f * depth, .coarse = 0.3f * depth}, torchRandom_);
    }
    // Diffusion: the spread of noise grows with the root of time, whatever the step rate.
    const auto spread = static_cast<float>(std::sqrt(dt));
    canvas_->addNoise({s[param("canvas.noise")] * spread, s[param("canvas.coarse_noise")] * spread, s[param("canvas.middle_noise")] * spread,
                       s[param("canvas.fine_noise")] * spread}, torchRandom_);
    if (const float forget = s[param("canvas.forget")]; forget > 0 && dt > 0)
        canvas_->fade(static_cast<float>(std::exp(-forget * dt)));
    average_ = s[param("canvas.average")];
    symmetry_ = s.effective.choice(param("canvas.symmetry"));
}

void ClipEngine::become(const at::Tensor& picture) {
    canvas_->encode(picture);
    holds_.forget();
    averager_.forget();
    backup_.clear();
}

void ClipEngine::followPictures(const modulation::FrameState& s, bool continued) {
    const CanvasSize size = canvas_->size();
    if (const at::Tensor picture = openings_.take(s, size, continued, report); picture.defined()) {
        become(there(picture));
        pose_ = s.pose;
    }
    const VideoFeed::Fed video = video_.take(s, size, dt_, report);
    const float weight = s[param("source.weight")];
    const bool over = s.effective.choice(param("source.mode")) == static_cast<int>(SourceMode::PaintOver);
    if (over && video.fresh) become(at::lerp(canvas_->decode(), there(video.frame), std::min(weight, 1.f)));
    else if (video.cut && weight > 0) become(there(video.frame));
    holds_.setSource(over ? at::Tensor() : video.frame, weight);
    holds_.configure(s, size, report);
}

TorchStep::Wish ClipEngine::wish(const modulation::FrameState& s) {
    const float temperature = s[param("guide.temperature")];
    CropLaw law;
    law.count = std::max(static_cast<int>(s[param("guide.crops")]) >> halvings_, 1);
    law.smallest = s[param("guide.crop_min")];
    law.largest = s[param("guide.crop_max")];
    law.power = s.effective.choice(param("guide.crop_law")) == 1 ? s[param("guide.crop_power")] : 0;
    law.overscan = s[param("guide.crop_reach")];
    law.border = static_cast<CropBorder>(s.effective.choice(param("guide.crop_border")));
    law.angleRad = s[param("guide.turn")] * temperature;
    law.flip = s[param("guide.flip")] * std::min(temperature, 1.5f);
    const CanvasSize size = canvas_->size();
    TorchStep::Wish w;
    w.margin = marginOf(law, size.height, size.width);
    w.augment = {s[param("guide.perspective")] * temperature, s[param("guide.colour_shift")] * temperature, s[param("guide.erase")] * temperature};
    w.places = drawCrops(law, static_cast<float>(size.width) / static_cast<float>(size.height), random_);
    w.noise = s[param("guide.crop_noise")] * temperature;
    // Holds and smoothing go in step with the prompts, so that they do not pump with the music.
    w.smoothing = s[param("guide.smoothing")] * std::max(prompts_.totalWeight(), 1.f);
    w.symmetry = symmetry_;
    ++adamSteps_;
    const double correct1 = 1 - std::pow(kBeta1, adamSteps_), correct2 = 1 - std::pow(kBeta2, adamSteps_);
    // With little weight on all prompts the picture should rest, not be washed out by full steps.
    const double rate = s[param("guide.rate")] * std::min(drive(), 1.f);
    w.adam = {static_cast<float>(kBeta1), static_cast<float>(kBeta2), static_cast<float>(kEpsilon), static_cast<float>(rate / correct1),
              static_cast<float>(1 / correct2)};
    w.fade = static_cast<float>(1 - rate * canvas_->restPull());
    return w;
}

at::Tensor ClipEngine::besides(const at::Tensor& picture, const at::Tensor& e, const std::vector<Crop>& places) {
    holds_.remember(picture, dt_);
    at::Tensor sum = prompts_.pixelLoss(picture);
    const auto add = [&](const at::Tensor& term) { sum = sum.defined() ? sum + term : term; };
    if (const at::Tensor held = holds_.loss(picture, e, places); held.defined()) add(held * std::max(prompts_.totalWeight(), 1.f));
    if (const at::Tensor own = canvas_->extraLoss(); own.defined()) add(own);
    return sum;
}

float ClipEngine::optimise(const modulation::FrameState& s) {
    const TorchStep::Wish w = wish(s);
    for (Leaf& leaf : canvas_->leaves()) {
        leaf.value.requires_grad_(true);
        leaf.value.mutable_grad() = at::Tensor();
    }
    const at::Tensor picture = symmetric(canvas_->decode(), symmetry_);
    const auto size = static_cast<float>(picture.size(3)) / static_cast<float>(picture.size(2));
    Views views, first;
    at::Tensor loss, e; // e: of the first guide, if it sits
    std::vector<std::pair<std::size_t, at::Tensor>> seen;
    int side = 0;
    for (const Jury::Seat& seat : jury_.sit()) {
        const Guide& guide = *jury_.all()[seat.guide];
        if (guide.inputSize() != side) { // guides of one size see the same crops
            side = guide.inputSize();
            views = look(picture, w.places, side, w.noise, static_cast<std::uint32_t>(random_()), w.margin);
            if (w.augment.any()) {
                augment_.aim(w.augment, views.crops.size(0), side, random_);
                views.crops = augment_.apply(views.crops);
            }
            if (!first.crops.defined()) first = views;
        }
        const at::Tensor embeddings = guide.encodeImages(views.crops);
        seen.emplace_back(seat.guide, embeddings);
        if (seat.guide == 0) e = embeddings;
        const at::Tensor judged = prompts_.loss(embeddings, w.places, size, seat.guide);
        if (judged.defined()) loss = loss.defined() ? loss + judged * seat.share : judged * seat.share;
    }
    if (const at::Tensor more = besides(picture, e, w.places); more.defined()) loss = loss.defined() ? loss + more : more;
    // The canvas itself gives every sum a defined beginning where all prompts are down.
    if (!loss.defined()) loss = picture.sum() * 0;
    if (w.smoothing > 0) loss = loss + first.variation * w.smoothing;
    torch::autograd::backward({loss}, {});
    const double dt = std::max(dt_, 1.0 / 240);
    for (const auto& [guide, embeddings] : seen) prompts_.measure(embeddings, dt, guide);
    if (e.defined()) stars_.follow(e.detach().mean(0), kPresenceRange, core::onePole(static_cast<float>(dt), kReadingSeconds));
    const float value = loss.item<float>();
    if (std::isfinite(value)) adam(w);
    return value;
}

void ClipEngine::adam(const TorchStep::Wish& w) {
    const at::NoGradGuard noGrad;
    if (w.fade < 1) canvas_->fade(w.fade);
    for (Leaf& leaf : canvas_->leaves()) {
        const at::Tensor g = leaf.value.grad();
        leaf.value.requires_grad_(false);
        if (!g.defined() || leaf.rate == 0) continue;
        AdamStep step = w.adam;
        step.rate *= leaf.rate;
        adamStep(leaf, g, step);
    }
    canvas_->clamp();
}

void ClipEngine::recover() {
    ++notFinite_;
    report({core::ProblemId::GuidanceNotFinite, "step " + std::to_string(steps_)});
    const at::NoGradGuard noGrad;
    auto& leaves = canvas_->leaves();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        Leaf& leaf = leaves[i];
        leaf.value.requires_grad_(false);
        if (i < backup_.size()) leaf.value.copy_(backup_[i]);
        else leaf.value.nan_to_num_(0, 0, 0);
        leaf.m.zero_();
        leaf.v.zero_();
    }
    adamSteps_ = 0;
}

void ClipEngine::step(const modulation::FrameState& s, Canvas& out) {
    const auto start = std::chrono::steady_clock::now();
    takeOwnStream(device_);
    if (!s.frozen || !canvas_) {
        follow(s);
        prompts_.update(s, dt_, report);
        stars_.place(prompts_.slotEmbeddings());
        if (drive() > 0) {
            if (device_.ownLoops) {
                loss_ = optimise(s);
                bool good = std::isfinite(loss_);
                for (const Leaf& leaf : canvas_->leaves())
                    good = good && std::isfinite(leaf.value.detach().sum().item<float>());
                if (!good) recover();
            } else {
                optimiseThere(s);
            }
        }
        ++steps_;
        if (steps_ % kBackupEverySteps == 1) keepBackup();
    }
    stepSeconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    publish(out, !s.frozen);
}

void ClipEngine::keepBackup() {
    backup_.clear();
    for (const Leaf& leaf : canvas_->leaves()) backup_.push_back(leaf.value.detach().clone());
}

void ClipEngine::publish(Canvas& out, bool moved) {
    const at::NoGradGuard noGrad;
    const at::Tensor picture = symmetric(canvas_->decode(), symmetry_);
    const at::Tensor shown = moved ? averager_.add(picture, average_) : averager_.shown(picture);
    if (device_.ownLoops) {
        writeRgba(shown, out.rgba);
        out.width = canvas_->size().width;
        out.height = canvas_->size().height;
        out.pose = pose_;
    } else {
        publishThere(shown, !moved, out);
    }
    publishPalette(out);
    out.steps = steps_;
    out.stepSeconds = static_cast<float>(stepSeconds_);
    out.loss = loss_;
    out.prompts = prompts_.readings();
    out.stars = stars_.map();
    out.notFinite = notFinite_;
}

void ClipEngine::publishPalette(Canvas& out) {
    if (kind_ != CanvasKind::Palette) palette_ = at::Tensor();
    else if (!palette_.defined() || steps_ % kPaletteEverySteps == 0)
        palette_ = static_cast<const PaletteCanvas&>(*canvas_).shownColours().to(at::kCPU).contiguous();
    out.palettes = palette_.defined() ? static_cast<int>(palette_.size(0)) : 0;
    out.levels = palette_.defined() ? static_cast<int>(palette_.size(1)) : 0;
    if (!palette_.defined()) return out.palette.clear();
    const float* from = palette_.data_ptr<float>();
    out.palette.assign(from, from + palette_.numel());
}

std::vector<float> ClipEngine::similaritiesTo(const std::vector<std::string>& texts, int crops) {
    const at::NoGradGuard noGrad;
    const at::Tensor picture = symmetric(canvas_->decode(), symmetry_);
    std::mt19937_64 fresh(977);
    CropLaw law;
    law.count = crops;
    law.angleRad = 0;
    law.flip = 0;
    law.overscan = 0;
    law.smallest = 0.6f;
    law.largest = 1;
    const auto aspect = static_cast<float>(picture.size(3)) / static_cast<float>(picture.size(2));
    const at::Tensor e = guide_->encodeImages(cut(picture, drawCrops(law, aspect, fresh), guide_->inputSize())).cpu();
    std::vector<float> out;
    for (const std::string& text : texts) out.push_back(at::matmul(e, guide_->encodeText(text)).mean().item<float>());
    return out;
}

void ClipEngine::poisonForTest() {
    const at::NoGradGuard noGrad;
    canvas_->leaves().back().value.view({-1})[0] = std::numeric_limits<float>::quiet_NaN();
}

void ClipEngine::bareTower(int crops) {
    if (!bareImages_.defined() || bareImages_.size(0) != crops)
        bareImages_ = at::full({crops, 3, guide_->inputSize(), guide_->inputSize()}, 0.5, device_.floats()).requires_grad_(true);
    torch::autograd::backward({guide_->encodeImages(bareImages_).sum()}, {});
    if (!device_.isCpu()) static_cast<void>(bareImages_.grad().sum().item<float>()); // until it is done
    bareImages_.mutable_grad() = at::Tensor();
}

} // namespace titanus::guidance
