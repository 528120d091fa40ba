#pragma once
// The thread that paints: takes the newest FrameState, steps the engine, publishes the canvas, and
// begins again. It outlives its engine: what an engine throws becomes a problem, and a new engine
// goes on from the last good canvas.
// Thread: start, stop and the channels' other ends: main; the loop: guidance
// Ownership: engine and channels. Main never waits for it; only stop() and the destructor join.
#include "core/clock.h"
#include "core/latest.h"
#include "core/spsc.h"
#include "guidance/engine.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace titanus::guidance {

class Worker {
  public:
    using Factory = std::function<core::Result<std::unique_ptr<Engine>>()>;

    // `clock` gives Canvas::publishedSeconds and must be safe to read from any thread.
    Worker(Factory factory, const core::Clock& clock);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void start();
    // Waits for the first engine: what it is, or why there is none (the thread has ended then).
    core::Result<EngineInfo> waitUntilReady();
    // Ends after the step in hand; idempotent.
    void stop();
    // Asks it to end without waiting; ended() tells when the thread is done. For a shutdown that
    // must not hang on an engine that does.
    void requestStop();
    bool ended() const { return ended_.load(std::memory_order_acquire); }

    core::Latest<modulation::FrameState>& states() { return states_; } // main writes
    core::Latest<Canvas>& canvases() { return canvases_; }             // main reads
    bool nextProblem(core::ProblemNote& note) { return problems_.pop(note); }
    std::uint64_t restarts() const { return restarts_.load(std::memory_order_relaxed); }

  private:
    void run();
    bool makeOne();                 // false: no engine, problem posted
    void stepOnce();                // throws what the engine throws
    bool rest(double seconds);      // false: stop was asked
    void post(const core::Problem& problem) { problems_.push(core::ProblemNote::from(problem)); }

    Factory factory_;
    const core::Clock& clock_;
    core::Latest<modulation::FrameState> states_;
    core::Latest<Canvas> canvases_;
    core::Spsc<core::ProblemNote> problems_{64};

    std::unique_ptr<Engine> engine_; // guidance thread's
    Canvas lastGood_;                // kept for the next engine
    std::uint64_t generation_ = 0;

    std::thread thread_;
    std::atomic<bool> stop_{false}, ended_{false};
    std::atomic<std::uint64_t> restarts_{0};
    std::mutex mutex_;
    std::condition_variable wake_, ready_;
    std::optional<core::Result<EngineInfo>> first_; // guarded by mutex_
};

} // namespace titanus::guidance
