#pragma once
// The fixed list of `titanus bench quality`: animals, things, food, places. Never changed, so that
// figures stay comparable. Thread: any (constant data)
#include <array>
#include <string_view>

namespace titanus::guidance {

inline constexpr std::array<std::string_view, 40> kQualityPrompts{
    "a goldfish", "a jellyfish", "a sea anemone", "a brain coral", "a snail",
    "a flamingo", "a tiger", "a ladybug", "a monarch butterfly", "a starfish",
    "a zebra", "a giant panda", "a balloon", "a candle", "a castle",
    "a church", "a fountain", "a spider web", "a suspension bridge", "a peacock",
    "broccoli", "a bell pepper", "a mushroom", "a strawberry", "an orange",
    "a lemon", "a pineapple", "a banana", "a pizza", "an espresso",
    "an alp", "a cliff", "a coral reef", "a geyser", "a lakeside",
    "a seashore", "a valley", "a volcano", "a daisy", "an acorn"};

} // namespace titanus::guidance
