#pragma once
// Lists of values on the command line: --sweep id=a,b,c renders once for each, several lists give
// every combination. Thread: any
#include "core/result.h"
#include "params/catalogue.h"

#include <string>
#include <utility>
#include <vector>

namespace titanus::params {

struct SweepRun {
    std::string name; // "camera.zoom=0.1,look.hue=30": tells the files apart
    std::vector<std::pair<ParamIndex, float>> values;
};

// In the order written, the last list changing fastest; no list gives one run without values.
// Errors: UsageError (no =, empty list, the same id twice, more than 1000 runs), ParamUnknown,
// ParamValueInvalid.
core::Result<std::vector<SweepRun>> expandSweeps(const std::vector<std::string>& sweeps);

} // namespace titanus::params
