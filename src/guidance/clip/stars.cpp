#include "guidance/clip/stars.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
namespace {

constexpr double kRim = 0.85; // of the farthest star

bool same(const at::Tensor& a, const at::Tensor& b) {
    return a.defined() == b.defined() && (!a.defined() || a.is_same(b) || at::equal(a, b));
}

// Rotation or mirroring [2,2] that brings `now` nearest to `before` (orthogonal Procrustes).
at::Tensor alignment(const at::Tensor& now, const at::Tensor& before) {
    const auto [u, s, vh] = at::linalg_svd(at::matmul(now.t(), before));
    return at::matmul(u, vh);
}

} // namespace

void Stars::place(const Slots& slots) {
    bool changed = !placed_;
    for (std::size_t i = 0; i < slots.size(); ++i) changed = changed || !same(slots[i], slots_[i]);
    if (!changed) return;
    const at::NoGradGuard noGrad;
    placed_ = true;
    slots_ = slots;
    const modulation::StarMap before = map_;
    std::vector<at::Tensor> rows;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        map_.shown[i] = slots[i].defined();
        map_.star[i] = {};
        if (!slots[i].defined()) continue;
        rows.push_back(slots[i]);
        which.push_back(i);
    }
    ++map_.generation;
    axes_ = at::Tensor();
    const auto n = static_cast<std::int64_t>(rows.size());
    if (n < 2) return; // a lone star stands in the middle
    const at::Tensor texts = at::stack(rows);
    const at::Tensor centred = texts.to(at::kDouble) - texts.to(at::kDouble).mean(0, true);
    const auto [values, vectors] = at::linalg_eigh(at::matmul(centred, centred.t())); // ascending
    at::Tensor strength = values.slice(0, n - 2).flip(0).clamp_min(0), direction = vectors.slice(1, n - 2).flip(1);
    // Equal texts, or two only: directions without strength carry nothing.
    const at::Tensor use = strength > 1e-9;
    at::Tensor places = direction * strength.sqrt() * use;                                                         // [n,2]
    at::Tensor axes = at::matmul(centred.t(), direction) * use / strength.clamp_min(1e-9).sqrt();                   // [D,2]
    std::vector<double> old;
    std::vector<std::int64_t> common;
    for (std::size_t k = 0; k < which.size(); ++k)
        if (before.generation > 0 && before.shown[which[k]]) {
            common.push_back(static_cast<std::int64_t>(k));
            old.push_back(before.star[which[k]].x);
            old.push_back(before.star[which[k]].y);
        }
    at::Tensor turn = at::eye(2, at::kDouble);
    if (common.size() >= 2) {
        const at::Tensor was = at::tensor(old, at::kDouble).view({-1, 2}), now = places.index_select(0, at::tensor(common));
        turn = alignment(now - now.mean(0, true), was - was.mean(0, true));
    } else {
        // Nothing to hold on to: the first star right and up of the middle.
        for (int k = 0; k < 2; ++k)
            if (places[0][k].item<double>() < 0) turn[k][k] = -1;
    }
    places = at::matmul(places, turn);
    axes = at::matmul(axes, turn);
    const double scale = kRim / std::max(places.norm(2, {1}).max().item<double>(), 1e-6);
    places = places * scale;
    axes_ = (axes * scale).to(at::kFloat);
    for (std::size_t k = 0; k < which.size(); ++k) {
        const auto row = static_cast<std::int64_t>(k);
        map_.star[which[k]] = {places[row][0].item<float>(), places[row][1].item<float>()};
    }
    const at::Tensor cosines = at::matmul(texts, texts.t());
    const double others = (cosines.sum().item<double>() - cosines.trace().item<double>()) / static_cast<double>(n * (n - 1));
    textContrast_ = static_cast<float>(cosines.trace().item<double>() / static_cast<double>(n) - others);
}

void Stars::follow(const at::Tensor& picture, float contrast, float share) {
    if (!axes_.defined()) {
        map_.picture = {};
        return;
    }
    const at::NoGradGuard noGrad;
    // The axes are sums of differences between texts: a picture equally like all of them stands in
    // the middle, however far pictures are from texts.
    const at::Tensor at = at::matmul(picture, axes_) * (textContrast_ / std::max(contrast, 1e-3f));
    const float x = at[0].item<float>(), y = at[1].item<float>();
    if (!std::isfinite(x) || !std::isfinite(y)) return;
    map_.picture.x += share * (std::clamp(x, -1.f, 1.f) - map_.picture.x);
    map_.picture.y += share * (std::clamp(y, -1.f, 1.f) - map_.picture.y);
}

} // namespace titanus::guidance
