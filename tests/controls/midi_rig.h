#pragma once
// A store with a mapper on it, played by bytes, as main does: events are applied at once.
#include "controls/midi_mapper.h"

#include <initializer_list>

namespace titanus::controls {

struct MidiRig {
    params::Store store;
    MidiMapper mapper;
    std::vector<params::ActionEvent> actions;
    std::vector<MidiClockEvent> clock;
    std::string device = "Box";
    double now = 0;

    int changes = 0; // parameter events of the last send()
    MidiMapper::Heard heard{};
    std::string control; // "CC 3"
    void send(std::initializer_list<int> bytes) {
        MidiMessage m;
        for (const int b : bytes) m.bytes[m.size++] = static_cast<std::uint8_t>(b);
        m.time = now;
        std::vector<ControlEvent> events;
        heard = mapper.handle(m, device, store, events, clock);
        control = mapper.controlOf(m, device);
        changes = 0;
        for (const ControlEvent& e : events) {
            if (e.kind == ControlEvent::Kind::Param) {
                store.apply(e.param);
                ++changes;
            } else if (e.kind == ControlEvent::Kind::Act) {
                actions.push_back(e.action);
            }
        }
    }
    void cc(int number, int value) { send({0xB0, number, value}); }
    void set(params::ParamIndex p, float value) { store.apply({p, value, params::Origin::Ui, now}); }
};

} // namespace titanus::controls
