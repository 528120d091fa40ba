#include "guidance/clip/prompt_loss.h"

namespace titanus::guidance {

at::Tensor sphericalDistance(const at::Tensor& cosine) {
    // |e-p|^2 = 2 - 2 cos; the floor and ceiling keep the slopes of root and arcsine finite.
    const at::Tensor half = ((2 - 2 * cosine).clamp_min(1e-12)).sqrt() / 2;
    return 2 * at::asin(half.clamp_max(1 - 1e-6)).square();
}

at::Tensor stopped(const at::Tensor& x, const at::Tensor& floor) {
    const at::Tensor kept = at::maximum(x, floor);
    return kept + (x - kept).detach();
}

at::Tensor promptLoss(const PromptTable& t, const at::Tensor& e) {
    const auto column = [&](PromptTable::Column c) { return t.numbers.slice(1, c, c + 1); }; // [P,1]
    const at::Tensor distance = sphericalDistance((t.goals * e.unsqueeze(0)).sum(-1)) + column(PromptTable::Offset);
    const at::Tensor x = distance * column(PromptTable::Sign); // [P,N]
    at::Tensor floor = column(PromptTable::Floor), shares = t.shares;
    if (t.maskGoals.defined()) {
        const at::Tensor like = sphericalDistance(at::matmul(t.maskGoals, e.detach().t())); // [P,N]
        floor = at::where(column(PromptTable::Soft) > 0, at::maximum(floor, like), floor);
        shares = shares * (like <= column(PromptTable::Limit));
    }
    const at::Tensor term = stopped(x, floor) * shares;
    return (term.mean(1, true) * column(PromptTable::Weight)).sum();
}

} // namespace titanus::guidance
