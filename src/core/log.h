#pragma once
// One line per event on stderr; data goes to stdout and never through here.
// Thread: any but audio   Real-time safe: no
#include "core/problem.h"

#include <string_view>

namespace titanus::core {

void logInfo(std::string_view line);
void logProblem(const Problem& problem);
// The problem that ends a command: an error, whatever it would be during a show.
void logFailure(const Problem& problem);
// False hides logInfo (tests, --quiet); problems are always shown.
void setLogInfo(bool on);

} // namespace titanus::core
