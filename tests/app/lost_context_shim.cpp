// Loaded before SDL: the driver seems to report a reset of the graphics card once, some seconds
// after the start. What the program asks for is real, only the answer is ours.
#include <cstring>
#include <dlfcn.h>

namespace {

constexpr unsigned kInnocentReset = 0x8254; // GL_INNOCENT_CONTEXT_RESET
constexpr int kAsksUntilReset = 90;         // the program asks once a frame

unsigned resetStatus() {
    static int asked = 0;
    return ++asked == kAsksUntilReset ? kInnocentReset : 0;
}

} // namespace

extern "C" __attribute__((visibility("default"))) void* SDL_GL_GetProcAddress(const char* name) {
    if (std::strncmp(name, "glGetGraphicsResetStatus", 24) == 0) return reinterpret_cast<void*>(&resetStatus);
    static const auto real = reinterpret_cast<void* (*)(const char*)>(dlsym(RTLD_NEXT, "SDL_GL_GetProcAddress"));
    return real(name);
}
