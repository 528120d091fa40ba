#pragma once
// The monitors of sound outputs ("what the computer plays") under PulseAudio and PipeWire, which
// PortAudio 19.6 cannot list; SDL can. Nothing else comes from here.
// Thread: as Backend   Owns: SDL's audio subsystem while it lives
#include "audio/backend.h"

namespace titanus::audio {

class SdlMonitorBackend final : public Backend {
  public:
    SdlMonitorBackend();
    ~SdlMonitorBackend() override;
    SdlMonitorBackend(const SdlMonitorBackend&) = delete;
    SdlMonitorBackend& operator=(const SdlMonitorBackend&) = delete;

    std::vector<Device> devices() override;
    bool rescan() override { return true; } // SDL follows by itself
    core::Result<std::unique_ptr<Stream>> openInput(const Device& device, int channels,
                                                    StreamClient& client) override;
    core::Result<std::unique_ptr<Stream>> openOutput(const Device& device, double sampleRate,
                                                     StreamClient& client) override;

  private:
    bool ready_ = false;
};

} // namespace titanus::audio
