#pragma once
// The thread that paints: takes the newest FrameState, steps the engine, publishes the canvas, and
// begins again. It outlives its engine: what an engine throws becomes a problem, and a new engine
// goes on from the last good canvas.
// Thread: start, stop and the channels' other ends: main; the loop: guidance
// Ownership: engine and channels. Main never waits for it; stop() and the destructor wait for the step
// in hand, but not for ever: an engine that hangs is left behind, with everything it may still
// touch, and ends with the process.
#include "core/clock.h"
#include "core/latest.h"
#include "core/spsc.h"
#include "guidance/collapse_guard.h"
#include "guidance/deck.h"
#include "guidance/engine.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace titanus::guidance {

class Worker {
  public:
    using Factory = std::function<core::Result<std::unique_ptr<Engine>>()>;

    // `clock` gives Canvas::publishedSeconds and must be safe to read from any thread.
    // graceSeconds: how long stop() waits for a step that does not end.
    Worker(Factory factory, const core::Clock& clock, double graceSeconds = 3);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void start();
    // Waits for the first engine: what it is, or why there is none (the thread has ended then).
    core::Result<EngineInfo> waitUntilReady();
    // Ends after the step in hand; idempotent. False: it hangs and was left behind (GuidanceFailed is
    // logged); neither clock nor channels are touched by it from then on.
    bool stop();
    // Asks it to end without waiting; ended() tells when the thread is done.
    void requestStop();
    // Call each frame while the show runs: a step that does not end is left behind as by stop(), and a
    // new engine goes on from the canvas on show (GuidanceFailed; `restarts` counts it). Hung is what takes 30 s
    // and 20 times the longest step so far, in time that main was awake. Each one left behind keeps its
    // memory: after the third the last canvas stays.
    void watch(double seconds);
    bool ended() const { return loop_->ended.load(std::memory_order_acquire); }

    core::Latest<modulation::FrameState>& states() { return loop_->states; } // main writes
    core::Latest<Canvas>& canvases() { return loop_->canvases; }             // main reads
    core::Latest<Prepared>& prepared() { return loop_->prepared; }           // main reads
    bool nextProblem(core::ProblemNote& note) { return loop_->problems.pop(note); }
    std::uint64_t restarts() const { return loop_->restarts.load(std::memory_order_relaxed); }
    // Times that the collapse guard began to nudge the painting.
    std::uint64_t interventions() const { return loop_->interventions.load(std::memory_order_relaxed); }
    // [main] What the collapse guard last measured on the canvas.
    PictureHealth health() {
        loop_->healths.update();
        return loop_->healths.value();
    }

  private:
    // Everything the thread touches. It keeps its own share, so that it may outlive the Worker.
    struct Loop {
        Loop(Factory made, const core::Clock& appClock) : factory(std::move(made)), clock(appClock) {}
        void run();
        bool makeOne();            // false: no engine, problem posted
        bool stepOnce();           // false: left behind; throws what the engine throws
        void prepareNext();
        bool rest(double seconds); // false: stop was asked
        std::optional<double> now(); // nothing: left behind, the clock may be gone
        void post(const core::Problem& problem) { problems.push(core::ProblemNote::from(problem)); }

        Factory factory;
        const core::Clock& clock;
        core::Latest<modulation::FrameState> states;
        core::Latest<Canvas> canvases;
        core::Latest<Prepared> prepared;
        core::Latest<PictureHealth> healths;
        core::Spsc<core::ProblemNote> problems{64};

        std::unique_ptr<Engine> engine; // guidance thread's
        std::unique_ptr<Deck> deck = std::make_unique<Deck>();
        CollapseGuard guard;
        modulation::FrameState nudged;  // what the step is told
        Canvas lastGood;                // kept for the next engine
        std::uint64_t generation = 0;
        int halvings = 0;               // of the crops: the times that memory ran out

        std::atomic<bool> stopping{false}, ended{false};
        std::atomic<std::uint64_t> restarts{0}, interventions{0};
        std::atomic<std::uint64_t> begun{0}, done{0}; // steps: differ while one is in hand
        std::mutex mutex;
        std::condition_variable wake, ready, over;
        std::optional<core::Result<EngineInfo>> first; // guarded by mutex
        bool abandoned = false;                        // guarded by mutex
    };

    bool leaveBehind(); // false: not needed, it has just ended

    std::shared_ptr<Loop> loop_;
    double graceSeconds_;
    std::thread thread_;
    struct Watch { std::uint64_t step = 0; double seconds = 0, waited = 0, longest = 0; } watch_; // main's
    int leftBehind_ = 0;
};

} // namespace titanus::guidance
