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

void Store::apply(const ParamChange& change) {
    if (!std::isfinite(change.value)) return;
    const float value = clamped(row(change.param), change.value);
    float& slot = snapshot_.values[change.param.value];
    if (slot == value) return;
    remember(change.param, change.origin, change.time);
    slot = value;
    origins_[change.param.value] = change.origin;
    ++snapshot_.generation;
}

void Store::setText(TextIndex index, std::string value) {
    if ((*texts_)[index] == value) return;
    auto next = std::make_shared<TextTable>(*texts_);
    next->values[index.value] = std::move(value);
    ++next->generation;
    texts_ = std::move(next);
}

void Store::setRoutes(std::vector<Route> routes) {
    routes_ = std::move(routes);
    ++routesGeneration_;
}

void Store::recall(const Show& show, Origin origin) {
    if (origin != Origin::Undo) remember({}, origin, -1);
    for (std::size_t i = 0; i < kParamCount; ++i) {
        if (!kCatalogue[i].saved()) continue;
        snapshot_.values[i] = clamped(kCatalogue[i], show.values[i]);
        origins_[i] = origin;
    }
    ++snapshot_.generation;
    auto next = std::make_shared<TextTable>(*texts_);
    for (std::size_t i = 0; i < kTextCount; ++i)
        if (kTexts[i].saved) next->values[i] = show.texts[i];
    ++next->generation;
    texts_ = std::move(next);
    setRoutes(show.routes);
}

Show Store::show() const { return {snapshot_.values, texts_->values, routes_}; }

void Store::remember(ParamIndex param, Origin origin, double time) {
    // Only what a hand did is undone, one drag at a time.
    if (origin != Origin::Ui && origin != Origin::Preset && origin != Origin::Key) return;
    constexpr double kDragSeconds = 1;
    if (!past_.empty() && time >= 0 && past_.back().param == param &&
        time - past_.back().time < kDragSeconds) {
        past_.back().time = time;
        return;
    }
    constexpr std::size_t kDepth = 100;
    if (past_.size() == kDepth) past_.erase(past_.begin());
    past_.push_back({show(), param, time});
    future_.clear();
}

bool Store::undo() {
    if (past_.empty()) return false;
    future_.push_back({show(), {}, -1});
    recall(past_.back().show, Origin::Undo);
    past_.pop_back();
    return true;
}

bool Store::redo() {
    if (future_.empty()) return false;
    past_.push_back({show(), {}, -1});
    recall(future_.back().show, Origin::Undo);
    future_.pop_back();
    return true;
}

} // namespace titanus::params
