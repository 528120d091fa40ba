#pragma once
// The correlation of natural colours: canvases that paint before a sigmoid mix their channels by
// this matrix, which takes the neon noise away. Rows from Lucid (Apache-2.0), scaled by the largest
// row norm; strength 0 leaves the channels apart, between 0 and 1 the two are mixed.
// Thread: any
#include <ATen/ATen.h>

namespace titanus::guidance {

at::Tensor colourMatrix(float strength); // [3,3]

} // namespace titanus::guidance
