#include "controls/midi_mapper.h"

#include "controls/midi_shape.h"

#include <algorithm>
#include <cmath>

namespace titanus::controls {
using detail::position;
using detail::Range;
using detail::rangeOf;
using detail::wanted;
using params::ParamIndex;

namespace {

constexpr float kNear = 3.f / 128;    // Mixxx: where a control meets its value
constexpr float kScaleGain = 4;       // largest ratio of value to hand in scaled takeover

bool isRelative(MidiMode mode) {
    return mode == MidiMode::Relative || mode == MidiMode::RelativeTwos || mode == MidiMode::RelativeOffset ||
           mode == MidiMode::RelativeSign;
}

int steps(MidiMode mode, int raw) {
    switch (mode) {
    case MidiMode::RelativeOffset: return raw - 64;
    case MidiMode::RelativeSign: return raw > 64 ? -(raw - 64) : raw;
    case MidiMode::RelativeTwos: return raw > 64 ? raw - 128 : raw;
    default: return raw <= 64 ? raw : raw >= 96 ? raw - 128 : -(raw - 64); // either, while small
    }
}

} // namespace

void MidiMapper::setBindings(std::vector<MidiBinding> user) {
    user_ = std::move(user);
    rebuild();
}

void MidiMapper::setFactoryMaps(std::vector<MidiMap> maps) {
    factory_ = std::move(maps);
    rebuild();
}

void MidiMapper::removeBinding(std::size_t userIndex) {
    if (userIndex >= user_.size()) return;
    user_.erase(user_.begin() + static_cast<std::ptrdiff_t>(userIndex));
    rebuild();
}

bool MidiMapper::setBinding(std::size_t userIndex, MidiBinding binding) {
    if (userIndex >= user_.size()) return false;
    user_[userIndex] = std::move(binding);
    rebuild();
    return true;
}

std::size_t MidiMapper::addBinding(MidiBinding binding) {
    user_.push_back(std::move(binding));
    rebuild();
    return user_.size() - 1;
}

// Controls that stay bound keep their state: learning one fader does not unsettle the others.
void MidiMapper::rebuild() {
    ++revision_;
    std::vector<Slot> before = std::move(slots_);
    slots_.clear();
    for (const MidiBinding& b : user_) slots_.push_back({.binding = b, .user = true});
    const std::size_t users = slots_.size();
    for (const MidiMap& map : factory_)
        for (const MidiBinding& b : map.bindings) {
            const bool taken = std::any_of(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(users),
                                           [&](const Slot& s) { return s.binding.sameControl(b); });
            if (!taken) slots_.push_back({.binding = b, .user = false});
        }
    const auto sameUse = [](const MidiBinding& a, const MidiBinding& b) {
        return a.device == b.device && a.channel == b.channel && a.type == b.type && a.number == b.number && a.target == b.target;
    };
    for (Slot& slot : slots_)
        for (const Slot& old : before) {
            if (old.binding == slot.binding) {
                const bool user = slot.user;
                slot = old;
                slot.user = user;
                break;
            }
            if (sameUse(old.binding, slot.binding)) { // edited: it stands where it stood
                slot.moves = old.moves;
                slot.position = old.position;
                slot.pressed = old.pressed;
                slot.moved = old.moved;
            }
        }
    lights_.clear();
}

std::vector<MidiBinding> MidiMapper::activeBindings() const {
    std::vector<MidiBinding> out;
    for (const Slot& slot : slots_) out.push_back(slot.binding);
    return out;
}

std::vector<MidiBinding> MidiMapper::readyMade(const std::vector<std::string>& devices) const {
    std::vector<MidiBinding> out;
    for (const Slot& slot : slots_)
        if (!slot.user && std::any_of(devices.begin(), devices.end(), [&](const std::string& name) { return deviceMatches(slot.binding.device, name); }))
            out.push_back(slot.binding);
    return out;
}

std::vector<std::pair<std::size_t, std::size_t>> MidiMapper::conflicts() const {
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for (std::size_t i = 0; i < user_.size(); ++i)
        for (std::size_t j = i + 1; j < user_.size(); ++j)
            if (user_[i].sameControl(user_[j])) out.emplace_back(i, j);
    return out;
}

// ---- bytes -> inputs ---------------------------------------------------------------------------

void MidiMapper::decode(const MidiMessage& m, std::string_view device, std::vector<Input>& out) {
    const int channel = m.channel(), a = m.bytes[1] & 0x7F, b = m.bytes[2] & 0x7F;
    switch (m.status()) {
    case 0x80:
    case 0x90: {
        if (m.size < 3) return;
        const bool on = m.status() == 0x90 && b > 0; // velocity 0 is note off
        out.push_back({MidiType::Note, channel, a, on ? position(b, 127) : 0.f, on ? b : 0, on});
        return;
    }
    case 0xB0: break;
    case 0xC0:
        if (m.size >= 2) out.push_back({MidiType::Program, channel, 0, position(a, 127), a, true});
        return;
    case 0xE0:
        if (m.size >= 3) out.push_back({MidiType::Bend, channel, 0, position(b << 7 | a, 16383), b << 7 | a, true});
        return;
    default: return;
    }
    if (m.size < 3) return;
    out.push_back({MidiType::Cc, channel, a, position(b, 127), b, b >= 64});
    Wide& wide = wide_[{std::string(device), channel}];
    if (a < 32) {
        // A device that never sends the lower half has 7 bits; one that does is heard at the lower
        // half, or the value would step back and forth.
        wide.msb[static_cast<std::size_t>(a)] = b;
        if (!wide.hasLsb[static_cast<std::size_t>(a)])
            out.push_back({MidiType::Cc14, channel, a, position(b, 127), b << 7, b >= 64});
    } else if (a < 64) {
        const auto n = static_cast<std::size_t>(a - 32);
        wide.hasLsb[n] = true;
        if (wide.msb[n] >= 0) {
            const int raw = wide.msb[n] << 7 | b;
            out.push_back({MidiType::Cc14, channel, a - 32, position(raw, 16383), raw, raw >= 8192});
        }
    }
    const auto nrpn = [&](int raw, int largest) {
        out.push_back({MidiType::Nrpn, channel, wide.nrpnMsb << 7 | wide.nrpnLsb, position(raw, largest), raw, raw > largest / 2});
    };
    const bool selected = wide.nrpnMsb >= 0 && wide.nrpnLsb >= 0;
    switch (a) {
    case 99: wide.nrpnMsb = b; break;
    case 98: wide.nrpnLsb = b; break;
    case 100:
    case 101: wide.nrpnMsb = wide.nrpnLsb = -1; break; // a registered parameter: not ours
    case 6:
        wide.dataMsb = b;
        if (selected && !wide.fine.contains(wide.nrpnMsb << 7 | wide.nrpnLsb)) nrpn(b, 127);
        break;
    case 38:
        if (!selected) break;
        wide.fine.insert(wide.nrpnMsb << 7 | wide.nrpnLsb);
        nrpn(wide.dataMsb << 7 | b, 16383);
        break;
    default: break;
    }
}

MidiMapper::Heard MidiMapper::handle(const MidiMessage& m, std::string_view device, const params::Store& store,
                                     std::vector<ControlEvent>& events, std::vector<MidiClockEvent>& clock) {
    if (m.size == 0 || m.bytes[0] < 0x80) return Heard::Nothing;
    using Clock = MidiClockEvent::Kind;
    switch (m.bytes[0]) {
    case 0xF8: clock.push_back({Clock::Tick, m.time, 0}); return Heard::Nothing;
    case 0xFA: clock.push_back({Clock::Start, m.time, 0}); return Heard::Nothing;
    case 0xFB: clock.push_back({Clock::Continue, m.time, 0}); return Heard::Nothing;
    case 0xFC: clock.push_back({Clock::Stop, m.time, 0}); return Heard::Nothing;
    case 0xF2: // in sixteenths
        if (m.size >= 3) clock.push_back({Clock::SongPosition, m.time, (m.bytes[1] | m.bytes[2] << 7) / 4.0});
        return Heard::Nothing;
    default: break;
    }
    if (m.bytes[0] >= 0xF0) return Heard::Nothing;
    if (armed_) {
        learn(m, device);
        return Heard::Learned;
    }
    std::vector<Input> inputs;
    decode(m, device, inputs);
    const std::size_t before = events.size();
    bool bound = false, fader = false, press = false;
    for (const Input& input : inputs) {
        press = press || input.press || input.type == MidiType::Cc;
        for (Slot& slot : slots_) {
            const MidiBinding& b = slot.binding;
            if (b.type != input.type || b.number != input.number || (b.channel != 0 && b.channel != input.channel) ||
                !deviceMatches(b.device, device))
                continue;
            bound = true;
            fader = fader || (b.mode == MidiMode::Absolute && input.type != MidiType::Note && std::holds_alternative<ParamIndex>(b.target));
            drive(slot, input, device, m.time, store, events);
        }
    }
    if (events.size() > before) return Heard::Moved;
    if (bound) return fader ? Heard::Waits : Heard::Nothing;
    return press && !isPartOfWide(m, device) ? Heard::Unbound : Heard::Nothing;
}

// One half of a 14-bit control that is bound, or the choice or value of an NRPN.
bool MidiMapper::isPartOfWide(const MidiMessage& m, std::string_view device) const {
    if (m.status() != 0xB0) return false;
    const int a = m.bytes[1] & 0x7F;
    if (a == 6 || a == 38 || (a >= 96 && a <= 101)) return true;
    return std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
        return slot.binding.type == MidiType::Cc14 && (a == slot.binding.number || a == slot.binding.number + 32) && deviceMatches(slot.binding.device, device);
    });
}

std::string MidiMapper::controlOf(const MidiMessage& m, std::string_view device) const {
    const int number = m.bytes[1] & 0x7F;
    switch (m.status()) {
    case 0x80:
    case 0x90: return controlName(MidiType::Note, number);
    case 0xC0: return controlName(MidiType::Program, number);
    case 0xE0: return controlName(MidiType::Bend, number);
    default: break;
    }
    const auto wide = wide_.find(std::pair{std::string(device), m.channel()});
    if (wide != wide_.end() && (number == 6 || number == 38) && wide->second.nrpnMsb >= 0 && wide->second.nrpnLsb >= 0)
        return controlName(MidiType::Nrpn, wide->second.nrpnMsb << 7 | wide->second.nrpnLsb);
    return controlName(MidiType::Cc, number);
}

// ---- inputs -> events --------------------------------------------------------------------------

// What the pad of a scene asks for: its recall, the blend with one that is held, that blend's end.
int MidiMapper::padsArgument(int pad, bool press, std::string_view device) {
    constexpr int kNothing = -1;
    std::erase(held_, HeldPad{std::string(device), pad});
    const auto other = std::find_if(held_.begin(), held_.end(), [&](const HeldPad& h) { return h.device == device; });
    if (press) {
        const int first = other == held_.end() ? pad : other->pad;
        held_.push_back({std::string(device), pad});
        if (first == pad) return pad;
        blendOn_ = device;
        return blendArgument({first, pad});
    }
    if (other != held_.end() || blendOn_ != device) return kNothing;
    blendOn_.clear();
    return kBlendEnd;
}

void MidiMapper::drive(Slot& slot, const Input& input, std::string_view device, double time, const params::Store& store,
                       std::vector<ControlEvent>& events) {
    slot.moved = time;
    if (slot.moves.first != device || slot.moves.second != input.channel) { // another fader on the same binding stands elsewhere
        slot.moves = {std::string(device), input.channel};
        slot.position.reset();
        slot.synced = false;
    }
    const bool pressedBefore = slot.pressed;
    slot.pressed = input.press;
    const bool edge = input.type == MidiType::Program || (input.press && (!pressedBefore || input.type == MidiType::Note));
    const bool released = !input.press && pressedBefore;
    const MidiBinding& b = slot.binding;
    if (const auto* target = std::get_if<ActionTarget>(&b.target)) {
        int argument = target->argument;
        if (isRelative(b.mode)) {
            if (steps(b.mode, input.raw) <= 0) return; // one turn to the right, one act
        } else if (b.mode == MidiMode::Hold && isSwitch(target->action)) {
            if (!edge && !released) return;
            argument = edge ? 1 : 0;
        } else if (target->action == params::Action::SceneRecall && argument >= 0 && input.type != MidiType::Program) {
            if (!edge && !released) return;
            argument = padsArgument(argument, edge, device);
            if (argument < 0) return;
        } else if (!edge) {
            return;
        }
        const bool numbered = target->action == params::Action::PresetRecall || target->action == params::Action::SceneRecall;
        if (input.type == MidiType::Program && numbered) argument += input.raw;
        events.push_back(actionEvent(target->action, argument, params::Origin::Midi, time));
        return;
    }
    const auto param = std::get<ParamIndex>(b.target);
    const auto& row = params::row(param);
    const auto set = [&](float travel) {
        const float value = params::fromTravel(row, travel);
        slot.written = value;
        events.push_back(paramEvent(param, value, params::Origin::Midi, time));
    };
    if (isRelative(b.mode)) {
        // A detent is 1/128 of the way, or one whole step of whole numbers and choices.
        const Range r = rangeOf(b, param);
        const float span = row.kind == params::Kind::Float ? 1.f / 128 : std::max(1.f / 128, 1 / (row.max - row.min));
        const float here = params::toTravel(row, store[param]);
        if (slot.written != store[param]) slot.remainder = 0;
        const float there = here + slot.remainder + static_cast<float>(steps(b.mode, input.raw)) * span * (r.high - r.low);
        const float inside = std::clamp(there, std::min({r.low, r.high, here}), std::max({r.low, r.high, here}));
        set(inside);
        slot.remainder = row.kind == params::Kind::Float ? 0 : inside - params::toTravel(row, *slot.written);
        return;
    }
    switch (b.mode) {
    case MidiMode::Toggle:
        if (edge) {
            const float off = wanted(b, param, 0), on = wanted(b, param, 1), here = params::toTravel(row, store[param]);
            set(std::abs(here - on) < std::abs(here - off) ? off : on);
        }
        return;
    case MidiMode::Hold:
        if (edge) set(wanted(b, param, 1));
        if (released) set(wanted(b, param, 0));
        return;
    case MidiMode::Trigger:
        if (edge) set(wanted(b, param, 1));
        return;
    default: break;
    }
    if (input.type == MidiType::Note) { // velocity: a stroke, nothing to pick up
        if (edge) set(wanted(b, param, input.position));
        return;
    }
    takeOver(slot, param, input.position, time, store, events);
}

void MidiMapper::takeOver(Slot& slot, ParamIndex param, float now, double time, const params::Store& store,
                          std::vector<ControlEvent>& events) {
    const MidiBinding& b = slot.binding;
    const auto& row = params::row(param);
    const std::optional<float> before = slot.position;
    slot.position = now;
    const float hand = wanted(b, param, now), here = params::toTravel(row, store[param]);
    const auto set = [&](float travel) {
        const float value = params::fromTravel(row, travel);
        slot.written = value;
        events.push_back(paramEvent(param, value, params::Origin::Midi, time));
    };
    const bool ours = slot.written == store[param]; // nobody else moved it since
    if (!ours) slot.synced = slot.leading = false;
    const Range r = rangeOf(b, param);
    const float low = std::min(r.low, r.high), high = std::max(r.low, r.high);
    // A value outside the binding's range can never be met: it is led back.
    slot.leading = slot.leading || here < low || here > high;
    const bool scaled = b.takeover == Takeover::Scale || slot.leading;
    const float near = scaled && before ? kNear / 6 : kNear; // scaled, they meet exactly
    if (b.takeover == Takeover::Jump || (slot.synced && ours) || std::abs(hand - here) <= near) {
        slot.synced = true;
        slot.leading = false;
        set(hand);
        return;
    }
    if (!before) return; // the first message tells only where the control is
    const float handBefore = wanted(b, param, *before);
    if ((handBefore - here) * (hand - here) <= 0) { // went past the value
        slot.synced = true;
        set(hand);
        return;
    }
    if (!scaled) return;
    const float end = hand > handBefore ? high : low;
    const float way = end - handBefore;
    if (way == 0) return;
    // Near the end of its way a small move would drag a far value along: no faster than 4 to 1.
    const float most = kScaleGain * std::abs(hand - handBefore);
    const float next = here + std::clamp((end - here) * (hand - handBefore) / way, -most, most);
    set(next);
    slot.synced = hand == end && next == end;
    if (slot.synced) slot.leading = false;
}

std::vector<MidiMapper::Waiting> MidiMapper::waiting(const params::Store& store) const {
    std::vector<Waiting> out;
    for (const Slot& slot : slots_) {
        const auto* param = std::get_if<ParamIndex>(&slot.binding.target);
        if (!param || !slot.position || slot.binding.mode != MidiMode::Absolute || slot.binding.takeover == Takeover::Jump ||
            slot.binding.type == MidiType::Note)
            continue;
        const float hand = wanted(slot.binding, *param, *slot.position);
        const bool ours = slot.synced && slot.written == store[*param];
        if (!ours && std::abs(hand - params::toTravel(params::row(*param), store[*param])) > kNear)
            out.push_back({*param, hand});
    }
    return out;
}

// ---- learning ----------------------------------------------------------------------------------

void MidiMapper::arm(MidiTarget target) {
    armed_ = target;
    candidate_.reset();
}

void MidiMapper::disarm() {
    armed_.reset();
    candidate_.reset();
}

std::optional<Learned> MidiMapper::takeLearned() { return std::exchange(learned_, std::nullopt); }

// Buttons bind at once. A continuous control binds with its second message, which tells what it
// is: the other half of 14 bits, an NRPN, an encoder (which repeats its value) or a plain fader.
void MidiMapper::learn(const MidiMessage& m, std::string_view device) {
    const bool forAction = std::holds_alternative<ActionTarget>(*armed_);
    const auto* param = std::get_if<ParamIndex>(&*armed_);
    const bool forSwitch = forAction || params::row(*param).kind == params::Kind::Bool;
    MidiBinding b{.device = std::string(device), .channel = m.channel(), .target = *armed_};
    const auto button = [&] { b.mode = forAction ? MidiMode::Trigger : forSwitch ? MidiMode::Toggle : MidiMode::Hold; };
    switch (m.status()) {
    case 0x90:
        if (m.size < 3 || m.bytes[2] == 0) return;
        b.type = MidiType::Note;
        b.number = m.bytes[1];
        button();
        return bindLearned(std::move(b));
    case 0xC0:
        if (!forAction) return;
        b.type = MidiType::Program;
        b.mode = MidiMode::Trigger;
        return bindLearned(std::move(b));
    case 0xE0:
        b.type = MidiType::Bend;
        if (forAction) b.mode = MidiMode::Trigger;
        return bindLearned(std::move(b));
    case 0xB0: break;
    default: return;
    }
    if (m.size < 3) return;
    const int number = m.bytes[1], value = m.bytes[2];
    b.number = number;
    if (forSwitch && value == 127 && number != 98 && number != 99) {
        button();
        return bindLearned(std::move(b));
    }
    if (!candidate_ || candidate_->device != device || candidate_->message.channel() != m.channel()) {
        candidate_ = Candidate{m, std::string(device)};
        return;
    }
    const int first = candidate_->message.bytes[1], firstValue = candidate_->message.bytes[2];
    const bool selecting = number == 98 || number == 99;
    if (first == 99 || first == 98) {
        // 99, 98, 6: the number is known once both halves came.
        if (selecting) {
            candidate_->message.bytes[0] = static_cast<std::uint8_t>(0xB0 | (m.channel() - 1));
            candidate_->nrpn = first == number ? -1 : first == 99 ? firstValue << 7 | value : value << 7 | firstValue;
        } else if ((number == 6 || number == 38) && candidate_->nrpn >= 0) {
            b.type = MidiType::Nrpn;
            b.number = candidate_->nrpn;
            bindLearned(std::move(b));
        }
        return;
    }
    if (number == first + 32 && first < 32) {
        b.type = MidiType::Cc14;
        b.number = first;
        return bindLearned(std::move(b));
    }
    if (number != first) {
        candidate_ = Candidate{m, std::string(device)};
        return;
    }
    if (value == firstValue) // turned to the right: 65 says offset, 1 two's complement or sign bit
        b.mode = value >= 64 ? MidiMode::RelativeOffset : MidiMode::Relative;
    else if (forAction)
        b.mode = MidiMode::Trigger;
    bindLearned(std::move(b));
}

void MidiMapper::bindLearned(MidiBinding binding) {
    Learned learned{binding, {}};
    std::erase_if(user_, [&](const MidiBinding& old) {
        if (!old.sameControl(binding)) return false;
        if (old.target != binding.target) learned.replaced.push_back(old.target);
        return true;
    });
    for (const Slot& slot : slots_)
        if (!slot.user && slot.binding.sameControl(binding) && slot.binding.target != binding.target)
            learned.replaced.push_back(slot.binding.target);
    user_.push_back(std::move(binding));
    learned_ = std::move(learned);
    disarm();
    rebuild();
}

} // namespace titanus::controls
