#pragma once
// The picture that sets up a projector: grid, circle, ramps of grey and primaries, cross in the
// middle, safe areas, one-pixel border and lines, name and resolution of the display.
// Thread: any   Ownership: value
#include "core/image.h"

#include <string>

namespace titanus::render {

struct TestCard {
    std::string name{};     // of the display, ASCII
    int number = 0;         // of the display, counted from 1; 0: none
    bool identify = false;  // the number over the whole height instead of the grid's details
    bool operator==(const TestCard&) const = default;
};

core::Image drawTestCard(const TestCard& card, int width, int height);

} // namespace titanus::render
