#pragma once
// PortAudio behind Backend. Thread: as Backend   Owns: the library's initialisation
#include "audio/backend.h"

namespace titanus::audio {

class PortAudioBackend final : public Backend {
  public:
    PortAudioBackend();
    ~PortAudioBackend() override;
    PortAudioBackend(const PortAudioBackend&) = delete;
    PortAudioBackend& operator=(const PortAudioBackend&) = delete;

    std::vector<Device> devices() override;
    bool rescan() override;
    core::Result<std::unique_ptr<Stream>> openInput(const Device& device, int channels,
                                                    StreamClient& client) override;
    core::Result<std::unique_ptr<Stream>> openOutput(const Device& device, double sampleRate,
                                                     StreamClient& client) override;

  private:
    int indexOf(const Device& device);

    bool ready_ = false;
    std::shared_ptr<int> openStreams_ = std::make_shared<int>(0);
};

} // namespace titanus::audio
