#pragma once
// Counts allocations of the calling thread. The operators are replaced in the test program that
// compiles allocations.cpp. Thread: any; each thread counts its own
#include <cstddef>

namespace titanus::support {

// Allocations by this thread since its start.
std::size_t allocations();

} // namespace titanus::support
