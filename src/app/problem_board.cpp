#include "app/problem_board.h"

#include "core/log.h"

namespace titanus::app {

void ProblemBoard::add(const core::Problem& problem, double seconds) {
    for (Entry& entry : entries_)
        if (entry.problem.id == problem.id && entry.problem.detail == problem.detail) {
            ++entry.count;
            entry.lastSeconds = seconds;
            return;
        }
    core::logProblem(problem);
    constexpr std::size_t kMost = 100; // details vary without end (packets, lines): keep the newest
    if (entries_.size() == kMost) entries_.erase(entries_.begin());
    entries_.push_back({problem, 1, seconds});
}

} // namespace titanus::app
