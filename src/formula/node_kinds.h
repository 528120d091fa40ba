#pragma once
// What a node of a compiled formula is. Internal to formula. Thread: any (constant data)
#include <cstdint>

namespace titanus::formula::detail {

enum class Kind : std::uint8_t {
    Number, Now, Before, Negate, Not, Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power,
    And, Or, If,   // If: condition, then, else
    Chain, Link,   // a < b <= c: Chain of a, Link(<, b), Link(<=, c)
    Call
};
enum class Comparison : std::uint8_t { Less, LessEqual, Greater, GreaterEqual, Equal, Unequal };

} // namespace titanus::formula::detail
