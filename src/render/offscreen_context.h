#pragma once
// A GL 4.1 core context without a window on screen: offline rendering, stills and tests run on
// machines without a display. Tries SDL's offscreen driver (EGL, no X server), then a hidden
// window of whatever display there is.
// Thread: main   Ownership: owns window and context; current from create() to destruction
#include "core/result.h"

#include <memory>

namespace titanus::render {

class OffscreenContext {
  public:
    // SDL_VIDEODRIVER, if set, is obeyed and nothing else tried. Errors: GlUnavailable with SDL's
    // reason.
    static core::Result<std::unique_ptr<OffscreenContext>> create();
    ~OffscreenContext();
    OffscreenContext(const OffscreenContext&) = delete;
    OffscreenContext& operator=(const OffscreenContext&) = delete;

    void makeCurrent();

  private:
    OffscreenContext(void* window, void* context) : window_(window), context_(context) {}
    void* window_;
    void* context_;
};

} // namespace titanus::render
