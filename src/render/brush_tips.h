#pragma once
// Textures made by rule: brush tips and noise. Thread: main, context current
#include "render/gl.h"

namespace titanus::render {

// Four dry-brush strokes, one above the other; red: coverage, green: height of the paint.
GlTexture makeBrushTips();
// 256 x 256 independent values in each channel, evenly spread, repeating.
GlTexture makeNoise();

} // namespace titanus::render
