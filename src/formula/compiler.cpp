// Text to tree: a descent through Python's order of precedence.
#include "formula/expression.h"
#include "formula/functions.h"
#include "formula/node_kinds.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace titanus::formula {
using detail::Comparison;
using detail::Kind;

namespace {

// Bounds that no formula of a person reaches; they keep recursion within any stack.
constexpr std::size_t kLongestText = 2000;
constexpr int kDeepest = 60;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> line(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) line[j] = j;
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t corner = std::exchange(line[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t above = line[j + 1];
            line[j + 1] = std::min({above + 1, line[j] + 1, corner + (a[i] != b[j])});
            corner = above;
        }
    }
    return line.back();
}

} // namespace

class Compiler {
  public:
    Compiler(std::string_view text, std::span<const std::string_view> names) : text_(text), names_(names) {}

    Expression::Compiled run() {
        try {
            if (text_.size() > kLongestText) fail(kLongestText, "the formula is too long");
            next();
            if (token_.empty()) fail(at_, "a formula is missing");
            out_.root_ = conditional();
            if (!token_.empty()) unexpected();
            out_.memory_.assign(memory_, 0);
            return {std::move(out_), {}};
        } catch (const Failure& failure) {
            return {std::nullopt, failure.error};
        }
    }

  private:
    struct Failure { TextError error; };
    struct Depth {
        explicit Depth(Compiler& c) : c_(c) {
            if (++c_.depth_ > kDeepest) c_.fail(c_.at_, "the formula is nested too deeply");
        }
        ~Depth() { --c_.depth_; }
        Compiler& c_;
    };

    [[noreturn]] void fail(std::size_t column, std::string message) const { throw Failure{{std::move(message), column}}; }

    [[noreturn]] void unexpected() const {
        const std::string found(token_);
        if (token_.empty()) fail(at_, "the formula ends too early");
        if (token_ == "=") fail(at_, "= is not for formulas (== compares)");
        if (token_ == "[" || token_ == "{") fail(at_, "lists are not for formulas");
        if (token_ == "'" || token_ == "\"") fail(at_, "text is not for formulas");
        if (token_ == "&" || token_ == "|" || token_ == "^" || token_ == "~" || token_ == "!")
            fail(at_, "\"" + found + "\" is not for formulas (write and, or, not, **)");
        if (isLetter(token_[0]) || isDigit(token_[0])) fail(at_, "an operator is missing before \"" + found + "\"");
        fail(at_, "\"" + found + "\" does not belong here");
    }

    // ---- words -------------------------------------------------------------------------------

    void next() {
        at_ += token_.size();
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
        std::size_t to = at_;
        if (to < text_.size()) {
            const char c = text_[to];
            if (isDigit(c) || (c == '.' && to + 1 < text_.size() && isDigit(text_[to + 1]))) to = endOfNumber(to);
            else if (isLetter(c)) while (to < text_.size() && (isLetter(text_[to]) || isDigit(text_[to]) || text_[to] == '.')) ++to;
            else {
                static constexpr std::string_view kPairs[]{"**", "//", "<=", ">=", "==", "!=", "<<", ">>"};
                const auto two = text_.substr(to, 2);
                to += std::find(std::begin(kPairs), std::end(kPairs), two) != std::end(kPairs) ? 2u : 1u;
                while (to < text_.size() && (text_[to] & 0xC0) == 0x80) ++to; // the rest of one character
            }
        }
        token_ = text_.substr(at_, to - at_);
    }

    std::size_t endOfNumber(std::size_t to) const {
        const auto digits = [&] { // 1_000 as in Python: _ between digits only
            while (to < text_.size() && (isDigit(text_[to]) || (text_[to] == '_' && to > at_ && isDigit(text_[to - 1]) &&
                                                                to + 1 < text_.size() && isDigit(text_[to + 1])))) ++to;
        };
        digits();
        if (to < text_.size() && text_[to] == '.') {
            ++to;
            digits();
        }
        if (to < text_.size() && (text_[to] == 'e' || text_[to] == 'E')) {
            std::size_t e = to + 1;
            if (e < text_.size() && (text_[e] == '+' || text_[e] == '-')) ++e;
            if (e < text_.size() && isDigit(text_[e])) {
                to = e;
                digits();
            }
        }
        return to;
    }

    bool accept(std::string_view token) {
        if (token_ != token) return false;
        next();
        return true;
    }
    void expect(std::string_view token) {
        if (token_.empty()) fail(at_, "\"" + std::string(token) + "\" is missing");
        if (!accept(token)) unexpected();
    }

    // ---- nodes -------------------------------------------------------------------------------

    std::int32_t add(Expression::Node node) {
        out_.nodes_.push_back(node);
        return static_cast<std::int32_t>(out_.nodes_.size() - 1);
    }
    Expression::Node& at(std::int32_t i) { return out_.nodes_[static_cast<std::size_t>(i)]; }
    std::int32_t make(Kind kind, std::initializer_list<std::int32_t> children, std::uint8_t function = 0) {
        Expression::Node node{.kind = static_cast<std::uint8_t>(kind), .function = function};
        std::int32_t last = -1;
        for (const std::int32_t child : children) {
            (last < 0 ? node.first : at(last).next) = child;
            last = child;
        }
        return add(node);
    }

    // ---- grammar -----------------------------------------------------------------------------

    std::int32_t conditional() {
        const Depth depth(*this);
        const std::int32_t yes = disjunction();
        if (!accept("if")) return yes;
        const std::int32_t condition = disjunction();
        expect("else");
        const std::int32_t no = conditional();
        return make(Kind::If, {condition, yes, no});
    }
    std::int32_t disjunction() {
        std::int32_t left = conjunction();
        while (accept("or")) left = make(Kind::Or, {left, conjunction()});
        return left;
    }
    std::int32_t conjunction() {
        std::int32_t left = negation();
        while (accept("and")) left = make(Kind::And, {left, negation()});
        return left;
    }
    std::int32_t negation() {
        const Depth depth(*this);
        return accept("not") ? make(Kind::Not, {negation()}) : comparison();
    }
    std::optional<Comparison> comparisonHere() const {
        static constexpr std::string_view kSigns[]{"<", "<=", ">", ">=", "==", "!="};
        for (std::size_t i = 0; i < std::size(kSigns); ++i)
            if (token_ == kSigns[i]) return static_cast<Comparison>(i);
        return std::nullopt;
    }
    std::int32_t comparison() {
        const std::int32_t left = sum();
        if (!comparisonHere()) return left;
        const std::int32_t chain = make(Kind::Chain, {left});
        std::int32_t last = left;
        while (const auto op = comparisonHere()) {
            next();
            const std::int32_t link = make(Kind::Link, {sum()}, static_cast<std::uint8_t>(*op));
            at(last).next = link;
            last = link;
        }
        return chain;
    }
    std::int32_t sum() {
        std::int32_t left = product();
        for (;;) {
            if (accept("+")) left = make(Kind::Add, {left, product()});
            else if (accept("-")) left = make(Kind::Subtract, {left, product()});
            else return left;
        }
    }
    std::int32_t product() {
        std::int32_t left = sign();
        for (;;) {
            if (accept("*")) left = make(Kind::Multiply, {left, sign()});
            else if (accept("/")) left = make(Kind::Divide, {left, sign()});
            else if (accept("//")) left = make(Kind::FloorDivide, {left, sign()});
            else if (accept("%")) left = make(Kind::Modulo, {left, sign()});
            else return left;
        }
    }
    std::int32_t sign() {
        const Depth depth(*this);
        if (accept("-")) return make(Kind::Negate, {sign()});
        if (accept("+")) return sign();
        return power();
    }
    std::int32_t power() {
        const std::int32_t base = atom();
        return accept("**") ? make(Kind::Power, {base, sign()}) : base; // -2**2 = -4, 2**-1 = 0.5
    }

    std::int32_t atom() {
        if (token_.empty()) unexpected();
        if (isDigit(token_[0]) || (token_[0] == '.' && token_.size() > 1)) return number();
        if (isLetter(token_[0])) return name();
        if (token_ != "(") unexpected();
        next();
        const std::int32_t inner = conditional();
        if (token_ == ",") fail(at_, "lists are not for formulas");
        expect(")");
        return inner;
    }
    std::int32_t number() {
        std::string digits(token_);
        std::erase(digits, '_');
        double value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc::result_out_of_range) value = digits.find("e-") == std::string::npos && digits.find("E-") == std::string::npos
                                                                 ? std::numeric_limits<double>::infinity() : 0;
        else if (error != std::errc{} || end != digits.data() + digits.size()) fail(at_, "\"" + digits + "\" is no number");
        next();
        Expression::Node node{.kind = static_cast<std::uint8_t>(Kind::Number)};
        node.number = value;
        return add(node);
    }

    std::int32_t name() {
        const std::size_t column = at_;
        std::string_view word = token_;
        for (const std::string_view keyword : {"and", "or", "not", "if", "else"})
            if (word == keyword) unexpected();
        next();
        const std::string_view whole = word;
        for (const std::string_view module : {"math.", "np.", "numpy."})
            if (word.starts_with(module)) word.remove_prefix(module.size());
        if (token_ == "(") return call(word, column);
        if (const auto value = detail::findConstant(word)) {
            Expression::Node node{.kind = static_cast<std::uint8_t>(Kind::Number)};
            node.number = *value;
            return add(node);
        }
        if (whole == word) {
            if (const auto i = indexOf(word)) return variable(Kind::Now, *i);
            if (word.ends_with("_prev"))
                if (const auto i = indexOf(word.substr(0, word.size() - 5))) return variable(Kind::Before, *i);
        }
        if (detail::findFunction(word)) fail(column, std::string(word) + " is a function: " + std::string(word) + "(...)");
        fail(column, "no such name: " + std::string(whole) + suggestion(word, names_));
    }
    std::optional<std::size_t> indexOf(std::string_view word) const {
        const auto found = std::find(names_.begin(), names_.end(), word);
        if (found == names_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - names_.begin());
    }
    std::int32_t variable(Kind kind, std::size_t index) {
        Expression::Node node{.kind = static_cast<std::uint8_t>(kind)};
        node.name = static_cast<std::int32_t>(index);
        return add(node);
    }
    static std::string suggestion(std::string_view word, std::span<const std::string_view> names) {
        std::string_view best;
        std::size_t distance = word.size() / 2 + 1; // farther away is no misspelling
        for (const std::string_view candidate : names)
            if (const std::size_t d = editDistance(word, candidate); d < distance) {
                distance = d;
                best = candidate;
            }
        return best.empty() ? "" : "; did you mean " + std::string(best) + "?";
    }

    std::int32_t call(std::string_view word, std::size_t column) {
        const auto index = detail::findFunction(word);
        if (detail::refused(word)) fail(column, std::string(word) + "() takes or gives lists: not for formulas");
        if (!index) {
            std::vector<std::string_view> known;
            for (const auto& f : detail::functions()) known.push_back(f.name);
            fail(column, "no such function: " + std::string(word) + suggestion(word, known));
        }
        const auto& function = detail::functions()[*index];
        next();
        std::int32_t first = -1, last = -1;
        int count = 0;
        while (token_ != ")") {
            if (token_ == "*" || token_ == "**") unexpected();
            const std::int32_t argument = conditional();
            if (token_ == "=") fail(at_, "arguments have no names here");
            (last < 0 ? first : at(last).next) = argument;
            last = argument;
            ++count;
            if (!accept(",") && token_ != ")") expect(")");
        }
        next();
        if (count < function.least || count > function.most) {
            const std::string wanted = function.least == function.most ? std::to_string(function.least)
                                                                       : std::to_string(function.least) + " to " + std::to_string(function.most);
            fail(column, std::string(word) + "() takes " + wanted + " arguments");
        }
        Expression::Node node{.kind = static_cast<std::uint8_t>(Kind::Call), .function = static_cast<std::uint8_t>(*index)};
        node.state = static_cast<std::uint16_t>(memory_);
        node.first = first;
        memory_ += static_cast<std::size_t>(function.memory);
        return add(node);
    }

    std::string_view text_;
    std::span<const std::string_view> names_;
    std::string_view token_;
    std::size_t at_ = 0; // beginning of this word
    int depth_ = 0;
    std::size_t memory_ = 0;
    Expression out_;
};

Expression::Compiled Expression::compile(std::string_view text, std::span<const std::string_view> names) {
    return Compiler(text, names).run();
}

} // namespace titanus::formula
