#pragma once
// Every problem of the show: shown once on stderr, counted ever after, listed in the UI and in the
// stats file. Thread: main   Owns: the list
#include "core/problem.h"

#include <vector>

namespace titanus::app {

class ProblemBoard {
  public:
    struct Entry {
        core::Problem problem;
        int count = 0;
        double lastSeconds = 0; // app clock
    };

    void add(const core::Problem& problem, double seconds);
    const std::vector<Entry>& entries() const { return entries_; } // oldest first

  private:
    std::vector<Entry> entries_;
};

} // namespace titanus::app
