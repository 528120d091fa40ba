#pragma once
// The grid of scene pads as everybody sees it: screen, lights of controllers, keys.
// Thread: any (values)
#include <array>
#include <cstdint>
#include <string_view>

namespace titanus::controls {

// Pads are numbered by rows from the top left, 0..63.
inline constexpr int kSceneColumns = 8, kSceneRows = 8, kScenePads = kSceneColumns * kSceneRows;

// Pad language of performers: dark, green, red, yellow blinking, red blinking.
enum class PadState : std::uint8_t { Empty, Stored, Active, Modified, Blending };
inline constexpr std::array<std::string_view, 5> kPadStates{"empty", "stored", "active", "modified", "blending"};
using PadStates = std::array<PadState, kScenePads>;

} // namespace titanus::controls
