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
constexpr double kBacklogSeconds = 0.5; // more than that is not worked off but left out

void askForPriority() { // granted on machines set up for audio, refused silently elsewhere
#if defined(__linux__)
    sched_param priority{};
    priority.sched_priority = 10;
    pthread_setschedparam(pthread_self(), SCHED_RR, &priority);
#endif
}

} // namespace

Worker::Worker(const core::Clock& clock) : clock_(clock), block_(2 * kBlockFrames) {
    thread_ = std::thread([this] { run(); });
}

Worker::~Worker() {
    stop_.store(true, std::memory_order_relaxed);
    thread_.join();
}

void Worker::setInput(core::SampleRing& ring, double sampleRate) {
    auto fresh = std::make_unique<Analyzer>(AnalyzerOptions{sampleRate, 2});
    const std::lock_guard lock(inputMutex_);
    fresh->setParams(params_.value());
    std::swap(analyzer_, fresh); // the old one dies here, on this thread
    ring_ = &ring;
    droppedAtStart_ = ring.dropped();
    lastSamples_ = clock_.seconds();
    hostKnown_ = false;
}

void Worker::clearInput() {
    std::unique_ptr<Analyzer> old;
    const std::lock_guard lock(inputMutex_);
    std::swap(analyzer_, old);
    ring_ = nullptr;
    hostKnown_ = false;
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
                publish(noSignal);
                nextIdle = now + 0.05;
            }
        }
        if (!heard) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

bool Worker::drain() {
    if (params_.update()) {
        if (analyzer_) analyzer_->setParams(params_.value());
        latencySeconds_ = static_cast<double>(params_.value()[params::param("audio.latency_ms")]) / 1000;
    }
    for (ClockCommand command; commands_.pop(command);) obey(command);
    if (!ring_) return false;
    const std::size_t ready = ring_->ready() / 2;
    if (ready == 0) return false;
    // Far behind (a suspended machine): what is old is of no use to a picture.
    const auto late = static_cast<std::size_t>(analyzer_->options().sampleRate * kBacklogSeconds);
    std::size_t skip = ready > late ? ready - kBlockFrames : 0;
    while (skip > 0) {
        const std::size_t frames = std::min(skip, kBlockFrames);
        std::fill(block_.begin(), block_.end(), 0.f);
        const std::size_t got = ring_->pop(block_.data(), 2 * frames) / 2;
        if (got == 0) break;
        droppedAtStart_ -= 2 * got; // counted with what the ring itself lost
        skip -= got;
    }
    for (;;) {
        const std::size_t frames = ring_->pop(block_.data(), 2 * kBlockFrames) / 2;
        if (frames == 0) break;
        analyzer_->process(block_.data(), frames);
        if (frames < kBlockFrames) break;
    }
    const double now = clock_.seconds();
    lastSamples_ = now;
    // Samples come in blocks and polls wait: follow the earliest arrivals, leak slowly upwards.
    const double difference = now - analyzer_->seconds();
    if (!hostKnown_ || std::abs(difference - hostMinusSound_) > 0.5) hostMinusSound_ = difference;
    else hostMinusSound_ += (difference - hostMinusSound_) * (difference < hostMinusSound_ ? 0.2 : 0.002);
    hostKnown_ = true;
    return true;
}

void Worker::obey(const ClockCommand& command) {
    if (!analyzer_) return;
    const double at = hostKnown_ ? command.hostSeconds - hostMinusSound_ + latencySeconds_ : analyzer_->seconds();
    using Kind = ClockCommand::Kind;
    switch (command.kind) {
    case Kind::Tap: analyzer_->tap(at); break;
    case Kind::TempoDouble: analyzer_->tempoDouble(); break;
    case Kind::TempoHalf: analyzer_->tempoHalf(); break;
    case Kind::Nudge: analyzer_->nudge(command.value); break;
    case Kind::Resync: analyzer_->resync(at); break;
    case Kind::Automatic: analyzer_->followSound(); break;
    case Kind::MidiTick: analyzer_->midiClockTick(at); break;
    case Kind::MidiStart: analyzer_->midiClockStart(at); break;
    case Kind::MidiStop: analyzer_->midiClockStop(at); break;
    case Kind::MidiContinue: analyzer_->midiClockContinue(at); break;
    case Kind::MidiSongPosition: analyzer_->midiSongPosition(command.value); break;
    case Kind::Link: analyzer_->link(at, command.value, command.period); break;
    }
}

void Worker::publish(bool noSignal) {
    Features& out = features_.slot();
    out = analyzer_ ? analyzer_->features() : Features();
    if (analyzer_) {
        for (Onset onset; analyzer_->popOnset(onset);) onsets_.push(onset);
        for (BeatEvent beat; analyzer_->popBeat(beat);) beats_.push(beat);
        for (TempoItem item; analyzer_->popTempo(item);) {} // history is for reports
    }
    const double now = clock_.seconds();
    out.noSignal = noSignal;
    out.hostSeconds = hostKnown_ ? out.seconds + hostMinusSound_ - latencySeconds_ : now;
    if (noSignal) {
        // Nothing arrives: the pictures come to rest, the beat runs on by the clock.
        out.silent = true;
        out.band.fill(0);
        out.triple.fill(0);
        out.fine.fill(0);
        out.spectrum.fill(0);
        out.level = out.flux = 0;
        out.section = Section::Silence;
        if (out.clock.state != ClockState::Searching) out.clock.state = ClockState::Holding;
    }
    if (ring_) out.overruns = (ring_->dropped() - droppedAtStart_) / 2;
    features_.publish();
}

} // namespace titanus::analysis
