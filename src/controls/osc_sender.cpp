#include "controls/osc.h"

#include "controls/osc_message.h"

#include <fmt/format.h>
#include <oscpack/ip/UdpSocket.h>
#include <oscpack/osc/OscOutboundPacketStream.h>

#include <array>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;

namespace {

constexpr std::size_t kPacket = 1400;        // below the usual MTU: never fragmented
constexpr double kFeedbackSeconds = 1.0 / 30, kSoundSeconds = 1.0 / 60;
constexpr double kSettledSeconds = 0.25;     // echo to a finger that still moves would fight it

constexpr std::array<std::string_view, 4> kOnsetNames{"onset", "kick", "snare", "hat"};

} // namespace

// The two sockets send without waiting: a UDP packet is handed to the system or refused.
struct OscSender::Impl {
    explicit Impl(const IpEndpointName& to) : target(to), socket(to) {}

    // Collects messages in bundles that fit a packet.
    struct Bundle {
        Impl& impl;
        std::array<char, kPacket> buffer;
        osc::OutboundPacketStream stream{buffer.data(), buffer.size()};
        bool open = false;

        explicit Bundle(Impl& owner) : impl(owner) {}
        ~Bundle() { flush(); }
        template <class Write> void add(std::size_t bytes, Write&& write) {
            if (open && stream.Size() + bytes + 32 > kPacket) flush();
            if (!open) {
                stream << osc::BeginBundleImmediate;
                open = true;
            }
            write(stream);
        }
        void flush() {
            if (!open) return;
            stream << osc::EndBundle;
            impl.send(stream);
            stream.Clear();
            open = false;
        }
    };

    void send(const osc::OutboundPacketStream& stream) {
        try {
            socket.Send(stream.Data(), stream.Size());
            ++sent;
        } catch (const std::exception&) {
            ++failed;
        }
    }

    IpEndpointName target;
    UdpTransmitSocket socket;
    std::array<float, params::kParamCount> values{}, pending{};
    std::array<double, params::kParamCount> changed{};
    std::shared_ptr<const params::TextTable> texts;
    bool everything = true, everyPad = true, everySwitch = true;
    PadStates padStates{};
    SwitchState switchState{};
    double lastFeedback = -1e9, lastSound = -1e9;
    std::array<std::uint64_t, 4> onsets{};
    std::int64_t beat = -1;
    bool heard = false; // a first report sets the totals without sending old onsets
    std::uint64_t sent = 0, failed = 0;
};

OscSender::OscSender(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OscSender::~OscSender() = default;

core::Result<std::unique_ptr<OscSender>> OscSender::open(const HostPort& to) {
    const IpEndpointName endpoint(to.host.c_str(), to.port);
    if (endpoint.address == IpEndpointName::ANY_ADDRESS || endpoint.address == 0) // 0: not resolved
        return Problem{ProblemId::UsageError, fmt::format("OSC host \"{}\" has no address", to.host)};
    try {
        return std::unique_ptr<OscSender>(new OscSender(std::make_unique<Impl>(endpoint)));
    } catch (const std::exception& error) {
        return Problem{ProblemId::OscBindFailed, fmt::format("{}:{}: {}", to.host, to.port, error.what())};
    }
}

void OscSender::sendAll() { impl_->everything = impl_->everyPad = impl_->everySwitch = true; }

void OscSender::pads(const PadStates& states) {
    Impl& s = *impl_;
    Impl::Bundle bundle(s);
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (!s.everyPad && states[i] == s.padStates[i]) continue;
        bundle.add(64, [&](auto& out) {
            out << osc::BeginMessage(("/titanus/pad/" + std::to_string(i + 1)).c_str())
                << std::string(kPadStates[static_cast<std::size_t>(states[i])]).c_str() << osc::EndMessage;
        });
    }
    s.padStates = states;
    s.everyPad = false;
}

void OscSender::switches(const SwitchState& state) {
    Impl& s = *impl_;
    Impl::Bundle bundle(s);
    for (const params::ActionRow& row : params::kActions) {
        if (row.action == params::Action::PresetRecall) continue; // a number, below
        const auto on = isOn(state, row.action);
        if (!on || (!s.everySwitch && on == isOn(s.switchState, row.action))) continue;
        bundle.add(64, [&](auto& out) { out << osc::BeginMessage(("/titanus/" + std::string(row.id)).c_str()) << *on << osc::EndMessage; });
    }
    if (s.everySwitch || state.preset != s.switchState.preset)
        bundle.add(32, [&](auto& out) { out << osc::BeginMessage("/titanus/preset") << static_cast<osc::int32>(state.preset + 1) << osc::EndMessage; });
    s.switchState = state;
    s.everySwitch = false;
}

void OscSender::feedback(const params::Store& store, double now) {
    Impl& s = *impl_;
    if (now - s.lastFeedback < kFeedbackSeconds) return;
    s.lastFeedback = now;
    Impl::Bundle bundle(s);
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const params::ParamIndex index{static_cast<std::uint16_t>(i)};
        const float value = store[index];
        if (value != s.pending[i]) {
            s.pending[i] = value;
            s.changed[i] = now;
        }
        const bool settled = store.origin(index) != params::Origin::Osc || now - s.changed[i] >= kSettledSeconds;
        if (!s.everything && (value == s.values[i] || !settled)) continue;
        s.values[i] = value;
        const params::Param& row = params::kCatalogue[i];
        bundle.add(row.id.size() + 48, [&](auto& out) { detail::putValue(out, row, value); });
    }
    for (std::size_t i = 0; i < params::kTextCount; ++i) {
        const std::string& text = store.texts()->values[i];
        if (!params::kTexts[i].saved || text.size() > kPacket - 128) continue;
        if (!s.everything && s.texts && s.texts->values[i] == text) continue;
        bundle.add(text.size() + 64, [&](auto& out) { detail::putText(out, {static_cast<std::uint16_t>(i)}, text); });
    }
    s.texts = store.texts();
    s.everything = false;
}

void OscSender::broadcast(const SoundReport& sound, double now) {
    Impl& s = *impl_;
    Impl::Bundle bundle(s);
    for (std::size_t kind = 0; kind < sound.onsets.size(); ++kind)
        if (s.heard && sound.onsets[kind] != s.onsets[kind])
            bundle.add(48, [&](auto& out) {
                out << osc::BeginMessage(("/titanus/audio/onset/" + std::string(kOnsetNames[kind])).c_str())
                    << sound.strength[kind] << osc::EndMessage;
            });
    s.onsets = sound.onsets;
    if (s.heard && sound.beat != s.beat)
        bundle.add(80, [&](auto& out) {
            out << osc::BeginMessage("/titanus/audio/beat") << static_cast<osc::int32>(sound.beatInBar + 1) << osc::EndMessage;
            out << osc::BeginMessage("/titanus/audio/bpm") << sound.bpm << osc::EndMessage;
        });
    s.beat = sound.beat;
    s.heard = true;
    if (now - s.lastSound < kSoundSeconds) return;
    s.lastSound = now;
    bundle.add(120, [&](auto& out) {
        out << osc::BeginMessage("/titanus/audio/level") << sound.level << osc::EndMessage;
        out << osc::BeginMessage("/titanus/audio/bands");
        for (const float band : sound.bands) out << band;
        out << osc::EndMessage;
    });
}

std::uint64_t OscSender::sent() const { return impl_->sent; }
std::uint64_t OscSender::failed() const { return impl_->failed; }

} // namespace titanus::controls
