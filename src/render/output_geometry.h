#pragma once
// How a picture goes onto a wall: fit, crop, flip, corner-pin and the colours of one projector.
// Belongs to the output alone: recordings and the preview stay as they are.
// Thread: any   Ownership: value   Units: shares of the picture (crop) and of the output (corners)
#include "params/store.h"

#include <array>

namespace titanus::render {

enum class Fit { Fill, Fit, Stretch, Pixel }; // order of the choices of output.fit

struct BlitOptions {
    Fit fit = Fit::Fill;
    bool flipX = false, flipY = false;
    int x = 0, y = 0;                 // lower left corner of the viewport in the framebuffer
    struct Crop { float left = 0, right = 0, top = 0, bottom = 0; } crop{};
    // Moves of the corners, right and up positive: top left, top right, bottom left, bottom right.
    struct Offset { float x = 0, y = 0; };
    std::array<Offset, 4> corners{};
    std::array<float, 3> gain{1, 1, 1}; // light of the primaries
    bool pinned() const {
        for (const Offset& o : corners)
            if (o.x != 0 || o.y != 0) return true;
        return false;
    }
};

// From output.fit, flip, crop_*, the corner rows, red, green, blue.
BlitOptions outputOptions(const params::ParamSnapshot& snapshot);

// Row-major 3x3: point (u, v, 1) of the unit square of the viewport, y up, to (x, y, w) of the
// unpinned output, x/w and y/w in 0..1 inside the four corners. Perspective, as a wall seen at an
// angle. Corners that are no convex quadrilateral give the identity. Heckbert 1989, 2.2.3.
std::array<float, 9> pinMatrix(const std::array<BlitOptions::Offset, 4>& corners);

} // namespace titanus::render
