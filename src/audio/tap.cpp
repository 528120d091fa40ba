#include "audio/tap.h"

namespace titanus::audio {
namespace {

// Long enough that a busy machine drops nothing: the analysis catches up, the recorder writes.
constexpr double kRingSeconds = 2, kRecorderSeconds = 4;

std::size_t floatsFor(double sampleRate, double seconds) {
    return static_cast<std::size_t>(sampleRate * seconds) * 2;
}

} // namespace

Tap::Tap(double sampleRate, const core::Clock& clock)
    : clock_(clock), ring_(floatsFor(sampleRate, kRingSeconds)),
      recorderRing_(floatsFor(sampleRate, kRecorderSeconds)) {}

void Tap::begin() {
    framesAtStart_ = frames_.load();
    finished_ = false;
    started_ = clock_.seconds();
}

void Tap::deliver(const float* stereo, std::size_t frames, bool xrun) {
    if (frames == 0) return;
    ring_.push(stereo, frames * 2);
    if (recording_.load(std::memory_order_acquire)) recorderRing_.push(stereo, frames * 2);
    if (xrun) xruns_.fetch_add(1, std::memory_order_relaxed);
    const double now = clock_.seconds();
    const std::uint64_t total = frames_.load(std::memory_order_relaxed) + frames;
    stamps_.push({total, now});
    lastBlock_.store(now, std::memory_order_release);
    frames_.store(total, std::memory_order_release);
}

bool Tap::alive() const {
    if (finished_.load(std::memory_order_acquire)) return false;
    const double now = clock_.seconds();
    if (frames() == framesAtStart_.load()) return now - started_.load() < kStartSeconds;
    return now - lastBlock_.load(std::memory_order_acquire) < kStallSeconds;
}

} // namespace titanus::audio
