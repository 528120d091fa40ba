#include "params/sweep.h"

#include "params/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace titanus::params {
using core::Problem;
using core::ProblemId;

namespace {

constexpr std::size_t kMostRuns = 1000;

struct Axis {
    ParamIndex index;
    std::vector<float> values;
};

core::Result<Axis> axisOf(const std::string& sweep) {
    const auto equals = sweep.find('=');
    if (equals == std::string::npos || equals + 1 == sweep.size())
        return Problem{ProblemId::UsageError, fmt::format("--sweep {}: write id=value,value,...", sweep)};
    Axis axis;
    for (std::size_t begin = equals + 1; begin <= sweep.size();) {
        const std::size_t end = std::min(sweep.find(',', begin), sweep.size());
        auto one = parseAssignment(sweep.substr(0, equals + 1) + sweep.substr(begin, end - begin));
        if (!one) return one.problem();
        axis.index = one.value().first;
        axis.values.push_back(one.value().second);
        begin = end + 1;
    }
    return axis;
}

} // namespace

core::Result<std::vector<SweepRun>> expandSweeps(const std::vector<std::string>& sweeps) {
    std::vector<SweepRun> runs(1);
    for (const std::string& sweep : sweeps) {
        const auto read = axisOf(sweep);
        if (!read) return read.problem();
        const Axis& axis = read.value();
        std::vector<SweepRun> next;
        for (const SweepRun& run : runs) {
            for (const auto& [index, value] : run.values)
                if (index == axis.index) return Problem{ProblemId::UsageError, fmt::format("--sweep {}: given twice", row(index).id)};
            for (const float value : axis.values) {
                SweepRun longer = run;
                longer.name += fmt::format("{}{}={}", run.name.empty() ? "" : ",", row(axis.index).id, format(row(axis.index), value));
                longer.values.emplace_back(axis.index, value);
                next.push_back(std::move(longer));
            }
            if (next.size() > kMostRuns)
                return Problem{ProblemId::UsageError, fmt::format("--sweep: more than {} runs", kMostRuns)};
        }
        runs = std::move(next);
    }
    return runs;
}

} // namespace titanus::params
