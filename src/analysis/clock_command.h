#pragma once
// What a hand, a controller or a MIDI clock tells the beat: the value on the channel main -> analysis.
// Thread: any (value)   Times: seconds of the app's clock when it happened; the worker converts
#include <cstdint>
#include <type_traits>

namespace titanus::analysis {

struct ClockCommand {
    enum class Kind : std::uint8_t {
        Tap,
        TempoDouble,
        TempoHalf,
        Nudge,            // value: seconds, later is positive
        Resync,           // this instant is beat 0 and the "one"
        Automatic,        // forget taps, held tempo level, nudge and resync
        MidiTick,         // 24 per beat
        MidiStart,
        MidiStop,
        MidiContinue,
        MidiSongPosition, // value: beats (quarter notes) since the start of the song
        Link,             // value: beats of the session, a multiple of 4 is a "one"; period 0: nobody is there
    };
    Kind kind{};
    double hostSeconds = 0;
    double value = 0;
    double period = 0; // seconds of a beat; Link only
};
static_assert(std::is_trivially_copyable_v<ClockCommand>);

} // namespace titanus::analysis
