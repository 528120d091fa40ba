#include "modulation/formulas.h"

#include "params/text.h"

#include <algorithm>
#include <cmath>

namespace titanus::modulation {

core::Problem Formulas::Broken::problem() const {
    return {core::ProblemId::FormulaInvalid, std::string(params::row(target).id) + ": " + why};
}

void Formulas::adopt(const params::Store& store) {
    if (generation_ == store.formulasGeneration()) return;
    generation_ = store.formulasGeneration();
    problems_.clear();
    std::vector<Entry> next;
    for (const params::Formula& source : store.formulas()) {
        const auto& row = params::row(source.target);
        const auto kept = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.source == source; });
        if (kept != entries_.end()) {
            next.push_back(std::move(*kept));
            entries_.erase(kept);
            continue;
        }
        if (!params::takesFormula(row)) {
            problems_.push_back({source.target, "takes no formula"});
            continue;
        }
        auto compiled = formula::Expression::compile(source.text, formulaNames());
        if (compiled.expression)
            next.push_back({source, std::move(*compiled.expression)});
        else
            problems_.push_back({source.target, formula::withCaret(source.text, compiled.error)});
    }
    entries_ = std::move(next);
}

void Formulas::apply(const FrameState& state, double dtSeconds, params::ParamSnapshot& values) {
    if (entries_.empty()) return;
    variables_.update(state, dtSeconds);
    const auto inputs = variables_.inputs();
    for (Entry& e : entries_) {
        const auto y = static_cast<float>(e.expression.evaluate(inputs));
        e.faulty = !std::isfinite(y);
        if (e.faulty) ++faults_;
        else {
            e.value = params::clamped(params::row(e.source.target), y);
            e.hasValue = true;
        }
        if (e.hasValue) values.values[e.source.target.value] = e.value;
    }
}

std::optional<float> Formulas::last(params::ParamIndex target) const {
    for (const Entry& e : entries_)
        if (e.source.target == target && e.hasValue) return e.value;
    return std::nullopt;
}

bool Formulas::faulty(params::ParamIndex target) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.source.target == target && e.faulty; });
}

} // namespace titanus::modulation
