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

} // namespace

void logInfo(std::string_view line) {
    if (gInfo.load(std::memory_order_relaxed)) writeLine("titanus: " + std::string(line));
}

void logProblem(const Problem& problem) {
    static constexpr const char* kNames[] = {"note: ", "warning: ", "error: "};
    writeLine(std::string("titanus: ") + kNames[static_cast<int>(row(problem.id).severity)] +
              problem.line());
}

void logFailure(const Problem& problem) { writeLine("titanus: error: " + problem.line()); }

void setLogInfo(bool on) { gInfo.store(on); }

} // namespace titanus::core
