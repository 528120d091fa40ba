#include "controls/osc.h"

#include "controls/osc_message.h"
#include "core/thread_role.h"

#include <fmt/format.h>
#include <oscpack/ip/UdpSocket.h>
#include <oscpack/osc/OscPacketListener.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <thread>
#include <vector>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;
using params::Origin;

core::Result<HostPort> parseHostPort(std::string_view text) {
    HostPort out;
    const auto colon = text.rfind(':');
    const auto port = colon == std::string_view::npos ? text : text.substr(colon + 1);
    if (colon != std::string_view::npos && colon > 0) out.host = text.substr(0, colon);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (error != std::errc{} || end != port.data() + port.size() || out.port < 1 || out.port > 65535)
        return Problem{ProblemId::UsageError, fmt::format("\"{}\": write ADDRESS:PORT, for example 127.0.0.1:9000", text)};
    return out;
}

namespace {

constexpr std::size_t kQueue = 1024; // some frames of a fast controller

struct Rejected {}; // thrown inside ProcessMessage, counted outside

std::optional<double> numberOf(const osc::ReceivedMessageArgument& a) {
    double value = 0;
    if (a.IsFloat()) value = static_cast<double>(a.AsFloatUnchecked());
    else if (a.IsDouble()) value = a.AsDoubleUnchecked();
    else if (a.IsInt32()) value = a.AsInt32Unchecked();
    else if (a.IsInt64()) value = static_cast<double>(a.AsInt64Unchecked());
    else if (a.IsBool()) value = a.AsBoolUnchecked() ? 1 : 0;
    else return std::nullopt;
    if (!std::isfinite(value)) throw Rejected{};
    return value;
}

ControlEvent::Endpoint endpoint(const IpEndpointName& from) {
    return {static_cast<std::uint32_t>(from.address), static_cast<std::uint16_t>(from.port)};
}

class Listener final : public osc::OscPacketListener {
  public:
    explicit Listener(const core::Clock& clock) : clock_(clock) {}

    void ProcessPacket(const char* data, int size, const IpEndpointName& from) override {
        try {
            osc::OscPacketListener::ProcessPacket(data, size, from);
        } catch (const std::exception&) { // malformed
            rejected.fetch_add(1, std::memory_order_relaxed);
        } catch (const Rejected&) {
            rejected.fetch_add(1, std::memory_order_relaxed);
        }
    }

    ControlQueue queue{kQueue};
    std::atomic<std::uint64_t> received{0}, rejected{0}, ignored{0};

  protected:
    void ProcessBundle(const osc::ReceivedBundle& bundle, const IpEndpointName& from) override {
        if (++depth_ > kDeepest) { // bundles in bundles would eat the stack
            --depth_;
            throw Rejected{};
        }
        struct Leave { int& depth; ~Leave() { --depth; } } leave{depth_};
        osc::OscPacketListener::ProcessBundle(bundle, from);
    }

    void ProcessMessage(const osc::ReceivedMessage& message, const IpEndpointName& from) override {
        constexpr std::string_view kPrefix = "/titanus/";
        const std::string_view address = message.AddressPattern();
        if (!address.starts_with(kPrefix)) {
            ignored.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        std::string id(address.substr(kPrefix.size()));
        std::replace(id.begin(), id.end(), '/', '.');
        try {
            accept(id, message, from);
            received.fetch_add(1, std::memory_order_relaxed);
        } catch (const Rejected&) { // the rest of a bundle is still read
            rejected.fetch_add(1, std::memory_order_relaxed);
        }
    }

  private:
    static constexpr int kDeepest = 8;

    void accept(const std::string& id, const osc::ReceivedMessage& message, const IpEndpointName& from) {
        auto argument = message.ArgumentsBegin();
        const bool any = argument != message.ArgumentsEnd();
        const double now = clock_.seconds();
        constexpr std::string_view kTravel = "travel.";
        for (const auto& [name, action] : {std::pair{"scene", params::Action::SceneRecall}, {"scene_store", params::Action::SceneStore},
                                           {"scene_clear", params::Action::SceneClear}, {"scene_prepare", params::Action::ScenePrepare}})
            if (id == name) return pad(action, any ? &*argument : nullptr, now);
        if (id == "scene_blend") return blend(message, now);
        if (id == "preset") return preset(any ? &*argument : nullptr, now);
        if (id.starts_with(kTravel)) {
            const auto index = params::findParam(std::string_view(id).substr(kTravel.size()));
            if (index && relative(*index, message, ControlEvent::Relative::Travel, now)) return;
            const auto travel = any ? numberOf(*argument) : std::nullopt;
            if (!index || !travel) throw Rejected{};
            return post(paramEvent(*index, params::fromTravel(params::row(*index), static_cast<float>(std::clamp(*travel, 0.0, 1.0))), Origin::Osc, now));
        }
        if (const auto index = params::findParam(id)) {
            if (relative(*index, message, ControlEvent::Relative::Value, now)) return;
            return value(*index, any ? &*argument : nullptr, from, now);
        }
        // "/titanus/panic" as well as "/titanus/action.panic": hands write the short one.
        auto action = params::findAction(id);
        if (!action && !params::findText(id)) action = params::findAction("action." + id);
        if (action) return act(*action, any ? &*argument : nullptr, now);
        if (const auto text = params::findText(id)) {
            if (!any || !argument->IsString() || !params::kTexts[text->value].saved) throw Rejected{};
            ControlEvent event;
            event.kind = ControlEvent::Kind::Text;
            event.text = *text;
            event.replyTo = endpoint(from);
            if (std::string_view(argument->AsStringUnchecked()) == "?") {
                event.kind = ControlEvent::Kind::TextQuery;
                return post(event);
            }
            event.param = {{}, 0, Origin::Osc, now};
            if (!event.setString(argument->AsStringUnchecked())) throw Rejected{}; // half a prompt is another prompt
            return post(event);
        }
        throw Rejected{};
    }

    // "+" 0.1 or "-" 0.1; false if it is something else.
    bool relative(params::ParamIndex index, const osc::ReceivedMessage& message, ControlEvent::Relative kind, double now) {
        auto argument = message.ArgumentsBegin();
        if (message.ArgumentCount() != 2 || !argument->IsString()) return false;
        const std::string_view sign = argument->AsStringUnchecked();
        if (sign != "+" && sign != "-") return false;
        const auto number = numberOf(*++argument);
        if (!number) throw Rejected{};
        const auto& row = params::row(index);
        const double most = kind == ControlEvent::Relative::Travel ? 1 : static_cast<double>(row.max - row.min);
        const double by = std::clamp(sign == "-" ? -*number : *number, -most, most);
        ControlEvent event = paramEvent(index, static_cast<float>(by), Origin::Osc, now);
        event.relative = kind;
        post(event);
        return true;
    }

    // A pad from 1. The 0 that a button sends when released is none.
    void pad(params::Action action, const osc::ReceivedMessageArgument* argument, double now) {
        const auto number = argument ? numberOf(*argument) : std::nullopt;
        if (!number || *number < 0 || *number > kScenePads) throw Rejected{};
        if (*number >= 1) post(actionEvent(action, static_cast<int>(*number) - 1, Origin::Osc, now));
    }

    // Two pads from 1: between them. One: between what plays and it. 0: let go.
    void blend(const osc::ReceivedMessage& message, double now) {
        std::vector<int> pads;
        for (auto argument = message.ArgumentsBegin(); argument != message.ArgumentsEnd(); ++argument) {
            const auto number = numberOf(*argument);
            if (!number || *number < 0 || *number > kScenePads) throw Rejected{};
            pads.push_back(static_cast<int>(*number));
        }
        if (pads.empty() || pads.size() > 2 || (pads.size() == 2 && (pads[0] < 1 || pads[1] < 1))) throw Rejected{};
        const int first = pads.size() == 2 ? pads[0] - 1 : -1;
        post(actionEvent(params::Action::SceneRecall, pads.back() == 0 ? kBlendEnd : blendArgument({first, pads.back() - 1}), Origin::Osc, now));
    }

    void value(params::ParamIndex index, const osc::ReceivedMessageArgument* argument, const IpEndpointName& from, double now) {
        const auto& row = params::row(index);
        if (!argument) throw Rejected{};
        if (argument->IsString()) {
            const std::string_view text = argument->AsStringUnchecked();
            if (text == "?") {
                ControlEvent event;
                event.kind = ControlEvent::Kind::Query;
                event.param = {index, 0, Origin::Osc, now};
                event.replyTo = endpoint(from);
                return post(event);
            }
            const auto parsed = params::parse(row, text);
            if (!parsed) throw Rejected{};
            return post(paramEvent(index, parsed.value(), Origin::Osc, now));
        }
        const auto number = numberOf(*argument);
        if (!number) throw Rejected{};
        // Clamped before the conversion: 1e300 is no float.
        const double inside = std::clamp(*number, static_cast<double>(row.min), static_cast<double>(row.max));
        post(paramEvent(index, static_cast<float>(inside), Origin::Osc, now));
    }

    // No argument or a press acts; the 0 that a button sends when released does not, but for switches.
    void act(params::Action action, const osc::ReceivedMessageArgument* argument, double now) {
        if (!argument) return post(actionEvent(action, defaultArgument(action), Origin::Osc, now));
        const auto number = numberOf(*argument);
        if (!number) throw Rejected{};
        if (action == params::Action::PresetRecall) return preset(argument, now);
        if (params::isPadAction(action))
            return pad(action, argument, now);
        if (isSwitch(action)) return post(actionEvent(action, *number < 0 ? -1 : *number >= 0.5 ? 1 : 0, Origin::Osc, now));
        if (*number >= 0.5) post(actionEvent(action, 0, Origin::Osc, now));
    }

    void preset(const osc::ReceivedMessageArgument* argument, double now) {
        if (!argument) throw Rejected{};
        if (argument->IsString()) {
            ControlEvent event;
            event.kind = ControlEvent::Kind::PresetName;
            event.action = {params::Action::PresetRecall, 0, Origin::Osc, now};
            if (!event.setString(argument->AsStringUnchecked())) throw Rejected{};
            return post(event);
        }
        const auto number = numberOf(*argument);
        if (!number || *number < 1 || *number > 9999) throw Rejected{};
        post(actionEvent(params::Action::PresetRecall, static_cast<int>(*number) - 1, Origin::Osc, now));
    }

    void post(const ControlEvent& event) { queue.push(event); }

    const core::Clock& clock_;
    int depth_ = 0;
};

} // namespace

struct OscReceiver::Impl {
    Impl(const IpEndpointName& at, const core::Clock& clock) : listener(clock), socket(at, &listener) {}

    Listener listener;
    UdpListeningReceiveSocket socket;
    std::atomic<bool> stopping{false}, stopped{false};
    std::thread thread;
};

OscReceiver::OscReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
    impl_->thread = std::thread([p = impl_.get()] {
        core::currentRole() = core::Role::Io;
        // A socket error ends Run; the port stays ours, so go on listening.
        while (!p->stopping.load()) {
            try {
                p->socket.Run();
            } catch (const std::exception&) {
                p->listener.rejected.fetch_add(1, std::memory_order_relaxed);
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            }
        }
        p->stopped.store(true);
    });
}

OscReceiver::~OscReceiver() {
    impl_->stopping.store(true);
    // Run() forgets a break that came before it began: repeat until it is heard.
    while (!impl_->stopped.load()) {
        impl_->socket.AsynchronousBreak();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    impl_->thread.join();
}

core::Result<std::unique_ptr<OscReceiver>> OscReceiver::open(const HostPort& at, const core::Clock& clock) {
    const std::string place = fmt::format("{}:{}", at.host, at.port);
    try {
        const bool everywhere = at.host == "0.0.0.0" || at.host == "*";
        const IpEndpointName endpoint = everywhere ? IpEndpointName(IpEndpointName::ANY_ADDRESS, at.port)
                                                   : IpEndpointName(at.host.c_str(), at.port);
        // A name that is not resolved gives 0, which would listen to the whole network.
        if (!everywhere && endpoint.address == 0)
            return Problem{ProblemId::OscBindFailed, place + ": no such address"};
        return std::unique_ptr<OscReceiver>(new OscReceiver(std::make_unique<Impl>(endpoint, clock)));
    } catch (const std::exception& error) {
        return Problem{ProblemId::OscBindFailed, place + ": " + error.what()};
    }
}

bool OscReceiver::pop(ControlEvent& event, const params::Store& store) {
    if (!impl_->listener.queue.pop(event)) return false;
    event = resolve(event, store);
    return true;
}
bool OscReceiver::pop(ControlEvent& event) {
    while (impl_->listener.queue.pop(event)) {
        if (event.relative == ControlEvent::Relative::No) return true;
        impl_->listener.rejected.fetch_add(1, std::memory_order_relaxed);
    }
    return false;
}
bool OscReceiver::answer(const ControlEvent& event, const params::Store& store) {
    const bool text = event.kind == ControlEvent::Kind::TextQuery;
    if (!text && event.kind != ControlEvent::Kind::Query) return false;
    const std::string& written = store[event.text];
    std::vector<char> buffer(256 + (text ? written.size() : 0));
    osc::OutboundPacketStream stream(buffer.data(), buffer.size());
    if (text) detail::putText(stream, event.text, written);
    else detail::putValue(stream, params::row(event.param.param), store[event.param.param]);
    try {
        impl_->socket.SendTo(IpEndpointName(event.replyTo.address, event.replyTo.port), stream.Data(), stream.Size());
    } catch (const std::exception&) { // who asked has gone
    }
    return true;
}

std::uint64_t OscReceiver::received() const { return impl_->listener.received.load(); }
std::uint64_t OscReceiver::rejected() const { return impl_->listener.rejected.load(); }
std::uint64_t OscReceiver::ignored() const { return impl_->listener.ignored.load(); }
std::uint64_t OscReceiver::dropped() const { return impl_->listener.queue.dropped(); }

} // namespace titanus::controls
