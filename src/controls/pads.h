#pragma once
// The grid of scene pads as everybody sees it: screen, lights of controllers, keys.
// Thread: any (values)
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace titanus::controls {

// Pads are numbered by rows from the top left, 0..63.
inline constexpr int kSceneColumns = 8, kSceneRows = 8, kScenePads = kSceneColumns * kSceneRows;

// Pad language of performers: dark, green, red, yellow blinking, red blinking.
enum class PadState : std::uint8_t { Empty, Stored, Active, Modified, Blending };
inline constexpr std::array<std::string_view, 5> kPadStates{"empty", "stored", "active", "modified", "blending"};
using PadStates = std::array<PadState, kScenePads>;

// Two pads held together travel as one argument of action.scene: the blend between both by the fader
// scene.blend (0 first, 1 second). First -1: from what plays. kBlendEnd: the pads were let go. Far above
// what a map can bind.
struct PadPair { int first = -1, second = -1; bool operator==(const PadPair&) const = default; };
inline constexpr int kBlendPairs = 10000, kBlendEnd = 20000;
constexpr int blendArgument(PadPair pads) { return kBlendPairs + (pads.first + 1) * kScenePads + pads.second; }
constexpr std::optional<PadPair> blendOf(int argument) {
    const int pair = argument - kBlendPairs;
    if (pair < 0 || pair >= (kScenePads + 1) * kScenePads) return std::nullopt;
    return PadPair{pair / kScenePads - 1, pair % kScenePads};
}

} // namespace titanus::controls
