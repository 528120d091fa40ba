#pragma once
// The prompts as stars in a plane, the picture as a comet among them: a projection of the space in
// which texts and pictures lie. Made by guidance, shown by the UI, flown through by modulation.
// Thread: any (value)   Units: -1..1, x to the right, y up
#include "params/catalogue.h"

#include <array>
#include <cstdint>

namespace titanus::modulation {

struct StarMap {
    struct Place { float x = 0, y = 0; };
    std::array<Place, params::kPromptSlots> star{};
    std::array<bool, params::kPromptSlots> shown{}; // slots with a text
    Place picture{};
    std::uint64_t generation = 0; // bumped when the stars are placed anew; 0: none yet
};

} // namespace titanus::modulation
