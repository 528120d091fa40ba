#pragma once
// A file, the demo or silence as an input: played on the sound output, which then sets the pace, or
// paced by a thread of its own (role audio) where there is none.
// Thread: as Input   Owns: source, output stream or feeding thread
#include "audio/read_ahead.h"
#include "audio/tap.h"

#include <thread>
#include <vector>

namespace titanus::audio {

class PlayedInput final : public Input, private StreamClient {
  public:
    // Without a source: silence.
    PlayedInput(const InputOptions& options, InputInfo info, std::unique_ptr<SoundSource> source,
                Backend& backend, const core::Clock& clock);
    ~PlayedInput() override;

    const InputInfo& info() const override { return info_; }
    core::Result<void> start() override;
    void stop() override;
    core::SampleRing& ring() override { return tap_->ring(); }
    core::SampleRing& recorderRing() override { return tap_->recorderRing(); }
    core::Spsc<BlockStamp>& stamps() override { return tap_->stamps(); }
    void setRecording(bool on) override { tap_->setRecording(on); }
    void setMonitorGain(float gain) override { gain_.store(gain, std::memory_order_relaxed); }
    std::uint64_t frames() const override { return tap_->frames(); }
    std::uint64_t overruns() const override { return tap_->overruns(); }
    std::uint64_t xruns() const override { return tap_->xruns(); }
    bool alive() const override { return !stream_ || tap_->alive(); }
    double position() const override;

  private:
    void block(const float* in, float* out, std::size_t frames, bool xrun) override;
    void finished() override { tap_->finish(); }
    void openOutput(const InputOptions& options, double sampleRate, Backend& backend);
    void feed();
    std::size_t takePadded(float* stereo, std::size_t frames, bool padMissing);

    InputInfo info_;
    bool loop_;
    double startSeconds_;
    std::atomic<float> gain_;
    float playedGain_; // [audio]
    std::unique_ptr<Tap> tap_;
    std::unique_ptr<ReadAhead> ahead_;
    std::unique_ptr<Stream> stream_;
    std::vector<float> piece_; // [audio]
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

} // namespace titanus::audio
