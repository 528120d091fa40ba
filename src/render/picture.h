#pragma once
// A finished picture on the GPU: the value on the arrow from render to outputs and ui.
// Thread: main   Ownership: the renderer's; valid until its next draw
#include <cstdint>

namespace titanus::render {

struct Picture {
    unsigned texture = 0; // GL name, RGBA8 sRGB-encoded values, bottom row first
    int width = 0, height = 0;
    std::uint64_t frame = 0;
    double seconds = 0;
};

} // namespace titanus::render
