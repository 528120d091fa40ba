#pragma once
// Shows of random values and prompts, and what a store must hold when one of them plays.
#include "params/store.h"
#include "params/text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace titanus::controls {

// `weightFormula`: one of the prompts' weights has a formula too.
inline params::Show randomShow(std::mt19937& random, int prompts, bool weightFormula) {
    using params::param;
    std::uniform_real_distribution<float> unit(0, 1);
    params::Show show = params::Show::defaults();
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        show.values[i] = params::fromTravel(params::kCatalogue[i], unit(random));
    for (int slot = 0; slot < params::kPromptSlots; ++slot) {
        show.texts[params::promptText(slot).value] = slot < prompts ? "prompt " + std::to_string(random() % 5) : "";
        show.values[params::promptWeight(slot).value] = slot < prompts ? unit(random) : 0;
        show.values[params::promptTarget(slot).value] = 0;
    }
    show.routes = {{.source = params::Source::Kick, .target = param("camera.bump"), .depth = unit(random)}};
    show.formulas = {{param("camera.zoom"), std::to_string(random())}};
    if (weightFormula) show.formulas.push_back({params::promptWeight(static_cast<int>(random() % 8)), "bass"});
    show.texts[params::text("prompt.suffix").value] = std::to_string(random() % 3);
    return show;
}

inline void expectShow(const params::Store& store, const params::Show& show) {
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        if (params::kCatalogue[i].saved()) {
            EXPECT_EQ(store.snapshot().values[i], params::clamped(params::kCatalogue[i], show.values[i])) << params::kCatalogue[i].id;
        }
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved) {
            EXPECT_EQ(store.texts()->values[i], show.texts[i]) << params::kTexts[i].id;
        }
    EXPECT_EQ(store.routes(), show.routes);
    EXPECT_EQ(store.formulas(), show.formulas);
}

// Weight with which a text is heard, over all slots.
inline float heard(const params::Store& store, const std::string& text) {
    float sum = 0;
    for (int slot = 0; slot < params::kPromptSlots; ++slot)
        if (store[params::promptText(slot)] == text) sum += store[params::promptWeight(slot)];
    return sum;
}

} // namespace titanus::controls
