#pragma once
// The program's icon, painted by strokes along a flow like the pictures of the show: no GL, no model,
// the same bytes everywhere. Thread: any
#include "core/image.h"

namespace titanus::render {

// side >= 16 px; transparent outside the rounded square.
core::Image drawIcon(int side = 256);

} // namespace titanus::render
