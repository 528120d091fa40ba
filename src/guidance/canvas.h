#pragma once
// What guidance has painted: the value on the arrow to render. No torch type appears here.
// Thread: written by guidance, read by main   Ownership: value, buffers reused by Latest's slots
#include "modulation/camera.h"
#include "modulation/star_map.h"
#include "params/catalogue.h"

#include <cstdint>
#include <vector>

namespace titanus::guidance {

struct PromptReading {
    float similarity = 0; // mean cosine over crops
    float presence = 0;   // 0..1 against the neutral prompts
    bool active = false;
};

struct Canvas {
    int width = 0, height = 0;
    std::vector<float> rgba;             // width*height*4, 0..1, sRGB-encoded, first row on top; a = 1
    std::uint64_t generation = 0;        // running number of published canvases
    std::uint64_t steps = 0;             // optimiser steps so far
    modulation::CameraPose pose;         // the pose it was baked at
    double publishedSeconds = 0;         // app clock
    float stepSeconds = 0;               // duration of the last step
    float loss = 0;
    std::array<PromptReading, params::kPromptSlots> prompts{};
    modulation::StarMap stars{};
    // Colours of a palette canvas as they are shown: palettes x levels x RGB; else empty.
    int palettes = 0, levels = 0;
    std::vector<float> palette;
    std::uint64_t notFinite = 0;         // steps thrown away
};

} // namespace titanus::guidance
