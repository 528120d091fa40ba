#pragma once
// The figures of a running show as JSON, rewritten each second and complete at exit (--stats).
// Thread: main
#include "analysis/features.h"
#include "app/problem_board.h"
#include "guidance/collapse_guard.h"
#include "params/store.h"
#include "render/pacer.h"

#include <filesystem>

namespace titanus::app {

struct Stats {
    const params::Store& store;
    const analysis::Features& features;
    const guidance::Canvas& canvas;
    guidance::PictureHealth health;
    std::uint64_t nudges = 0; // times that the collapse guard began to nudge
    render::PaceFigures display;
    double stepsPerSecond = 0, canvasAgeMs = 0, seconds = 0, firstPictureSeconds = 0;
    std::string audioDevice;
    double audioRate = 0;
    std::uint64_t audioOverruns = 0;
    const ProblemBoard& problems;
};

std::string statsJson(const Stats& stats);

// Writes atomically at most once a second. A file that cannot be written is one problem, once.
class StatsFile {
  public:
    explicit StatsFile(std::filesystem::path path) : path_(std::move(path)) {}
    void update(const Stats& stats, ProblemBoard& problems, bool force);

  private:
    std::filesystem::path path_;
    double lastSeconds_ = -1e9;
};

} // namespace titanus::app
