#include "formula/expression.h"

#include "formula/functions.h"
#include "formula/node_kinds.h"

#include <algorithm>
#include <array>

namespace titanus::formula {
using detail::Kind;

std::string withCaret(std::string_view line, const TextError& error) {
    constexpr std::size_t kAround = 36; // a message has room for little more than 200 characters
    const std::size_t column = std::min(error.column, line.size());
    std::size_t from = column > kAround ? column - kAround : 0;
    std::size_t to = std::min(line.size(), column + kAround);
    const auto inside = [&](std::size_t i) { return i < line.size() && (line[i] & 0xC0) == 0x80; }; // UTF-8
    while (from > 0 && inside(from)) --from;
    while (inside(to)) ++to;
    std::string place = from > 0 ? "..." : "";
    std::size_t width = place.size();
    for (std::size_t i = from; i < column; ++i) width += !inside(i);
    for (std::size_t i = from; i < to; ++i) place += line[i] == '\n' || line[i] == '\t' ? ' ' : line[i];
    if (to < line.size()) place += "...";
    return error.message + " at column " + std::to_string(column + 1) + ":\n" + place + "\n" + std::string(width, ' ') + "^";
}

class Evaluator {
  public:
    Evaluator(Expression& e, const Inputs& in) : e_(e), in_(in) {}
    double run() {
        const double y = value(e_.root_);
        return fault_ ? std::numeric_limits<double>::quiet_NaN() : y;
    }

  private:
    const Expression::Node& node(std::int32_t i) const { return e_.nodes_[static_cast<std::size_t>(i)]; }

    double value(std::int32_t index) {
        const auto& n = node(index);
        const auto arg = [&] { return value(n.first); };
        const auto other = [&] { return value(node(n.first).next); };
        switch (static_cast<Kind>(n.kind)) {
        case Kind::Number: return n.number;
        case Kind::Now: return in_.now[static_cast<std::size_t>(n.name)];
        case Kind::Before: return in_.before[static_cast<std::size_t>(n.name)];
        case Kind::Negate: return -arg();
        case Kind::Not: return arg() == 0;
        case Kind::Add: { const double a = arg(); return a + other(); }
        case Kind::Subtract: { const double a = arg(); return a - other(); }
        case Kind::Multiply: { const double a = arg(); return a * other(); }
        case Kind::Divide: { const double a = arg(); return detail::divided(a, other(), fault_); }
        case Kind::FloorDivide: { const double a = arg(); return detail::floorDivided(a, other(), fault_); }
        case Kind::Modulo: { const double a = arg(); return detail::modulo(a, other(), fault_); }
        case Kind::Power: { const double a = arg(); return detail::raised(a, other(), fault_); }
        case Kind::And: { const double a = arg(); return a == 0 ? a : other(); }
        case Kind::Or: { const double a = arg(); return a != 0 ? a : other(); }
        case Kind::If: {
            const std::int32_t yes = node(n.first).next;
            return arg() != 0 ? value(yes) : value(node(yes).next);
        }
        case Kind::Chain: return chain(n);
        case Kind::Link: return arg();
        case Kind::Call: return call(n);
        }
        return 0;
    }

    double chain(const Expression::Node& n) {
        double left = value(n.first);
        for (std::int32_t i = node(n.first).next; i >= 0; i = node(i).next) {
            const double right = value(node(i).first);
            if (!holds(static_cast<detail::Comparison>(node(i).function), left, right)) return 0;
            left = right;
        }
        return 1;
    }
    static bool holds(detail::Comparison op, double a, double b) {
        switch (op) {
        case detail::Comparison::Less: return a < b;
        case detail::Comparison::LessEqual: return a <= b;
        case detail::Comparison::Greater: return a > b;
        case detail::Comparison::GreaterEqual: return a >= b;
        case detail::Comparison::Equal: return a == b;
        case detail::Comparison::Unequal: return a != b;
        }
        return false;
    }

    double call(const Expression::Node& n) {
        std::array<double, detail::kMostArguments> values{};
        std::size_t count = 0;
        for (std::int32_t i = n.first; i >= 0; i = node(i).next) values[count++] = value(i);
        const auto& function = detail::functions()[n.function];
        detail::Call c{{values.data(), count}, function.memory > 0 ? e_.memory_.data() + n.state : nullptr, in_.dtSeconds};
        const double y = function.run(c);
        fault_ = fault_ || c.fault;
        return y;
    }

    Expression& e_;
    const Inputs& in_;
    bool fault_ = false;
};

double Expression::evaluate(const Inputs& inputs) { return Evaluator(*this, inputs).run(); }

void Expression::reset() { std::fill(memory_.begin(), memory_.end(), 0.0); }

std::optional<double> Expression::constant() const {
    const auto is = [&](const Node& n, Kind k) { return n.kind == static_cast<std::uint8_t>(k); };
    const Node& top = nodes_[static_cast<std::size_t>(root_)];
    if (is(top, Kind::Number)) return top.number;
    if (!is(top, Kind::Negate)) return std::nullopt;
    const Node& inner = nodes_[static_cast<std::size_t>(top.first)];
    return is(inner, Kind::Number) ? std::optional(-inner.number) : std::nullopt;
}

bool Expression::reads(std::size_t name) const {
    return std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& n) {
        const auto kind = static_cast<Kind>(n.kind);
        return (kind == Kind::Now || kind == Kind::Before) && static_cast<std::size_t>(n.name) == name;
    });
}

} // namespace titanus::formula
