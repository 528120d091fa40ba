#pragma once
// Keeps one input open through live switching and devices that go away. Opening and closing can
// take a second, so it happens on an io thread; the show only polls.
// Thread: main, except where marked   Owns: the input, the io thread
// A lost device is reported once (AudioDeviceLost), closed, looked for by name each second and
// reopened. A switch that fails is reported and the input before it comes back.
#include "audio/devices.h"
#include "audio/input.h"

#include <functional>
#include <memory>

namespace titanus::audio {

class InputKeeper {
  public:
    struct Events {
        // The input to read from now on, already started. nullptr: leave the rings of the one
        // before now; they are destroyed after the call.
        std::function<void(Input*)> input;
        std::function<void(const core::Problem&)> problem;
    };

    InputKeeper(Backend& backend, const core::Clock& clock, Events events);
    ~InputKeeper(); // announces nullptr, closes, joins
    InputKeeper(const InputKeeper&) = delete;
    InputKeeper& operator=(const InputKeeper&) = delete;

    // At start: waits, and says why not.
    core::Result<void> open(const InputOptions& options);
    // Live: returns at once; poll() announces the outcome.
    void request(const InputOptions& options);
    // Looks for devices again; closes and reopens the input (files go on where they were).
    void rescan();
    // Once per frame.
    void poll();

    enum class State { Closed, Opening, Running, Lost };
    State state() const;
    Input* input();                      // nullptr while opening or lost
    const InputOptions& options() const; // of the input that runs or is to come back
    const DeviceList& devices() const;   // as of start, the last switch or rescan
    void setMonitorGain(float gain);     // for this input and the next ones

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace titanus::audio
