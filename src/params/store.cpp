#include "params/store.h"

#include "params/text.h"

#include <cmath>

namespace titanus::params {

std::optional<Action> findAction(std::string_view id) {
    for (const ActionRow& r : kActions)
        if (r.id == id) return r.action;
    return std::nullopt;
}

Show Show::defaults() {
    Show show;
    for (std::size_t i = 0; i < kParamCount; ++i) show.values[i] = kCatalogue[i].def;
    return show;
}

Store::Store() : texts_(std::make_shared<TextTable>()) {
    snapshot_.values = Show::defaults().values;
    snapshot_.generation = 1;
}

namespace {

constexpr double kDragSeconds = 1;
constexpr std::size_t kDepth = 100;

// What a hand did; faders of controllers would fight with being undone.
bool undoable(Origin origin) { return origin == Origin::Ui || origin == Origin::Key; }

// The only route (or formula) that differs; npos if several do, or some came or went.
template <class T> std::size_t onlyChange(const std::vector<T>& a, const std::vector<T>& b) {
    constexpr auto kNone = static_cast<std::size_t>(-1);
    if (a.size() != b.size()) return kNone;
    std::size_t found = kNone;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] == b[i]) continue;
        if (found != kNone) return kNone;
        found = i;
    }
    return found;
}

} // namespace

// ---- the only writers --------------------------------------------------------------------------

void Store::write(ParamIndex index, float value, Origin origin) {
    snapshot_.values[index.value] = clamped(row(index), value);
    origins_[index.value] = origin;
    ++snapshot_.generation;
}

void Store::writeText(TextIndex index, std::string value) {
    auto next = std::make_shared<TextTable>(*texts_);
    next->values[index.value] = std::move(value);
    ++next->generation;
    texts_ = std::move(next);
}

void Store::writeRoutes(std::vector<Route> routes) {
    routes_ = std::move(routes);
    ++routesGeneration_;
}

void Store::writeShow(const Show& show, Origin origin) {
    for (std::size_t i = 0; i < kParamCount; ++i) {
        if (!kCatalogue[i].saved() || !std::isfinite(show.values[i])) continue;
        snapshot_.values[i] = clamped(kCatalogue[i], show.values[i]);
        origins_[i] = origin;
    }
    ++snapshot_.generation;
    auto next = std::make_shared<TextTable>(*texts_);
    for (std::size_t i = 0; i < kTextCount; ++i)
        if (kTexts[i].saved) next->values[i] = show.texts[i];
    ++next->generation;
    texts_ = std::move(next);
    writeRoutes(show.routes);
    writeFormulas(show.formulas);
}

// ---- requests ----------------------------------------------------------------------------------

void Store::apply(const ParamChange& change) {
    if (!std::isfinite(change.value)) return;
    const float value = clamped(row(change.param), change.value), before = snapshot_[change.param];
    if (before == value) {
        origins_[change.param.value] = change.origin;
        return;
    }
    if (undoable(change.origin))
        remember({.kind = Step::Kind::Param, .index = change.param.value, .time = change.time, .value = before});
    write(change.param, value, change.origin);
}

void Store::setText(TextIndex index, std::string value, Origin origin) {
    const std::string& before = (*texts_)[index];
    if (before == value) return;
    if (undoable(origin) && kTexts[index.value].saved)
        remember({.kind = Step::Kind::Text, .index = index.value, .text = before});
    writeText(index, std::move(value));
}

void Store::writeFormulas(std::vector<Formula> formulas) {
    if (formulas == formulas_) return;
    formulas_ = std::move(formulas);
    ++formulasGeneration_;
}

void Store::setFormulas(std::vector<Formula> formulas, Origin origin) {
    if (undoable(origin) && formulas != formulas_)
        remember({.kind = Step::Kind::Formulas, .index = onlyChange(formulas_, formulas), .formulas = formulas_});
    writeFormulas(std::move(formulas));
}

void Store::setRoutes(std::vector<Route> routes, Origin origin) {
    if (undoable(origin) && routes != routes_)
        remember({.kind = Step::Kind::Routes, .index = onlyChange(routes_, routes), .routes = routes_});
    writeRoutes(std::move(routes));
}

void Store::recall(const Show& show, Origin origin) {
    if (origin != Origin::Start) checkpoint();
    writeShow(show, origin);
}

Show Store::show() const { return {snapshot_.values, texts_->values, routes_, formulas_}; }

// ---- history -----------------------------------------------------------------------------------

void Store::checkpoint() {
    remember({.kind = Step::Kind::Show, .show = std::make_shared<const Show>(show())});
}

void Store::forgetHistory() {
    past_.clear();
    future_.clear();
}

void Store::remember(Step step) {
    future_.clear();
    if (!past_.empty() && past_.back().kind == step.kind && past_.back().index == step.index) {
        Step& last = past_.back();
        const bool sameDrag = step.kind == Step::Kind::Param && step.time - last.time < kDragSeconds;
        const bool sameRoute = step.kind == Step::Kind::Routes && step.index < step.routes.size();
        const bool sameFormula = step.kind == Step::Kind::Formulas && step.index < step.formulas.size();
        if (sameDrag || sameRoute || sameFormula || step.kind == Step::Kind::Text) {
            last.time = step.time; // goes back to where the drag began
            return;
        }
    }
    if (past_.size() == kDepth) past_.erase(past_.begin());
    past_.push_back(std::move(step));
}

Store::Step Store::swapWith(const Step& step) {
    Step back{.kind = step.kind, .index = step.index, .time = -kDragSeconds};
    switch (step.kind) {
    case Step::Kind::Param: {
        const ParamIndex index{static_cast<std::uint16_t>(step.index)};
        back.value = snapshot_[index];
        write(index, step.value, Origin::Undo);
        break;
    }
    case Step::Kind::Text: {
        const TextIndex index{static_cast<std::uint16_t>(step.index)};
        back.text = (*texts_)[index];
        writeText(index, step.text);
        break;
    }
    case Step::Kind::Routes:
        back.routes = routes_;
        writeRoutes(step.routes);
        break;
    case Step::Kind::Formulas:
        back.formulas = formulas_;
        writeFormulas(step.formulas);
        break;
    case Step::Kind::Show:
        back.show = std::make_shared<const Show>(show());
        writeShow(*step.show, Origin::Undo);
        break;
    }
    return back;
}

bool Store::undo() {
    if (past_.empty()) return false;
    const Step step = std::move(past_.back());
    past_.pop_back();
    future_.push_back(swapWith(step));
    return true;
}

bool Store::redo() {
    if (future_.empty()) return false;
    const Step step = std::move(future_.back());
    future_.pop_back();
    past_.push_back(swapWith(step));
    return true;
}

} // namespace titanus::params
