#pragma once
// What a MIDI control does: bindings as data, and the files that hold them.
//   schema = 1
//   name = "Korg nanoKONTROL2"
//   device = "nanoKONTROL2"     # part of the port's name; default of all bindings below
//   init = ["F0 ... F7"]        # sent when the device appears
//   [[bind]]
//   type = "cc"                 # cc cc14 nrpn note bend program
//   number = 0
//   channel = 1                 # 1..16; left out: any
//   target = "prompt.1.weight"  # parameter or action id
//   takeover = "pickup"         # pickup scale jump
//   [pads]                      # lights of buttons that are bound to action.scene
//   stored = { value = 21 }
//   active = { value = 5 }
//   modified = { value = 13, channel = 3 }  # this device blinks what comes on channel 3
//   blending = { value = 5, blink = true }  # this one cannot: blinked from here
// Thread: main   Ownership: values
#include "controls/pads.h"
#include "core/result.h"
#include "params/store.h"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace titanus::controls {

enum class MidiType : std::uint8_t { Cc, Cc14, Nrpn, Note, Bend, Program };
inline constexpr std::array<std::string_view, 6> kMidiTypes{"cc", "cc14", "nrpn", "note", "bend", "program"};
std::string controlName(MidiType type, int number); // for people: "CC 3", "note 36", "bend"

// How the control's value becomes the target's.
enum class MidiMode : std::uint8_t {
    Absolute,       // position = value (notes: velocity)
    Relative,       // endless encoder, two's complement or sign bit: told apart while small
    RelativeTwos,   // 1 up .. 127 down
    RelativeOffset, // 65 up .. 63 down
    RelativeSign,   // 1 up .. 65 down
    Toggle,         // press: the other end of the range
    Hold,           // press: max, release: min
    Trigger         // press: act, or set to max
};
inline constexpr std::array<std::string_view, 8> kMidiModes{
    "absolute", "relative", "relative_twos", "relative_offset", "relative_sign", "toggle", "hold", "trigger"};

enum class Takeover : std::uint8_t { Pickup, Scale, Jump };
inline constexpr std::array<std::string_view, 3> kTakeovers{"pickup", "scale", "jump"};

struct ActionTarget {
    params::Action action{};
    int argument = 0;
    bool operator==(const ActionTarget&) const = default;
};
using MidiTarget = std::variant<params::ParamIndex, ActionTarget>;
std::string targetId(const MidiTarget& target);

struct MidiBinding {
    std::string device;          // part of the port's name, any case; empty: every device
    int channel = 0;             // 1..16; 0: any
    MidiType type{};
    int number = 0;              // CC (cc14: of the upper half, 0..31), NRPN, note; bend, program: 0
    MidiTarget target{};
    MidiMode mode = MidiMode::Absolute;
    Takeover takeover = Takeover::Pickup;
    std::optional<float> min{}, max{}; // in the parameter's unit; default: its range
    params::RouteCurve curve = params::RouteCurve::Linear; // on the way from control to fader travel
    bool invert = false;
    int ledOn = 127, ledOff = 0; // feedback for buttons: velocity or colour

    bool operator==(const MidiBinding&) const = default;
    bool sameControl(const MidiBinding& other) const; // both would hear one message
    std::string controlText() const;                  // "nanoKONTROL2 CC 0"
};

// What a pad's light is sent for a state.
struct PadLight {
    int value = 0;      // velocity or CC value: a colour
    int channel = 0;    // 1..16; 0: the binding's
    bool blink = false; // by switching between this and the light of an empty pad

    bool operator==(const PadLight&) const = default;
};
// Without a map of its own a device is taken to have plain lights: on for the scene that plays.
inline constexpr std::array<PadLight, kPadStates.size()> kPlainPadLights{
    PadLight{0, 0, false}, PadLight{0, 0, false}, PadLight{127, 0, false}, PadLight{127, 0, true}, PadLight{127, 0, true}};

struct MidiMap {
    std::string name, device;
    std::vector<std::vector<std::uint8_t>> init;
    std::array<PadLight, kPadStates.size()> padLights = kPlainPadLights; // by PadState
    std::vector<MidiBinding> bindings;
};
bool deviceMatches(std::string_view pattern, std::string_view port);

core::Result<MidiMap> readMidiMap(const std::filesystem::path& path, std::vector<core::Problem>* warnings = nullptr);
core::Result<MidiMap> parseMidiMap(const std::string& toml, const std::string& origin,
                                   std::vector<core::Problem>* warnings = nullptr);
std::string writeMidiMap(const MidiMap& map);
// The ready-made maps in dataDir("presets")/midi.
std::vector<MidiMap> factoryMidiMaps(std::vector<core::Problem>* problems = nullptr);
std::filesystem::path userMidiMapFile(); // configDir()/midi.toml

} // namespace titanus::controls
