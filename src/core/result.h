#pragma once
// A value or the problem that prevented it (std::expected is C++23). Thread: any
#include "core/problem.h"

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

namespace titanus::core {

template <class T> class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Problem problem) : state_(std::in_place_index<1>, std::move(problem)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { assert(ok() && "Result holds a problem"); return std::get<0>(state_); }
    const T& value() const& { assert(ok() && "Result holds a problem"); return std::get<0>(state_); }
    T&& value() && { assert(ok() && "Result holds a problem"); return std::get<0>(std::move(state_)); }
    const Problem& problem() const { assert(!ok()); return std::get<1>(state_); }

  private:
    std::variant<T, Problem> state_;
};

template <> class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Problem problem) : problem_(std::move(problem)) {}

    bool ok() const { return !problem_; }
    explicit operator bool() const { return ok(); }
    const Problem& problem() const { assert(problem_); return *problem_; }

  private:
    std::optional<Problem> problem_;
};

} // namespace titanus::core
