#include "audio/portaudio_backend.h"

#include <dlfcn.h>
#include <portaudio.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <thread>

namespace titanus::audio {
namespace {

using core::Problem;
using core::ProblemId;

// ALSA and JACK print dozens of lines for every device that a machine does not have. Their hooks
// are looked up, so that this links neither.
void alsaQuiet(const char*, int, const char*, int, const char*, ...) {}
void jackQuiet(const char*) {}

void muteSystems() {
    using AlsaHandler = void (*)(const char*, int, const char*, int, const char*, ...);
    using JackHandler = void (*)(const char*);
    if (void* f = dlsym(RTLD_DEFAULT, "snd_lib_error_set_handler"))
        reinterpret_cast<int (*)(AlsaHandler)>(f)(alsaQuiet);
    for (const char* name : {"jack_set_error_function", "jack_set_info_function"})
        if (void* f = dlsym(RTLD_DEFAULT, name))
            reinterpret_cast<void (*)(JackHandler)>(f)(jackQuiet);
}

// JACK's input latency is garbage in 19.6 (89 million ms was seen).
double sane(double latencySeconds) {
    return std::isfinite(latencySeconds) ? std::clamp(latencySeconds, 0.0, 1.0) : 0;
}

class PaStreamHolder final : public Stream {
  public:
    PaStreamHolder(StreamClient& client, int channels, bool jack, std::shared_ptr<int> openStreams)
        : link_(std::make_unique<Link>()), channels_(channels), jack_(jack),
          openStreams_(std::move(openStreams)) {
        link_->client = &client;
    }
    ~PaStreamHolder() override {
        stop();
        if (!stream_) return;
        Pa_CloseStream(stream_);
        --*openStreams_;
    }

    PaError open(const PaStreamParameters* in, const PaStreamParameters* out, double rate) {
        const PaError error = Pa_OpenStream(&stream_, in, out, rate, paFramesPerBufferUnspecified,
                                            paClipOff | paDitherOff, &onBlock, link_.get());
        if (error != paNoError) {
            stream_ = nullptr;
            return error;
        }
        ++*openStreams_;
        Pa_SetStreamFinishedCallback(stream_, &onFinished);
        if (const PaStreamInfo* info = Pa_GetStreamInfo(stream_)) {
            rate_ = info->sampleRate;
            latency_ = sane(in ? info->inputLatency : info->outputLatency);
        }
        return paNoError;
    }

    double sampleRate() const override { return rate_; }
    int channels() const override { return channels_; }
    double latencySeconds() const override { return latency_; }
    core::Result<void> start() override {
        if (!stream_) return Problem{ProblemId::AudioOpenFailed, "the sound server is gone"};
        link_->ending = false;
        if (const PaError error = Pa_StartStream(stream_); error != paNoError)
            return Problem{ProblemId::AudioOpenFailed, Pa_GetErrorText(error)};
        return {};
    }
    void stop() override {
        if (!stream_) return;
        link_->ending = true;
        if (Pa_IsStreamStopped(stream_) != 0) return;
        if (jack_ && stalled()) abandon();
        else Pa_AbortStream(stream_);
    }

  private:
    // What the callback reads; outlives the holder where the stream cannot be closed.
    struct Link {
        std::atomic<StreamClient*> client{nullptr};
        std::atomic<bool> ending{false};
        std::atomic<std::uint64_t> blocks{0};
    };

    static int onBlock(const void* in, void* out, unsigned long frames,
                       const PaStreamCallbackTimeInfo*, PaStreamCallbackFlags flags, void* user) {
        auto* link = static_cast<Link*>(user);
        link->blocks.fetch_add(1, std::memory_order_relaxed);
        const bool xrun = flags & (paInputOverflow | paInputUnderflow | paOutputUnderflow);
        if (StreamClient* client = link->client)
            client->block(static_cast<const float*>(in), static_cast<float*>(out), frames, xrun);
        return paContinue;
    }
    static void onFinished(void* user) {
        auto* link = static_cast<Link*>(user);
        if (StreamClient* client = link->client; client && !link->ending) client->finished();
    }

    bool stalled() const {
        const std::uint64_t before = link_->blocks;
        for (int i = 0; i < 30; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            if (link_->blocks != before) return false;
        }
        return true;
    }
    // PortAudio 19.6 waits ten minutes for a JACK server that died: its stream is left alone, and
    // counted as open, so that the library is not closed around it.
    void abandon() {
        link_->client = nullptr;
        static_cast<void>(link_.release());
        stream_ = nullptr;
    }

    std::unique_ptr<Link> link_;
    int channels_;
    bool jack_;
    std::shared_ptr<int> openStreams_;
    PaStream* stream_ = nullptr;
    double rate_ = 0, latency_ = 0;
};

std::string systemName(const PaDeviceInfo& info) {
    const PaHostApiInfo* api = Pa_GetHostApiInfo(info.hostApi);
    return api && api->name ? api->name : "";
}

bool isJack(const PaDeviceInfo& info) {
    const PaHostApiInfo* api = Pa_GetHostApiInfo(info.hostApi);
    return api && api->type == paJACK;
}

bool isMonitor(const std::string& name) {
    std::string text = name;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text.find("monitor") != std::string::npos || text.find("audio/sink") != std::string::npos;
}

} // namespace

PortAudioBackend::PortAudioBackend() {
    muteSystems();
    ready_ = Pa_Initialize() == paNoError;
}

PortAudioBackend::~PortAudioBackend() {
    if (ready_ && *openStreams_ == 0) Pa_Terminate();
}

bool PortAudioBackend::rescan() {
    if (*openStreams_ > 0) return false;
    if (ready_) Pa_Terminate();
    ready_ = Pa_Initialize() == paNoError;
    return ready_;
}

std::vector<Device> PortAudioBackend::devices() {
    std::vector<Device> list;
    const int count = ready_ ? Pa_GetDeviceCount() : 0;
    for (int i = 0; i < count; ++i) {
        const PaDeviceInfo* info = Pa_GetDeviceInfo(i);
        if (!info || !info->name) { // keeps the place: see indexOf
            list.push_back({.name = "device " + std::to_string(i)});
            continue;
        }
        Device device{.name = info->name,
                      .system = systemName(*info),
                      .inputs = std::max(info->maxInputChannels, 0),
                      .outputs = std::max(info->maxOutputChannels, 0),
                      .sampleRate = info->defaultSampleRate,
                      .defaultInput = i == Pa_GetDefaultInputDevice(),
                      .defaultOutput = i == Pa_GetDefaultOutputDevice()};
        device.monitor = device.inputs > 0 && isMonitor(device.name);
        const auto taken = [&](const std::string& name) {
            return std::any_of(list.begin(), list.end(),
                               [&](const Device& other) { return other.name == name; });
        };
        if (taken(device.name)) device.name += " [" + device.system + "]";
        for (int n = 2; taken(device.name); ++n)
            device.name = std::string(info->name) + " [" + device.system + " " +
                          std::to_string(n) + "]";
        list.push_back(std::move(device));
    }
    return list;
}

// Names are unique and the order is PortAudio's, so the place in the list is the index; it may
// have moved since `device` was listed.
int PortAudioBackend::indexOf(const Device& device) {
    int index = 0;
    for (const Device& listed : devices()) {
        if (listed.name == device.name) return index;
        ++index;
    }
    return paNoDevice;
}

core::Result<std::unique_ptr<Stream>> PortAudioBackend::openInput(const Device& device, int channels,
                                                                  StreamClient& client) {
    const int index = indexOf(device);
    const PaDeviceInfo* info = index == paNoDevice ? nullptr : Pa_GetDeviceInfo(index);
    if (!info) return Problem{ProblemId::AudioDeviceMissing, device.name};
    const int count = std::clamp(channels, 1, std::max(info->maxInputChannels, 1));
    const PaStreamParameters in{index, count, paFloat32, std::min(sane(info->defaultLowInputLatency), 0.1),
                                nullptr};
    auto stream = std::make_unique<PaStreamHolder>(client, count, isJack(*info), openStreams_);
    if (const PaError error = stream->open(&in, nullptr, info->defaultSampleRate); error != paNoError)
        return Problem{ProblemId::AudioOpenFailed, device.name + ": " + Pa_GetErrorText(error)};
    return std::unique_ptr<Stream>(std::move(stream));
}

core::Result<std::unique_ptr<Stream>> PortAudioBackend::openOutput(const Device& device,
                                                                   double sampleRate,
                                                                   StreamClient& client) {
    const int index = indexOf(device);
    const PaDeviceInfo* info = index == paNoDevice ? nullptr : Pa_GetDeviceInfo(index);
    if (!info) return Problem{ProblemId::AudioDeviceMissing, device.name};
    const PaStreamParameters out{index, 2, paFloat32, std::min(sane(info->defaultLowOutputLatency), 0.1),
                                 nullptr};
    PaError error = paNoError;
    for (const double rate : {sampleRate, info->defaultSampleRate}) {
        auto stream = std::make_unique<PaStreamHolder>(client, 2, isJack(*info), openStreams_);
        error = stream->open(nullptr, &out, rate);
        if (error == paNoError) return std::unique_ptr<Stream>(std::move(stream));
    }
    return Problem{ProblemId::AudioOpenFailed, device.name + ": " + Pa_GetErrorText(error)};
}

} // namespace titanus::audio
