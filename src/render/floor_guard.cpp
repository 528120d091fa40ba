#include "render/governor.h"

#include <algorithm>
#include <cmath>

namespace titanus::render {
namespace {

constexpr double kRoom = 0.9;          // of the budget that a rise may fill
constexpr int kSettleFrames = 2;       // before a rung is judged: the frame that was under way, and its first
constexpr double kCalmSeconds = 2;
constexpr double kLongestWait = 60;
constexpr double kSameLoadSeconds = 1; // after a fall, one late frame is the same load: no second is awaited
constexpr double kLeastShare = 0.45;   // of a rung's cost of the one above; less was the load going away

} // namespace

GovernorState FloorGuard::state() const {
    GovernorState out;
    const Rung& now = kRungs[static_cast<std::size_t>(rung_)];
    out.renderScale = now.renderScale;
    out.cropFactor = now.cropFactor;
    out.canvasFactor = now.canvasFactor;
    out.paintingTime = now.paintingTime;
    // The firmest of each kind, in the order in which they went.
    const char* last = "";
    for (int i = 1; i <= rung_; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const bool firmest = i == rung_ || std::string(kRungs[at].gaveUp).substr(0, 5) != std::string(kRungs[at + 1].gaveUp).substr(0, 5);
        if (!firmest) continue;
        out.gaveUp += last;
        out.gaveUp += kRungs[at].gaveUp;
        last = ", ";
    }
    return out;
}

void FloorGuard::moveTo(int rung) {
    before_ = rung_;
    rung_ = std::clamp(rung, 0, static_cast<int>(kRungs.size()) - 1);
    settle_ = kSettleFrames;
    lateRow_ = 0;
    lateSum_ = calmSum_ = calmSeconds_ = sinceMove_ = 0;
    costAfter_ = 0;
}

bool FloorGuard::frame(double seconds, double floorFps) {
    if (floorFps <= 0) {
        const bool changed = rung_ != 0;
        if (changed) moveTo(0);
        return changed;
    }
    sinceMove_ += seconds;
    if (settle_ > 0) {
        --settle_;
        return false;
    }
    const double budget = 1 / floorFps;
    // What the rungs between saved, from the first frame that shows it.
    if (costBefore_ > 0 && costAfter_ == 0) {
        costAfter_ = seconds;
        const double share = std::clamp(costAfter_ / costBefore_, 0.01, 1.0);
        for (int i = before_ + 1; i <= rung_; ++i) // one drop over several rungs: shared out evenly
            cost_[static_cast<std::size_t>(i)] = std::max(kLeastShare, std::pow(share, 1.0 / (rung_ - before_)));
        costBefore_ = 0;
    }
    if (seconds > budget) {
        ++lateRow_;
        lateSum_ += seconds;
        calmSum_ = calmSeconds_ = 0;
        // One slow frame happens; two in a row are a load.
        const double mean = lateSum_ / lateRow_;
        const bool sameLoad = before_ < rung_ && sinceMove_ < kSameLoadSeconds;
        if (lateRow_ < 2 && !sameLoad) return false;
        if (rung_ + 1 >= static_cast<int>(kRungs.size())) return false;
        if (before_ > rung_) wait_ = std::min(2 * wait_, kLongestWait); // a rise that failed
        costBefore_ = mean;
        moveTo(rung_ + (mean > 2.2 * budget ? 3 : mean > 1.4 * budget ? 2 : 1));
        return true;
    }
    lateRow_ = 0;
    lateSum_ = 0;
    if (rung_ == 0) return false;
    calmSeconds_ += seconds;
    calmSum_ += 1;
    if (calmSeconds_ < std::max(kCalmSeconds, wait_)) return false;
    const double mean = calmSeconds_ / calmSum_, share = cost_[static_cast<std::size_t>(rung_)];
    const bool fits = mean / (share > 0 ? share : kLeastShare) < kRoom * budget;
    calmSeconds_ = calmSum_ = 0;
    if (!fits) return false;
    if (before_ > rung_) wait_ = std::max(kCalmSeconds, wait_ / 2); // the rise before this one held
    moveTo(rung_ - 1);
    return true;
}

} // namespace titanus::render
