#pragma once
// OSC over UDP. In: every parameter at /titanus/<id> in its unit (dots or slashes between the
// parts), /titanus/travel/<id> as a fader 0..1, actions at /titanus/action.<name>, prompts at
// /titanus/prompt.<n>.text, /titanus/preset with a number from 1 or a name, /titanus/scene,
// /titanus/scene_store, /titanus/scene_clear with a pad from 1, /titanus/scene_blend with two pads to
// blend between by /titanus/scene.blend (one: from what plays; 0: it ends). A parameter or travel with
// "+" or "-" and a number moves by so much; the string "?" asks a parameter or a prompt, and whoever asked is answered.
// Out: values and switches that changed, to a set host; what the analysis hears, for other programs.
// OSCQuery (the tree as JSON over HTTP) is not offered: no HTTP library of the distribution is used
// elsewhere here; `titanus params` prints the same tree, and feedback sends every value at the start.
// Bound to loopback unless told otherwise. Whatever arrives cannot do more than post an event:
// packets that are damaged, unknown or of the wrong type are counted.
// Thread: OscReceiver owns one io thread, joined by its destructor; all methods: main
#include "controls/event.h"
#include "controls/switch_state.h"
#include "core/clock.h"
#include "core/result.h"

#include <array>
#include <memory>
#include <string>

namespace titanus::controls {

struct HostPort { std::string host = "127.0.0.1"; int port = 0; };
// "9000", ":9000", "0.0.0.0:9000". Errors: UsageError.
core::Result<HostPort> parseHostPort(std::string_view text);

class OscReceiver {
  public:
    // Errors: OscBindFailed.
    static core::Result<std::unique_ptr<OscReceiver>> open(const HostPort& at, const core::Clock& clock);
    ~OscReceiver();
    OscReceiver(const OscReceiver&) = delete;
    OscReceiver& operator=(const OscReceiver&) = delete;

    // The next event, relative ones made absolute by the store: apply it before the next call.
    bool pop(ControlEvent& event, const params::Store& store);
    // Without a store relative events cannot be meant and are counted as rejected.
    bool pop(ControlEvent& event);
    // To a Query or TextQuery, from the port that was asked. False: the event is none.
    bool answer(const ControlEvent& event, const params::Store& store);
    std::uint64_t received() const; // messages understood
    std::uint64_t rejected() const; // packets or messages that were not
    std::uint64_t ignored() const;  // well-formed messages outside /titanus
    std::uint64_t dropped() const;  // events that found the queue full

  private:
    struct Impl;
    explicit OscReceiver(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// What the analysis hears, as plain numbers.
struct SoundReport {
    float level = 0;
    std::array<float, 7> bands{};                 // sub .. air
    std::array<std::uint64_t, 4> onsets{};        // running totals: onset kick snare hat
    std::array<float, 4> strength{};              // of the last of each
    std::int64_t beat = 0;                        // running number
    int beatInBar = 0;                            // from 0
    float bpm = 0;
};

class OscSender {
  public:
    // Errors: UsageError if the host has no address.
    static core::Result<std::unique_ptr<OscSender>> open(const HostPort& to);
    ~OscSender();
    OscSender(const OscSender&) = delete;
    OscSender& operator=(const OscSender&) = delete;

    // Call each frame; sends at most 30 times a second: parameters, prompts and switches that
    // changed. What came by OSC is sent back 0.25 s after its last change, not under the finger.
    void feedback(const params::Store& store, double now);
    void sendAll(); // everything, at the next feedback() and pads()
    // States of scene pads that changed, as "/titanus/pad/5" "active".
    void pads(const PadStates& states);
    // Actions with an on and an off that changed, as "/titanus/action.blackout" true; the preset that
    // plays as "/titanus/preset" and its number from 1, 0: none of the bank.
    void switches(const SwitchState& state);
    // Levels and bands at most 60 times a second, onsets and beats as they come.
    void broadcast(const SoundReport& sound, double now);
    std::uint64_t sent() const;   // packets
    std::uint64_t failed() const; // packets the system refused

  private:
    struct Impl;
    explicit OscSender(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace titanus::controls
