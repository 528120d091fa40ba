#pragma once
// What the optimiser changes: a few tensors, and how they become a picture. One interface, so that
// camera, optimiser and stage treat every canvas alike.
// Thread: guidance   Owns: tensors and their Adam moments
// Shapes: pictures float32 [1,3,H,W], RGB 0..1; spatial leaves [1,C,h,w], any h, w; all on its device,
// and so is the random generator that it is given
#include "core/problem.h"
#include "guidance/canvas_size.h"
#include "guidance/clip/device.h"
#include "guidance/clip/kernels.h"
#include "modulation/frame_state.h"

#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <vector>

namespace titanus::guidance {

// One tensor under optimisation with its moments.
struct Leaf {
    at::Tensor value, m, v;
    float rate = 1;    // multiplies the learning rate
    bool spatial = true; // moves with the camera
    // Share of the second moment that all its values have in common (AdamStep): docs/QUALITY.md.
    float evenness = 0;

    explicit Leaf(at::Tensor start)
        : value(std::move(start)), m(at::zeros_like(value)), v(at::zeros_like(value)) {}
};

// How values between pixels are made when a canvas is moved; order of camera.sampling.
enum class Filter : std::uint8_t { Nearest, Bilinear, Bicubic };

// Standard deviations of the noise on all scales and on each band of them.
struct NoiseAmounts {
    float all = 0, coarse = 0, middle = 0, fine = 0;
};

enum class CanvasKind : std::uint8_t { Pyramid, Rgb, Palette, Fourier };

// One step of Adam on a leaf, in a single pass.
void adamStep(Leaf& leaf, const at::Tensor& gradient, const AdamStep& step);

class CanvasModel {
  public:
    virtual ~CanvasModel() = default;
    std::vector<Leaf>& leaves() { return leaves_; }
    CanvasSize size() const { return size_; }

    // Reads the effective values that concern this model (gains, rates, colours).
    virtual void configure(const modulation::FrameState& state) = 0;
    // What went wrong in configure, said once (a file that cannot be read).
    virtual std::optional<core::Problem> problem() { return {}; }
    // Differentiable in the leaves.
    virtual at::Tensor decode() const = 0;
    // Makes decode() as near to the picture as the model can; moments start anew.
    virtual void encode(const at::Tensor& picture) = 0;
    // After each step: back into the legal range.
    virtual void clamp() = 0;
    // Regularisers of this model's own, added to the loss; undefined: none.
    virtual at::Tensor extraLoss() const { return {}; }
    virtual void addNoise(const NoiseAmounts& amounts, at::Generator& random) = 0;
    // Moves what grids cannot move, moments too; false: warpLeaves moves the spatial leaves.
    virtual bool warp(const modulation::CameraMotion&, const modulation::CameraSpace&, const at::Tensor& /*luminance*/, Filter = Filter::Bicubic) { return false; }
    // Shrinks what has been painted towards grey by this factor (a number, or one on the device).
    void fade(float factor) { fadeBy(at::scalar_tensor(factor)); }
    virtual void fadeBy(const at::Tensor& factor) = 0;
    // Pull towards grey that goes with every step, per learning rate: without it the sigmoid runs
    // into black and white and the picture loses its middle tones (docs/QUALITY.md).
    virtual float restPull() const { return 0; }
    // decode() and clamp() do the same operations on the same addresses in every step, whatever
    // configure() sets: a captured step may be replayed. Devices other than the processor only.
    virtual bool replayable() const { return false; }

  protected:
    CanvasModel(CanvasSize size, const Device& device) : size_(size), device_(device) {}
    at::TensorOptions floats() const { return device_.floats(); }
    CanvasSize size_;
    Device device_;
    std::vector<Leaf> leaves_;
};

std::unique_ptr<CanvasModel> makeCanvas(CanvasKind kind, CanvasSize size, at::Generator& random, const Device& device = {});

// Noise of this many cells on the shorter side, stretched over a spatial leaf.
constexpr std::int64_t kCoarseCells = 5, kMiddleCells = 20;
void addWideNoise(at::Tensor& value, float amount, std::int64_t cells, at::Generator& random);

at::Tensor resized(const at::Tensor& picture, CanvasSize size); // bilinear, anti-aliased

} // namespace titanus::guidance
