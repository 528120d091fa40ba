#pragma once
// What a parameter is: everything but its value. Constant data. Thread: any
#include <cstdint>
#include <span>
#include <string_view>

namespace titanus::params {

enum class Kind : std::uint8_t { Float, Int, Bool, Choice };
enum class Unit : std::uint8_t {
    None, Percent, Decibel, Hertz, Seconds, Milliseconds, Beats, Bpm, Degrees,
    PerSecond, DegreesPerSecond, Pixels, Levels
};
enum class Curve : std::uint8_t { Linear, Exponential }; // how a fader's travel maps to the range

inline constexpr std::uint8_t kModulatable = 1; // routes may add to it
inline constexpr std::uint8_t kSaved = 2;       // belongs to a preset (else: to the machine)

struct Param {
    std::string_view id;    // "camera.zoom": for ever
    std::string_view name;  // label
    Kind kind = Kind::Float;
    Unit unit = Unit::None;
    float min = 0, max = 1, def = 0;
    Curve curve = Curve::Linear;
    std::uint8_t flags = kModulatable | kSaved;
    std::span<const std::string_view> choices{}; // Kind::Choice: value = index
    std::string_view help; // one sentence

    constexpr bool modulatable() const { return flags & kModulatable; }
    constexpr bool saved() const { return flags & kSaved; }
    constexpr std::string_view group() const { return id.substr(0, id.find('.')); }
};

} // namespace titanus::params
