#include "guidance/worker.h"

#include "core/log.h"
#include "core/thread_role.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;
using params::param;

namespace {

constexpr double kPollSeconds = 0.002;     // for a state when there is nothing to do
constexpr double kFirstRetrySeconds = 0.25, kLongestRetrySeconds = 5;
constexpr int kCalmSteps = 100;            // good steps after which the retry time starts anew
constexpr int kKeepEverySteps = 30;        // copies of the canvas for a restart
constexpr int kMostHalvings = 5;           // 32 crops come down to one
constexpr double kHungSeconds = 30, kHungTimesLongest = 20; // a guess: longer than anybody waits for a picture
constexpr int kMostLeftBehind = 3;

std::string messageOf(std::exception_ptr failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        // Libraries add stack traces; the first line says what happened.
        const std::string what = e.what();
        return what.substr(0, std::min<std::size_t>(what.find('\n'), 160));
    } catch (...) {
        return "unknown failure";
    }
}

// Torch throws types of its own, known here by their text only.
bool outOfMemory(std::exception_ptr failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::bad_alloc&) {
        return true;
    } catch (const std::exception& e) {
        const std::string_view what = e.what();
        return what.find("out of memory") != what.npos || what.find("not enough memory") != what.npos ||
               what.find("can't allocate memory") != what.npos;
    } catch (...) {
        return false;
    }
}

} // namespace

Worker::Worker(Factory factory, const core::Clock& clock, double graceSeconds)
    : loop_(std::make_shared<Loop>(std::move(factory), clock)), graceSeconds_(graceSeconds) {}

Worker::~Worker() { stop(); }

void Worker::start() {
    if (!thread_.joinable()) thread_ = std::thread([loop = loop_] { loop->run(); });
}

core::Result<EngineInfo> Worker::waitUntilReady() {
    std::unique_lock lock(loop_->mutex);
    loop_->ready.wait(lock, [this] { return loop_->first.has_value(); });
    return *loop_->first;
}

void Worker::requestStop() {
    {
        const std::lock_guard lock(loop_->mutex); // or the wake could fall between test and wait
        loop_->stopping = true;
    }
    loop_->wake.notify_all();
}

bool Worker::stop() {
    requestStop();
    if (!thread_.joinable()) return !loop_->abandoned;
    {
        std::unique_lock lock(loop_->mutex);
        if (!loop_->over.wait_for(lock, std::chrono::duration<double>(graceSeconds_), [this] { return loop_->ended.load(); })) {
            loop_->abandoned = true;
            core::logProblem({ProblemId::GuidanceFailed, "a step does not end; it is left behind"});
        }
    }
    if (!loop_->abandoned) {
        thread_.join();
        return true;
    }
    // A thread cannot be ended from outside, and the destructor of one that runs ends the program:
    // this one object is leaked, knowingly. Its loop stays with it.
    static_cast<void>(std::make_unique<std::thread>(std::move(thread_)).release());
    return false;
}

bool Worker::leaveBehind() {
    {
        const std::lock_guard lock(loop_->mutex);
        if (loop_->ended || loop_->done.load() == loop_->begun.load()) return false;
        loop_->abandoned = true;
        loop_->stopping = true;
    }
    static_cast<void>(std::make_unique<std::thread>(std::move(thread_)).release()); // as in stop()
    return true;
}

void Worker::watch(double seconds) {
    const double passed = std::clamp(seconds - watch_.seconds, 0.0, 0.5); // a laptop that slept is no hung step
    watch_.seconds = seconds;
    const std::uint64_t begun = loop_->begun.load(std::memory_order_acquire);
    if (begun != watch_.step || loop_->done.load(std::memory_order_acquire) == begun) {
        watch_.longest = std::max(watch_.longest, watch_.waited);
        watch_.step = begun;
        watch_.waited = 0;
        return;
    }
    watch_.waited += passed;
    if (watch_.waited < std::max(kHungSeconds, kHungTimesLongest * watch_.longest) || leftBehind_ >= kMostLeftBehind) return;
    if (!leaveBehind()) return;
    watch_.waited = 0;
    auto next = std::make_shared<Loop>(loop_->factory, loop_->clock);
    core::ProblemNote note;
    while (loop_->problems.pop(note)) next->problems.push(note);
    if (++leftBehind_ < kMostLeftBehind) next->post({ProblemId::GuidanceFailed, "a step does not end; it is left behind and a new guide begins"});
    else next->post({ProblemId::GuidanceFailed, "steps hang again and again; the last canvas stays"});
    {
        const std::lock_guard lock(loop_->mutex);
        next->first = loop_->first;
    }
    next->lastGood = next->canvases.slot() = loop_->canvases.value(); // what is on show stays on show
    next->canvases.publish();
    next->canvases.update();
    next->generation = next->lastGood.generation;
    next->restarts = loop_->restarts.load();
    loop_ = std::move(next);
    watch_.step = 0;
    if (leftBehind_ < kMostLeftBehind) thread_ = std::thread([loop = loop_] { loop->run(); });
    else loop_->ended = true;
}

std::optional<double> Worker::Loop::now() {
    const std::lock_guard lock(mutex);
    if (abandoned) return std::nullopt;
    return clock.seconds();
}

bool Worker::Loop::rest(double seconds) {
    std::unique_lock lock(mutex);
    return !wake.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return stopping.load(); });
}

bool Worker::Loop::makeOne() {
    core::Result<std::unique_ptr<Engine>> made = Problem{ProblemId::GuidanceFailed, "no engine"};
    try {
        made = factory();
    } catch (...) {
        made = Problem{ProblemId::GuidanceFailed, messageOf(std::current_exception())};
    }
    core::Result<EngineInfo> info = made.ok() ? core::Result<EngineInfo>(EngineInfo{}) : core::Result<EngineInfo>(made.problem());
    if (made.ok()) {
        engine = std::move(made).value();
        engine->report = [this](const Problem& problem) { post(problem); };
        if (halvings > 0) engine->economise(halvings);
        info = engine->info();
    }
    const std::lock_guard lock(mutex);
    if (!first) first = info;
    else if (!info.ok()) post(info.problem());
    ready.notify_all();
    return info.ok();
}

bool Worker::Loop::stepOnce() {
    Canvas& out = canvases.slot();
    nudged = states.value();
    guard.nudge(nudged);
    begun.fetch_add(1, std::memory_order_release);
    engine->step(nudged, out);
    done.store(begun.load(std::memory_order_relaxed), std::memory_order_release);
    guard.look(out, nudged.seconds);
    interventions.store(guard.interventions(), std::memory_order_relaxed);
    healths.slot() = guard.health();
    healths.publish();
    const auto seconds = now();
    if (!seconds) return false;
    out.generation = ++generation;
    out.publishedSeconds = *seconds;
    if (generation % kKeepEverySteps == 1) lastGood = out;
    canvases.publish();
    prepareNext();
    return true;
}

// The scene that comes next is a luxury: what goes wrong with it does not touch the show.
void Worker::Loop::prepareNext() {
    begun.fetch_add(1, std::memory_order_release);
    try {
        if (deck->step(*engine, states.value(), prepared.slot())) prepared.publish();
    } catch (...) {
        deck->giveUp();
        post({ProblemId::GuidanceFailed, "the next scene cannot be prepared: " + messageOf(std::current_exception())});
    }
    done.store(begun.load(std::memory_order_relaxed), std::memory_order_release);
}

void Worker::Loop::run() {
    core::currentRole() = core::Role::Guidance;
    pthread_setname_np(pthread_self(), "guidance");
    const auto finish = [this] {
        const std::lock_guard lock(mutex);
        ended.store(true, std::memory_order_release);
        over.notify_all();
    };
    if (!first && !makeOne()) { // the second of a show begins below, like every other restart
        finish();
        return;
    }
    double retry = kFirstRetrySeconds;
    int calm = 0;
    bool any = false;
    while (!stopping.load(std::memory_order_relaxed)) {
        const bool fresh = states.update();
        any = any || fresh;
        // Without a state there is nothing to paint; frozen, nothing changes until the next one.
        if (!any || (states.value().frozen && !fresh)) {
            if (!rest(kPollSeconds)) break;
            continue;
        }
        const auto began = now();
        if (!began) break;
        try {
            if (!engine) {
                if (!makeOne()) throw std::runtime_error("restart failed");
                if (lastGood.width > 0) engine->adopt(lastGood);
                restarts.fetch_add(1, std::memory_order_relaxed);
            }
            if (!stepOnce()) break;
        } catch (...) {
            done.store(begun.load(std::memory_order_relaxed), std::memory_order_release);
            const bool memory = outOfMemory(std::current_exception());
            if (memory) halvings = std::min(halvings + 1, kMostHalvings);
            post({ProblemId::GuidanceFailed, memory ? "out of memory; it goes on with fewer crops" : messageOf(std::current_exception())});
            engine.reset();
            deck->giveUp(); // it paints with the same guide
            calm = 0;
            if (!rest(retry)) break;
            retry = std::min(2 * retry, kLongestRetrySeconds);
            continue;
        }
        if (++calm == kCalmSteps) retry = kFirstRetrySeconds;
        const auto ends = now();
        if (!ends) break;
        const double spare = 1.0 / std::max(states.value()[param("guide.steps_max")], 1.f) - (*ends - *began);
        if (spare > 0 && !rest(spare)) break;
    }
    // On the thread that used it; but what was left behind may wake while the program is being taken
    // down, and then no destructor is safe.
    if (now()) {
        deck.reset();
        engine.reset();
    } else {
        static_cast<void>(deck.release());
        static_cast<void>(engine.release());
    }
    finish();
}

} // namespace titanus::guidance
