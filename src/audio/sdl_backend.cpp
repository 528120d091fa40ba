#include "audio/sdl_backend.h"

#include "audio/portaudio_backend.h"

#include <SDL.h>

#include <algorithm>
#include <atomic>

namespace titanus::audio {
namespace {

using core::Problem;
using core::ProblemId;

constexpr const char* kSystem = "SDL";
constexpr int kFrames = 256; // 5 ms; the server may give more

class SdlStream final : public Stream {
  public:
    explicit SdlStream(StreamClient& client) : client_(client) {}
    ~SdlStream() override {
        if (id_) SDL_CloseAudioDevice(id_);
    }
    bool open(const Device& device, int channels) {
        SDL_AudioSpec wanted{};
        wanted.freq = device.sampleRate > 0 ? static_cast<int>(device.sampleRate) : 48000;
        wanted.format = AUDIO_F32SYS;
        wanted.channels = static_cast<Uint8>(std::clamp(channels, 1, 8));
        wanted.samples = kFrames;
        wanted.callback = &onBlock;
        wanted.userdata = this;
        id_ = SDL_OpenAudioDevice(device.name.c_str(), 1, &wanted, &got_,
                                  SDL_AUDIO_ALLOW_FREQUENCY_CHANGE | SDL_AUDIO_ALLOW_CHANNELS_CHANGE);
        deviceId_ = id_;
        return id_ != 0;
    }
    double sampleRate() const override { return got_.freq; }
    int channels() const override { return got_.channels; }
    double latencySeconds() const override {
        return static_cast<double>(got_.samples) / std::max(got_.freq, 1);
    }
    core::Result<void> start() override {
        running_ = true;
        SDL_PauseAudioDevice(id_, 0);
        return {};
    }
    void stop() override {
        running_ = false;
        SDL_PauseAudioDevice(id_, 1);
    }

  private:
    static void onBlock(void* user, Uint8* bytes, int length) {
        auto* self = static_cast<SdlStream*>(user);
        if (!self->running_) return;
        // A device that was pulled out goes on delivering silence; only its status tells.
        const SDL_AudioDeviceID id = self->deviceId_;
        if (id && SDL_GetAudioDeviceStatus(id) == SDL_AUDIO_STOPPED) {
            self->client_.finished();
            return;
        }
        const std::size_t frames = static_cast<std::size_t>(length) /
                                   (sizeof(float) * self->got_.channels);
        self->client_.block(reinterpret_cast<const float*>(bytes), nullptr, frames, false);
    }

    StreamClient& client_;
    SDL_AudioDeviceID id_ = 0;
    std::atomic<SDL_AudioDeviceID> deviceId_{0};
    SDL_AudioSpec got_{};
    std::atomic<bool> running_{false};
};

class SystemBackend final : public Backend {
  public:
    std::vector<Device> devices() override {
        std::vector<Device> list = portAudio_->devices();
        for (Device& device : sdl_->devices())
            if (std::none_of(list.begin(), list.end(),
                             [&](const Device& d) { return d.name == device.name; }))
                list.push_back(std::move(device));
        return list;
    }
    bool rescan() override { return portAudio_->rescan(); }
    core::Result<std::unique_ptr<Stream>> openInput(const Device& device, int channels,
                                                    StreamClient& client) override {
        return backend(device).openInput(device, channels, client);
    }
    core::Result<std::unique_ptr<Stream>> openOutput(const Device& device, double sampleRate,
                                                     StreamClient& client) override {
        return backend(device).openOutput(device, sampleRate, client);
    }

  private:
    Backend& backend(const Device& device) {
        return device.system == kSystem ? *sdl_ : *portAudio_;
    }

    std::unique_ptr<Backend> portAudio_ = std::make_unique<PortAudioBackend>();
    std::unique_ptr<Backend> sdl_ = std::make_unique<SdlMonitorBackend>();
};

} // namespace

SdlMonitorBackend::SdlMonitorBackend() {
    SDL_SetHint(SDL_HINT_AUDIO_INCLUDE_MONITORS, "1");
    // Other drivers list no monitors; a user's own choice by SDL_AUDIODRIVER wins.
    SDL_SetHint(SDL_HINT_AUDIODRIVER, "pulseaudio");
    ready_ = SDL_InitSubSystem(SDL_INIT_AUDIO) == 0;
}

SdlMonitorBackend::~SdlMonitorBackend() {
    if (ready_) SDL_QuitSubSystem(SDL_INIT_AUDIO);
}

std::vector<Device> SdlMonitorBackend::devices() {
    std::vector<Device> list;
    const int count = ready_ ? SDL_GetNumAudioDevices(1) : 0;
    for (int i = 0; i < count; ++i) {
        const char* name = SDL_GetAudioDeviceName(i, 1);
        if (!name || !std::string_view(name).starts_with("Monitor of ")) continue;
        SDL_AudioSpec spec{};
        SDL_GetAudioDeviceSpec(i, 1, &spec);
        list.push_back({.name = name,
                        .system = kSystem,
                        .inputs = spec.channels > 0 ? spec.channels : 2,
                        .sampleRate = static_cast<double>(spec.freq),
                        .monitor = true});
    }
    return list;
}

core::Result<std::unique_ptr<Stream>> SdlMonitorBackend::openInput(const Device& device, int channels,
                                                                   StreamClient& client) {
    auto stream = std::make_unique<SdlStream>(client);
    if (!ready_ || !stream->open(device, channels))
        return Problem{ProblemId::AudioOpenFailed, device.name + ": " + SDL_GetError()};
    return std::unique_ptr<Stream>(std::move(stream));
}

core::Result<std::unique_ptr<Stream>> SdlMonitorBackend::openOutput(const Device& device, double,
                                                                    StreamClient&) {
    return Problem{ProblemId::AudioDeviceMissing, device.name};
}

std::unique_ptr<Backend> makeSystemBackend() { return std::make_unique<SystemBackend>(); }

} // namespace titanus::audio
