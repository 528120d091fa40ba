#include "guidance/switching_engine.h"

#include "core/model_folders.h"

#include <algorithm>
#include <exception>

namespace titanus::guidance {
core::Result<std::unique_ptr<Engine>> SwitchingEngine::make(const EngineOptions& options, MakeEngine makeEngine) {
    auto first = makeEngine(options);
    if (!first) return first.problem();
    return std::unique_ptr<Engine>(new SwitchingEngine(options, std::move(makeEngine), std::move(first).value()));
}

SwitchingEngine::SwitchingEngine(const EngineOptions& options, MakeEngine makeEngine, std::unique_ptr<Engine> first)
    : options_(options), makeEngine_(std::move(makeEngine)), now_(std::move(first)) {
    wire();
}

void SwitchingEngine::wire() {
    now_->report = [this](const core::Problem& problem) { report(problem); };
}

void SwitchingEngine::economise(int halvings) {
    halvings_ = halvings;
    now_->economise(halvings);
}

void SwitchingEngine::change(const std::string& model, const modulation::FrameState& state) {
    EngineOptions wanted = options_;
    wanted.modelDir = core::modelNamed(model, options_.modelDir);
    core::Result<std::unique_ptr<Engine>> made = core::Problem{core::ProblemId::GuidanceFailed, wanted.modelDir.string()};
    try {
        made = makeEngine_(wanted);
    } catch (const std::exception& failure) { // a library's; its first line says what happened
        const std::string what = failure.what();
        made = core::Problem{core::ProblemId::GuidanceFailed, wanted.modelDir.string() + ": " + what.substr(0, std::min<std::size_t>(what.find('\n'), 160))};
    }
    if (!made) return report(made.problem());
    auto next = std::move(made).value();
    if (painted_) {
        Canvas last;
        modulation::FrameState still = state;
        still.frozen = true; // what there is, without a step
        now_->step(still, last);
        stepsBefore_ += last.steps;
        next->adopt(last);
    }
    now_ = std::move(next);
    wire();
    if (halvings_ > 0) now_->economise(halvings_);
}

void SwitchingEngine::step(const modulation::FrameState& state, Canvas& out) {
    // A frozen picture stays bit for bit, so its engine does too.
    if (state.texts && !state.frozen) {
        const std::string& text = (*state.texts)[params::text("guide.model")];
        const bool first = !model_;
        const bool changed = first ? !text.empty() && options_.modelDir.empty() : text != *model_;
        model_ = text;
        if (changed) change(text, state);
    }
    now_->step(state, out);
    out.steps += stepsBefore_;
    painted_ = true;
}

} // namespace titanus::guidance
