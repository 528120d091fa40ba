#pragma once
// Keeps flashes within what WCAG 2.2 ("three flashes or below threshold") and ITU-R BT.1702 advise:
// no more than three pairs of opposing changes a second over more than a quarter of the picture.
// The picture is judged as a grid of cells; an alarmed cell keeps most of the picture before, so
// contrast sinks and nothing is cut. Judged, decided and done on the GPU within the frame: nobody
// waits, and the same frames give the same result. The meter is read back some frames late.
// No medical guarantee: people differ, and a room holds other lights.
// Thread: main, context current   Owns: its GL objects   Time: dt of the frames
#include "render/gl.h"
#include "render/shader_set.h"

#include <array>

namespace titanus::render {

struct FlashMeter; // renderer.h

class FlashGuard {
  public:
    static constexpr int kColumns = 48, kRows = 27;

    FlashGuard();
    ~FlashGuard();
    FlashGuard(const FlashGuard&) = delete;
    FlashGuard& operator=(const FlashGuard&) = delete;

    // Judges `image` and, if `limit`, blends `previous` (the picture that was shown before; 0: none)
    // over it where it must. noise: 256 x 256. frame chooses the dither.
    void apply(const ShaderSet& shaders, const Target& image, GLuint previous, GLuint noise,
               std::uint64_t frame, double dtSeconds, bool limit);
    FlashMeter meter() const;
    void restart() { started_ = false; }

  private:
    struct History { // one of the two that take turns
        std::array<GlTexture, 4> ages; // light, its rest, red, its rest
        GlFramebuffer framebuffer;
        Target gate;
    };
    void judge(const ShaderSet& shaders, const Target& image, float dt);
    void hold(const ShaderSet& shaders, const Target& image, GLuint previous, GLuint noise, std::uint64_t frame, float dt);
    void readMeter();

    Target grid_, weight_;
    std::array<History, 2> history_;
    std::size_t now_ = 0;
    bool started_ = false, limit_ = true;
    GlQuery anyAlarmed_;
    struct Slot { GlBuffer buffer; GLsync fence = nullptr; };
    std::array<Slot, 4> slots_;
    std::size_t oldest_ = 0, pending_ = 0;
    std::array<float, 4> read_{};
};

} // namespace titanus::render
