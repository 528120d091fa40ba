#include "outputs/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace titanus::outputs {

Progress::Progress(std::string what, std::int64_t total)
    : what_(std::move(what)), total_(std::max<std::int64_t>(total, 1)), terminal_(::isatty(2)),
      start_(std::chrono::steady_clock::now()), last_(start_) {}

void Progress::update(std::int64_t done) {
    const auto now = std::chrono::steady_clock::now();
    const std::int64_t tenth = 10 * done / total_;
    if (terminal_ ? now - last_ < std::chrono::milliseconds(200) : tenth == lastTenth_) return;
    last_ = now;
    lastTenth_ = tenth;
    print(done);
}

void Progress::print(std::int64_t done) {
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double share = static_cast<double>(done) / static_cast<double>(total_);
    const int left = share > 0 ? static_cast<int>(took / share - took + 0.5) : 0;
    constexpr int kBar = 30;
    const int filled = static_cast<int>(share * kBar);
    fmt::print(stderr, "{}titanus: {} [{:=<{}}{: <{}}] {:3.0f} % {}/{} left {}:{:02}{}", terminal_ ? "\r" : "", what_, "", filled, "",
               kBar - filled, share * 100, done, total_, left / 60, left % 60, terminal_ ? "  " : "\n");
    std::fflush(stderr);
}

void Progress::finish() {
    if (!terminal_) return;
    print(total_);
    fmt::print(stderr, "\n");
}

} // namespace titanus::outputs
