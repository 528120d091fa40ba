#pragma once
// MIDI on its way from the driver's thread to main, and the clock in it. Thread: any (values)
#include <array>
#include <cstdint>
#include <type_traits>

namespace titanus::controls {

struct MidiMessage {
    std::array<std::uint8_t, 3> bytes{};
    std::uint8_t size = 0;      // 1..3; longer ones (system exclusive) are not passed on
    std::uint16_t device = 0;   // MidiInput::deviceName
    double time = 0;            // seconds of the app's clock on arrival

    int status() const { return bytes[0] & 0xF0; }
    int channel() const { return (bytes[0] & 0x0F) + 1; } // 1..16
};
static_assert(std::is_trivially_copyable_v<MidiMessage>);

struct MidiClockEvent {
    enum class Kind : std::uint8_t { Tick, Start, Continue, Stop, SongPosition };
    Kind kind{};
    double time = 0;
    double beats = 0; // SongPosition: beats (quarter notes) since the start of the song
};
static_assert(std::is_trivially_copyable_v<MidiClockEvent>);

} // namespace titanus::controls
