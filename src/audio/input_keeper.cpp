#include "audio/input_keeper.h"

#include "core/thread_role.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace titanus::audio {
namespace {

constexpr double kRetrySeconds = 1;

} // namespace

struct InputKeeper::Parts {
    // Closes `old`, looks for devices, opens `options` and starts it.
    struct Job {
        std::unique_ptr<Input> old;
        InputOptions options;
    };
    struct Outcome {
        core::Result<std::unique_ptr<Input>> input;
        DeviceList devices;
    };

    Parts(Backend& backendIn, const core::Clock& clockIn, Events eventsIn)
        : backend(backendIn), clock(clockIn), events(std::move(eventsIn)) {}

    Outcome work(Job job);
    void run();
    void submit(std::unique_ptr<Input> old);
    void leave(std::unique_ptr<Input>& old);
    void settle(Outcome outcome);
    void settleFailure(const core::Problem& problem);
    void lose();

    Backend& backend;
    const core::Clock& clock;
    Events events;

    // [main]
    State state = State::Closed;
    std::unique_ptr<Input> current;
    InputOptions options;
    std::optional<InputOptions> before; // comes back if the switch under way fails
    std::optional<InputOptions> next;   // asked for while another was being opened
    DeviceList devices;
    double retryAt = 0;
    bool busy = false; // the io thread has a job

    std::mutex mutex; // guards what follows
    std::condition_variable wake;
    std::optional<Job> job;
    std::optional<Outcome> outcome;
    bool stop = false;
    std::thread thread;
};

InputKeeper::Parts::Outcome InputKeeper::Parts::work(Job work) {
    work.old.reset();
    backend.rescan();
    Outcome out{openInput(work.options, backend, clock), {}};
    if (out.input)
        if (auto started = out.input.value()->start(); !started) out.input = started.problem();
    out.devices = listDevices(backend);
    return out;
}

void InputKeeper::Parts::run() {
    core::currentRole() = core::Role::Io;
    std::unique_lock lock(mutex);
    while (true) {
        wake.wait(lock, [this] { return stop || job; });
        if (stop) return;
        Job taken = std::move(*job);
        job.reset();
        lock.unlock();
        Outcome made = work(std::move(taken));
        lock.lock();
        outcome = std::move(made);
    }
}

void InputKeeper::Parts::submit(std::unique_ptr<Input> old) {
    busy = true;
    {
        const std::lock_guard lock(mutex);
        job = Job{std::move(old), options};
    }
    wake.notify_one();
}

void InputKeeper::Parts::leave(std::unique_ptr<Input>& old) {
    if (!current) return;
    events.input(nullptr);
    old = std::move(current);
}

void InputKeeper::Parts::settle(Outcome made) {
    devices = std::move(made.devices);
    if (!made.input) return settleFailure(made.input.problem());
    current = std::move(made.input).value();
    current->setMonitorGain(options.monitorGain);
    before.reset();
    options.startSeconds = 0;
    state = State::Running;
    events.input(current.get());
}

void InputKeeper::Parts::settleFailure(const core::Problem& problem) {
    if (state != State::Lost) events.problem(problem);
    if (before) {
        options = *before;
        before.reset();
        state = State::Opening;
        submit(nullptr);
        return;
    }
    state = State::Lost;
    retryAt = clock.seconds() + kRetrySeconds;
}

void InputKeeper::Parts::lose() {
    const InputInfo& info = current->info();
    const bool device = info.kind == InputKind::Device;
    events.problem({core::ProblemId::AudioDeviceLost, device ? info.name : info.output});
    // Files go on where they were, on another output or paced by the clock.
    options.startSeconds = device ? 0 : current->position();
    // By the name found at first: "" would pick whatever is the default now.
    if (device) options.spec = "device:" + info.name;
    std::unique_ptr<Input> old;
    leave(old);
    state = device ? State::Lost : State::Opening;
    submit(std::move(old));
}

InputKeeper::InputKeeper(Backend& backend, const core::Clock& clock, Events events)
    : parts_(std::make_unique<Parts>(backend, clock, std::move(events))) {
    parts_->devices = listDevices(backend);
    parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
}

InputKeeper::~InputKeeper() {
    {
        const std::lock_guard lock(parts_->mutex);
        parts_->stop = true;
    }
    parts_->wake.notify_one();
    parts_->thread.join();
    std::unique_ptr<Input> old;
    parts_->leave(old);
}

core::Result<void> InputKeeper::open(const InputOptions& options) {
    TITANUS_ON(Main);
    assert(parts_->state == State::Closed && "later switches go through request()");
    auto opened = openInput(options, parts_->backend, parts_->clock);
    if (!opened) return opened.problem();
    if (auto started = opened.value()->start(); !started) return started.problem();
    parts_->options = options;
    parts_->settle({std::move(opened), std::move(parts_->devices)});
    return {};
}

void InputKeeper::request(const InputOptions& options) {
    TITANUS_ON(Main);
    Parts& p = *parts_;
    if (p.busy) {
        p.next = options;
        return;
    }
    if (p.current) p.before = p.options;
    p.options = options;
    std::unique_ptr<Input> old;
    p.leave(old);
    p.state = State::Opening;
    p.submit(std::move(old));
}

void InputKeeper::rescan() {
    TITANUS_ON(Main);
    Parts& p = *parts_;
    if (p.busy || p.next) return; // a job under way looks for devices anyway
    InputOptions again = p.options;
    if (p.current && p.current->info().kind != InputKind::Device)
        again.startSeconds = p.current->position();
    if (p.state != State::Closed) request(again);
}

void InputKeeper::poll() {
    TITANUS_ON(Main);
    Parts& p = *parts_;
    std::optional<Parts::Outcome> made;
    {
        const std::lock_guard lock(p.mutex);
        made.swap(p.outcome);
    }
    if (made) {
        p.busy = false;
        p.settle(std::move(*made));
    }
    if (p.busy) return;
    if (p.next) {
        const InputOptions next = *p.next;
        p.next.reset();
        request(next);
    } else if (p.state == State::Running && !p.current->alive()) {
        p.lose();
    } else if (p.state == State::Lost && p.clock.seconds() >= p.retryAt) {
        p.submit(nullptr);
    }
}

InputKeeper::State InputKeeper::state() const { return parts_->state; }
Input* InputKeeper::input() { return parts_->current.get(); }
const InputOptions& InputKeeper::options() const { return parts_->options; }
const DeviceList& InputKeeper::devices() const { return parts_->devices; }
void InputKeeper::setMonitorGain(float gain) {
    parts_->options.monitorGain = gain;
    if (parts_->before) parts_->before->monitorGain = gain;
    if (parts_->current) parts_->current->setMonitorGain(gain);
}

} // namespace titanus::audio
