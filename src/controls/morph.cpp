#include "controls/morph.h"

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

ParamIndex at(std::size_t i) { return {static_cast<std::uint16_t>(i)}; }
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

void Morph::start(params::Store& store, const Show& target, double seconds, double now) {
    active_ = false;
    if (seconds <= 0) {
        store.recall(target, Origin::Preset);
        return;
    }
    store.checkpoint();
    from_ = store.show();
    to_ = target_ = target;
    for (std::size_t i = 0; i < kParamCount; ++i) target_.values[i] = params::clamped(params::kCatalogue[i], target.values[i]);
    to_.values = target_.values;
    released_.fill(false);
    start_ = now;
    seconds_ = seconds;
    halfDone_ = false;
    active_ = true;
    arrangePrompts(store);
    for (std::size_t i = 0; i < kParamCount; ++i) written_[i] = store[at(i)];
}

// A prompt that will be replaced moves into a slot that neither show hears, and fades out there;
// the new text starts in its own slot from weight 0. Prompts add up, so moving one changes nothing.
void Morph::arrangePrompts(params::Store& store) {
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

double Morph::progress(double now) const {
    return seconds_ <= 0 ? 1 : std::clamp((now - start_) / seconds_, 0.0, 1.0);
}

void Morph::write(params::Store& store, ParamIndex index, float value) {
    if (released_[index.value]) return;
    if (store[index] != written_[index.value]) { // a hand was here
        released_[index.value] = true;
        return;
    }
    if (store[index] == value) return;
    store.apply({index, value, Origin::Preset, start_});
    written_[index.value] = store[index];
}

bool Morph::step(params::Store& store, double now) {
    if (!active_) return false;
    const double x = progress(now);
    if (x >= 1) {
        finish(store);
        return false;
    }
    const auto t = static_cast<float>(x * x * (3 - 2 * x)); // starts and ends gently
    for (std::size_t i = 0; i < kParamCount; ++i) {
        const auto& row = params::kCatalogue[i];
        if (!row.saved() || from_.values[i] == to_.values[i]) continue;
        if (row.kind == Kind::Float) {
            const float a = params::toTravel(row, from_.values[i]), b = params::toTravel(row, to_.values[i]);
            const float low = std::min(from_.values[i], to_.values[i]), high = std::max(from_.values[i], to_.values[i]);
            write(store, at(i), std::clamp(params::fromTravel(row, a + t * (b - a)), low, high));
        } else if (x >= 0.5) {
            write(store, at(i), to_.values[i]);
        }
    }
    if (x >= 0.5 && !halfDone_) {
        halfDone_ = true;
        store.setRoutes(target_.routes, Origin::Preset);
        store.setFormulas(target_.formulas, Origin::Preset);
        for (std::size_t i = kPromptSlots; i < params::kTextCount; ++i)
            if (params::kTexts[i].saved) store.setText({static_cast<std::uint16_t>(i)}, target_.texts[i], Origin::Preset);
        for (int slot = 0; slot < kPromptSlots; ++slot)
            if (heard(to_, slot) || formulated(to_, slot)) store.setText(params::promptText(slot), promptOf(to_, slot), Origin::Preset);
    }
    return true;
}

// Exactly the target, but for what a hand took over.
void Morph::finish(params::Store& store) {
    active_ = false;
    for (std::size_t i = 0; i < kParamCount; ++i)
        if (params::kCatalogue[i].saved()) write(store, at(i), target_.values[i]);
    if (!halfDone_) {
        store.setRoutes(target_.routes, Origin::Preset);
        store.setFormulas(target_.formulas, Origin::Preset);
    }
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved && (i < kPromptSlots || !halfDone_))
            store.setText({static_cast<std::uint16_t>(i)}, target_.texts[i], Origin::Preset);
}

} // namespace titanus::controls
