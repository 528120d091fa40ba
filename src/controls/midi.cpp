#include "controls/midi.h"

#include "controls/midi_map.h"
#include "core/spsc.h"

#include <RtMidi.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <dlfcn.h>
#include <map>
#include <thread>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;

namespace {

constexpr double kListEverySeconds = 1.5;
constexpr double kApiRetrySeconds = 10; // an absent sequencer or JACK server is asked for less often
constexpr std::size_t kQueue = 2048;    // a second of a very busy device
constexpr std::chrono::milliseconds kCallEnds{500}; // a driver's call that was under way has ended by then, on a busy machine too
const char* const kClient = "titanus";

void ignoreAlsaMessage(const char*, int, const char*, int, const char*, ...) {}

// Both drivers print to stderr on their own when there is no server; what matters becomes a
// Problem. Their libraries come with RtMidi, hence by name.
void silenceDrivers() {
    using JackMessage = void (*)(const char*);
    using SetJackMessage = void (*)(JackMessage);
    for (const char* name : {"jack_set_error_function", "jack_set_info_function"})
        if (auto* set = reinterpret_cast<SetJackMessage>(::dlsym(RTLD_DEFAULT, name)))
            set(+[](const char*) {});
    using AlsaMessage = void (*)(const char*, int, const char*, int, const char*, ...);
    using SetAlsaMessage = int (*)(AlsaMessage);
    if (auto* set = reinterpret_cast<SetAlsaMessage>(::dlsym(RTLD_DEFAULT, "snd_lib_error_set_handler")))
        set(&ignoreAlsaMessage);
}

// RtMidi makes a port that does nothing when there is no JACK server; only JACK itself can tell.
bool jackRunning() {
    using Open = void* (*)(const char*, int, int*, ...);
    using Close = int (*)(void*);
    auto* open = reinterpret_cast<Open>(::dlsym(RTLD_DEFAULT, "jack_client_open"));
    auto* close = reinterpret_cast<Close>(::dlsym(RTLD_DEFAULT, "jack_client_close"));
    if (!open || !close) return false;
    constexpr int kNoStartServer = 1; // JackNoStartServer
    int status = 0;
    void* client = open("titanus probe", kNoStartServer, &status);
    if (client) close(client);
    return client != nullptr;
}

// RtMidi prints and throws when there is no sequencer; asking first keeps stderr clean.
bool alsaRunning() {
    using Open = int (*)(void**, const char*, int, int);
    using Close = int (*)(void*);
    auto* open = reinterpret_cast<Open>(::dlsym(RTLD_DEFAULT, "snd_seq_open"));
    auto* close = reinterpret_cast<Close>(::dlsym(RTLD_DEFAULT, "snd_seq_close"));
    if (!open || !close) return true; // linked in another way: let RtMidi find out
    constexpr int kDuplex = 3;        // SND_SEQ_OPEN_DUPLEX
    void* handle = nullptr;
    if (open(&handle, "default", kDuplex, 0) < 0) return false;
    close(handle);
    return true;
}

// Tells when the JACK server died. After that libjack crashes in most calls on the ports that
// RtMidi holds, their closing included: they are left alone for good.
class JackWatch {
  public:
    ~JackWatch() { close(); }
    void open() {
        auto* openClient = reinterpret_cast<void* (*)(const char*, int, int*, ...)>(::dlsym(RTLD_DEFAULT, "jack_client_open"));
        auto* onShutdown = reinterpret_cast<void (*)(void*, void (*)(void*), void*)>(::dlsym(RTLD_DEFAULT, "jack_on_shutdown"));
        if (client_ || !openClient || !onShutdown) return;
        int status = 0;
        client_ = openClient("titanus watch", 1, &status); // JackNoStartServer
        if (client_) onShutdown(client_, [](void* self) { static_cast<JackWatch*>(self)->dead_.store(true); }, this);
    }
    void close() {
        auto* closeClient = reinterpret_cast<int (*)(void*)>(::dlsym(RTLD_DEFAULT, "jack_client_close"));
        if (client_ && closeClient) closeClient(client_); // allowed after the server's death
        client_ = nullptr;
        dead_.store(false);
    }
    bool dead() const { return dead_.load(); }

  private:
    void* client_ = nullptr;
    std::atomic<bool> dead_{false};
};

// For ports that may not be destroyed; reachable, so no leak check counts them.
template <class Port> void abandon(std::unique_ptr<Port>& port) {
    static auto* const graves = new std::vector<Port*>;
    if (port && port->getCurrentApi() == RtMidi::UNIX_JACK) graves->push_back(port.release());
}

void noteError(RtMidiError::Type type, const std::string&, void* failed) {
    if (type != RtMidiError::WARNING && type != RtMidiError::DEBUG_WARNING) *static_cast<bool*>(failed) = true;
}
void ignoreError(RtMidiError::Type, const std::string&, void*) {}

// "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0" -> without the numbers that change with each plug;
// "a2j:nanoKONTROL2 [20] (capture): nanoKONTROL2 MIDI 1" likewise.
std::string stableName(std::string name) {
    const auto digits = [](std::string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos; };
    if (const auto space = name.rfind(' '); space != std::string::npos) {
        const std::string_view tail = std::string_view(name).substr(space + 1);
        const auto colon = tail.find(':');
        if (colon != std::string_view::npos && digits(tail.substr(0, colon)) && digits(tail.substr(colon + 1)))
            name.erase(space);
    }
    if (const auto open = name.find(" ["); open != std::string::npos) {
        const auto close = name.find(']', open);
        if (close != std::string::npos && digits(std::string_view(name).substr(open + 2, close - open - 2)))
            name.erase(open, close - open + 1);
    }
    return name;
}

bool isOwnPort(std::string_view name) { return name.starts_with(kClient); }

template <class Port> std::unique_ptr<Port> makePort(RtMidi::Api api) {
    if (api == RtMidi::UNIX_JACK && !jackRunning()) return nullptr;
    if (api == RtMidi::LINUX_ALSA && !alsaRunning()) return nullptr;
    try {
        std::unique_ptr<Port> port;
        if constexpr (std::is_same_v<Port, RtMidiIn>)
            port = std::make_unique<RtMidiIn>(api, kClient, 256);
        else
            port = std::make_unique<RtMidiOut>(api, kClient);
        port->setErrorCallback(&ignoreError, nullptr);
        return port->getCurrentApi() == api ? std::move(port) : nullptr;
    } catch (const RtMidiError&) {
        return nullptr;
    }
}

// False if the driver refused. With an error callback RtMidi does not throw.
template <class Port> bool opened(Port& port, unsigned number, const std::string& name) {
    bool failed = false;
    port.setErrorCallback(&noteError, &failed);
    port.openPort(number, name);
    port.setErrorCallback(&ignoreError, nullptr);
    return !failed;
}

std::vector<RtMidi::Api> apis() {
    std::vector<RtMidi::Api> out;
    RtMidi::getCompiledApi(out);
    std::erase(out, RtMidi::RTMIDI_DUMMY);
    return out;
}

struct Found { RtMidi::Api api; unsigned number; std::string port, name; }; // port: the driver's own name

// Ports of one direction through a probe per driver; a name that two drivers offer counts once.
template <class Port> void listInto(Port& probe, RtMidi::Api api, std::vector<Found>& out) {
    try {
        const unsigned count = probe.getPortCount();
        for (unsigned i = 0; i < count; ++i) {
            const std::string port = probe.getPortName(i), name = stableName(port);
            const bool known = std::any_of(out.begin(), out.end(), [&](const Found& f) { return f.name == name && f.api != api; });
            if (!name.empty() && !known && !isOwnPort(name)) out.push_back({api, i, port, name});
        }
    } catch (const RtMidiError&) { // went away while listing: nothing of it this time
    }
}

// Equal devices become "name", "name #2", ... One that is open keeps its name (`held`, by port); the
// others take the lowest that is free, so one that was unplugged comes back as what it was.
void tellApart(std::vector<Found>& found, const std::map<std::string, std::string>& held) {
    std::vector<Found*> unnamed;
    std::vector<std::string> taken;
    for (Found& f : found) {
        if (const auto holder = held.find(f.port); holder != held.end()) taken.push_back(f.name = holder->second);
        else unnamed.push_back(&f);
    }
    for (Found* f : unnamed) {
        std::string name = f->name;
        for (int n = 2; std::find(taken.begin(), taken.end(), name) != taken.end(); ++n) name = f->name + " #" + std::to_string(n);
        taken.push_back(f->name = name);
    }
}

} // namespace

MidiPorts listMidiPorts() {
    silenceDrivers();
    MidiPorts ports;
    std::vector<Found> inputs, outputs;
    for (const RtMidi::Api api : apis()) {
        const auto in = makePort<RtMidiIn>(api);
        if (in) listInto(*in, api, inputs);
        const auto out = makePort<RtMidiOut>(api);
        if (out) listInto(*out, api, outputs);
        ports.available = ports.available || in || out;
    }
    tellApart(inputs, {});
    tellApart(outputs, {});
    for (const Found& found : inputs) ports.inputs.push_back(found.name);
    for (const Found& found : outputs) ports.outputs.push_back(found.name);
    return ports;
}

struct MidiInput::Impl {
    struct Device {
        Device(std::string n, std::uint16_t i, const core::Clock& c) : name(std::move(n)), index(i), clock(c), queue(kQueue) {}
        std::string name;
        std::string port; // the driver's name for it while it is open
        std::uint16_t index;
        const core::Clock& clock;
        core::Spsc<MidiMessage> queue;
        std::atomic<std::uint64_t> received{0};
        std::atomic<double> last{-1e9};
        std::unique_ptr<RtMidiIn> in;   // null: unplugged or not wanted
        std::unique_ptr<RtMidiOut> out; // null: no port of this name to send to
        bool virtualPort = false;
        RtMidi::Api api{}; // of a virtual port

        // [driver's thread] Nothing but the queue.
        static void onMessage(double, std::vector<unsigned char>* bytes, void* user) {
            auto& self = *static_cast<Device*>(user);
            if (!bytes || bytes->empty() || bytes->size() > 3) return;
            MidiMessage message;
            std::copy(bytes->begin(), bytes->end(), message.bytes.begin());
            message.size = static_cast<std::uint8_t>(bytes->size());
            message.device = self.index;
            message.time = self.clock.seconds();
            self.queue.push(message);
            self.received.fetch_add(1, std::memory_order_relaxed);
            self.last.store(message.time, std::memory_order_relaxed);
        }
        void listen() {
            in->ignoreTypes(true, false, true); // system exclusive no, clock yes, sensing no
            in->setCallback(&Device::onMessage, this);
        }
    };
    struct Probe {
        RtMidi::Api api;
        std::unique_ptr<RtMidiIn> in;
        std::unique_ptr<RtMidiOut> out;
        double tried = -1e9;
    };
    struct Retired { std::unique_ptr<RtMidiOut> out; std::chrono::steady_clock::time_point since; };

    explicit Impl(const core::Clock& c) : clock(c) {
        silenceDrivers();
        for (const RtMidi::Api api : apis()) {
            probes.emplace_back();
            probes.back().api = api;
        }
    }

    bool isWanted(const std::string& name) const {
        return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& w) { return deviceMatches(w, name); });
    }
    Device& deviceNamed(const std::string& name) {
        for (auto& device : devices)
            if (device->name == name) return *device;
        devices.push_back(std::make_unique<Device>(name, static_cast<std::uint16_t>(devices.size()), clock));
        return *devices.back();
    }
    void open(Device& device, const Found& found, const std::vector<Found>& outputs) {
        auto in = makePort<RtMidiIn>(found.api);
        if (!in) return;
        try {
            device.in = std::move(in);
            device.listen();
            if (!opened(*device.in, found.number, "in " + std::to_string(device.index))) device.in.reset();
        } catch (const RtMidiError&) {
            device.in.reset(); // busy or gone again: the next listing tries
        }
        if (!device.in) return;
        device.port = found.port;
        ++generation;
        for (const Found& target : outputs)
            if (target.name == device.name) openOutput(device, target);
    }
    void openOutput(Device& device, const Found& target) {
        auto out = makePort<RtMidiOut>(target.api);
        if (!out) return;
        try {
            if (opened(*out, target.number, "out " + std::to_string(device.index))) device.out = std::move(out);
        } catch (const RtMidiError&) { // it has no lights then
        }
        retire(out);
    }
    // Ends an output. On JACK RtMidi 5.0 frees the bytes to send before it ends the driver's thread that
    // reads them, a crash now and then: without a port that thread reads nothing, so the port is closed
    // here and the rest goes at a later listing, when a call that was under way has ended.
    void retire(std::unique_ptr<RtMidiOut>& out) {
        if (out && out->getCurrentApi() == RtMidi::UNIX_JACK) {
            out->closePort();
            retired.push_back({std::move(out), std::chrono::steady_clock::now()});
        }
        out.reset();
    }
    void close(Device& device) {
        device.in.reset();
        retire(device.out);
        device.port.clear();
        ++generation;
    }
    bool openVirtual(Device& device) {
        device.in = makePort<RtMidiIn>(device.api);
        if (!device.in) return false;
        if (device.api == RtMidi::UNIX_JACK) watch.open();
        try {
            device.listen();
            device.in->openVirtualPort(device.name);
            device.out = makePort<RtMidiOut>(device.api);
            if (device.out) device.out->openVirtualPort(device.name + " feedback");
        } catch (const RtMidiError&) {
            device.in.reset();
            retire(device.out);
            return false;
        }
        ++generation;
        return true;
    }
    // The JACK server died: whatever hung on it is gone.
    void buryJack(std::vector<Problem>* problems) {
        if (!watch.dead()) return;
        for (Probe& probe : probes) {
            abandon(probe.in);
            abandon(probe.out);
        }
        for (Retired& gone : retired) abandon(gone.out);
        retired.clear();
        for (auto& device : devices) {
            const bool had = device->in != nullptr;
            abandon(device->in);
            abandon(device->out);
            if (!had || device->in) continue;
            ++generation;
            if (problems) problems->push_back({ProblemId::MidiDeviceLost, device->name});
        }
        watch.close();
    }
    ~Impl() {
        buryJack(nullptr);
        for (auto& device : devices) retire(device->out);
        if (!retired.empty()) std::this_thread::sleep_for(kCallEnds);
    }
    void list(double seconds, std::vector<Problem>& problems);

    JackWatch watch;
    const core::Clock& clock;
    std::vector<std::unique_ptr<Device>> devices; // for ever: messages name them by position
    std::vector<Probe> probes;
    std::vector<Retired> retired;
    std::string wantedNames; // as setWanted was told them
    std::vector<std::string> wanted;
    double listed = -1e9;
    std::uint64_t listings = 0;
    bool reported = false; // MidiUnavailable, once
    std::uint64_t generation = 1;
    std::size_t turn = 0;
};

MidiInput::MidiInput(const core::Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}
MidiInput::~MidiInput() = default;

void MidiInput::setWanted(const std::string& names) {
    if (names == impl_->wantedNames) return;
    impl_->wantedNames = names;
    impl_->wanted.clear();
    for (std::size_t at = 0; at <= names.size();) {
        const std::size_t bar = std::min(names.find('|', at), names.size());
        std::string name = names.substr(at, bar - at);
        const auto first = name.find_first_not_of(' '), last = name.find_last_not_of(' ');
        if (first != std::string::npos) impl_->wanted.push_back(name.substr(first, last - first + 1));
        at = bar + 1;
    }
    impl_->listed = -1e9;
}

core::Result<void> MidiInput::openVirtual(const std::string& name) {
    bool any = false;
    for (const RtMidi::Api api : apis()) {
        if (!makePort<RtMidiIn>(api)) continue;
        impl_->devices.push_back(std::make_unique<Impl::Device>(
            name, static_cast<std::uint16_t>(impl_->devices.size()), impl_->clock));
        Impl::Device& device = *impl_->devices.back();
        device.virtualPort = true;
        device.api = api;
        any = impl_->openVirtual(device) || any;
    }
    if (!any) return Problem{ProblemId::MidiUnavailable, "virtual port " + name};
    return {};
}

void MidiInput::Impl::list(double seconds, std::vector<Problem>& problems) {
    ++listings;
    std::vector<Found> inputs, outputs;
    bool available = false;
    buryJack(&problems);
    std::erase_if(retired, [](const Retired& gone) { return std::chrono::steady_clock::now() - gone.since > kCallEnds; });
    for (Probe& probe : probes) {
        if (!probe.in && seconds - probe.tried >= kApiRetrySeconds) {
            probe.tried = seconds;
            probe.in = makePort<RtMidiIn>(probe.api);
            probe.out = probe.in ? makePort<RtMidiOut>(probe.api) : nullptr;
            if (probe.in && probe.api == RtMidi::UNIX_JACK) watch.open();
            for (auto& device : devices)
                if (probe.in && device->virtualPort && device->api == probe.api && !device->in) openVirtual(*device);
        }
        if (probe.in) listInto(*probe.in, probe.api, inputs);
        if (probe.out) listInto(*probe.out, probe.api, outputs);
        available = available || probe.in;
    }
    if (!available && !reported && !wanted.empty()) problems.push_back({ProblemId::MidiUnavailable, ""});
    reported = reported || !available;
    for (auto& device : devices) {
        if (!device->in || device->virtualPort) continue;
        const bool there = std::any_of(inputs.begin(), inputs.end(), [&](const Found& f) { return f.port == device->port; });
        const bool want = isWanted(device->name);
        if (there && want) continue;
        close(*device);
        if (!there && want) problems.push_back({ProblemId::MidiDeviceLost, device->name});
    }
    std::map<std::string, std::string> held;
    for (const auto& device : devices)
        if (device->in && !device->virtualPort) held.emplace(device->port, device->name);
    tellApart(inputs, held);
    for (const Found& found : inputs) held.emplace(found.port, found.name); // lights go to the same device
    tellApart(outputs, held);
    for (const Found& found : inputs) {
        if (!isWanted(found.name)) continue;
        Device& device = deviceNamed(found.name);
        if (!device.in) open(device, found, outputs);
    }
}

void MidiInput::poll(double seconds, std::vector<Problem>& problems) {
    if (seconds - impl_->listed < kListEverySeconds) return;
    impl_->listed = seconds;
    impl_->list(seconds, problems);
}

bool MidiInput::pop(MidiMessage& message) {
    auto& devices = impl_->devices;
    for (std::size_t i = 0; i < devices.size(); ++i) { // in turns: none starves the others
        impl_->turn = (impl_->turn + 1) % devices.size();
        if (devices[impl_->turn]->queue.pop(message)) return true;
    }
    return false;
}

bool MidiInput::send(std::string_view device, const std::vector<std::uint8_t>& bytes) {
    bool sent = false;
    for (auto& d : impl_->devices)
        if (d->name == device && d->out && !bytes.empty()) {
            try {
                d->out->sendMessage(bytes.data(), bytes.size());
                sent = true;
            } catch (const RtMidiError&) {
                impl_->retire(d->out); // the listing finds out whether the device is gone
            }
        }
    return sent;
}

const std::string& MidiInput::deviceName(std::uint16_t device) const { return impl_->devices.at(device)->name; }

std::vector<MidiDevice> MidiInput::devices() const {
    std::vector<MidiDevice> out;
    for (const auto& d : impl_->devices)
        out.push_back({d->name, d->in != nullptr, d->virtualPort, d->received.load(), d->last.load()});
    return out;
}

std::uint64_t MidiInput::generation() const { return impl_->generation; }

std::uint64_t MidiInput::listings() const { return impl_->listings; }

std::uint64_t MidiInput::dropped() const {
    std::uint64_t total = 0;
    for (const auto& d : impl_->devices) total += d->queue.dropped();
    return total;
}

} // namespace titanus::controls
