#pragma once
// The sound system as the inputs see it: a list of devices and callback streams. An interface so
// that tests can make a device vanish, stall or run at another rate; the real one is PortAudio,
// and SDL for the monitors of outputs ("what the computer plays") that PortAudio cannot see.
// Thread: one at a time (main, or the keeper's io thread); callbacks come on a thread of the
// system's, role audio   Errors: AudioDeviceMissing, AudioOpenFailed with the name
#include "core/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace titanus::audio {

struct Device {
    std::string name{};   // unique in the list, stable between starts
    std::string system{}; // "ALSA", "JACK", "SDL", ...
    int inputs = 0, outputs = 0; // channels
    double sampleRate = 0;       // its own, Hz
    bool defaultInput = false, defaultOutput = false;
    bool monitor = false; // hears what the computer plays
};

// What a stream calls for each block. Real-time safe: no allocation, lock, log or exception.
class StreamClient {
  public:
    virtual ~StreamClient() = default;
    // in: interleaved, `channels` of the stream, or null for an output stream; out: likewise.
    // xrun: the system lost sound before this block.
    virtual void block(const float* in, float* out, std::size_t frames, bool xrun) = 0;
    // The system ended the stream by itself; no more blocks. May come on any thread.
    virtual void finished() = 0;
};

class Stream {
  public:
    virtual ~Stream() = default; // stops and closes; no callback after it
    virtual double sampleRate() const = 0;
    virtual int channels() const = 0;
    virtual double latencySeconds() const = 0; // as reported, clamped to 0 .. 1: a hint
    virtual core::Result<void> start() = 0;
    virtual void stop() = 0;
};

class Backend {
  public:
    virtual ~Backend() = default;
    virtual std::vector<Device> devices() = 0;
    // Looks for devices again; only while no stream is open (else nothing happens, false).
    virtual bool rescan() = 0;
    // Opens at the device's own rate, with `channels` or as many as it has; the client
    // must outlive the stream.
    virtual core::Result<std::unique_ptr<Stream>> openInput(const Device& device, int channels,
                                                            StreamClient& client) = 0;
    // Stereo; at `sampleRate` if the device takes it, else at its own rate.
    virtual core::Result<std::unique_ptr<Stream>> openOutput(const Device& device, double sampleRate,
                                                             StreamClient& client) = 0;
};

// PortAudio and SDL together. Never fails: a machine without sound has an empty list.
std::unique_ptr<Backend> makeSystemBackend();

// By exact name, then by a part of it whatever the case; "" or "default": the default one.
const Device* findInput(const std::vector<Device>& devices, std::string_view name);
const Device* findOutput(const std::vector<Device>& devices, std::string_view name);

} // namespace titanus::audio
