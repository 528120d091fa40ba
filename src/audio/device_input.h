#pragma once
// A sound device as an input. Thread: as Input   Owns: the stream
#include "audio/tap.h"

#include <vector>

namespace titanus::audio {

class DeviceInput final : public Input, private StreamClient {
  public:
    DeviceInput(const InputOptions& options, const Device& device, const core::Clock& clock);
    core::Result<void> open(Backend& backend); // once, before all else

    const InputInfo& info() const override { return info_; }
    core::Result<void> start() override;
    void stop() override { stream_->stop(); }
    core::SampleRing& ring() override { return tap_->ring(); }
    core::SampleRing& recorderRing() override { return tap_->recorderRing(); }
    core::Spsc<BlockStamp>& stamps() override { return tap_->stamps(); }
    void setRecording(bool on) override { tap_->setRecording(on); }
    void setMonitorGain(float) override {} // a device is never played back: it would howl
    std::uint64_t frames() const override { return tap_->frames(); }
    std::uint64_t overruns() const override { return tap_->overruns(); }
    std::uint64_t xruns() const override { return tap_->xruns(); }
    bool alive() const override { return tap_->alive(); }
    double position() const override { return static_cast<double>(frames()) / info_.sampleRate; }

  private:
    void block(const float* in, float* out, std::size_t frames, bool xrun) override;
    void finished() override { tap_->finish(); }

    Device device_;
    const core::Clock& clock_;
    InputInfo info_;
    int left_, right_;
    std::vector<float> stereo_; // [audio]
    std::unique_ptr<Tap> tap_;
    std::unique_ptr<Stream> stream_; // last: closed before what it calls goes
};

} // namespace titanus::audio
