#include "app/journal.h"

#include "controls/scenes.h"
#include "core/files.h"
#include "core/thread_role.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace titanus::app {
namespace fs = std::filesystem;
using core::Problem;
using core::ProblemId;

namespace {

constexpr double kStateEverySeconds = 1, kCanvasEverySeconds = 3;
constexpr std::chrono::seconds kRotateEvery{30};

fs::path sessionIn(const fs::path& folder) { return folder / "session.toml"; }
fs::path canvasIn(const fs::path& folder) { return folder / "canvas.png"; }

} // namespace

core::Result<std::unique_ptr<Journal>> Journal::open(const fs::path& folder) {
    std::error_code ec;
    fs::create_directories(folder, ec);
    const fs::path path = folder / "lock";
    const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0) return Problem{ProblemId::OutputWriteFailed, path.string() + ": " + std::strerror(errno)};
    // Held as long as the process lives, whatever ends it.
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return Problem{ProblemId::OutputOpenFailed, folder.string() + ": another Titanus keeps its journal there, so this one saves nothing"};
    }
    return std::unique_ptr<Journal>(new Journal(folder, lock));
}

Journal::~Journal() {
    {
        const std::lock_guard guard(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    io_.join();
    ::close(lock_);
}

void Journal::hand(Job job) {
    {
        const std::lock_guard guard(mutex_);
        if (job.session) job_.session = std::move(job.session);
        if (job.canvas) job_.canvas = std::move(job.canvas);
        waiting_ = true;
    }
    wake_.notify_all();
}

core::Result<void> Journal::write(const Job& job) {
    if (job.session) {
        const auto now = std::chrono::steady_clock::now();
        const bool rotate = !rotatedAt_ || now - *rotatedAt_ >= kRotateEvery;
        const auto saved = rotate ? controls::saveSession(sessionIn(folder_), *job.session)
                                  : core::writeFileAtomic(sessionIn(folder_), controls::writeSession(*job.session));
        if (!saved) return saved;
        if (rotate) rotatedAt_ = now;
    }
    if (job.canvas) return core::writePng(canvasIn(folder_), *job.canvas);
    return {};
}

void Journal::run() {
    core::currentRole() = core::Role::Io;
    std::unique_lock guard(mutex_);
    while (true) {
        wake_.wait(guard, [this] { return waiting_ || stop_; });
        if (!waiting_) return;
        const Job job = std::exchange(job_, {});
        waiting_ = false;
        busy_ = true;
        guard.unlock();
        auto written = write(job);
        guard.lock();
        busy_ = false;
        if (!written) result_ = std::move(written);
        wake_.notify_all();
    }
}

core::Result<void> Journal::tick(const params::Store& store, const controls::Preset& current, const guidance::Canvas& canvas, double seconds) {
    Job job;
    const Seen now{store.snapshot().generation, store.texts()->generation, store.routesGeneration(), store.formulasGeneration()};
    if (seconds - stateAt_ >= kStateEverySeconds && !(now == seen_)) {
        stateAt_ = seconds;
        seen_ = now;
        job.session = controls::captureSession(store, current);
    }
    if (seconds - canvasAt_ >= kCanvasEverySeconds && canvas.steps != canvasSteps_ && canvas.generation) {
        canvasAt_ = seconds;
        canvasSteps_ = canvas.steps;
        job.canvas = controls::imageOf(canvas.rgba, canvas.width, canvas.height);
    }
    if (job.session || job.canvas) hand(std::move(job));
    const std::lock_guard guard(mutex_);
    return std::exchange(result_, core::Result<void>());
}

core::Result<void> Journal::finish(const params::Store& store, const controls::Preset& current, const guidance::Canvas& canvas) {
    hand({controls::captureSession(store, current), canvas.generation ? controls::imageOf(canvas.rgba, canvas.width, canvas.height) : nullptr});
    std::unique_lock guard(mutex_);
    wake_.wait(guard, [this] { return !waiting_ && !busy_; });
    return std::exchange(result_, core::Result<void>());
}

std::shared_ptr<const core::Image> Journal::lastCanvas(const fs::path& folder) {
    std::error_code ec;
    if (!fs::exists(canvasIn(folder), ec)) return nullptr;
    auto image = core::readImage(canvasIn(folder));
    return image ? std::make_shared<const core::Image>(std::move(image).value()) : nullptr;
}

} // namespace titanus::app
