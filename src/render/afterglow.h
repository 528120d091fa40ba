#pragma once
// What earlier frames leave behind (trails) and what spills over the edges of the bright (bloom).
// Thread: main   Owns: its textures
#include "modulation/frame_state.h"
#include "render/gl.h"
#include "render/painter.h"
#include "render/shader_set.h"

namespace titanus::render {

class Afterglow {
  public:
    // The painting with its trails; the painting itself while trails are off.
    GLuint trails(const ShaderSet& shaders, const modulation::FrameState& state,
                  const Painted& painted, const modulation::CameraMotion& motion);
    // Light to add; 0 while bloom is off.
    GLuint bloom(const ShaderSet& shaders, const modulation::FrameState& state, GLuint image,
                 int width, int height, bool softwareGl);
    void restart() { trailing_ = false; }

  private:
    static constexpr std::size_t kLevels = 4;
    std::array<Target, 2> trails_;
    std::size_t now_ = 0;
    bool trailing_ = false;
    std::array<Target, kLevels> levels_;
};

} // namespace titanus::render
