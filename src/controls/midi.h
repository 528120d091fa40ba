#pragma once
// MIDI devices through RtMidi: ALSA and JACK, each tried on its own, because either may be absent.
// Devices are known by name, equal ones as "name", "name #2". RtMidi tells nothing about plugs, so poll() lists the ports again
// every 1.5 s and opens, closes and reopens. The driver's thread only pushes to a queue.
// Thread: main (the queues are filled by the drivers' threads)   Ownership: owns the ports
#include "controls/midi_message.h"
#include "core/clock.h"
#include "core/result.h"

#include <memory>
#include <string>
#include <vector>

namespace titanus::controls {

struct MidiPorts {
    std::vector<std::string> inputs, outputs; // names without the drivers' changing numbers
    bool available = false;                   // at least one of ALSA and JACK answers
};
MidiPorts listMidiPorts();

struct MidiDevice {
    std::string name;
    bool open = false;      // false: unplugged, waited for
    bool virtualPort = false;
    std::uint64_t received = 0;
    double lastSeconds = -1e9; // last message
};

class MidiInput {
  public:
    explicit MidiInput(const core::Clock& clock);
    ~MidiInput();
    MidiInput(const MidiInput&) = delete;
    MidiInput& operator=(const MidiInput&) = delete;

    // Device names (or parts of them) separated by |; "*" opens all; empty closes all. Lists at once if they are others than before.
    void setWanted(const std::string& names);
    // A port of our own, NAME, that other programs connect to. Errors: MidiUnavailable.
    core::Result<void> openVirtual(const std::string& name);
    // Call each frame. Problems (device lost) are appended.
    void poll(double seconds, std::vector<core::Problem>& problems);
    // Next message of any device, in order per device.
    bool pop(MidiMessage& message);
    // Sends to the output port of the same name as an open device; false if it has none.
    bool send(std::string_view device, const std::vector<std::uint8_t>& bytes);

    const std::string& deviceName(std::uint16_t device) const;
    std::vector<MidiDevice> devices() const;
    // Counts up when a device was opened or closed: (re)send lights then.
    std::uint64_t generation() const;
    std::uint64_t listings() const; // how often the drivers were asked for their ports
    std::uint64_t dropped() const; // messages that found a queue full

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace titanus::controls
