#include "audio/device_input.h"

#include "audio/fold.h"

namespace titanus::audio {
namespace {

constexpr std::size_t kPieceFrames = 1024; // longer blocks are delivered in pieces

} // namespace

DeviceInput::DeviceInput(const InputOptions& options, const Device& device, const core::Clock& clock)
    : device_(device), clock_(clock), left_(std::max(options.left, 0)),
      right_(std::max(options.right, 0)), stereo_(kPieceFrames * 2) {}

core::Result<void> DeviceInput::open(Backend& backend) {
    const int wanted = std::clamp(std::max(left_, right_) + 1, 1, std::max(device_.inputs, 1));
    auto stream = backend.openInput(device_, wanted, *this);
    if (!stream) return stream.problem();
    stream_ = std::move(stream).value();
    info_ = {.kind = InputKind::Device,
             .name = device_.name,
             .sampleRate = stream_->sampleRate(),
             .channels = stream_->channels(),
             .latencySeconds = stream_->latencySeconds(),
             .output = {}};
    tap_ = std::make_unique<Tap>(info_.sampleRate, clock_);
    return {};
}

core::Result<void> DeviceInput::start() {
    tap_->begin();
    return stream_->start();
}

void DeviceInput::block(const float* in, float*, std::size_t frames, bool xrun) {
    while (frames > 0 && in) {
        const std::size_t n = std::min(frames, kPieceFrames);
        pickStereo(in, info_.channels, left_, right_, stereo_.data(), n);
        tap_->deliver(stereo_.data(), n, xrun);
        xrun = false;
        in += n * static_cast<std::size_t>(info_.channels);
        frames -= n;
    }
}

} // namespace titanus::audio
