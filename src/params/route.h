#pragma once
// One cell of the modulation matrix, as data. In units of the fader's travel (0..1 over the range):
// effective = clamp(base + route.amount * sum of depth * shaped source). A row with an exponential
// curve is thereby multiplied, all others are shifted.
// Thread: any   Ownership: value
#include "params/catalogue.h"
#include "params/sources.h"

#include <string>

namespace titanus::params {

enum class RouteCurve : std::uint8_t { Linear, Square, Root, Smooth, Invert };
inline constexpr std::array<std::string_view, 5> kRouteCurves{"linear", "square", "root", "smooth", "invert"};

enum class RouteQuantise : std::uint8_t { Off, Beat, HalfBeat, QuarterBeat, Bar }; // sample and hold
inline constexpr std::array<std::string_view, 5> kRouteQuantise{"off", "beat", "1/2 beat", "1/4 beat", "bar"};

struct Route {
    Source source{};
    ParamIndex target{};
    float depth = 0;            // -1..1, share of the target's travel
    RouteCurve curve{};
    float attackSeconds = 0;    // follower between source and target; 0 = at once
    float releaseSeconds = 0;
    bool mute = false;
    bool solo = false;          // while any route is solo, only those act
    float holdSeconds = 0;      // the follower stays up this long before it falls
    RouteQuantise quantise{};   // the source is read on these lines of the music only

    bool operator==(const Route&) const = default;
};

// A base value that is an expression instead of a number (language: docs/PROMPTS.md). It replaces
// the stored value before routes are added; one that gives no finite number leaves the last.
struct Formula {
    ParamIndex target{};
    std::string text;

    bool operator==(const Formula&) const = default;
};

// What a preset holds and a frame reads; not what the analysis listens with.
constexpr bool takesFormula(const Param& p) {
    return p.saved() && p.group() != "analysis" && p.group() != "clock" && p.group() != "band";
}

} // namespace titanus::params
