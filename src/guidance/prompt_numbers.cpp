#include "guidance/prompt_numbers.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
using modulation::FrameState;

namespace {

std::optional<formula::Expression> compiled(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return formula::Expression::compile(text, modulation::formulaNames()).expression;
}

void keepFinite(std::optional<formula::Expression>& formula, const formula::Inputs& inputs, float& value) {
    if (!formula) return;
    const auto y = static_cast<float>(formula->evaluate(inputs));
    if (std::isfinite(y)) value = y;
}

double secondsOf(double amount, PromptScene::Unit unit, const FrameState& state) {
    const double beat = 60 / std::max(1.0, state.bpm);
    if (unit == PromptScene::Unit::Beats) return amount * beat;
    if (unit == PromptScene::Unit::Bars) return amount * beat * state.beatsPerBar;
    return amount;
}

} // namespace

PromptNumbers::PromptNumbers(PromptLine line) : line_(std::move(line)) {
    for (const PromptSpec& prompt : line_.prompts) {
        formulas_.push_back({compiled(prompt.weightFormula), compiled(prompt.stopFormula), compiled(prompt.mask.thresholdFormula)});
        values_.push_back({.weight = prompt.weight, .stop = prompt.stop, .threshold = prompt.mask.threshold});
    }
    now_ = values_;
}

void PromptNumbers::goOnFrom(const PromptNumbers& old) {
    if (old.line_.scenes.size() != line_.scenes.size() || !old.started_) return;
    scene_ = old.scene_;
    before_ = old.before_;
    share_ = old.share_;
    sceneBeat_ = old.sceneBeat_;
    sceneSeconds_ = old.sceneSeconds_;
    lastSeconds_ = old.lastSeconds_;
    started_ = true;
}

std::span<const PromptNow> PromptNumbers::at(const FrameState& state) {
    evaluate(state);
    advanceScenes(state);
    mixScenes();
    lastSeconds_ = state.seconds;
    started_ = true;
    return now_;
}

void PromptNumbers::evaluate(const FrameState& state) {
    // The steps' own clock: memory of formulas and _prev go from step to step.
    variables_.update(state, started_ ? std::max(0.0, state.seconds - lastSeconds_) : 0);
    const auto inputs = variables_.inputs();
    for (std::size_t i = 0; i < formulas_.size(); ++i) {
        keepFinite(formulas_[i].weight, inputs, values_[i].weight);
        keepFinite(formulas_[i].stop, inputs, values_[i].stop);
        keepFinite(formulas_[i].threshold, inputs, values_[i].threshold);
    }
}

// ---- scenes ------------------------------------------------------------------------------------

double PromptNumbers::elapsed(PromptScene::Unit unit, const FrameState& state) const {
    if (unit == PromptScene::Unit::Seconds) return state.seconds - sceneSeconds_;
    return (state.beat - sceneBeat_) / (unit == PromptScene::Unit::Bars ? std::max(1, state.beatsPerBar) : 1);
}

// The scene began that long ago.
void PromptNumbers::beginScene(int scene, double overSeconds, const FrameState& state) {
    scene_ = scene;
    sceneSeconds_ = state.seconds - overSeconds;
    sceneBeat_ = state.beat - overSeconds * std::max(1.0, state.bpm) / 60;
}

void PromptNumbers::advanceScenes(const FrameState& state) {
    const auto count = static_cast<int>(line_.scenes.size());
    if (count < 2) return;
    const auto timing = [&](int i) -> const PromptScene& { return line_.scenes[static_cast<std::size_t>(i)]; };
    if (!started_) {
        // Scenes of bars change on the one: count from the bar that is running.
        beginScene(0, 0, state);
        const double inBar = static_cast<double>(state.sources[static_cast<std::size_t>(params::Source::BarPhase)]);
        sceneBeat_ -= inBar * state.beatsPerBar;
        before_ = 0;
        share_ = 1;
        return;
    }
    // A clock that was set back, or leapt: the scene that is on begins now.
    const double most = secondsOf(timing(scene_).length, timing(scene_).lengthUnit, state);
    const double age = elapsed(timing(scene_).lengthUnit, state);
    if (age < 0) beginScene(scene_, 0, state);
    else if (std::isfinite(most) && age >= timing(scene_).length) {
        // From its line, not from this step: scenes keep to the music. But a stall skips none.
        const double over = std::min(secondsOf(age - timing(scene_).length, timing(scene_).lengthUnit, state), 1.0);
        before_ = scene_;
        beginScene((scene_ + 1) % count, over, state);
    }
    if (before_ == scene_) {
        share_ = 1;
        return;
    }
    const PromptScene& now = timing(scene_);
    double fade = now.fade;
    if (now.fadeUnit == now.lengthUnit) fade = std::min(fade, now.length);
    share_ = fade <= 0 ? 1 : std::clamp(elapsed(now.fadeUnit, state) / fade, 0.0, 1.0);
    if (share_ >= 1) before_ = scene_;
}

void PromptNumbers::mixScenes() {
    std::copy(values_.begin(), values_.end(), now_.begin());
    if (line_.scenes.size() < 2) return;
    const auto share = static_cast<float>(share_);
    for (std::size_t i = 0; i < now_.size(); ++i) {
        const int scene = line_.prompts[i].scene;
        now_[i].weight *= scene == scene_ ? share : scene == before_ ? 1 - share : 0;
    }
    const auto& timing = line_.scenes[static_cast<std::size_t>(scene_)];
    if (before_ == scene_ || timing.kind != PromptScene::Fade::Slerp) return;
    // First with first, second with second; what has no partner, or another mask, fades as a loss.
    const auto firstOf = [&](int scene) {
        std::size_t i = 0;
        while (i < line_.prompts.size() && line_.prompts[i].scene != scene) ++i;
        return i;
    };
    std::size_t from = firstOf(before_), to = firstOf(scene_);
    for (; from < now_.size() && to < now_.size(); ++from, ++to) {
        const PromptSpec &a = line_.prompts[from], &b = line_.prompts[to];
        if (a.scene != before_ || b.scene != scene_) break;
        if (a.kind == PromptSpec::Kind::Pixels || b.kind == PromptSpec::Kind::Pixels || !(a.mask == b.mask)) continue;
        now_[to].weight = values_[from].weight * (1 - share) + values_[to].weight * share;
        if (share < 0.5f) now_[to].stop = values_[from].stop;
        now_[to].slerpFrom = static_cast<int>(from);
        now_[to].slerp = share;
        now_[from].weight = 0;
    }
}

} // namespace titanus::guidance
