#include "app/lit_displays.h"

#include <optional>

#if defined(__linux__) && __has_include(<X11/extensions/Xrandr.h>)
#include <SDL_syswm.h>
#include <X11/extensions/Xrandr.h>
#include <dlfcn.h>
#define TITANUS_HAS_XRANDR
#endif

namespace titanus::app {
namespace {

std::optional<std::vector<SDL_Rect>> askX11([[maybe_unused]] SDL_Window* window) {
#ifdef TITANUS_HAS_XRANDR
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11) return std::nullopt;
    // Loaded, not linked, as SDL does: a machine without X11 starts all the same.
    static void* const library = ::dlopen("libXrandr.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) return std::nullopt;
    static const auto version = reinterpret_cast<decltype(&XRRQueryVersion)>(::dlsym(library, "XRRQueryVersion"));
    static const auto monitors = reinterpret_cast<decltype(&XRRGetMonitors)>(::dlsym(library, "XRRGetMonitors"));
    static const auto release = reinterpret_cast<decltype(&XRRFreeMonitors)>(::dlsym(library, "XRRFreeMonitors"));
    Display* const display = info.info.x11.display;
    int major = 0, minor = 0, count = 0;
    if (!version || !monitors || !release || !version(display, &major, &minor) || major * 100 + minor < 105) return std::nullopt;
    XRRMonitorInfo* const found = monitors(display, RootWindow(display, DefaultScreen(display)), True, &count);
    if (!found) return std::nullopt;
    std::vector<SDL_Rect> out;
    for (int i = 0; i < count; ++i) out.push_back({found[i].x, found[i].y, found[i].width, found[i].height});
    release(found);
    return out;
#else
    return std::nullopt;
#endif
}

} // namespace

std::vector<SDL_Rect> litDisplays(SDL_Window* window) {
    if (auto found = askX11(window)) return std::move(*found);
    std::vector<SDL_Rect> out;
    for (int i = 0; i < SDL_GetNumVideoDisplays(); ++i)
        if (SDL_Rect r{}; SDL_GetDisplayBounds(i, &r) == 0) out.push_back(r);
    return out;
}

} // namespace titanus::app
