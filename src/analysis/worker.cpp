#include "analysis/worker.h"

#include "core/thread_role.h"
#include "params/catalogue.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif

namespace titanus::analysis {
namespace {

constexpr std::size_t kBlockFrames = 512;
constexpr double kNoSignalSeconds = 0.2;
constexpr double kIdleSeconds = 0.02;   // between two looks at the clock without signal
constexpr double kBacklogSeconds = 0.5; // more than that is not worked off but left out

void askForPriority() { // granted on machines set up for audio, refused silently elsewhere
#if defined(__linux__)
    sched_param priority{};
    priority.sched_priority = 10;
    pthread_setschedparam(pthread_self(), SCHED_RR, &priority);
#endif
}

} // namespace

Worker::Worker(const core::Clock& clock)
    : clock_(clock), analyzer_(std::make_unique<Analyzer>(AnalyzerOptions{48000, 2})), block_(2 * kBlockFrames), hostMinusSound_(clock.seconds()) {
    thread_ = std::thread([this] { run(); });
}

Worker::~Worker() {
    stop_.store(true, std::memory_order_relaxed);
    thread_.join();
}

void Worker::setInput(core::SampleRing& ring, double sampleRate) {
    // The ears need no change for another device of the same rate.
    std::unique_ptr<Analyzer> fresh;
    if (analyzer_->options().sampleRate != sampleRate) fresh = std::make_unique<Analyzer>(AnalyzerOptions{sampleRate, 2});
    const std::lock_guard lock(inputMutex_);
    if (fresh) {
        fresh->takeOver(*analyzer_);
        if (told_) fresh->setParams(params_.value());
        std::swap(analyzer_, fresh); // the old one dies here, on this thread
    }
    ring_ = &ring;
    dropped_ = ring.dropped();
    lastSamples_ = clock_.seconds();
    resting_ = true;
}

void Worker::clearInput() {
    const std::lock_guard lock(inputMutex_);
    ring_ = nullptr;
    resting_ = true;
}

void Worker::run() {
    core::currentRole() = core::Role::Analysis;
    askForPriority();
    double nextIdle = 0;
    while (!stop_.load(std::memory_order_relaxed)) {
        bool heard = false;
        {
            const std::lock_guard lock(inputMutex_);
            heard = drain();
            const double now = clock_.seconds();
            const bool noSignal = !ring_ || now - lastSamples_ > kNoSignalSeconds;
            if (heard || (noSignal && now >= nextIdle)) {
                if (!heard) passTime(now);
                publish(noSignal);
                nextIdle = now + kIdleSeconds;
            }
        }
        if (!heard) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void Worker::passTime(double until) {
    resting_ = true;
    double due = until - hostMinusSound_ - analyzer_->seconds();
    if (due > kBacklogSeconds) { // the machine slept
        hostMinusSound_ += due;
        due = 0;
    }
    std::fill(block_.begin(), block_.end(), 0.f);
    for (auto frames = static_cast<std::size_t>(std::max(0.0, due) * analyzer_->options().sampleRate); frames > 0;) {
        const std::size_t some = std::min(frames, kBlockFrames);
        analyzer_->process(block_.data(), some);
        frames -= some;
    }
}

bool Worker::drain() {
    if (params_.update()) {
        told_ = true;
        analyzer_->setParams(params_.value());
        latencySeconds_ = static_cast<double>(params_.value()[params::param("audio.latency_ms")]) / 1000;
    }
    for (ClockCommand command; commands_.pop(command);) obey(command);
    if (!ring_) return false;
    std::size_t ready = ring_->ready() / 2;
    if (ready == 0) return false;
    const double rate = analyzer_->options().sampleRate;
    if (resting_) passTime(clock_.seconds() - static_cast<double>(ready) / rate);
    // Far behind (a suspended machine): what is old is of no use to a picture.
    std::size_t lost = 0;
    for (const std::size_t most = ready > static_cast<std::size_t>(rate * kBacklogSeconds) ? ready - kBlockFrames : 0; lost < most;) {
        const std::size_t got = ring_->pop(block_.data(), 2 * std::min(most - lost, kBlockFrames)) / 2;
        if (got == 0) break;
        lost += got;
    }
    ready -= lost;
    const std::uint64_t dropped = ring_->dropped();
    lost += static_cast<std::size_t>(dropped - dropped_) / 2;
    dropped_ = dropped;
    lost_ += lost;
    hostMinusSound_ += static_cast<double>(lost) / rate; // what was lost was not heard
    for (std::size_t frames = 1; ready > 0 && frames > 0; ready -= frames) {
        frames = ring_->pop(block_.data(), 2 * std::min(ready, kBlockFrames)) / 2;
        analyzer_->process(block_.data(), frames);
    }
    const double now = clock_.seconds();
    lastSamples_ = now;
    // Samples come in blocks and polls wait: follow the earliest arrivals, leak slowly upwards.
    const double difference = now - analyzer_->seconds();
    if (resting_ || std::abs(difference - hostMinusSound_) > 0.5) hostMinusSound_ = difference;
    else hostMinusSound_ += (difference - hostMinusSound_) * (difference < hostMinusSound_ ? 0.2 : 0.002);
    resting_ = false;
    return true;
}

void Worker::obey(const ClockCommand& command) {
    const double at = command.hostSeconds - hostMinusSound_ + latencySeconds_;
    using Kind = ClockCommand::Kind;
    switch (command.kind) {
    case Kind::Tap: analyzer_->tap(at); break;
    case Kind::TempoDouble: analyzer_->tempoDouble(); break;
    case Kind::TempoHalf: analyzer_->tempoHalf(); break;
    case Kind::Nudge: analyzer_->nudge(command.value); break;
    case Kind::Resync: analyzer_->resync(at); break;
    case Kind::Automatic: analyzer_->automatic(); break;
    case Kind::MidiTick: analyzer_->midiClockTick(at); break;
    case Kind::MidiStart: analyzer_->midiClockStart(at); break;
    case Kind::MidiStop: analyzer_->midiClockStop(at); break;
    case Kind::MidiContinue: analyzer_->midiClockContinue(at); break;
    case Kind::MidiSongPosition: analyzer_->midiSongPosition(command.value); break;
    case Kind::Link: analyzer_->link(at, command.value, command.period); break;
    }
}

void Worker::publish(bool noSignal) {
    for (Onset onset; analyzer_->popOnset(onset);) onsets_.push(onset);
    for (BeatEvent beat; analyzer_->popBeat(beat);) {} // the clock in Features tells beats ahead
    for (TempoItem item; analyzer_->popTempo(item);) {} // history is for reports
    Features& out = features_.slot();
    out = analyzer_->features();
    out.noSignal = noSignal;
    out.hostSeconds = out.seconds + hostMinusSound_ - latencySeconds_;
    out.overruns = lost_;
    features_.publish();
}

} // namespace titanus::analysis
