#pragma once
// The windows: one with the picture and the UI over it, and, when a display is named, a second one
// with the clean picture alone. Both share one set of GL objects.
// Thread: main   Owns: windows and GL contexts
#include "app/command_line.h"
#include "core/result.h"

#include <SDL.h>

#include "render/test_card.h"

#include <memory>
#include <string>
#include <vector>

namespace titanus::app {

std::vector<std::string> displayNames(); // of the running SDL video system

class StageWindow {
  public:
    // Errors: GlUnavailable (no display, no OpenGL 4.1).
    static core::Result<std::unique_ptr<StageWindow>> open(Size size, bool fullScreen);
    ~StageWindow();
    StageWindow(const StageWindow&) = delete;
    StageWindow& operator=(const StageWindow&) = delete;

    SDL_Window* window() const { return main_; }
    void* context() const { return context_; }
    Size drawable() const;
    // After a GPU reset: another context in place of the lost one; everything in that is gone.
    core::Result<void> renewContext();
    void makeCurrent() const { SDL_GL_MakeCurrent(main_, context_); }
    void swap() const { SDL_GL_SwapWindow(main_); }
    void toggleFullScreen();

    // Opens, moves or closes (empty name) the clean output. Errors: DisplayMissing; the output then
    // opens in a window.
    core::Result<void> setOutput(const std::string& display);
    bool outputOpen() const { return output_ != nullptr; }
    // Makes the output current for drawing, presents it and returns to the main window. The second
    // context shares textures but not framebuffers: `draw` copies a texture it is given.
    template <class Draw> void present(Draw&& draw) {
        if (!output_) return;
        SDL_GL_MakeCurrent(output_, context_);
        int width = 0, height = 0;
        SDL_GL_GetDrawableSize(output_, &width, &height);
        draw(width, height);
        SDL_GL_SwapWindow(output_);
        makeCurrent();
    }
    void closeOutput();
    // Names the display that shows the picture, for the test card; its number alone while identifying.
    render::TestCard card() const;
    void identify();
    bool identifying() const { return SDL_GetTicks64() < identifyUntil_; }
    // The mouse over the controls takes the keyboard from the output: without a window manager nobody
    // else does, and a click would be grabbed for the output.
    void followMouse(const SDL_Event& event);
    std::uint32_t outputId() const { return output_ ? SDL_GetWindowID(output_) : 0; }
    // Call each frame. A display that went away takes its output to a small window on the first one
    // (true if that happened now); when it is there again, so is the output.
    bool watchDisplays();

  private:
    StageWindow() = default;
    SDL_Window* main_ = nullptr;
    SDL_Window* output_ = nullptr;
    SDL_GLContext context_ = nullptr;
    std::string wanted_;     // what setOutput was asked for
    int outputDisplay_ = -1; // -1: in a window
    SDL_Rect outputArea_{};
    std::uint64_t watchedAt_ = 0, identifyUntil_ = 0; // ms
};

} // namespace titanus::app
