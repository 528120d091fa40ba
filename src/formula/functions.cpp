#include "formula/functions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace titanus::formula::detail {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kWholeLimit = 9007199254740992.0; // 2^53: above it doubles skip whole numbers

bool whole(double x) { return std::isfinite(x) && x == std::trunc(x) && std::abs(x) <= kWholeLimit; }

// A result that is infinite or NaN though no argument was: Python raises.
template <double (*F)(double)> double checked(Call& c) {
    const double y = F(c.a[0]);
    return std::isfinite(c.a[0]) && !std::isfinite(y) ? c.fail() : std::isinf(c.a[0]) && std::isnan(y) ? c.fail() : y;
}
template <double (*F)(double)> double toWhole(Call& c) { return std::isfinite(c.a[0]) ? F(c.a[0]) : c.fail(); }

double rounded(Call& c) {
    const double x = c.a[0];
    if (c.a.size() == 1) return std::isfinite(x) ? std::nearbyint(x) : c.fail(); // half to even
    if (!whole(c.a[1])) return c.fail();
    if (!std::isfinite(x)) return x;
    const double digits = c.a[1];
    if (digits > 22 || x == 0) return x;
    if (digits < 0) {
        if (digits < -308) return std::copysign(0, x);
        const double unit = std::pow(10, -digits);
        return std::nearbyint(x / unit) * unit;
    }
    // By the decimal digits of the exact binary value, as Python does: round(0.15, 1) is 0.1.
    std::array<char, 400> text{};
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::fixed, static_cast<int>(digits));
    double y = x;
    if (error == std::errc{}) std::from_chars(text.data(), end, y);
    return y;
}

// Python keeps the first of equals, and what no comparison finds better.
double least(Call& c) {
    double best = c.a[0];
    for (const double x : c.a) if (x < best) best = x;
    return best;
}
double greatest(Call& c) {
    double best = c.a[0];
    for (const double x : c.a) if (x > best) best = x;
    return best;
}

double power(Call& c) { return raised(c.a[0], c.a[1], c.fault); }

double logarithm(Call& c) {
    if (c.a[0] <= 0 || (c.a.size() == 2 && c.a[1] <= 0)) return c.fail();
    if (c.a.size() == 1) return std::log(c.a[0]);
    return divided(std::log(c.a[0]), std::log(c.a[1]), c.fault);
}
double positiveLog(Call& c, double (*f)(double), double above) { return c.a[0] <= above ? c.fail() : f(c.a[0]); }

double factorial(Call& c) {
    if (!whole(c.a[0]) || c.a[0] < 0 || c.a[0] > 170) return c.fail();
    double y = 1;
    for (double i = 2; i <= c.a[0]; ++i) y *= i;
    return y;
}
double permutations(Call& c) {
    if (c.a.size() == 1) return factorial(c);
    if (!whole(c.a[0]) || !whole(c.a[1]) || c.a[0] < 0 || c.a[1] < 0) return c.fail();
    if (c.a[1] > c.a[0]) return 0;
    double y = 1;
    for (double i = 0; i < c.a[1] && std::isfinite(y); ++i) y *= c.a[0] - i;
    return std::isfinite(y) ? y : c.fail();
}
double combinations(Call& c) {
    if (!whole(c.a[0]) || !whole(c.a[1]) || c.a[0] < 0 || c.a[1] < 0) return c.fail();
    if (c.a[1] > c.a[0]) return 0;
    const double k = std::min(c.a[1], c.a[0] - c.a[1]);
    double y = 1;
    for (double i = 1; i <= k && std::isfinite(y); ++i) y = y * (c.a[0] - k + i) / i;
    return std::isfinite(y) ? std::nearbyint(y) : c.fail();
}
double greatestDivisor(Call& c) {
    double g = 0;
    for (double x : c.a) {
        if (!whole(x)) return c.fail();
        x = std::abs(x);
        while (x != 0) g = std::exchange(x, std::fmod(g, x));
    }
    return g;
}

double gammaFunction(Call& c) {
    const double x = c.a[0];
    if (x == -std::numeric_limits<double>::infinity() || (x <= 0 && x == std::floor(x))) return c.fail();
    const double y = std::tgamma(x);
    return std::isfinite(x) && !std::isfinite(y) ? c.fail() : y;
}
double logGamma(Call& c) {
    const double x = c.a[0];
    if (std::isfinite(x) && x <= 0 && x == std::floor(x)) return c.fail();
    return std::lgamma(x);
}
double closeTo(Call& c) {
    const double a = c.a[0], b = c.a[1];
    if (a == b) return 1;
    if (std::isinf(a) || std::isinf(b)) return 0;
    return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}
double hypotenuse(Call& c) {
    double y = 0;
    for (const double x : c.a) y = std::hypot(y, x);
    return y;
}
double loadExponent(Call& c) {
    if (!whole(c.a[1])) return c.fail();
    const double y = std::ldexp(c.a[0], static_cast<int>(std::clamp(c.a[1], -5000.0, 5000.0)));
    return std::isfinite(c.a[0]) && !std::isfinite(y) ? c.fail() : y;
}
double floatModulo(Call& c) {
    if (c.a[1] == 0 || std::isinf(c.a[0])) return std::isnan(c.a[0] + c.a[1]) ? c.a[0] + c.a[1] : c.fail();
    return std::fmod(c.a[0], c.a[1]);
}
double ieeeRemainder(Call& c) {
    if (c.a[1] == 0 || std::isinf(c.a[0])) return std::isnan(c.a[0] + c.a[1]) ? c.a[0] + c.a[1] : c.fail();
    return std::remainder(c.a[0], c.a[1]);
}
double inverseHyperbolic(Call& c) { return c.a[0] >= 1 || std::isnan(c.a[0]) ? std::acosh(c.a[0]) : c.fail(); }

// ---- of our own ------------------------------------------------------------------------------

double clampTo(Call& c) { return std::min(std::max(c.a[0], c.a[1]), c.a[2]); }
double smoothStep(Call& c) {
    if (c.a[0] == c.a[1]) return c.a[2] >= c.a[0];
    const double t = std::clamp((c.a[2] - c.a[0]) / (c.a[1] - c.a[0]), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

// Same number for the same whole number: -1..1. Mixing after splitmix64 (public domain).
double hashed(double cell) {
    auto x = static_cast<std::uint64_t>(static_cast<std::int64_t>(cell)) + 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return static_cast<double>((x ^ (x >> 31)) >> 11) / 4503599627370496.0 - 1; // 2^52
}
double noise(Call& c) {
    double& at = c.memory[0];
    at += std::clamp(c.a.empty() ? 1 : c.a[0], 0.0, 1e3) * c.dtSeconds;
    const double cell = std::floor(at), f = at - cell, s = f * f * (3 - 2 * f);
    return hashed(cell) * (1 - s) + hashed(cell + 1) * s;
}
double oscillator(Call& c) {
    double& cycles = c.memory[0];
    cycles += c.a[0] * c.dtSeconds;
    if (!std::isfinite(cycles)) cycles = 0;
    cycles -= std::floor(cycles);
    return std::sin(2 * kPi * (cycles + (c.a.size() > 1 ? c.a[1] : 0)));
}
double follow(Call& c, double seconds) {
    double &value = c.memory[0], &started = c.memory[1];
    if (started == 0 || !std::isfinite(value)) value = c.a[0];
    started = 1;
    value += (seconds <= 0 ? 1 : 1 - std::exp(-c.dtSeconds / seconds)) * (c.a[0] - value);
    return value;
}
double smoothed(Call& c) { return follow(c, c.a[1]); }
double envelope(Call& c) { return follow(c, c.a[0] > c.memory[0] ? c.a[1] : c.a[2]); }

constexpr std::array kFunctions{
    Function{"abs", 1, 1, 0, [](Call& c) { return std::abs(c.a[0]); }},
    Function{"fabs", 1, 1, 0, [](Call& c) { return std::abs(c.a[0]); }},
    Function{"absolute", 1, 1, 0, [](Call& c) { return std::abs(c.a[0]); }},
    Function{"max", 2, kMostArguments, 0, greatest},
    Function{"maximum", 2, 2, 0, greatest},
    Function{"min", 2, kMostArguments, 0, least},
    Function{"minimum", 2, 2, 0, least},
    Function{"pow", 2, 2, 0, power},
    Function{"power", 2, 2, 0, power},
    Function{"round", 1, 2, 0, rounded},
    Function{"ceil", 1, 1, 0, toWhole<std::ceil>},
    Function{"floor", 1, 1, 0, toWhole<std::floor>},
    Function{"trunc", 1, 1, 0, toWhole<std::trunc>},
    Function{"sin", 1, 1, 0, checked<std::sin>},
    Function{"cos", 1, 1, 0, checked<std::cos>},
    Function{"tan", 1, 1, 0, checked<std::tan>},
    Function{"asin", 1, 1, 0, checked<std::asin>},
    Function{"acos", 1, 1, 0, checked<std::acos>},
    Function{"atan", 1, 1, 0, [](Call& c) { return std::atan(c.a[0]); }},
    Function{"arcsin", 1, 1, 0, checked<std::asin>},
    Function{"arccos", 1, 1, 0, checked<std::acos>},
    Function{"arctan", 1, 1, 0, [](Call& c) { return std::atan(c.a[0]); }},
    Function{"atan2", 2, 2, 0, [](Call& c) { return std::atan2(c.a[0], c.a[1]); }},
    Function{"arctan2", 2, 2, 0, [](Call& c) { return std::atan2(c.a[0], c.a[1]); }},
    Function{"sinh", 1, 1, 0, checked<std::sinh>},
    Function{"cosh", 1, 1, 0, checked<std::cosh>},
    Function{"tanh", 1, 1, 0, [](Call& c) { return std::tanh(c.a[0]); }},
    Function{"asinh", 1, 1, 0, [](Call& c) { return std::asinh(c.a[0]); }},
    Function{"acosh", 1, 1, 0, inverseHyperbolic},
    Function{"atanh", 1, 1, 0, checked<std::atanh>},
    Function{"exp", 1, 1, 0, checked<std::exp>},
    Function{"expm1", 1, 1, 0, checked<std::expm1>},
    Function{"exp2", 1, 1, 0, checked<std::exp2>},
    Function{"log", 1, 2, 0, logarithm},
    Function{"log10", 1, 1, 0, [](Call& c) { return positiveLog(c, std::log10, 0); }},
    Function{"log2", 1, 1, 0, [](Call& c) { return positiveLog(c, std::log2, 0); }},
    Function{"log1p", 1, 1, 0, [](Call& c) { return positiveLog(c, std::log1p, -1); }},
    Function{"sqrt", 1, 1, 0, checked<std::sqrt>},
    Function{"cbrt", 1, 1, 0, [](Call& c) { return std::cbrt(c.a[0]); }},
    Function{"isqrt", 1, 1, 0, [](Call& c) { return whole(c.a[0]) && c.a[0] >= 0 ? std::floor(std::sqrt(c.a[0])) : c.fail(); }},
    Function{"square", 1, 1, 0, [](Call& c) { return c.a[0] * c.a[0]; }},
    Function{"hypot", 1, kMostArguments, 0, hypotenuse},
    Function{"degrees", 1, 1, 0, [](Call& c) { return c.a[0] * (180 / kPi); }},
    Function{"rad2deg", 1, 1, 0, [](Call& c) { return c.a[0] * (180 / kPi); }},
    Function{"radians", 1, 1, 0, [](Call& c) { return c.a[0] * (kPi / 180); }},
    Function{"deg2rad", 1, 1, 0, [](Call& c) { return c.a[0] * (kPi / 180); }},
    Function{"copysign", 2, 2, 0, [](Call& c) { return std::copysign(c.a[0], c.a[1]); }},
    Function{"sign", 1, 1, 0, [](Call& c) { return c.a[0] > 0 ? 1. : c.a[0] < 0 ? -1. : c.a[0]; }},
    Function{"erf", 1, 1, 0, [](Call& c) { return std::erf(c.a[0]); }},
    Function{"erfc", 1, 1, 0, [](Call& c) { return std::erfc(c.a[0]); }},
    Function{"gamma", 1, 1, 0, gammaFunction},
    Function{"lgamma", 1, 1, 0, logGamma},
    Function{"factorial", 1, 1, 0, factorial},
    Function{"comb", 2, 2, 0, combinations},
    Function{"perm", 1, 2, 0, permutations},
    Function{"gcd", 1, kMostArguments, 0, greatestDivisor},
    Function{"fmod", 2, 2, 0, floatModulo},
    Function{"mod", 2, 2, 0, [](Call& c) { return modulo(c.a[0], c.a[1], c.fault); }},
    Function{"remainder", 2, 2, 0, ieeeRemainder},
    Function{"ldexp", 2, 2, 0, loadExponent},
    Function{"isclose", 2, 2, 0, closeTo},
    Function{"isfinite", 1, 1, 0, [](Call& c) { return std::isfinite(c.a[0]) ? 1. : 0.; }},
    Function{"isinf", 1, 1, 0, [](Call& c) { return std::isinf(c.a[0]) ? 1. : 0.; }},
    Function{"isnan", 1, 1, 0, [](Call& c) { return std::isnan(c.a[0]) ? 1. : 0.; }},
    Function{"clip", 3, 3, 0, clampTo},
    Function{"clamp", 3, 3, 0, clampTo},
    Function{"mix", 3, 3, 0, [](Call& c) { return c.a[0] + (c.a[1] - c.a[0]) * c.a[2]; }},
    Function{"step", 2, 2, 0, [](Call& c) { return c.a[1] >= c.a[0] ? 1. : 0.; }},
    Function{"smoothstep", 3, 3, 0, smoothStep},
    Function{"noise", 0, 1, 1, noise},
    Function{"lfo", 1, 2, 1, oscillator},
    Function{"smooth", 2, 2, 2, smoothed},
    Function{"env", 3, 3, 2, envelope},
};
constexpr std::array kRefused{"dist", "frexp", "modf", "fsum", "prod", "sum", "sumprod", "lcm", "nextafter", "ulp"};

} // namespace

std::span<const Function> functions() { return kFunctions; }

std::optional<std::size_t> findFunction(std::string_view name) {
    for (std::size_t i = 0; i < kFunctions.size(); ++i)
        if (kFunctions[i].name == name) return i;
    return std::nullopt;
}

std::optional<double> findConstant(std::string_view name) {
    if (name == "pi") return kPi;
    if (name == "e") return std::numbers::e;
    if (name == "tau") return 2 * kPi;
    if (name == "inf") return std::numeric_limits<double>::infinity();
    if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (name == "True") return 1;
    if (name == "False") return 0;
    return std::nullopt;
}

bool refused(std::string_view name) { return std::find(kRefused.begin(), kRefused.end(), name) != kRefused.end(); }

double divided(double a, double b, bool& fault) {
    if (b == 0) fault = true;
    return a / b;
}

// As CPython does it (Objects/floatobject.c, PSF licence; the rule, not the code): quotient and
// remainder belong together, and the remainder has the divisor's sign.
double modulo(double a, double b, bool& fault) {
    if (b == 0) fault = true;
    const double m = std::fmod(a, b);
    if (m == 0) return std::copysign(0, b);
    return (m < 0) != (b < 0) ? m + b : m;
}
double floorDivided(double a, double b, bool& fault) {
    if (b == 0) fault = true;
    const double m = std::fmod(a, b);
    double q = (a - m) / b;
    if (m != 0 && (m < 0) != (b < 0)) q -= 1;
    if (q == 0) return std::copysign(0, a / b);
    const double f = std::floor(q);
    return q - f > 0.5 ? f + 1 : f;
}

double raised(double a, double b, bool& fault) {
    const double y = std::pow(a, b);
    // 0 ** -1, (-8) ** 0.5 (complex in Python), 10.0 ** 400
    if (std::isfinite(a) && std::isfinite(b) && !std::isfinite(y)) fault = true;
    return y;
}

} // namespace titanus::formula::detail
