// Lights and motors of controllers: what the mapper sends back.
#include "controls/midi_mapper.h"

#include "controls/midi_shape.h"

namespace titanus::controls {
using detail::positionFor;
using detail::rawOf;
using params::ParamIndex;

namespace {

constexpr double kMotorQuiet = 0.2;    // seconds without a hand before a motor may move
constexpr double kBlinkSeconds = 0.25; // on, and off

} // namespace

// Of the ready-made map for the device: a user's bindings light its pads too.
const std::array<PadLight, kPadStates.size()>& MidiMapper::padLights(std::string_view device) const {
    for (const MidiMap& map : factory_)
        if (!map.device.empty() && deviceMatches(map.device, device)) return map.padLights;
    return kPlainPadLights;
}

std::vector<std::vector<std::uint8_t>> MidiMapper::feedback(std::string_view device, const params::Store& store,
                                                            const SwitchState& state, double now) {
    std::vector<std::vector<std::uint8_t>> out;
    const auto& pads = padLights(device);
    const bool blinkOff = std::fmod(std::max(now, 0.0), 2 * kBlinkSeconds) >= kBlinkSeconds;
    for (const Slot& slot : slots_) {
        const MidiBinding& b = slot.binding;
        if (!deviceMatches(b.device, device) || b.type == MidiType::Program) continue;
        const auto* action = std::get_if<ActionTarget>(&b.target);
        const auto* param = std::get_if<ParamIndex>(&b.target);
        const bool button = action || b.type == MidiType::Note || b.mode == MidiMode::Toggle || b.mode == MidiMode::Hold ||
                            b.mode == MidiMode::Trigger;
        const bool wide = b.type == MidiType::Cc14 || b.type == MidiType::Nrpn || b.type == MidiType::Bend;
        const int ownChannel = std::max(b.channel, 1) - 1;
        int raw = 0, channel = ownChannel;
        if (action && action->action == params::Action::SceneRecall && action->argument >= 0 && action->argument < kScenePads) {
            const PadState shown = state.pads[static_cast<std::size_t>(action->argument)];
            const PadLight* light = &pads[static_cast<std::size_t>(shown)];
            if (light->blink && blinkOff) light = &pads[static_cast<std::size_t>(PadState::Empty)];
            raw = light->value;
            if (light->channel > 0) channel = light->channel - 1;
        } else if (button) {
            const bool on = action ? isOn(state, action->action, action->argument).value_or(false) : positionFor(b, *param, store[*param]) > 0.5f;
            raw = on ? b.ledOn : b.ledOff;
        } else {
            if (now - slot.moved < kMotorQuiet) continue;
            raw = rawOf(positionFor(b, *param, store[*param]), wide ? 16383 : 127);
        }
        const auto [light, fresh] = lights_.try_emplace(
            {std::string(device), {static_cast<int>(b.type), ownChannel, b.number}}, -1);
        if (light->second == (channel << 16 | raw)) continue;
        light->second = channel << 16 | raw;
        const auto byte = [](int v) { return static_cast<std::uint8_t>(v); };
        const int high = raw >> 7, low = raw & 0x7F;
        switch (b.type) {
        case MidiType::Note: out.push_back({byte(0x90 | channel), byte(b.number), byte(raw)}); break;
        case MidiType::Bend: out.push_back({byte(0xE0 | channel), byte(low), byte(high)}); break;
        case MidiType::Cc14:
            out.push_back({byte(0xB0 | channel), byte(b.number), byte(button ? raw : high)});
            if (!button) out.push_back({byte(0xB0 | channel), byte(b.number + 32), byte(low)});
            break;
        case MidiType::Nrpn: // which one, then its data
            out.push_back({byte(0xB0 | channel), 99, byte(b.number >> 7)});
            out.push_back({byte(0xB0 | channel), 98, byte(b.number & 0x7F)});
            out.push_back({byte(0xB0 | channel), 6, byte(button ? raw : high)});
            if (!button) out.push_back({byte(0xB0 | channel), 38, byte(low)});
            break;
        default: out.push_back({byte(0xB0 | channel), byte(b.number), byte(raw)}); break;
        }
    }
    return out;
}

std::vector<std::vector<std::uint8_t>> MidiMapper::deviceOpened(std::string_view device) {
    std::erase_if(lights_, [&](const auto& light) { return light.first.first == device; });
    for (Slot& slot : slots_) // where its faders stand is not known any more
        if (deviceMatches(slot.binding.device, device)) {
            slot.position.reset();
            slot.synced = slot.pressed = false;
        }
    std::erase_if(held_, [&](const HeldPad& h) { return h.device == device; });
    if (blendOn_ == device) blendOn_.clear();
    std::vector<std::vector<std::uint8_t>> out;
    for (const MidiMap& map : factory_)
        if (!map.device.empty() && deviceMatches(map.device, device)) out.insert(out.end(), map.init.begin(), map.init.end());
    return out;
}

} // namespace titanus::controls
