#include "core/log.h"

#include <atomic>
#include <cstdio>
#include <string>

namespace titanus::core {
namespace {

std::atomic<bool> gInfo{true};

// One fwrite per line: lines of several threads never mix.
void writeLine(std::string text) {
    text += '\n';
    std::fwrite(text.data(), 1, text.size(), stderr);
}

// Here there is room for the place and the caret under it that a detail may end with.
std::string shown(const Problem& problem) {
    const std::size_t first = problem.detail.find('\n');
    if (first == std::string::npos || problem.detail.back() != '^') return problem.line();
    std::string head = problem.detail.substr(0, first), places = problem.detail.substr(first);
    if (head.ends_with(':')) head.pop_back();
    for (std::size_t at = 0; (at = places.find('\n', at)) != std::string::npos; at += 5) places.insert(at + 1, "    ");
    return Problem{problem.id, head}.line() + places;
}

} // namespace

void logInfo(std::string_view line) {
    if (gInfo.load(std::memory_order_relaxed)) writeLine("titanus: " + std::string(line));
}

void logProblem(const Problem& problem) {
    static constexpr const char* kNames[] = {"note: ", "warning: ", "error: "};
    writeLine(std::string("titanus: ") + kNames[static_cast<int>(row(problem.id).severity)] +
              shown(problem));
}

void logFailure(const Problem& problem) { writeLine("titanus: error: " + shown(problem)); }

void setLogInfo(bool on) { gInfo.store(on); }

} // namespace titanus::core
