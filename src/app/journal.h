#pragma once
// What a crash must not take: the state of the show, written down each second while it changes, and
// the last canvas every few seconds, so that a restart goes on with the same look. Main hands over
// text and pixels; an io thread writes whole files and renames them. Copies are kept (session.h).
// One program at a time keeps the journal of a state folder: the others play without.
// Thread: main (owns one io thread, joined by the destructor after the last write)
#include "controls/session.h"
#include "core/image.h"
#include "guidance/canvas.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace titanus::app {

class Journal {
  public:
    // Errors: OutputOpenFailed when another program keeps this folder's journal; OutputWriteFailed.
    static core::Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    // Call each frame; hands over what changed, at most once a second. A failed write is returned
    // when it is known; the next second tries again.
    core::Result<void> tick(const params::Store& store, const controls::Preset& current, const guidance::Canvas& canvas, double seconds);
    // Hands over everything and waits until it is written: the end of the show.
    core::Result<void> finish(const params::Store& store, const controls::Preset& current, const guidance::Canvas& canvas);

    // The canvas of the last show; null: none that can be read.
    static std::shared_ptr<const core::Image> lastCanvas(const std::filesystem::path& folder);

  private:
    struct Job {
        std::optional<controls::Session> session;
        std::shared_ptr<const core::Image> canvas;
    };
    Journal(std::filesystem::path folder, int lock) : folder_(std::move(folder)), lock_(lock), io_([this] { run(); }) {}
    void run();
    core::Result<void> write(const Job& job);
    void hand(Job job);

    std::filesystem::path folder_;
    int lock_;
    struct Seen { std::uint64_t params = 0, texts = 0, routes = 0, formulas = 0; bool operator==(const Seen&) const = default; } seen_;
    double stateAt_ = -1e9, canvasAt_ = -1e9;
    std::uint64_t canvasSteps_ = 0;

    std::mutex mutex_;
    std::condition_variable wake_;
    Job job_;                             // guarded; the newest of each replaces what waits
    bool waiting_ = false, busy_ = false, stop_ = false;
    core::Result<void> result_{};         // of the last write, until it was told
    std::optional<std::chrono::steady_clock::time_point> rotatedAt_; // io thread's
    std::thread io_;                      // last: it uses all the others
};

} // namespace titanus::app
