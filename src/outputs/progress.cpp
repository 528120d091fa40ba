#include "outputs/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace titanus::outputs {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr int kBarColumns = 30;

} // namespace

std::string progressLine(const std::string& what, std::int64_t done, std::int64_t total, double tookSeconds) {
    const double share = std::clamp(static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(total, 1)), 0.0, 1.0);
    const int filled = static_cast<int>(share * kBarColumns);
    const std::string bar = std::string(static_cast<std::size_t>(filled), '=') + std::string(static_cast<std::size_t>(kBarColumns - filled), ' ');
    std::string left = "?";
    if (share > 0) {
        const auto seconds = static_cast<std::int64_t>(tookSeconds / share - tookSeconds + 0.5);
        left = seconds < 3600 ? fmt::format("{}:{:02}", seconds / 60, seconds % 60)
                              : fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    return fmt::format("titanus: {} [{}] {:3.0f} % {}/{} left {}", what, bar, share * 100, done, total, left);
}

Progress::Progress(std::string what, std::int64_t total)
    : what_(std::move(what)), total_(std::max<std::int64_t>(total, 1)), terminal_(::isatty(STDERR_FILENO)),
      start_(std::chrono::steady_clock::now()), last_(start_) {}

void Progress::update(std::int64_t done) {
    const auto now = std::chrono::steady_clock::now();
    const std::int64_t tenth = 10 * done / total_;
    if (terminal_ ? now - last_ < kRedraw : tenth == lastTenth_) return;
    last_ = now;
    lastTenth_ = tenth;
    print(done);
}

void Progress::print(std::int64_t done) {
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const std::string line = progressLine(what_, done, total_, took);
    // Spaces cover the rest of a longer line before.
    if (terminal_) fmt::print(stderr, "\r{}    ", line);
    else fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
}

void Progress::finish() {
    if (!terminal_) return;
    print(total_);
    fmt::print(stderr, "\n");
}

} // namespace titanus::outputs
