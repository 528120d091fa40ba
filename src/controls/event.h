#pragma once
// What a hand, a controller or a network message asks for: one value on the channels io -> main.
// Sources only post events; main alone acts on them.
// Thread: any (value)   Ownership: none (trivially copyable)
#include "core/spsc.h"
#include "params/store.h"

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace titanus::controls {

struct ControlEvent {
    enum class Kind : std::uint8_t {
        Param,      // `param`
        Act,        // `action`
        Text,       // `text` becomes `chars`
        PresetName, // recall the preset called `chars`
        Query,      // somebody asks for `param.param`; answer with OscReceiver::answer
        TextQuery   // ... for `text`
    };
    Kind kind{};
    params::ParamChange param;
    // Param only: `param.value` is to be added, to the value or to the fader's travel; see resolve().
    enum class Relative : std::uint8_t { No, Value, Travel } relative{};
    params::ActionEvent action;
    params::TextIndex text;
    struct Endpoint { std::uint32_t address = 0; std::uint16_t port = 0; } replyTo; // host order
    std::array<char, 256> chars{};

    std::string_view string() const { return {chars.data(), ::strnlen(chars.data(), chars.size())}; }
    // False if it had to be cut; cuts between UTF-8 characters.
    bool setString(std::string_view value);
};
static_assert(std::is_trivially_copyable_v<ControlEvent>);
using ControlQueue = core::Spsc<ControlEvent>;

ControlEvent paramEvent(params::ParamIndex param, float value, params::Origin origin, double time);
ControlEvent actionEvent(params::Action action, int argument, params::Origin origin, double time);

// A relative change made absolute by where the parameter stands now; others as they are. Ends at the
// parameter's ends.
ControlEvent resolve(const ControlEvent& event, const params::Store& store);

// What the event moves, for people: "Zoom", "Scene 5", "Prompt 1".
std::string toldAs(const ControlEvent& event);

// Actions with an on and an off (blackout, freeze, UI, ...): argument 1 on, 0 off, -1 toggle.
bool isSwitch(params::Action action);
// The argument when none is given: -1 for switches and for storing and clearing scenes (the next
// pad pressed is meant), else 0.
int defaultArgument(params::Action action);

} // namespace titanus::controls
