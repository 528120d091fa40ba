#pragma once
// One cell of the modulation matrix, as data. In units of the fader's travel (0..1 over the range):
// effective = clamp(base + route.amount * sum of depth * shaped source). A row with an exponential
// curve is thereby multiplied, all others are shifted.
// Thread: any   Ownership: value
#include "params/catalogue.h"
#include "params/sources.h"

namespace titanus::params {

enum class RouteCurve : std::uint8_t { Linear, Square, Root, Smooth, Invert };
inline constexpr std::array<std::string_view, 5> kRouteCurves{"linear", "square", "root", "smooth", "invert"};

struct Route {
    Source source{};
    ParamIndex target{};
    float depth = 0;            // -1..1, share of the target's travel
    RouteCurve curve{};
    float attackSeconds = 0;    // follower between source and target; 0 = at once
    float releaseSeconds = 0;
    bool mute = false;

    bool operator==(const Route&) const = default;
};

} // namespace titanus::params
