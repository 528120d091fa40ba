#include "guidance/clip/torch_step.h"

#include <torch/csrc/autograd/autograd.h>

namespace titanus::guidance {
namespace {

enum Number : std::int64_t { kSmoothing, kFade, kCorrect2, kRates };

} // namespace

void TorchStep::prepare(CanvasModel& canvas, Jury& jury, const Prompts& prompts, const Wish& wish, std::mt19937_64& random) {
    const CanvasSize size = canvas.size();
    const float aspect = static_cast<float>(size.width) / static_cast<float>(size.height);
    seats_ = jury.sit();
    judged_.clear();
    int side = 0;
    for (const Jury::Seat& seat : seats_) {
        const Guide* guide = jury.all()[seat.guide];
        const auto look = looks_.try_emplace(guide->inputSize(), guide->inputSize(), device_).first;
        const auto augment = augments_.try_emplace(guide->inputSize(), device_).first;
        if (guide->inputSize() != side) { // guides of one size see the same crops
            side = guide->inputSize();
            look->second.aim(wish.places, size.height, size.width, wish.noise, static_cast<std::uint32_t>(random()), wish.margin);
            augment->second.aim(wish.augment, static_cast<std::int64_t>(wish.places.size()), side, random);
        }
        const PromptTable host = prompts.table(static_cast<std::int64_t>(wish.places.size()), wish.places, aspect, seat.guide);
        PromptTable& there = tables_[seat.guide];
        if (!host.any()) {
            there = {};
        } else {
            upload(there.goals, host.goals, device_);
            upload(there.numbers, host.numbers, device_);
            upload(there.shares, host.shares, device_);
            if (host.maskGoals.defined()) upload(there.maskGoals, host.maskGoals, device_);
            else there.maskGoals = at::Tensor();
        }
        judged_.push_back({guide, seat.share, &look->second, &augment->second, there});
    }
    std::vector<float> numbers{wish.smoothing, wish.fade, wish.adam.correct2};
    for (const Leaf& leaf : canvas.leaves()) numbers.push_back(wish.adam.rate * leaf.rate);
    upload(numbers_, at::tensor(numbers), device_);
}

std::vector<std::int64_t> TorchStep::keyOf(CanvasModel& canvas, const Wish& wish) const {
    std::vector<std::int64_t> key{wish.symmetry, wish.smoothing > 0, wish.fade < 1, address(numbers_), static_cast<std::int64_t>(wish.margin.border), wish.margin.pixels};
    for (const Leaf& leaf : canvas.leaves())
        key.insert(key.end(), {address(leaf.value), address(leaf.m), address(leaf.v), leaf.rate == 0, leaf.value.numel()});
    for (const Judged& j : judged_)
        key.insert(key.end(), {reinterpret_cast<std::int64_t>(j.guide), reinterpret_cast<std::int64_t>(j.look->place()), j.augment->key(), address(j.table.goals),
                               address(j.table.numbers), address(j.table.shares), address(j.table.maskGoals)});
    return key;
}

void TorchStep::run(CanvasModel& canvas, Jury& jury, const Prompts& prompts, const Wish& wish, std::mt19937_64& random, const Extra& extra) {
    prepare(canvas, jury, prompts, wish, random);
    const bool fixed = !extra && canvas.replayable() && jury.all().size() == seats_.size();
    graph_.run(fixed ? keyOf(canvas, wish) : std::vector<std::int64_t>{}, [&] { compute(canvas, wish, extra); });
}

void TorchStep::compute(CanvasModel& canvas, const Wish& wish, const Extra& extra) {
    std::vector<at::Tensor> values;
    for (Leaf& leaf : canvas.leaves()) values.push_back(leaf.value.requires_grad_(true));
    const at::Tensor picture = symmetric(canvas.decode(), wish.symmetry);
    at::Tensor loss, e, crops;
    std::vector<at::Tensor> told;
    const TorchLook* seen = nullptr;
    for (const Judged& j : judged_) {
        if (j.look != seen) crops = j.augment->apply(j.look->crops(picture));
        seen = j.look;
        const at::Tensor embeddings = j.guide->encodeImages(crops);
        if (told.empty() && seats_.front().guide == 0) e = embeddings;
        told.push_back(embeddings.detach().mean(0));
        if (!j.table.any()) continue;
        const at::Tensor judged = promptLoss(j.table, embeddings) * static_cast<double>(j.share);
        loss = loss.defined() ? loss + judged : judged;
    }
    if (!loss.defined()) loss = picture.sum() * 0;
    if (wish.smoothing > 0) loss = loss + variationByTorch(picture) * numbers_[kSmoothing];
    if (extra)
        if (const at::Tensor more = extra(picture, e); more.defined()) loss = loss + more;
    const auto slopes = torch::autograd::grad({loss}, values, {}, {}, false, true);
    for (Leaf& leaf : canvas.leaves()) leaf.value.requires_grad_(false);
    move(canvas, slopes, loss.detach(), wish);
    const at::NoGradGuard noGrad;
    at::Tensor sum = loss.detach();
    for (const Leaf& leaf : canvas.leaves()) sum = sum + leaf.value.sum();
    std::vector<at::Tensor> all{loss.detach().view({1}), at::isfinite(sum).to(at::kFloat).view({1})};
    all.insert(all.end(), told.begin(), told.end());
    outcome_ = at::cat(all);
}

// Adam as kernels().adam does it.
void TorchStep::move(CanvasModel& canvas, const std::vector<at::Tensor>& slopes, const at::Tensor& loss, const Wish& wish) {
    const at::NoGradGuard noGrad;
    at::Tensor sum = loss;
    for (const at::Tensor& g : slopes)
        if (g.defined()) sum = sum + g.sum();
    const at::Tensor good = at::isfinite(sum), zero = at::zeros({}, device_.floats());
    if (wish.fade < 1) canvas.fadeBy(at::where(good, numbers_[kFade], zero + 1));
    const auto& [beta1, beta2, epsilon, rate, correct2, evenness] = wish.adam;
    for (std::size_t i = 0; i < slopes.size(); ++i) {
        Leaf& leaf = canvas.leaves()[i];
        if (!slopes[i].defined() || leaf.rate == 0) continue;
        const at::Tensor g = at::where(good, slopes[i], zero);
        leaf.m.mul_(beta1).add_(g, 1 - beta1);
        leaf.v.mul_(beta2).addcmul_(g, g, 1 - beta2);
        const double even = leaf.evenness;
        const at::Tensor size = (leaf.v * (1 - even) + leaf.v.mean() * even) * numbers_[kCorrect2];
        const at::Tensor step = at::where(good, numbers_[kRates + static_cast<std::int64_t>(i)], zero);
        leaf.value.sub_(leaf.m / (size.sqrt() + static_cast<double>(epsilon)) * step);
    }
    canvas.clamp();
}

} // namespace titanus::guidance
