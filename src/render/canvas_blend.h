#pragma once
// The canvas on the GPU, between two publications: uploaded once per generation, faded from the
// one before over the painter's own interval, so that steps become motion.
// Thread: main   Owns: textures and upload buffers   Time: FrameState::seconds
#include "guidance/canvas.h"
#include "modulation/frame_state.h"
#include "render/gl.h"
#include "render/shader_set.h"

#include <array>

namespace titanus::render {

class CanvasBlend {
  public:
    // softwareGl: 8-bit textures, which llvmpipe reads several times faster than half floats.
    explicit CanvasBlend(bool softwareGl) : format_{softwareGl ? GLenum{GL_RGBA8} : GLenum{GL_RGBA16F}} {}

    // Brings the blend up to this frame; draws only if it changes. coherence: how far the canvas is
    // smoothed along its lines, 1 usual, 0 not.
    void update(const ShaderSet& shaders, const modulation::FrameState& state,
                const guidance::Canvas& canvas, float coherence);
    // Forgets the fade: the next canvas shows at once (a still, a jump in time).
    void cut() { arrived_ = false; }

    GLuint texture() const { return blends_[current_].texture(); }
    int width() const { return blends_[current_].width(); }
    int height() const { return blends_[current_].height(); }
    // Pose at which the blend stands.
    const modulation::CameraPose& pose() const { return pose_; }

  private:
    void upload(const guidance::Canvas& canvas);
    GLuint coherent(const ShaderSet& shaders, float coherence);
    void makeReady(const ShaderSet& shaders, float coherence);
    void adopt(const ShaderSet& shaders, const modulation::FrameState& state,
               const guidance::Canvas& canvas, float coherence);
    void drawStart(const ShaderSet& shaders, const modulation::FrameState& state);

    Target::Format format_;
    Target soft_, tensor_, across_, coherent_; // steps to smooth lines
    Target newest_;                // the canvas last published, sharpened
    std::array<Target, 2> blends_; // current and the one faded from
    std::size_t current_ = 0;
    GlTexture canvas_;
    int canvasWidth_ = 0, canvasHeight_ = 0;
    std::array<GlBuffer, 3> uploads_;
    std::size_t nextUpload_ = 0;
    modulation::CameraPose pose_, fromPose_;
    std::uint64_t generation_ = 0;
    float coherence_ = 0; // of newest_
    bool started_ = false, arrived_ = false, settled_ = false;
    double arrivedSeconds_ = 0, intervalSeconds_ = 0.1, fadeSeconds_ = 0;
};

} // namespace titanus::render
