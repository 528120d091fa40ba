#pragma once
// Where the shapes of a picture run: its structure tensor, blurred, as the passes read it by shapeOf()
// of common.glsl. Thread: main, context current   Ownership: the targets are the caller's
#include "render/gl.h"
#include "render/shader_set.h"

namespace titanus::render {

// Two blurs across one another, sigma in texels of `to`; `across` holds what lies between. All of one size.
void blurInto(const ShaderSet& shaders, GLuint image, float sigma, const Target& across, const Target& to);
// tensor: RGBA16F, holds E, F, G at the end; sigma: over how many of its texels directions are averaged.
void findStructure(const ShaderSet& shaders, GLuint image, float sigma, const Target& across, const Target& tensor);

// How clear a direction must be, 0..1: no steps below `from`, whole ones from `full`.
struct Clarity { float from, full; };
inline constexpr Clarity kEverywhere{-2, -1};
// Three steps each way along the shapes; step: texels of `to`.
void smoothAlong(const ShaderSet& shaders, GLuint image, GLuint tensor, float step, Clarity clarity, const Target& to);

} // namespace titanus::render
