#include "app/stage_window.h"

#include <algorithm>
#include <charconv>

namespace titanus::app {
using core::Problem;
using core::ProblemId;

std::vector<std::string> displayNames() {
    std::vector<std::string> names;
    for (int i = 0; i < SDL_GetNumVideoDisplays(); ++i) {
        const char* name = SDL_GetDisplayName(i);
        SDL_Rect r{};
        SDL_GetDisplayBounds(i, &r);
        names.push_back(std::string(name ? name : "display") + " " + std::to_string(r.w) + "x" + std::to_string(r.h) + " at " +
                        std::to_string(r.x) + "," + std::to_string(r.y));
    }
    return names;
}

namespace {

// One that tells of a GPU reset, where the driver can; else a plain one.
SDL_GLContext createContext(SDL_Window* window) {
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_RESET_NOTIFICATION, SDL_GL_CONTEXT_RESET_LOSE_CONTEXT);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_FLAGS, SDL_GL_CONTEXT_FORWARD_COMPATIBLE_FLAG | SDL_GL_CONTEXT_ROBUST_ACCESS_FLAG);
    if (SDL_GLContext context = SDL_GL_CreateContext(window)) return context;
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_RESET_NOTIFICATION, SDL_GL_CONTEXT_RESET_NO_NOTIFICATION);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_FLAGS, SDL_GL_CONTEXT_FORWARD_COMPATIBLE_FLAG);
    return SDL_GL_CreateContext(window);
}

} // namespace

core::Result<std::unique_ptr<StageWindow>> StageWindow::open(Size size, bool fullScreen) {
    SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
    const auto no = [](const char* what) { return Problem{ProblemId::GlUnavailable, std::string(what) + ": " + SDL_GetError()}; };
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) return no("no display");
    SDL_DisableScreenSaver();
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 4);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 1);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
    std::unique_ptr<StageWindow> stage(new StageWindow);
    const auto flags = SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI | (fullScreen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    stage->main_ = SDL_CreateWindow("Titanus", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, size.width, size.height, static_cast<Uint32>(flags));
    if (!stage->main_) return no("no window");
    stage->context_ = createContext(stage->main_);
    if (!stage->context_) return no("no OpenGL 4.1 context");
    stage->displays_ = SDL_GetNumVideoDisplays();
    return stage;
}

StageWindow::~StageWindow() {
    closeOutput();
    if (context_) SDL_GL_DeleteContext(context_);
    if (main_) SDL_DestroyWindow(main_);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

core::Result<void> StageWindow::renewContext() {
    SDL_GL_DeleteContext(context_);
    context_ = createContext(main_);
    if (!context_) return Problem{ProblemId::GlUnavailable, std::string("after a reset of the graphics card: ") + SDL_GetError()};
    if (!output_) return {};
    SDL_GL_MakeCurrent(output_, context_);
    SDL_GL_SetSwapInterval(0);
    makeCurrent();
    return {};
}

Size StageWindow::drawable() const {
    Size size;
    SDL_GL_GetDrawableSize(main_, &size.width, &size.height);
    return {std::max(size.width, 1), std::max(size.height, 1)};
}

void StageWindow::toggleFullScreen() {
    const bool full = SDL_GetWindowFlags(main_) & SDL_WINDOW_FULLSCREEN_DESKTOP;
    SDL_SetWindowFullscreen(main_, full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

void StageWindow::closeOutput() {
    if (!output_) return;
    makeCurrent();
    SDL_DestroyWindow(output_);
    output_ = nullptr;
    outputDisplay_ = -1;
}

core::Result<void> StageWindow::setOutput(const std::string& wanted) {
    closeOutput();
    if (wanted.empty()) return {};
    const auto names = displayNames();
    int number = 0;
    const char* end = wanted.data() + wanted.size();
    const auto [last, error] = std::from_chars(wanted.data(), end, number);
    int display = -1;
    if (error == std::errc{} && last == end) display = number - 1; // people count from 1
    else
        for (std::size_t i = 0; i < names.size(); ++i)
            if (display < 0 && names[i].find(wanted) != std::string::npos) display = static_cast<int>(i);
    const bool found = display >= 0 && display < static_cast<int>(names.size());
    const int where = static_cast<int>(SDL_WINDOWPOS_CENTERED_DISPLAY(static_cast<unsigned>(found ? display : 0)));
    const auto flags = SDL_WINDOW_OPENGL | SDL_WINDOW_ALLOW_HIGHDPI | (found ? SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_BORDERLESS : SDL_WINDOW_RESIZABLE);
    output_ = SDL_CreateWindow("Titanus output", where, where, 1280, 720, static_cast<Uint32>(flags));
    if (!output_) return Problem{ProblemId::DisplayMissing, wanted + ": " + SDL_GetError()};
    // The main window paces; two that wait for the screen would halve the rate.
    SDL_GL_MakeCurrent(output_, context_);
    SDL_GL_SetSwapInterval(0);
    makeCurrent();
    SDL_RaiseWindow(main_);
    outputDisplay_ = found ? display : -1;
    if (!found) return Problem{ProblemId::DisplayMissing, wanted + "; there are " + std::to_string(names.size())};
    return {};
}

render::TestCard StageWindow::card() const {
    SDL_Window* const shown = output_ ? output_ : main_;
    const int display = std::max(SDL_GetWindowDisplayIndex(shown), 0);
    const auto names = displayNames();
    return {.name = static_cast<std::size_t>(display) < names.size() ? names[static_cast<std::size_t>(display)] : "display", .number = display + 1};
}

bool StageWindow::watchDisplays() {
    const int now = SDL_GetNumVideoDisplays();
    if (now == displays_) return false;
    displays_ = now;
    if (!output_ || outputDisplay_ < now) return false;
    SDL_SetWindowFullscreen(output_, 0);
    SDL_SetWindowPosition(output_, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED);
    outputDisplay_ = -1;
    return true;
}

} // namespace titanus::app
