#include "app/stage_window.h"

#include "app/lit_displays.h"

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

constexpr Uint64 kWatchEveryMs = 1000;

// A number as people count, or a part of a name. -1: there is none.
int displayOf(const std::string& wanted) {
    const auto names = displayNames();
    int number = 0;
    const char* end = wanted.data() + wanted.size();
    const auto [last, error] = std::from_chars(wanted.data(), end, number);
    if (error == std::errc{} && last == end) return number >= 1 && number <= static_cast<int>(names.size()) ? number - 1 : -1;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i].find(wanted) != std::string::npos) return static_cast<int>(i);
    return -1;
}

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
    wanted_ = wanted;
    if (wanted.empty()) return {};
    const int display = displayOf(wanted), centred = static_cast<int>(SDL_WINDOWPOS_CENTERED);
    outputArea_ = {centred, centred, 1280, 720};
    const bool found = display >= 0 && SDL_GetDisplayBounds(display, &outputArea_) == 0;
    const auto flags = SDL_WINDOW_OPENGL | SDL_WINDOW_ALLOW_HIGHDPI | (found ? SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_BORDERLESS : SDL_WINDOW_RESIZABLE);
    // As large as the display from the start: without a window manager nobody else makes it so.
    output_ = SDL_CreateWindow("Titanus output", outputArea_.x, outputArea_.y, outputArea_.w, outputArea_.h, static_cast<Uint32>(flags));
    if (!output_) return Problem{ProblemId::DisplayMissing, wanted + ": " + SDL_GetError()};
    // The main window paces; two that wait for the screen would halve the rate.
    SDL_GL_MakeCurrent(output_, context_);
    SDL_GL_SetSwapInterval(0);
    makeCurrent();
    SDL_RaiseWindow(main_);
    outputDisplay_ = found ? display : -1;
    if (!found) return Problem{ProblemId::DisplayMissing, wanted + "; there are " + std::to_string(SDL_GetNumVideoDisplays())};
    return {};
}

render::TestCard StageWindow::card() const {
    SDL_Window* const shown = output_ ? output_ : main_;
    const int display = std::max(SDL_GetWindowDisplayIndex(shown), 0);
    const auto names = displayNames();
    return {.name = static_cast<std::size_t>(display) < names.size() ? names[static_cast<std::size_t>(display)] : "display",
            .number = display + 1,
            .identify = identifying()};
}

void StageWindow::followMouse(const SDL_Event& event) {
    if (output_ && event.type == SDL_MOUSEMOTION && event.motion.windowID == SDL_GetWindowID(main_) && SDL_GetKeyboardFocus() == output_)
        SDL_SetWindowInputFocus(main_);
}

void StageWindow::identify() {
    constexpr Uint64 kShownMs = 3000; // long enough to look from the desk to the wall
    identifyUntil_ = SDL_GetTicks64() + kShownMs;
}

bool StageWindow::watchDisplays() {
    const Uint64 now = SDL_GetTicks64();
    if (!output_ || now - watchedAt_ < kWatchEveryMs) return false;
    watchedAt_ = now;
    const auto lit = litDisplays(output_);
    const auto isLit = [&](const SDL_Rect& area) { return std::any_of(lit.begin(), lit.end(), [&](const SDL_Rect& r) { return SDL_RectEquals(&r, &area); }); };
    if (outputDisplay_ < 0) {
        const int display = displayOf(wanted_);
        SDL_Rect area{};
        if (display >= 0 && SDL_GetDisplayBounds(display, &area) == 0 && isLit(area)) static_cast<void>(setOutput(std::string(wanted_)));
        return false;
    }
    if (isLit(outputArea_)) return false;
    SDL_SetWindowFullscreen(output_, 0);
    SDL_SetWindowBordered(output_, SDL_TRUE);
    SDL_SetWindowResizable(output_, SDL_TRUE);
    SDL_SetWindowSize(output_, 640, 360);
    SDL_SetWindowPosition(output_, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED);
    SDL_RaiseWindow(main_); // the controls count more
    outputDisplay_ = -1;
    return true;
}

} // namespace titanus::app
