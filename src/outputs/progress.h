#pragma once
// A progress bar with time left on stderr: redrawn in place on a terminal, a line each ten percent
// elsewhere. Thread: main
#include <chrono>
#include <cstdint>
#include <string>

namespace titanus::outputs {

class Progress {
  public:
    Progress(std::string what, std::int64_t total);
    void update(std::int64_t done);
    void finish();

  private:
    void print(std::int64_t done);

    std::string what_;
    std::int64_t total_, lastTenth_ = 0;
    bool terminal_;
    std::chrono::steady_clock::time_point start_, last_;
};

// "titanus: rendering [====      ]  40 % 40/100 left 0:12"; the time left is "?" before the first.
std::string progressLine(const std::string& what, std::int64_t done, std::int64_t total, double tookSeconds);

} // namespace titanus::outputs
