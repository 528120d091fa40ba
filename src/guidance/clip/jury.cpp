#include "guidance/clip/jury.h"

#include <algorithm>
#include <numeric>

namespace titanus::guidance {

Jury::Jury(const Guide& first, std::vector<Judge> more, bool alternate) : guides_{&first}, more_(std::move(more)), weights_{1}, alternate_(alternate) {
    for (const Judge& judge : more_) {
        guides_.push_back(judge.guide.get());
        weights_.push_back(judge.weight);
    }
    sum_ = std::accumulate(weights_.begin(), weights_.end(), 0.f);
    credit_.assign(weights_.size(), 0);
    for (std::size_t i = 0; i < guides_.size(); ++i) seats_.push_back({i, weights_[i] / sum_});
}

const std::vector<Jury::Seat>& Jury::sit() {
    if (!alternate_ || guides_.size() < 2) return seats_;
    for (std::size_t i = 0; i < credit_.size(); ++i) credit_[i] += weights_[i];
    const auto next = std::max_element(credit_.begin(), credit_.end());
    *next -= sum_;
    seats_.assign(1, {static_cast<std::size_t>(next - credit_.begin()), 1.f});
    return seats_;
}

} // namespace titanus::guidance
