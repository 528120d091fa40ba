#pragma once
// What is done to the crops beside turning and mirroring, before the guide sees them: perspective, a
// shift of colour, a rectangle blacked out. A guide that is fooled by none of it sees the thing itself.
// One set of random numbers for each crop, in tensors that stay where they are, so that a GPU may
// record the operations.
// Thread: guidance   Owns: the numbers of one step
// Source: augmentations of PyTTI (pytti-core, MIT), re-implemented; homography after Heckbert,
// Fundamentals of Texture Mapping (1989)
#include "guidance/clip/device.h"

#include <ATen/ATen.h>

#include <array>
#include <random>

namespace titanus::guidance {

struct AugmentLaw { // all 0: nothing is done and no random number drawn
    float perspective = 0; // largest way of a corner inwards, share of the side
    float colour = 0;      // hue in turns and saturation as a factor, both +- this
    float erase = 0;       // share of the crops that lose a rectangle of 10 to 40 % of the area

    bool any() const { return perspective > 0 || colour > 0 || erase > 0; }
};

// Where each place of a crop whose corners were drawn in comes from: three rows that take (x, y, 1) of
// the result, -1..1, to the source times its third. corners: ways inwards of the four corners (x, y of
// left top, right top, right bottom, left bottom), units of half a side.
std::array<float, 9> drawnIn(const std::array<float, 8>& corners);
// Row by row the matrix that turns the hue by this many turns and multiplies the saturation; grey stays.
std::array<float, 9> colourShift(float turns, float saturation);

class Augment {
  public:
    explicit Augment(const Device& device) : device_(device) {}
    // Draws the numbers for this many crops of this side.
    void aim(const AugmentLaw& law, std::int64_t crops, std::int64_t size, std::mt19937_64& random);
    at::Tensor apply(const at::Tensor& crops) const; // [N,3,S,S] -> the same
    // Changes where apply() does other operations or on other addresses.
    std::int64_t key() const;

  private:
    Device device_;
    AugmentLaw law_;
    at::Tensor views_;   // [N,3,3] homographies
    at::Tensor colours_; // [N,3,3]
    at::Tensor holes_;   // [N,4]: left, top, right, bottom in pixels
    at::Tensor places_;  // [S*S,3]
    at::Tensor axis_;    // [S]
};

} // namespace titanus::guidance
