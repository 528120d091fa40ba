#pragma once
// Which areas of the desktop are lit. SDL tells of a plug that was pulled, but on X11 (2.26) neither
// tells nor lists that a display was switched off in the settings: the picture would be nowhere.
// Thread: main   Cost: one question to the X server; ask each second, not each frame
#include <SDL.h>

#include <vector>

namespace titanus::app {

// Desktop coordinates. Where the window system has no answer of its own: SDL's displays.
std::vector<SDL_Rect> litDisplays(SDL_Window* window);

} // namespace titanus::app
