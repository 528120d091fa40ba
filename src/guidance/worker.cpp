#include "guidance/worker.h"

#include "core/thread_role.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <exception>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;
using params::param;

namespace {

constexpr double kPollSeconds = 0.002;     // for a state when there is nothing to do
constexpr double kFirstRetrySeconds = 0.25, kLongestRetrySeconds = 5;
constexpr int kCalmSteps = 100;            // good steps after which the retry time starts anew
constexpr int kKeepEverySteps = 30;        // copies of the canvas for a restart

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

} // namespace

Worker::Worker(Factory factory, const core::Clock& clock) : factory_(std::move(factory)), clock_(clock) {}

Worker::~Worker() { stop(); }

void Worker::start() {
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

core::Result<EngineInfo> Worker::waitUntilReady() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return first_.has_value(); });
    return *first_;
}

void Worker::requestStop() {
    {
        const std::lock_guard lock(mutex_); // or the wake could fall between test and wait
        stop_ = true;
    }
    wake_.notify_all();
}

void Worker::stop() {
    requestStop();
    if (thread_.joinable()) thread_.join();
}

bool Worker::rest(double seconds) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return stop_.load(); });
}

bool Worker::makeOne() {
    core::Result<std::unique_ptr<Engine>> made = Problem{ProblemId::GuidanceFailed, "no engine"};
    try {
        made = factory_();
    } catch (...) {
        made = Problem{ProblemId::GuidanceFailed, messageOf(std::current_exception())};
    }
    core::Result<EngineInfo> info = made.ok() ? core::Result<EngineInfo>(EngineInfo{}) : core::Result<EngineInfo>(made.problem());
    if (made.ok()) {
        engine_ = std::move(made).value();
        engine_->report = [this](const Problem& problem) { post(problem); };
        info = engine_->info();
    }
    const std::lock_guard lock(mutex_);
    if (!first_) first_ = info;
    else if (!info.ok()) post(info.problem());
    ready_.notify_all();
    return info.ok();
}

void Worker::stepOnce() {
    Canvas& out = canvases_.slot();
    engine_->step(states_.value(), out);
    out.generation = ++generation_;
    out.publishedSeconds = clock_.seconds();
    if (generation_ % kKeepEverySteps == 1) lastGood_ = out;
    canvases_.publish();
}

void Worker::run() {
    core::currentRole() = core::Role::Guidance;
    pthread_setname_np(pthread_self(), "guidance");
    if (!makeOne()) {
        ended_.store(true, std::memory_order_release);
        return;
    }
    double retry = kFirstRetrySeconds;
    int calm = 0;
    bool any = false;
    while (!stop_.load(std::memory_order_relaxed)) {
        const bool fresh = states_.update();
        any = any || fresh;
        // Without a state there is nothing to paint; frozen, nothing changes until the next one.
        if (!any || (states_.value().frozen && !fresh)) {
            if (!rest(kPollSeconds)) break;
            continue;
        }
        const double began = clock_.seconds();
        try {
            if (!engine_) {
                if (!makeOne()) throw std::runtime_error("restart failed");
                if (lastGood_.width > 0) engine_->adopt(lastGood_);
                restarts_.fetch_add(1, std::memory_order_relaxed);
            }
            stepOnce();
        } catch (...) {
            post({ProblemId::GuidanceFailed, messageOf(std::current_exception())});
            engine_.reset();
            calm = 0;
            if (!rest(retry)) break;
            retry = std::min(2 * retry, kLongestRetrySeconds);
            continue;
        }
        if (++calm == kCalmSteps) retry = kFirstRetrySeconds;
        const double spare = 1.0 / std::max(states_.value()[param("guide.steps_max")], 1.f) - (clock_.seconds() - began);
        if (spare > 0 && !rest(spare)) break;
    }
    engine_.reset(); // here, on the thread that used it
    ended_.store(true, std::memory_order_release);
}

} // namespace titanus::guidance
