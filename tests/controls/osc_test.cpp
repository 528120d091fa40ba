// OSC over real UDP sockets on loopback: packets are built by hand here, byte by byte.
#include "controls/osc.h"

#include "params/text.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace titanus::controls {
namespace {
using params::Action;
using params::Origin;
using params::param;
using Kind = ControlEvent::Kind;

// ---- OSC bytes ---------------------------------------------------------------------------------

void padded(std::string& out, const std::string& text) {
    out += text;
    out.append(4 - text.size() % 4, '\0');
}
void big(std::string& out, std::uint32_t v) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(v >> shift);
}
struct Message {
    std::string address, types = ",", data;
    explicit Message(std::string a) : address(std::move(a)) {}
    Message& f(float v) { types += 'f'; std::uint32_t bits; std::memcpy(&bits, &v, 4); big(data, bits); return *this; }
    Message& i(std::int32_t v) { types += 'i'; big(data, static_cast<std::uint32_t>(v)); return *this; }
    Message& d(double v) { types += 'd'; std::uint64_t bits; std::memcpy(&bits, &v, 8); big(data, static_cast<std::uint32_t>(bits >> 32)); big(data, static_cast<std::uint32_t>(bits)); return *this; }
    Message& s(const std::string& v) { types += 's'; padded(data, v); return *this; }
    Message& b(bool v) { types += v ? 'T' : 'F'; return *this; }
    std::string bytes() const {
        std::string out;
        padded(out, address);
        padded(out, types);
        return out + data;
    }
};
std::string bundle(const std::vector<std::string>& elements) {
    std::string out("#bundle\0\0\0\0\0\0\0\0\1", 16);
    for (const auto& e : elements) {
        big(out, static_cast<std::uint32_t>(e.size()));
        out += e;
    }
    return out;
}

// Address -> numbers and texts of every message of a packet, bundles included.
struct Received { std::string types; std::vector<float> floats; std::vector<std::int32_t> ints; std::vector<std::string> strings; };
std::uint32_t readBig(const char* p) {
    std::uint32_t v;
    std::memcpy(&v, p, 4);
    return ntohl(v);
}
void parse(const std::string& packet, std::multimap<std::string, Received>& out) {
    if (packet.starts_with("#bundle")) {
        for (std::size_t at = 16; at + 4 <= packet.size();) {
            const std::size_t size = readBig(&packet[at]);
            parse(packet.substr(at + 4, size), out);
            at += 4 + size;
        }
        return;
    }
    const auto text = [&](std::size_t& at) {
        std::string s(packet.c_str() + at);
        at += (s.size() / 4 + 1) * 4;
        return s;
    };
    std::size_t at = 0;
    const std::string address = text(at);
    Received r;
    r.types = text(at).substr(1);
    for (const char type : r.types) {
        if (type == 'f') { const std::uint32_t bits = readBig(&packet[at]); float v; std::memcpy(&v, &bits, 4); r.floats.push_back(v); at += 4; }
        if (type == 'i') { r.ints.push_back(static_cast<std::int32_t>(readBig(&packet[at]))); at += 4; }
        if (type == 's') r.strings.push_back(text(at));
    }
    out.emplace(address, r);
}

// ---- sockets -----------------------------------------------------------------------------------

struct Socket {
    int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    int port = 0;
    Socket() {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a);
        socklen_t n = sizeof a;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &n);
        port = ntohs(a.sin_port);
        timeval wait{2, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        int size = 1 << 20;
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    ~Socket() { ::close(fd); }
    void send(const std::string& bytes, int to) const {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        a.sin_port = htons(static_cast<std::uint16_t>(to));
        ::sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&a), sizeof a);
    }
    std::string receive() const { // "" after two seconds of silence
        std::string buffer(65536, '\0');
        const auto n = ::recv(fd, buffer.data(), buffer.size(), 0);
        buffer.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        return buffer;
    }
    bool pending() const {
        char c;
        return ::recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
    }
};
int freePort() { return Socket().port; }

struct Osc : testing::Test {
    core::ManualClock clock;
    Socket sender;
    int port = freePort();
    std::unique_ptr<OscReceiver> receiver;
    void SetUp() override {
        clock.set(12.5);
        auto opened = OscReceiver::open({"127.0.0.1", port}, clock);
        ASSERT_TRUE(opened) << opened.problem().line();
        receiver = std::move(opened).value();
    }
    void send(const Message& m) { sender.send(m.bytes(), port); }
    // Waits for one event, for the machine may be busy; nullopt after five seconds.
    std::optional<ControlEvent> event() {
        ControlEvent e;
        for (int i = 0; i < 5000; ++i) {
            if (receiver->pop(e)) return e;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return std::nullopt;
    }
    // Sends what must be refused, then a message that is not: when that has come, all was read.
    void expectRejected(const std::vector<std::string>& packets, std::uint64_t atLeast) {
        const auto before = receiver->rejected();
        for (const auto& p : packets) sender.send(p, port);
        send(Message("/titanus/look.bloom").f(0.5f));
        const auto e = event();
        ASSERT_TRUE(e);
        EXPECT_EQ(e->param.param, param("look.bloom")) << "something refused was acted on";
        EXPECT_GE(receiver->rejected() - before, atLeast);
    }
};

TEST_F(Osc, L13_EveryParameterIsReachedByItsIdInItsUnit) {
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const auto& row = params::kCatalogue[i];
        send(Message("/titanus/" + std::string(row.id)).f(row.max));
        const auto e = event();
        ASSERT_TRUE(e) << row.id;
        EXPECT_EQ(e->kind, Kind::Param);
        EXPECT_EQ(e->param.param.value, i);
        EXPECT_EQ(e->param.value, row.max);
        EXPECT_EQ(e->param.origin, Origin::Osc);
        EXPECT_EQ(e->param.time, 12.5);
    }
    EXPECT_EQ(receiver->received(), params::kParamCount);
    EXPECT_EQ(receiver->rejected(), 0u);
}

TEST_F(Osc, NumbersOfEveryTypeSwitchesAndNamesOfChoices) {
    const auto value = [&](const Message& m) {
        send(m);
        const auto e = event();
        EXPECT_TRUE(e) << m.address;
        return e ? e->param.value : -999;
    };
    EXPECT_EQ(value(Message("/titanus/camera.zoom").f(0.25f)), 0.25f);
    EXPECT_EQ(value(Message("/titanus/camera/zoom").f(-0.25f)), -0.25f); // slashes, as layouts write it
    EXPECT_EQ(value(Message("/titanus/look.kaleidoscope").i(6)), 6.f);
    EXPECT_EQ(value(Message("/titanus/camera.zoom").d(1.5)), 1.5f);
    EXPECT_EQ(value(Message("/titanus/camera.zoom").i(99)), 2.f); // clamped
    EXPECT_EQ(value(Message("/titanus/camera.zoom").d(-1e300)), -2.f);
    EXPECT_EQ(value(Message("/titanus/lfo.1.sync").b(true)), 1.f);
    EXPECT_EQ(value(Message("/titanus/lfo.1.sync").b(false)), 0.f);
    EXPECT_EQ(value(Message("/titanus/camera.border").s("black")), 2.f);
    EXPECT_EQ(value(Message("/titanus/travel/camera.zoom").f(0.75f)), 1.f);
    EXPECT_EQ(value(Message("/titanus/travel/camera.zoom").f(7)), 2.f);
}

TEST_F(Osc, ActionsPresetsAndPrompts) {
    const auto next = [&](const Message& m) {
        send(m);
        const auto e = event();
        EXPECT_TRUE(e) << m.address;
        return e.value_or(ControlEvent{});
    };
    EXPECT_EQ(next(Message("/titanus/action.tap")).action.action, Action::Tap);
    EXPECT_EQ(next(Message("/titanus/action/reseed").i(1)).action.action, Action::Reseed);
    EXPECT_EQ(next(Message("/titanus/panic")).action.action, Action::Panic); // short
    EXPECT_EQ(next(Message("/titanus/tap").i(1)).action.action, Action::Tap);
    EXPECT_EQ(next(Message("/titanus/action.blackout")).action.argument, -1);
    EXPECT_EQ(next(Message("/titanus/action.blackout").b(true)).action.argument, 1);
    EXPECT_EQ(next(Message("/titanus/action.blackout").f(0)).action.argument, 0);
    const auto number = next(Message("/titanus/preset").i(3));
    EXPECT_EQ(number.action.action, Action::PresetRecall);
    EXPECT_EQ(number.action.argument, 2); // counted from 1, as on the keys
    const auto name = next(Message("/titanus/preset").s("Coral reef"));
    EXPECT_EQ(name.kind, Kind::PresetName);
    EXPECT_EQ(name.string(), "Coral reef");
    const auto text = next(Message("/titanus/prompt.2.text").s("a whale | the sea:0.5"));
    EXPECT_EQ(text.kind, Kind::Text);
    EXPECT_EQ(text.text, params::promptText(1));
    EXPECT_EQ(text.string(), "a whale | the sea:0.5");
}

// By its whole name and by the short one, without an argument and by a button that is pressed.
TEST_F(Osc, L13_EveryActionIsReachedByItsId) {
    for (const params::ActionRow& row : params::kActions)
        for (const std::string& id : {std::string(row.id), std::string(row.id.substr(7))}) {
            const bool named = id == "preset" || id == "scene" || id == "scene_store" || id == "scene_clear" || id == "scene_prepare"; // ask for a number
            if (!named) {
                send(Message("/titanus/" + id));
                const auto e = event();
                ASSERT_TRUE(e) << id;
                EXPECT_EQ(e->kind, Kind::Act);
                EXPECT_EQ(e->action.action, row.action) << id;
                EXPECT_EQ(e->action.argument, defaultArgument(row.action)) << id;
            }
            send(Message("/titanus/" + id).i(1));
            const auto e = event();
            ASSERT_TRUE(e) << id;
            EXPECT_EQ(e->action.action, row.action) << id;
            EXPECT_EQ(e->action.argument, isSwitch(row.action) ? 1 : 0) << id;
            EXPECT_EQ(e->action.origin, Origin::Osc);
        }
    EXPECT_EQ(receiver->rejected(), 0u);
}

// Every parameter and every prompt, without anybody to send to.
TEST_F(Osc, L13_AQuestionIsAnsweredToWhoAsked) {
    params::Store store;
    store.setText(params::promptText(2), std::string(3000, 'x')); // longer than any message that can set it
    Socket asker;
    const auto ask = [&](std::string_view id) {
        asker.send(Message("/titanus/" + std::string(id)).s("?").bytes(), port);
        const auto e = event();
        EXPECT_TRUE(e && receiver->answer(*e, store)) << id;
        std::multimap<std::string, Received> m;
        parse(asker.receive(), m);
        const auto found = m.find("/titanus/" + std::string(id));
        EXPECT_NE(found, m.end()) << id;
        return found == m.end() ? Received{} : found->second;
    };
    for (const params::Param& row : params::kCatalogue) {
        const Received answer = ask(row.id);
        switch (row.kind) {
        case params::Kind::Float: EXPECT_EQ(answer.floats.at(0), row.def) << row.id; break;
        case params::Kind::Int: EXPECT_EQ(answer.ints.at(0), static_cast<int>(row.def)) << row.id; break;
        case params::Kind::Bool: EXPECT_EQ(answer.types, row.def >= 0.5f ? "T" : "F") << row.id; break;
        case params::Kind::Choice: EXPECT_EQ(answer.strings.at(0), params::format(row, row.def)) << row.id; break;
        }
    }
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved) {
            EXPECT_EQ(ask(params::kTexts[i].id).strings.at(0), store.texts()->values[i]) << params::kTexts[i].id;
        }
    EXPECT_FALSE(receiver->answer(paramEvent(param("look.bloom"), 1, Origin::Osc, 0), store));
}

TEST_F(Osc, L13_ScenesAreAddressedByTheirPad) {
    for (const auto& [address, action] : {std::pair{"/titanus/scene", Action::SceneRecall}, {"/titanus/action.scene", Action::SceneRecall},
                                          {"/titanus/scene_store", Action::SceneStore}, {"/titanus/scene/clear", Action::Count},
                                          {"/titanus/scene_clear", Action::SceneClear}}) {
        send(Message(address).i(5));
        if (action == Action::Count) continue; // no such address
        const auto e = event();
        ASSERT_TRUE(e) << address;
        EXPECT_EQ(e->action.action, action);
        EXPECT_EQ(e->action.argument, 4);
        EXPECT_EQ(e->action.origin, Origin::Osc);
    }
    send(Message("/titanus/scene").f(1)); // a button pressed
    send(Message("/titanus/scene").f(0)); // and released
    send(Message("/titanus/action.scene_store")); // arms: the next pad
    EXPECT_EQ(event()->action.argument, 0);
    EXPECT_EQ(event()->action.argument, -1);
    expectRejected({Message("/titanus/scene").i(65).bytes(), Message("/titanus/scene").i(-1).bytes(), Message("/titanus/scene").bytes(),
                    Message("/titanus/scene").s("five").bytes(), Message("/titanus/prompt.1.text").s(std::string(300, 'x')).bytes()}, 5);
}

TEST_F(Osc, L15_TwoPadsOrOneAskForABlend) {
    for (const auto& [message, argument] : {std::pair{Message("/titanus/scene_blend").i(3).i(5), blendArgument({2, 4})},
                                            {Message("/titanus/scene_blend").f(5), blendArgument({-1, 4})}, {Message("/titanus/scene/blend").f(0.25f), -7},
                                            {Message("/titanus/scene_blend").i(0), kBlendEnd}}) {
        send(message);
        const auto e = event();
        ASSERT_TRUE(e);
        if (argument == -7) {
            EXPECT_EQ(e->param.param, params::param("scene.blend"));
            EXPECT_EQ(e->param.value, 0.25f);
            continue;
        }
        EXPECT_EQ(e->action.action, Action::SceneRecall);
        EXPECT_EQ(e->action.argument, argument);
    }
    expectRejected({Message("/titanus/scene_blend").bytes(), Message("/titanus/scene_blend").i(3).i(0).bytes(), Message("/titanus/scene_blend").i(3).i(65).bytes(),
                    Message("/titanus/scene_blend").i(1).i(2).i(3).bytes(), Message("/titanus/scene_blend").s("3").bytes()}, 5);
}

TEST_F(Osc, L13_RelativeMovesAddToWhereTheParameterStands) {
    params::Store store;
    const auto play = [&](const Message& m) {
        send(m);
        ControlEvent e;
        for (int i = 0; i < 5000 && !receiver->pop(e, store); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        EXPECT_EQ(e.relative, ControlEvent::Relative::No);
        EXPECT_EQ(e.param.origin, Origin::Osc);
        store.apply(e.param);
    };
    const auto bloom = param("look.bloom");
    play(Message("/titanus/look.bloom").f(0.5f));
    play(Message("/titanus/look.bloom").s("+").f(0.1f));
    EXPECT_NEAR(store[bloom], 0.6f, 1e-6);
    play(Message("/titanus/look/bloom").s("-").f(0.25f));
    EXPECT_NEAR(store[bloom], 0.35f, 1e-6);
    play(Message("/titanus/look.bloom").s("+").f(1e30f)); // stops at the end
    EXPECT_EQ(store[bloom], 1.f);
    const auto rate = param("guide.rate"); // a fader by ratio
    play(Message("/titanus/travel/guide.rate").f(0.5f));
    play(Message("/titanus/travel/guide.rate").s("+").f(0.25f));
    EXPECT_NEAR(params::toTravel(params::row(rate), store[rate]), 0.75f, 1e-5);
    play(Message("/titanus/travel/guide.rate").s("-").i(7));
    EXPECT_EQ(store[rate], params::row(rate).min);
    const auto kaleidoscope = param("look.kaleidoscope");
    play(Message("/titanus/look.kaleidoscope").s("+").i(3));
    play(Message("/titanus/look.kaleidoscope").s("+").i(2));
    EXPECT_EQ(store[kaleidoscope], 5.f);
    expectRejected({Message("/titanus/look.bloom").s("+").bytes(), Message("/titanus/look.bloom").s("*").f(2).bytes(),
                    Message("/titanus/look.bloom").s("+").s("0.1").bytes(),
                    Message("/titanus/look.bloom").s("+").f(std::nanf("")).bytes(), Message("/titanus/travel/nothing").s("+").f(1).bytes()}, 5);
    const auto before = receiver->rejected();
    send(Message("/titanus/look.bloom").s("+").f(0.1f)); // asked for without a store
    send(Message("/titanus/look.trails").f(0.1f));
    EXPECT_EQ(event()->param.param, param("look.trails"));
    EXPECT_EQ(receiver->rejected(), before + 1);
}

TEST_F(Osc, ReleasingAButtonIsNotAnotherTap) {
    send(Message("/titanus/action.tap").f(1));
    send(Message("/titanus/action.tap").f(0));
    send(Message("/titanus/action.reseed").f(1));
    EXPECT_EQ(event()->action.action, Action::Tap);
    EXPECT_EQ(event()->action.action, Action::Reseed);
}

TEST_F(Osc, BundlesAreReadInOrder) {
    sender.send(bundle({Message("/titanus/camera.zoom").f(1).bytes(), Message("/titanus/nonsense").f(1).bytes(),
                        bundle({Message("/titanus/camera.roll").f(2).bytes()})}), port);
    EXPECT_EQ(event()->param.param, param("camera.zoom"));
    EXPECT_EQ(event()->param.param, param("camera.roll")); // the wrong one between is skipped
    EXPECT_EQ(receiver->rejected(), 1u);
}

TEST_F(Osc, WrongTypesAndNamesAreCountedNotActedOn) {
    std::vector<std::string> wrong{
        Message("/titanus/camera.zoom").bytes(), Message("/titanus/camera.zoom").s("fast").bytes(),
        Message("/titanus/camera.zoom").f(std::nanf("")).bytes(), Message("/titanus/camera.zoom").f(INFINITY).bytes(),
        Message("/titanus/camera.zom").f(1).bytes(), Message("/titanus/").f(1).bytes(), Message("/titanus/preset").bytes(),
        Message("/titanus/preset").i(0).bytes(), Message("/titanus/preset").s(std::string(400, 'x')).bytes(),
        Message("/titanus/prompt.1.text").f(1).bytes(), Message("/titanus/audio.input").s("/etc/passwd").bytes(),
        Message("/titanus/action.tap").s("now").bytes(), Message("/titanus/travel/none").f(1).bytes()};
    expectRejected(wrong, wrong.size());
}

TEST_F(Osc, OtherProgramsMessagesAreIgnored) {
    send(Message("/wek/outputs").f(1));
    send(Message("/titanus/look.bloom").f(1));
    ASSERT_TRUE(event());
    EXPECT_EQ(receiver->ignored(), 1u);
    EXPECT_EQ(receiver->rejected(), 0u);
}

TEST_F(Osc, L13_GarbageIsCountedAndNeverFatal) {
    std::mt19937 random(11);
    std::string deep = Message("/titanus/camera.zoom").f(1).bytes();
    for (int i = 0; i < 60; ++i) deep = bundle({deep});
    std::vector<std::string> packets{"garbage", "/", ",", std::string("\0\0\0\0", 4), "#bundle", std::string(4000, '#'), deep,
                                     std::string("#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xff", 20), "/titanus/camera.zoom"};
    expectRejected(packets, 6);
    // Damaged copies of good packets, and noise. Some are still valid: drain, do not judge.
    const std::string good = bundle({Message("/titanus/camera.zoom").f(1).bytes(), Message("/titanus/prompt.1.text").s("a cat").bytes()});
    ControlEvent e;
    for (int i = 0; i < 3000; ++i) {
        std::string p = random() % 3 ? good : std::string(random() % 200, '\0');
        if (p != good)
            for (char& c : p) c = static_cast<char>(random());
        for (unsigned n = random() % 4; n > 0 && !p.empty(); --n) p[random() % p.size()] = static_cast<char>(random());
        if (random() % 4 == 0) p.resize(random() % (p.size() + 1));
        sender.send(p, port);
        while (receiver->pop(e))
            if (e.kind == Kind::Param) {
                EXPECT_TRUE(std::isfinite(e.param.value));
            }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    while (receiver->pop(e)) {}
    send(Message("/titanus/camera.zoom").f(1.25f)); // and it still listens
    for (int i = 0; i < 5000 && e.param.value != 1.25f; ++i) {
        receiver->pop(e);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(e.param.value, 1.25f);
}

TEST_F(Osc, AFloodIsDroppedAndCounted) {
    for (int i = 0; i < 20000 && receiver->dropped() == 0; ++i) {
        send(Message("/titanus/camera.zoom").f(0.5f));
        if (i % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_GT(receiver->dropped(), 0u);
    ControlEvent e;
    while (receiver->pop(e)) {}
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    while (receiver->pop(e)) {}
    send(Message("/titanus/camera.roll").f(1));
    for (int i = 0; i < 5000 && e.param.param != param("camera.roll"); ++i) {
        receiver->pop(e);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(e.param.param, param("camera.roll"));
}

TEST_F(Osc, APortThatIsTakenIsOneProblem) {
    const auto second = OscReceiver::open({"127.0.0.1", port}, clock);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.problem().id, core::ProblemId::OscBindFailed);
    EXPECT_NE(second.problem().detail.find(std::to_string(port)), std::string::npos);
}

TEST_F(Osc, ClosingRightAfterOpeningDoesNotHang) {
    for (int i = 0; i < 50; ++i) {
        auto again = OscReceiver::open({"127.0.0.1", freePort()}, clock);
        ASSERT_TRUE(again);
    }
}

TEST(OscAddress, AreReadAndRefused) {
    EXPECT_EQ(parseHostPort("9000").value().port, 9000);
    EXPECT_EQ(parseHostPort("9000").value().host, "127.0.0.1");
    EXPECT_EQ(parseHostPort(":9000").value().host, "127.0.0.1");
    EXPECT_EQ(parseHostPort("0.0.0.0:57120").value().host, "0.0.0.0");
    for (const char* text : {"", ":", "host", "host:", "1.2.3.4:0", "1.2.3.4:70000", "x:9a"}) {
        const auto bad = parseHostPort(text);
        ASSERT_FALSE(bad) << text;
        EXPECT_EQ(bad.problem().id, core::ProblemId::UsageError);
    }
}

// ---- out ---------------------------------------------------------------------------------------

struct OscOut : testing::Test {
    Socket listener;
    std::unique_ptr<OscSender> out;
    params::Store store;
    void SetUp() override {
        auto opened = OscSender::open({"127.0.0.1", listener.port});
        ASSERT_TRUE(opened);
        out = std::move(opened).value();
    }
    std::multimap<std::string, Received> drain(std::size_t packets) {
        std::multimap<std::string, Received> messages;
        for (std::size_t i = 0; i < packets; ++i) {
            const std::string packet = listener.receive();
            EXPECT_LE(packet.size(), 1400u);
            EXPECT_FALSE(packet.empty());
            parse(packet, messages);
        }
        return messages;
    }
};

TEST_F(OscOut, TheFirstFeedbackSendsTheWholeTree) {
    store.setText(params::promptText(0), "a cat");
    out->feedback(store, 1);
    const auto m = drain(out->sent());
    for (const auto& row : params::kCatalogue) {
        const auto found = m.find("/titanus/" + std::string(row.id));
        ASSERT_NE(found, m.end()) << row.id;
        if (row.kind == params::Kind::Float) {
            EXPECT_EQ(found->second.floats.at(0), row.def) << row.id;
        }
        if (row.kind == params::Kind::Choice) {
            EXPECT_EQ(found->second.strings.at(0), params::format(row, row.def)) << row.id;
        }
    }
    EXPECT_EQ(m.find("/titanus/prompt.1.text")->second.strings.at(0), "a cat");
}

TEST_F(OscOut, L12_PadStatesAreSentWhenTheyChange) {
    PadStates states{};
    states[4] = PadState::Stored;
    out->pads(states);
    auto m = drain(out->sent());
    EXPECT_EQ(m.size(), static_cast<std::size_t>(kScenePads));
    EXPECT_EQ(m.find("/titanus/pad/1")->second.strings.at(0), "empty");
    EXPECT_EQ(m.find("/titanus/pad/5")->second.strings.at(0), "stored");
    out->pads(states);
    EXPECT_FALSE(listener.pending());
    states[4] = PadState::Active;
    out->pads(states);
    m = drain(1);
    EXPECT_EQ(m.size(), 1u);
    EXPECT_EQ(m.find("/titanus/pad/5")->second.strings.at(0), "active");
}

TEST_F(OscOut, L13_OnlyWhatChangedIsSentAfterwards) {
    out->feedback(store, 1);
    drain(out->sent());
    out->feedback(store, 2);
    EXPECT_FALSE(listener.pending());
    store.apply({param("camera.zoom"), 0.5f, Origin::Midi, 2});
    store.setText(params::promptText(2), "a lighthouse");
    out->feedback(store, 3);
    const auto m = drain(1);
    EXPECT_EQ(m.size(), 2u);
    EXPECT_EQ(m.find("/titanus/camera.zoom")->second.floats.at(0), 0.5f);
    EXPECT_EQ(m.find("/titanus/prompt.3.text")->second.strings.at(0), "a lighthouse");
}

TEST_F(OscOut, WhatCameByOscIsEchoedOnceTheFingerRests) {
    out->feedback(store, 1);
    drain(out->sent());
    double now = 2;
    for (int i = 1; i <= 20; ++i, now += 0.05) {
        store.apply({param("camera.zoom"), static_cast<float>(i) / 10, Origin::Osc, now});
        out->feedback(store, now);
    }
    EXPECT_FALSE(listener.pending());
    out->feedback(store, now + 0.3);
    EXPECT_EQ(drain(1).find("/titanus/camera.zoom")->second.floats.at(0), 2.f);
}

TEST_F(OscOut, L13_BroadcastsWhatTheAnalysisHears) {
    SoundReport sound;
    sound.onsets = {100, 40, 20, 60}; // before anybody listened
    sound.beat = 7;
    out->broadcast(sound, 1);
    auto m = drain(1);
    EXPECT_EQ(m.size(), 2u); // level and bands; no onset of long ago
    sound.level = 0.5f;
    sound.bands = {1, 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f};
    sound.onsets[1] = 41;
    sound.strength[1] = 0.75f;
    sound.beat = 8;
    sound.beatInBar = 3;
    sound.bpm = 128;
    out->broadcast(sound, 2);
    m = drain(1);
    EXPECT_EQ(m.find("/titanus/audio/level")->second.floats.at(0), 0.5f);
    EXPECT_EQ(m.find("/titanus/audio/bands")->second.floats, (std::vector<float>{1, 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f}));
    EXPECT_EQ(m.find("/titanus/audio/onset/kick")->second.floats.at(0), 0.75f);
    EXPECT_EQ(m.find("/titanus/audio/beat")->second.ints.at(0), 4);
    EXPECT_EQ(m.find("/titanus/audio/bpm")->second.floats.at(0), 128.f);
    EXPECT_EQ(m.count("/titanus/audio/onset/snare"), 0u);
}

TEST_F(OscOut, L13_SwitchesAndThePresetAreSentWhenTheyChange) {
    SwitchState state;
    out->switches(state);
    auto m = drain(out->sent());
    EXPECT_EQ(m.find("/titanus/action.blackout")->second.types, "F");
    EXPECT_EQ(m.find("/titanus/action.ui")->second.types, "T");
    EXPECT_EQ(m.find("/titanus/preset")->second.ints.at(0), 0);
    out->switches(state);
    EXPECT_FALSE(listener.pending());
    struct Change { const char* address; bool SwitchState::*field; };
    for (const auto& [address, field] : {Change{"blackout", &SwitchState::blackout}, {"freeze", &SwitchState::frozen}, {"record", &SwitchState::recording},
                                         {"midi_learn", &SwitchState::learning}, {"autopilot", &SwitchState::autopilot}, {"test_card", &SwitchState::testCard},
                                         {"strip", &SwitchState::stripFrozen}, {"cue_go", &SwitchState::cuesRunning}, {"scene_store", &SwitchState::storing},
                                         {"scene_clear", &SwitchState::clearing}, {"scene_prepare", &SwitchState::preparing}, {"scene", &SwitchState::blendArmed}})
        for (const bool on : {true, false}) {
            state.*field = on;
            out->switches(state);
            m = drain(1);
            ASSERT_EQ(m.size(), 1u) << address;
            EXPECT_EQ(m.begin()->first, std::string("/titanus/action.") + address);
            EXPECT_EQ(m.begin()->second.types, on ? "T" : "F") << address;
        }
    state.preset = 2;
    out->switches(state);
    m = drain(1);
    EXPECT_EQ(m.size(), 1u);
    EXPECT_EQ(m.find("/titanus/preset")->second.ints.at(0), 3); // as it is recalled
    out->sendAll();
    out->switches(state);
    EXPECT_GT(drain(1).size(), 10u);
}

TEST_F(OscOut, NobodyListeningIsNoError) {
    auto deaf = OscSender::open({"127.0.0.1", freePort()});
    ASSERT_TRUE(deaf);
    for (int i = 0; i < 20; ++i) {
        deaf.value()->sendAll();
        deaf.value()->feedback(store, i);
    }
    EXPECT_FALSE(OscSender::open({"no.such.host.invalid", 9000}));
}

} // namespace
} // namespace titanus::controls
