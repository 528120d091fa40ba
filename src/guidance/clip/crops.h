#pragma once
// Cuts N squares from the canvas in one batched grid sample: the guide sees small squares only,
// and one call keeps overhead down.
// in   picture  float32 [1,3,H,W], 0..1, may require grad
//      crops    centre in the camera's unit (half heights; y up), half side, angle, flip
// out           float32 [N,3,S,S]; beyond the canvas the border is read (overscan)
// A crop wider than the guide's input would alias: it is sampled twice as finely and averaged 2x2.
// Thread: guidance   Source: crop law after PyTTI and aphantasia (MIT), re-implemented
#include "guidance/clip/canvas_model.h"

#include <random>

namespace titanus::guidance {

struct Crop { float x = 0, y = 0, half = 1, angleRad = 0; bool flip = false; };

// What lies beyond the edge, in the order of guide.crop_border. Inside: crops stay on the canvas, those
// that would reach over are moved back, so that edges are looked at more often than in PyTTI's other modes.
enum class CropBorder : std::uint8_t { Inside, Mirror, Wrap, Black, Smear };

struct CropLaw {
    int count = 8;
    float smallest = 0.45f, largest = 1.05f; // side as a share of the shorter canvas side
    float overscan = 0.12f;                  // reach beyond the edge, share of the shorter side
    float angleRad = 0.12f, flip = 0.3f;
    CropBorder border = CropBorder::Mirror;
    // PyTTI's sizes instead of even ones: clip(N(0.8, 0.3), smallest, min(largest, 1)) to this power. 0: even.
    float power = 0;
};

// How far a picture is continued before crops are cut from it. The mirror needs none: there the
// cutting itself folds back.
struct Margin {
    CropBorder border = CropBorder::Mirror;
    int pixels = 0; // on each side; not more than the picture has
};
// As much as crops of this law may need.
Margin marginOf(const CropLaw& law, std::int64_t height, std::int64_t width);

// Stratified: the sizes of one batch cover the range, so that a batch of few crops is not all
// large or all small.
std::vector<Crop> drawCrops(const CropLaw& law, float aspect, std::mt19937_64& random);

// Without noise, on any device.
at::Tensor cut(const at::Tensor& picture, const std::vector<Crop>& crops, std::int64_t size, const Margin& margin = {});

// The crops with noise of this spread, and the picture's total variation (mean absolute difference
// of neighbours, both axes added) on the side: one gradient for both. On the processor.
struct Views { at::Tensor crops, variation; };
Views look(const at::Tensor& picture, const std::vector<Crop>& crops, std::int64_t size, float noise, std::uint32_t seed, const Margin& margin = {});

// The same law through torch's operations, on any device: the same numbers from the same seed. What
// differs from step to step lies in tensors that stay where they are, so that the operations can be
// captured once and replayed.
class TorchLook {
  public:
    TorchLook(std::int64_t size, const Device& device);
    void aim(const std::vector<Crop>& crops, std::int64_t height, std::int64_t width, float noise, std::uint32_t seed, const Margin& margin = {});
    at::Tensor crops(const at::Tensor& picture) const; // [N,3,S,S] of the places aimed at
    std::int64_t size() const { return size_; }
    const Margin& margin() const { return margin_; }
    const void* place() const { return windows_.data_ptr(); } // changes with the number of crops

  private:
    at::Tensor noise() const; // [N,3,S,S], spread 1

    std::int64_t size_;
    Device device_;
    Margin margin_;
    at::Tensor windows_, seeds_;     // [N,8]: x0 xi xj y0 yi yj (px), spacing of the finer samples, noise; [N]
    at::Tensor step_, fine_;         // [2S]: output pixel of each sample, and whether it is the second in it
    at::Tensor counters_;            // [3,S,S], of the noise
};
at::Tensor variationByTorch(const at::Tensor& picture);

} // namespace titanus::guidance
