#pragma once
// One source of sound, running in real time: a device, a file, the demo track or silence. What it
// hears goes as stereo floats, at the input's own rate, into a ring for the analysis and, while
// recording, into a second one for the recorder.
// A file or the demo is played on the sound output and the ring gets exactly what is played; on a
// machine without an output it is paced by the clock, silently.
// Thread: main opens, starts, stops and destroys; blocks arrive on the audio thread, which never
// allocates, locks or logs   Ownership: the rings live as long as the input
// Errors: AudioDeviceMissing, AudioOpenFailed, AudioFileUnreadable, AudioFileEmpty
#include "audio/backend.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/sample_ring.h"
#include "core/spsc.h"

#include <cstdint>
#include <memory>
#include <string>

namespace titanus::audio {

struct InputOptions {
    // "demo", "silence", "device:NAME" (no NAME: the default input) or a sound file. A spec that
    // is none of these and no file is looked for among the devices.
    std::string spec = "demo";
    bool loop = true;            // file and demo start again at their end; else silence follows
    double startSeconds = 0;     // file and demo begin here
    int left = 0, right = 1;     // channels of a device that become left and right
    std::string output{};        // where file and demo are heard: "" the default, "none" nowhere
    float monitorGain = 1;       // loudness there, linear; the ring does not hear it
};

enum class InputKind : std::uint8_t { Device, File, Demo, Silence };

struct InputInfo {
    InputKind kind{};
    std::string name{};        // device or file name, "demo", "silence"
    double sampleRate = 48000; // of the ring, Hz
    int channels = 2;          // of the source; the ring always has two
    double latencySeconds = 0; // reported by the device; a hint
    double lengthSeconds = 0;  // file and demo, else 0
    std::string output{};      // device on which it is heard, "" if paced by the clock
};

// Where the sound stood at an instant; one for each block, for the fit of the audio clock.
struct BlockStamp {
    std::uint64_t frames = 0; // frames delivered when the block ended
    double hostSeconds = 0;   // the app's clock then
};

class Input {
  public:
    virtual ~Input() = default; // stops
    virtual const InputInfo& info() const = 0;
    virtual core::Result<void> start() = 0;
    virtual void stop() = 0;

    virtual core::SampleRing& ring() = 0;         // reader: analysis
    virtual core::SampleRing& recorderRing() = 0; // reader: recorder
    virtual core::Spsc<BlockStamp>& stamps() = 0; // reader: whoever fits the clock (ClockFit)
    virtual void setRecording(bool on) = 0;       // any thread
    virtual void setMonitorGain(float gain) = 0;  // any thread; linear

    // [any] Running totals.
    virtual std::uint64_t frames() const = 0;   // delivered
    virtual std::uint64_t overruns() const = 0; // frames lost because the ring was full
    virtual std::uint64_t xruns() const = 0;    // blocks before which the system lost sound
    // [any] Sound arrived within the last 500 ms (3 s after start) and the system did not end it.
    virtual bool alive() const = 0;
    // [any] File and demo: place in the track, seconds; else seconds since start.
    virtual double position() const = 0;
};

// Opens without starting. The backend and the clock must outlive the input.
core::Result<std::unique_ptr<Input>> openInput(const InputOptions& options, Backend& backend,
                                               const core::Clock& clock);

} // namespace titanus::audio
