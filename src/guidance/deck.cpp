#include "guidance/deck.h"

#include <algorithm>

namespace titanus::guidance {
namespace {
constexpr int kShowEverySteps = 10;
}

// The scene as it will begin: its own values, without what routes add; a camera that stands still.
const modulation::FrameState& Deck::frameOf(const modulation::FrameState& state) {
    const modulation::Upcoming& next = *state.upcoming;
    frame_ = state;
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        if (params::kCatalogue[i].saved()) frame_.effective.values[i] = next.values[i];
    frame_.texts = next.texts;
    frame_.pose = {};
    frame_.loads = next.canvas ? 1 : 0;
    frame_.picture = next.canvas;
    frame_.reseeds = 0;
    frame_.upcoming.reset();
    return frame_;
}

bool Deck::step(Engine& engine, const modulation::FrameState& state, Prepared& out) {
    const std::uint64_t wanted = state.upcoming && state.upcoming->paint ? state.upcoming->number : 0;
    if (wanted != number_) {
        engine_.reset();
        number_ = wanted;
        steps_ = 0;
        credit_ = 0;
    }
    if (number_ == 0 || steps_ >= kSteps || state.frozen || state.prepare <= 0) return false;
    credit_ += state.prepare / std::max(1 - state.prepare, 0.1f);
    if (credit_ < 1) return false;
    credit_ = std::min(credit_ - 1, 1.f);
    if (!engine_ && !(engine_ = engine.beside())) {
        giveUp();
        return false;
    }
    engine_->step(frameOf(state), out.canvas);
    ++steps_;
    const bool ready = steps_ == kSteps;
    if (ready) engine_.reset();
    if (!ready && steps_ % kShowEverySteps != 0) return false;
    out.number = number_;
    out.share = static_cast<float>(steps_) / kSteps;
    out.canvas.generation = 0;
    return true;
}

void Deck::giveUp() {
    engine_.reset();
    steps_ = kSteps;
}

} // namespace titanus::guidance
