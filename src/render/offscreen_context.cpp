#include "render/offscreen_context.h"

#include "render/gl.h"

#include <SDL.h>

#include <cstdlib>

namespace titanus::render {
namespace {

// A window of 16x16 is enough: everything is drawn into textures.
core::Result<std::pair<SDL_Window*, SDL_GLContext>> open(const char* driver) {
    using core::Problem;
    using core::ProblemId;
    // Another part of the program may already run SDL with a display of its own: use that one.
    if (!SDL_WasInit(SDL_INIT_VIDEO)) {
        if (driver) SDL_SetHint(SDL_HINT_VIDEODRIVER, driver);
        if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0)
            return Problem{ProblemId::GlUnavailable, SDL_GetError()};
    } else {
        SDL_InitSubSystem(SDL_INIT_VIDEO); // counted: released by the destructor
    }
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 4);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 1);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_FLAGS, SDL_GL_CONTEXT_FORWARD_COMPATIBLE_FLAG);
    SDL_Window* window = SDL_CreateWindow("titanus offscreen", 0, 0, 16, 16,
                                          SDL_WINDOW_OPENGL | SDL_WINDOW_HIDDEN);
    SDL_GLContext context = window ? SDL_GL_CreateContext(window) : nullptr;
    if (context && gladLoadGL(reinterpret_cast<GLADloadfunc>(SDL_GL_GetProcAddress)) &&
        GLAD_GL_VERSION_4_1)
        return std::pair{window, context};
    const Problem problem{ProblemId::GlUnavailable, context ? "the driver offers an older version" : SDL_GetError()};
    if (context) SDL_GL_DeleteContext(context);
    if (window) SDL_DestroyWindow(window);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    return problem;
}

} // namespace

core::Result<std::unique_ptr<OffscreenContext>> OffscreenContext::create() {
    const char* asked = std::getenv("SDL_VIDEODRIVER");
    auto opened = open(asked ? asked : "offscreen");
    if (!opened && !asked) {
        SDL_SetHint(SDL_HINT_VIDEODRIVER, "");
        auto second = open(nullptr);
        if (second) opened = std::move(second);
    }
    if (!opened) return opened.problem();
    const auto [window, context] = opened.value();
    return std::unique_ptr<OffscreenContext>(new OffscreenContext(window, context));
}

OffscreenContext::~OffscreenContext() {
    SDL_GL_DeleteContext(context_);
    SDL_DestroyWindow(static_cast<SDL_Window*>(window_));
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

void OffscreenContext::makeCurrent() { SDL_GL_MakeCurrent(static_cast<SDL_Window*>(window_), context_); }

} // namespace titanus::render
