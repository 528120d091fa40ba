#pragma once
// Pictures from outside as tensors, and the measures by which two pictures are compared.
// Thread: guidance   Ownership: values
// Shapes: pictures float32 [1,3,H,W], RGB 0..1
#include "core/image.h"
#include "core/result.h"
#include "guidance/canvas_size.h"

#include <ATen/ATen.h>

#include <functional>

namespace titanus::guidance {

using Report = std::function<void(const core::Problem&)>;

at::Tensor pictureOf(const core::Image& image); // transparent places over mid grey
core::Result<at::Tensor> readPicture(const std::filesystem::path& file);
// Scaled so that it covers the size, what juts out cut off on both sides alike.
at::Tensor covering(const at::Tensor& picture, CanvasSize size);

// The mean of a picture and its mirror images, as the row canvas.symmetry counts them.
at::Tensor symmetric(const at::Tensor& picture, int symmetry);

// [1,5,H,W]: R, G, B, saturation, value. Without hue: its wheel would tear a gradient apart.
at::Tensor colourPlanes(const at::Tensor& picture);
// Mean square difference over colourPlanes. mask [1,1,H,W]: multiplies both; may be undefined.
at::Tensor colourDifference(const at::Tensor& a, const at::Tensor& b, const at::Tensor& mask = {});
// [1,2,H,W]: Sobel / 8 of the mean of the channels, in x and y, borders repeated.
at::Tensor edges(const at::Tensor& picture);
at::Tensor edgeDifference(const at::Tensor& a, const at::Tensor& b, const at::Tensor& mask = {});

} // namespace titanus::guidance
