#pragma once
// Formulas as PyTTI's users write them, with Python's meaning, but without Python: compiled once
// into a small tree, evaluated without allocation, unable to do anything but arithmetic.
//   ** (right-associative, tighter than a minus before it), * / // % (sign of the divisor), + -,
//   comparisons (chained: a < b < c), not and or, x if c else y
//   the functions of Python's math module and abs max min pow round, each also as math.f or np.f
//   clamp mix step smoothstep, and with a memory: noise lfo smooth env
// Where Python would raise (1/0, sqrt(-1), ...) the value is NaN.
// Thread: any; one thread at a time for each object   Ownership: value (memory included)
// Real-time safe: `evaluate` yes, `compile` no   Errors: TextError with the column
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace titanus::formula {

struct TextError {
    std::string message;
    std::size_t column = 0; // from 0, in bytes
};

// "message at column 9:\ndragon:3_r\n        ^"; of long lines the part around the column.
std::string withCaret(std::string_view line, const TextError& error);

// What a formula may read: values by the index of their name, now and at the update before.
// `<name>_prev` reads the latter.
struct Inputs {
    std::span<const double> now, before;
    double dtSeconds = 0; // since the update before; drives lfo, smooth, env, noise
};

class Expression {
  public:
    // `names`: what may be read besides functions and constants (pi e tau inf nan). They are
    // looked up here, once; the list need not outlive the call.
    struct Compiled;
    static Compiled compile(std::string_view text, std::span<const std::string_view> names);

    // `inputs.now` and `inputs.before` as long as the list of names.
    double evaluate(const Inputs& inputs);
    // Forgets what lfo, smooth, env and noise remember.
    void reset();
    // A number and nothing else: no need to evaluate again.
    std::optional<double> constant() const;
    // Whether it reads that name, now or before.
    bool reads(std::size_t name) const;

  private:
    friend class Compiler;
    friend class Evaluator;
    struct Node {
        std::uint8_t kind = 0; // see expression.cpp
        std::uint8_t function = 0;
        std::uint16_t state = 0;      // first of its doubles in memory_
        std::int32_t first = -1;      // arguments: nodes linked by `next`
        std::int32_t next = -1;
        std::int32_t name = 0;
        double number = 0;
    };

    std::vector<Node> nodes_;
    std::int32_t root_ = -1;
    std::vector<double> memory_;
};

struct Expression::Compiled {
    std::optional<Expression> expression; // nullopt: see error
    TextError error{};
};

} // namespace titanus::formula
