#include "audio/played_input.h"

#include "core/thread_role.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace titanus::audio {
namespace {

constexpr std::size_t kPieceFrames = 256;
// Further behind than this (a suspended laptop), the feeder goes on from now.
constexpr double kGiveUpSeconds = 0.5;

} // namespace

PlayedInput::PlayedInput(const InputOptions& options, InputInfo info,
                         std::unique_ptr<SoundSource> source, Backend& backend,
                         const core::Clock& clock)
    : info_(std::move(info)), loop_(options.loop),
      startSeconds_(std::clamp(options.startSeconds, 0.0, info_.lengthSeconds)),
      gain_(options.monitorGain), playedGain_(options.monitorGain), piece_(kPieceFrames * 2) {
    if (source) {
        openOutput(options, source->sampleRate(), backend);
        ahead_ = std::make_unique<ReadAhead>(std::move(source), info_.sampleRate, loop_,
                                             startSeconds_);
    }
    tap_ = std::make_unique<Tap>(info_.sampleRate, clock);
}

PlayedInput::~PlayedInput() { stop(); }

void PlayedInput::openOutput(const InputOptions& options, double sampleRate, Backend& backend) {
    info_.sampleRate = sampleRate;
    if (options.output == "none") return;
    const std::vector<Device> devices = backend.devices();
    const Device* device = findOutput(devices, options.output);
    if (!device) return;
    auto stream = backend.openOutput(*device, sampleRate, *this);
    if (!stream) return; // a machine that cannot be heard still shows
    stream_ = std::move(stream).value();
    info_.sampleRate = stream_->sampleRate();
    info_.latencySeconds = stream_->latencySeconds();
    info_.output = device->name;
}

core::Result<void> PlayedInput::start() {
    tap_->begin();
    if (stream_) {
        if (stream_->start()) return {};
        stream_.reset();
        info_.output.clear();
        info_.latencySeconds = 0;
    }
    if (!thread_.joinable()) {
        stop_ = false;
        thread_ = std::thread([this] { feed(); });
    }
    return {};
}

void PlayedInput::stop() {
    if (stream_) stream_->stop();
    stop_ = true;
    if (thread_.joinable()) thread_.join();
}

std::size_t PlayedInput::takePadded(float* stereo, std::size_t frames, bool padMissing) {
    const bool over = !ahead_ || ahead_->ended();
    const std::size_t got = ahead_ ? ahead_->take(stereo, frames) : 0;
    if (!over && !padMissing) return got;
    std::fill(stereo + got * 2, stereo + frames * 2, 0.f);
    return frames;
}

void PlayedInput::block(const float*, float* out, std::size_t frames, bool xrun) {
    takePadded(out, frames, true);
    tap_->deliver(out, frames, xrun);
    // A ramp over the block, so that moving the fader does not click.
    const float from = playedGain_, to = gain_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < frames; ++i) {
        const float gain =
            from + (to - from) * static_cast<float>(i + 1) / static_cast<float>(frames);
        out[2 * i] = std::clamp(out[2 * i] * gain, -1.f, 1.f);
        out[2 * i + 1] = std::clamp(out[2 * i + 1] * gain, -1.f, 1.f);
    }
    playedGain_ = to;
}

void PlayedInput::feed() {
    core::currentRole() = core::Role::Audio;
    using Clock = std::chrono::steady_clock;
    Clock::time_point start = Clock::now();
    std::uint64_t given = 0;
    while (!stop_.load(std::memory_order_relaxed)) {
        const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
        const auto due = static_cast<std::uint64_t>(elapsed * info_.sampleRate);
        if (due > given + static_cast<std::uint64_t>(kGiveUpSeconds * info_.sampleRate)) {
            start = Clock::now();
            given = 0;
            continue;
        }
        while (due >= given + kPieceFrames) {
            const std::size_t got = takePadded(piece_.data(), kPieceFrames, false);
            if (got == 0) break;
            tap_->deliver(piece_.data(), got, false);
            given += got;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

double PlayedInput::position() const {
    const double played = startSeconds_ + static_cast<double>(frames()) / info_.sampleRate;
    if (info_.lengthSeconds <= 0) return played;
    return loop_ ? std::fmod(played, info_.lengthSeconds) : std::min(played, info_.lengthSeconds);
}

} // namespace titanus::audio
