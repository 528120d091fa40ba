#pragma once
// Moves tensors by the camera, with the formula of modulation/camera.h.
// Thread: guidance   Ownership: values
#include "guidance/clip/canvas_model.h"
#include "modulation/camera.h"

namespace titanus::guidance {

// Sampling grid [1,h,w,2] for grid_sample (align_corners false): where the content of each pixel
// comes from, on the device that `floats` names. luminance: [1,1,H,W] 0..1, read for DepthField::Luminance; may be undefined else.
at::Tensor warpGrid(const modulation::CameraMotion& motion, const modulation::CameraSpace& space, std::int64_t height,
                    std::int64_t width, const at::Tensor& luminance, const at::TensorOptions& floats = at::kFloat);

// Of a picture [1,3,H,W]: [1,1,H,W], weights of Rec. 709.
at::Tensor luminance(const at::Tensor& picture);

// The tensor [1,C,h,w] seen through the grid, with the border mode applied.
at::Tensor sampled(const at::Tensor& tensor, const at::Tensor& grid, modulation::Border border, Filter filter);

// A finished picture [1,3,H,W], 0..1, moved by the camera; its own brightness is its depth where that is asked.
at::Tensor warpedPicture(const at::Tensor& picture, const modulation::CameraMotion& motion, const modulation::CameraSpace& space, Filter filter);

// Moves value, m and v of every spatial leaf. New areas get m = 0 and v = the leaf's mean: v = 0
// would make the first step there several learning rates long.
void warpLeaves(std::vector<Leaf>& leaves, const modulation::CameraMotion& motion, const modulation::CameraSpace& space,
                const at::Tensor& luminance, Filter filter = Filter::Bicubic);

} // namespace titanus::guidance
