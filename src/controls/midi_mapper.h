#pragma once
// MIDI messages -> events, by bindings; pure but for the controls' last positions.
//
// Soft takeover: a control takes a value over only where control and value meet, so a recall
// never makes a fader throw a value. Pickup: the fader is ignored until it crosses the value or
// comes within 3/128 of it. Scale: each move shortens the value's remaining way to the end by the
// share that the fader's way was shortened, by 4 to 1 at most, until they meet. Jump: at once. As long as
// the value is what this control wrote last, every move is accepted, however fast.
// Law: one message never changes a value by more than the hand's move (scaled: four times that)
// + 3/128 of travel.
//
// A scene's pad pressed while another one of the same device is held asks for the blend between both
// (pads.h); the last of them let go asks for its end.
//
// Thread: main   Ownership: bindings, positions   Behaviour of pickup after Mixxx, re-implemented
#include "controls/event.h"
#include "controls/midi_map.h"
#include "controls/midi_message.h"
#include "controls/switch_state.h"

#include <functional>
#include <map>
#include <set>

namespace titanus::controls {

struct Learned {
    MidiBinding binding;
    std::vector<MidiTarget> replaced; // what the same control did before, now unbound
};

class MidiMapper {
  public:
    // User bindings win over a ready-made map's binding of the same control.
    void setBindings(std::vector<MidiBinding> user);
    void setFactoryMaps(std::vector<MidiMap> maps);
    const std::vector<MidiBinding>& bindings() const { return user_; }
    std::uint64_t revision() const { return revision_; } // counts up with every change of a binding
    std::vector<MidiBinding> activeBindings() const; // user's and ready-made
    // Of the ready-made maps, in force for one of these devices: shown, and copied to be edited.
    std::vector<MidiBinding> readyMade(const std::vector<std::string>& devices) const;
    void removeBinding(std::size_t userIndex);
    // A binding edited in the UI: another range, curve, takeover, control. False: no such binding.
    // A fader whose control and target stay must be picked up again, and is not forgotten.
    bool setBinding(std::size_t userIndex, MidiBinding binding);
    // Adds one, for instance a copy of a ready-made binding to be edited; returns its index.
    std::size_t addBinding(MidiBinding binding);
    // Pairs of user bindings that one control drives both: shown, not forbidden.
    std::vector<std::pair<std::size_t, std::size_t>> conflicts() const;

    // What became of a message: of nobody's concern (clock, a button let go), bound by learn or about
    // to be, moved something, of a fader that waits to be picked up, of a control without a binding.
    enum class Heard : std::uint8_t { Nothing, Learned, Moved, Waits, Unbound };
    // One message of the device called `device`. Apply the events to the store before the next
    // call: takeover looks at the store. While learning, the message binds instead of acting.
    Heard handle(const MidiMessage& message, std::string_view device, const params::Store& store,
                std::vector<ControlEvent>& events, std::vector<MidiClockEvent>& clock);

    // The control that sent the message: "CC 3", "note 36"; call after handle().
    std::string controlOf(const MidiMessage& message, std::string_view device) const;

    // Learn: the next control moved is bound to the target with its whole range. Turn endless
    // encoders to the right.
    void arm(MidiTarget target);
    void disarm();
    const std::optional<MidiTarget>& armed() const { return armed_; }
    std::optional<Learned> takeLearned();

    // Messages that bring the lights and motors of `device` up to date; only what changed since
    // the last call, whoever changed it: call each frame. A control moved within 0.2 s is left
    // alone. Pads bound to action.scene show their scene's state; those that blink here do so at
    // 2 Hz of `now`.
    std::vector<std::vector<std::uint8_t>> feedback(std::string_view device, const params::Store& store,
                                                    const SwitchState& state, double now);
    // The device is new: its map's init messages; the next feedback() sends everything.
    std::vector<std::vector<std::uint8_t>> deviceOpened(std::string_view device);

    // For the UI: does the control wait to be picked up, and where it stands (travel 0..1)?
    struct Waiting { params::ParamIndex param; float position = 0; };
    std::vector<Waiting> waiting(const params::Store& store) const;

  private:
    struct Slot { // an active binding and the state of its control
        MidiBinding binding;
        bool user = true;
        std::pair<std::string, int> moves{}; // device and channel that moved it last: a binding may hear several
        std::optional<float> position{}; // of that control, 0..1
        std::optional<float> written{};  // value this control put into the store
        bool synced = false;
        bool leading = false;           // back from outside the binding's range, as by Scale
        bool pressed = false;
        float remainder = 0;            // of relative steps on whole numbers
        double moved = -1e9;
    };
    struct Wide { // 14-bit and NRPN assembly of a device's channel
        std::array<int, 32> msb; std::array<bool, 32> hasLsb{};
        int nrpnMsb = -1, nrpnLsb = -1, dataMsb = 0;
        std::set<int> fine; // NRPNs that send the lower half: heard with it, or the value would step back and forth
        Wide() { msb.fill(-1); }
    };
    const std::array<PadLight, kPadStates.size()>& padLights(std::string_view device) const;
    struct Input { MidiType type; int channel, number; float position; int raw; bool press; };

    void rebuild();
    int padsArgument(int pad, bool press, std::string_view device);
    void decode(const MidiMessage& message, std::string_view device, std::vector<Input>& out);
    void drive(Slot& slot, const Input& input, std::string_view device, double time, const params::Store& store,
               std::vector<ControlEvent>& events);
    void takeOver(Slot& slot, params::ParamIndex param, float position, double time,
                  const params::Store& store, std::vector<ControlEvent>& events);
    bool isPartOfWide(const MidiMessage& message, std::string_view device) const;
    void learn(const MidiMessage& message, std::string_view device);
    void bindLearned(MidiBinding binding);

    std::uint64_t revision_ = 0;
    std::vector<MidiBinding> user_;
    std::vector<MidiMap> factory_;
    std::vector<Slot> slots_;
    std::map<std::pair<std::string, int>, Wide, std::less<>> wide_;
    std::map<std::pair<std::string, std::array<int, 3>>, int> lights_; // last sent: channel << 16 | value
    struct HeldPad { std::string device; int pad = 0; bool operator==(const HeldPad&) const = default; };
    std::vector<HeldPad> held_; // bound to action.scene, in the order of pressing
    std::string blendOn_;       // device whose two pads asked for a blend and are still held
    std::optional<MidiTarget> armed_;
    std::optional<Learned> learned_;
    struct Candidate { MidiMessage message; std::string device; int nrpn = -1; };
    std::optional<Candidate> candidate_;
};

} // namespace titanus::controls
