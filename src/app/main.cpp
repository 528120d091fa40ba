// Entry: fixes what must be set before any library loads its threads, then runs one command.
#include "app/commands.h"
#include "core/log.h"

#include <cstdlib>
#include <exception>
#include <unistd.h>

namespace {

// OpenMP teams that spin while they wait steal the core of display and sound. The runtime reads
// this once when it is loaded, which is before main: so start again with it set.
void preferPassiveWaiting(char** argv) {
    if (std::getenv("OMP_WAIT_POLICY")) return;
    ::setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
    ::execv("/proc/self/exe", argv); // returns only if it failed: then go on as it is
}

} // namespace

int main(int argc, char** argv) {
    preferPassiveWaiting(argv);
    const auto parsed = titanus::app::parseCommandLine(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    try {
        return titanus::app::runCommand(std::get<titanus::app::Command>(parsed));
    } catch (const std::exception& e) {
        titanus::core::logProblem({titanus::core::ProblemId::Internal, e.what()});
        return 1;
    }
}
