#include "controls/mix.h"

#include "params/text.h"

#include <algorithm>

namespace titanus::controls {
using params::Kind;
using params::kParamCount;
using params::kPromptSlots;
using params::Origin;
using params::ParamIndex;
using params::Show;

namespace {

ParamIndex paramAt(std::size_t i) { return {static_cast<std::uint16_t>(i)}; }
const std::string& promptOf(const Show& show, int slot) { return show.texts[params::promptText(slot).value]; }
float& weightOf(Show& show, int slot) { return show.values[params::promptWeight(slot).value]; }
float& presenceOf(Show& show, int slot) { return show.values[params::promptTarget(slot).value]; }
bool heard(Show& show, int slot) { return !promptOf(show, slot).empty() && (weightOf(show, slot) != 0 || presenceOf(show, slot) != 0); }

// A weight that a formula gives can neither move to another slot nor be faded.
bool formulated(const Show& show, int slot) {
    return std::any_of(show.formulas.begin(), show.formulas.end(), [&](const params::Formula& f) {
        return f.target == params::promptWeight(slot) || f.target == params::promptTarget(slot);
    });
}

bool routed(const Show& show, int slot) {
    return std::any_of(show.routes.begin(), show.routes.end(), [&](const params::Route& r) {
        return r.target == params::promptWeight(slot) || r.target == params::promptTarget(slot);
    });
}

} // namespace

void Mix::begin(params::Store& store, const Show& target, double now) {
    store.checkpoint();
    first_ = from_ = store.show();
    to_ = target_ = target;
    for (std::size_t i = 0; i < kParamCount; ++i) target_.values[i] = params::clamped(params::kCatalogue[i], target.values[i]);
    to_.values = target_.values;
    released_.fill(false);
    start_ = now;
    half_ = false;
    arrangePrompts(store);
    for (std::size_t i = 0; i < kParamCount; ++i) written_[i] = store[paramAt(i)];
}

// A prompt that will be replaced moves into a slot that neither show hears, and fades out there;
// the new text starts in its own slot from weight 0. Prompts add up, so moving one changes nothing.
void Mix::arrangePrompts(params::Store& store) {
    for (int slot = 0; slot < kPromptSlots; ++slot) {
        if (promptOf(from_, slot) == promptOf(to_, slot)) continue;
        if (formulated(from_, slot) || formulated(to_, slot)) continue; // changes half way
        const bool wasHeard = heard(from_, slot), willBe = heard(to_, slot);
        if (wasHeard && !willBe) continue; // fades out where it is; its text changes at the end
        if (wasHeard) {
            int spare = -1;
            for (int other = 0; other < kPromptSlots && spare < 0; ++other)
                if (other != slot && !heard(from_, other) && !heard(to_, other) && !routed(from_, other) &&
                    !routed(to_, other) && !formulated(from_, other) && !formulated(to_, other))
                    spare = other;
            if (spare < 0) continue; // none: the text changes half way
            store.setText(params::promptText(spare), promptOf(from_, slot), Origin::Preset);
            from_.texts[params::promptText(spare).value] = promptOf(from_, slot);
            to_.texts[params::promptText(spare).value] = promptOf(from_, slot);
            weightOf(from_, spare) = weightOf(from_, slot);
            presenceOf(from_, spare) = presenceOf(from_, slot);
            weightOf(to_, spare) = presenceOf(to_, spare) = 0;
            for (const ParamIndex index : {params::promptWeight(spare), params::promptTarget(spare)})
                store.apply({index, from_.values[index.value], Origin::Preset, start_});
        }
        store.setText(params::promptText(slot), promptOf(to_, slot), Origin::Preset);
        from_.texts[params::promptText(slot).value] = promptOf(to_, slot);
        weightOf(from_, slot) = presenceOf(from_, slot) = 0;
        for (const ParamIndex index : {params::promptWeight(slot), params::promptTarget(slot)})
            store.apply({index, 0, Origin::Preset, start_});
    }
    // Heard until now, silent in the target: fades out under its old text.
    for (int slot = 0; slot < kPromptSlots; ++slot)
        if (heard(from_, slot) && !heard(to_, slot) && promptOf(from_, slot) != promptOf(to_, slot))
            weightOf(to_, slot) = presenceOf(to_, slot) = 0;
}

void Mix::write(params::Store& store, ParamIndex index, float value) {
    if (released_[index.value]) return;
    if (store[index] != written_[index.value]) { // a hand was here
        released_[index.value] = true;
        return;
    }
    if (store[index] == value) return;
    store.apply({index, value, Origin::Preset, start_});
    written_[index.value] = store[index];
}

void Mix::at(params::Store& store, float share, bool half) {
    for (std::size_t i = 0; i < kParamCount; ++i) {
        const auto& row = params::kCatalogue[i];
        if (!row.saved() || from_.values[i] == to_.values[i]) continue;
        if (row.kind != Kind::Float || share <= 0 || share >= 1) {
            const bool there = row.kind == Kind::Float ? share >= 1 : half;
            write(store, paramAt(i), there ? to_.values[i] : from_.values[i]);
            continue;
        }
        const float a = params::toTravel(row, from_.values[i]), b = params::toTravel(row, to_.values[i]);
        const float low = std::min(from_.values[i], to_.values[i]), high = std::max(from_.values[i], to_.values[i]);
        write(store, paramAt(i), std::clamp(params::fromTravel(row, a + share * (b - a)), low, high));
    }
    if (half == half_) return;
    half_ = half;
    if (half) change(store, from_, to_);
    else change(store, to_, from_);
}

// What cannot travel; but for what a hand changed meanwhile.
void Mix::change(params::Store& store, const Show& from, const Show& to) {
    if (store.routes() == from.routes) store.setRoutes(to.routes, Origin::Preset);
    if (store.formulas() == from.formulas) store.setFormulas(to.formulas, Origin::Preset);
    for (std::size_t i = 0; i < params::kTextCount; ++i) {
        const params::TextIndex index{static_cast<std::uint16_t>(i)};
        const int slot = static_cast<int>(i);
        const bool travels = slot < kPromptSlots && !heard(to_, slot) && !formulated(to_, slot);
        if (params::kTexts[i].saved && !travels && store[index] == from.texts[i]) store.setText(index, to.texts[i], Origin::Preset);
    }
}

void Mix::finish(params::Store& store) {
    for (std::size_t i = 0; i < kParamCount; ++i)
        if (params::kCatalogue[i].saved()) write(store, paramAt(i), target_.values[i]);
    if (!half_) {
        store.setRoutes(target_.routes, Origin::Preset);
        store.setFormulas(target_.formulas, Origin::Preset);
    }
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved && (i < kPromptSlots || !half_))
            store.setText({static_cast<std::uint16_t>(i)}, target_.texts[i], Origin::Preset);
    half_ = true;
}

void Mix::goBack(params::Store& store) {
    at(store, 0, false);
    for (std::size_t i = 0; i < kParamCount; ++i)
        if (params::kCatalogue[i].saved()) write(store, paramAt(i), first_.values[i]);
    for (int slot = 0; slot < kPromptSlots; ++slot) // out of the slots where they had moved
        if (const auto text = params::promptText(slot); store[text] == from_.texts[text.value])
            store.setText(text, first_.texts[text.value], Origin::Preset);
}

} // namespace titanus::controls
