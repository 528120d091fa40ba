// Real MIDI bytes: Debian's python3-rtmidi -> a private JACK server -> RtMidi -> the mapper.
// /usr/bin/python3 is meant: the module belongs to the system's interpreter.
#include "analysis/hand_clocks.h"
#include "controls/midi.h"
#include "controls/midi_mapper.h"
#include "core/clock.h"
#include "core/files.h"
#include "support/jack_server.h"

#include <algorithm>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <ctime>
#include <thread>
#include <tuple>

namespace titanus::controls {
namespace {
using support::JackServer;

bool senderPresent() { return std::system("/usr/bin/python3 -c 'import rtmidi' >/dev/null 2>&1") == 0; }

// Sends the messages to the first port whose name holds `to`.
std::string sendTo(const std::string& to, const std::string& messages, double pause = 0.005) {
    return "import rtmidi, time\n"
           "o = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name='sender')\n"
           "o.open_port([k for k, p in enumerate(o.get_ports()) if '" + to + "' in p][0]); time.sleep(.3)\n"
           "for m in " + messages + ":\n    o.send_message(m); time.sleep(" + std::to_string(pause) + ")\n"
           "time.sleep(.3)\nprint('sent')\n";
}

struct MidiJack : testing::Test {
    JackServer::Options options;
    std::unique_ptr<JackServer> jack;
    core::SteadyClock clock;
    std::vector<core::Problem> problems;

    void SetUp() override {
        jack = std::make_unique<JackServer>(options);
        if (!jack->running()) GTEST_SKIP() << "no JACK server: " << jack->reason();
        if (!senderPresent()) GTEST_SKIP() << "python3-rtmidi is not installed";
    }
    std::vector<MidiMessage> collect(MidiInput& input, std::size_t count, double seconds = 10) {
        std::vector<MidiMessage> out;
        const double end = clock.seconds() + seconds;
        MidiMessage m;
        while (out.size() < count && clock.seconds() < end) {
            input.poll(clock.seconds(), problems);
            if (input.pop(m)) out.push_back(m);
            else std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return out;
    }
    bool until(MidiInput& input, const std::function<bool()>& done, double seconds = 15) {
        const double end = clock.seconds() + seconds;
        while (clock.seconds() < end) {
            input.poll(clock.seconds(), problems);
            if (done()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return false;
    }
};

// Where every byte is counted.
struct MidiJackWhole : MidiJack {
    MidiJackWhole() { options.synchronous = true; }
};

TEST_F(MidiJackWhole, BytesArriveExactlyAndTheClockComplete) {
    MidiInput input(clock);
    const auto opened = input.openVirtual("in");
    ASSERT_TRUE(opened) << opened.problem().line();
    ASSERT_NE(jack->waitForPort("titanus"), "");
    // What goes out before JACK has truly connected both is nobody's: notes ahead of the burst show that it has.
    constexpr std::size_t kAhead = 20;
    EXPECT_EQ(jack->run({"/usr/bin/python3", "-c",
                         sendTo("titanus", "[[0x90,1,1]]*20 + [[0x90,60,100],[0x80,60,0],[0xB0,1,64],[0xE0,3,64],[0xFA],[0xC0,5],[0xF2,16,0],[0xF0,0x7d,1,2,3,0xF7]]"
                                           " + [[0xF8]]*24 + [[0xFC]]")}),
              "sent\n");
    auto got = collect(input, kAhead + 7 + 24 + 1);
    const auto burst = std::find_if(got.begin(), got.end(), [](const MidiMessage& m) { return m.bytes[0] != 0x90 || m.bytes[1] != 1; });
    ASSERT_NE(burst, got.begin()) << "never connected";
    got.erase(got.begin(), burst);
    ASSERT_EQ(got.size(), 7u + 24 + 1) << "system exclusive is left out, all else arrives";
    const std::vector<std::vector<int>> expected{{0x90, 60, 100}, {0x80, 60, 0}, {0xB0, 1, 64}, {0xE0, 3, 64}, {0xFA}, {0xC0, 5}, {0xF2, 16, 0}};
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(std::vector<int>(got[i].bytes.begin(), got[i].bytes.begin() + got[i].size), expected[i]) << i;
    for (std::size_t i = 7; i < 7 + 24; ++i) EXPECT_EQ(got[i].bytes[0], 0xF8);
    EXPECT_EQ(got.back().bytes[0], 0xFC);
    for (std::size_t i = 1; i < got.size(); ++i) EXPECT_GE(got[i].time, got[i - 1].time);
    EXPECT_EQ(input.deviceName(got[0].device), "in");
    EXPECT_EQ(input.dropped(), 0u);
}

// Bytes on a real port, with its jitter, to the tempo of the show.
TEST_F(MidiJackWhole, L8_TheClockOfARealPortGivesItsTempo) {
    MidiInput input(clock);
    ASSERT_TRUE(input.openVirtual("in"));
    ASSERT_NE(jack->waitForPort("titanus"), "");
    std::string said;
    std::thread sender([&] {
        said = jack->run({"/usr/bin/python3", "-c", "import rtmidi, time\n"
                          "o = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name='drums')\n"
                          "o.open_port([k for k, p in enumerate(o.get_ports()) if 'titanus' in p][0]); time.sleep(.5)\n"
                          "o.send_message([0xFA]); begun = time.monotonic()\n"
                          "for i in range(192):\n    time.sleep(max(0, begun + i * 60 / 100 / 24 - time.monotonic())); o.send_message([0xF8])\n"
                          "time.sleep(.3); print('sent')\n"});
    });
    MidiMapper mapper;
    params::Store store;
    analysis::MidiClock beat;
    std::vector<ControlEvent> events;
    std::vector<MidiClockEvent> ticks;
    int count = 0;
    double sum = 0, begun = 0;
    for (const MidiMessage& m : collect(input, 193, 20)) {
        ticks.clear();
        mapper.handle(m, "in", store, events, ticks);
        for (const MidiClockEvent& e : ticks) {
            if (e.kind == MidiClockEvent::Kind::Start) beat.start();
            if (e.kind != MidiClockEvent::Kind::Tick) continue;
            if (count++ == 0) begun = e.time;
            beat.tick(e.time);
            if (count > 96) sum += 60 / beat.line().period;
        }
    }
    sender.join();
    EXPECT_EQ(said, "sent\n");
    ASSERT_EQ(count, 192) << "ticks were lost";
    EXPECT_NEAR(sum / 96, 100, 0.5);
    EXPECT_NEAR(beat.line().at(begun + 7 * 0.6), 7, 0.1);
}

TEST_F(MidiJackWhole, L10_LearnByMovingThenPlay) {
    MidiInput input(clock);
    ASSERT_TRUE(input.openVirtual("in"));
    ASSERT_NE(jack->waitForPort("titanus"), "");
    params::Store store;
    MidiMapper mapper;
    std::vector<MidiClockEvent> ticks;
    constexpr auto zoom = params::param("camera.zoom");
    mapper.arm(zoom);
    jack->run({"/usr/bin/python3", "-c", sendTo("titanus", "[[0xB0,21,v] for v in list(range(50,128)) ]", 0.002)});
    for (const MidiMessage& m : collect(input, 78)) {
        std::vector<ControlEvent> events;
        mapper.handle(m, input.deviceName(m.device), store, events, ticks);
        for (const auto& e : events) store.apply(e.param);
    }
    const auto learned = mapper.takeLearned();
    ASSERT_TRUE(learned);
    EXPECT_EQ(learned->binding.number, 21);
    EXPECT_EQ(store[zoom], 2.f); // picked up on the way through the middle, followed to the end
}

TEST_F(MidiJack, L10_ADeviceIsOpenedByNameAndReopenedAfterAReplug) {
    MidiInput input(clock);
    input.setWanted("FakePad");
    input.poll(clock.seconds(), problems);
    EXPECT_TRUE(input.devices().empty());
    // A device that plays a note ten times a second until it is unplugged.
    const std::string pad = "import rtmidi, time\n"
                            "o = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name='FakePad')\n"
                            "o.open_virtual_port('pads')\n"
                            "end = time.time() + %SECONDS%\n"
                            "while time.time() < end:\n    o.send_message([0x90,36,100]); time.sleep(.1)\n"
                            "o.close_port(); del o\n";
    const auto plugFor = [&](const std::string& seconds) {
        std::string program = pad;
        program.replace(program.find("%SECONDS%"), 9, seconds);
        ASSERT_GT(jack->start({"env", "/usr/bin/python3", "-c", program}), 0);
    };
    plugFor("6");
    ASSERT_TRUE(until(input, [&] { return !input.devices().empty() && input.devices()[0].received > 2; }));
    EXPECT_NE(input.devices()[0].name.find("FakePad"), std::string::npos);
    EXPECT_TRUE(input.devices()[0].open);
    EXPECT_TRUE(problems.empty());
    const auto generation = input.generation();
    ASSERT_TRUE(until(input, [&] { return !input.devices()[0].open; })) << "unplugged";
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].id, core::ProblemId::MidiDeviceLost);
    const auto before = input.devices()[0].received;
    plugFor("6");
    ASSERT_TRUE(until(input, [&] { return input.devices()[0].received > before + 2; })) << "plugged in again";
    EXPECT_EQ(input.devices().size(), 1u);
    EXPECT_GT(input.generation(), generation);
}

// Two of one make: the drivers' names differ by a number alone, which changes with each plug.
TEST_F(MidiJack, L10_TwoEqualDevicesAreBothOpenAndKeepTheirNamesThroughAReplug) {
    MidiInput input(clock);
    input.setWanted("FakePad");
    const auto plug = [&](const std::string& number, int note, int seconds) {
        ASSERT_GT(jack->start({"env", "/usr/bin/python3", "-c",
                               "import rtmidi, time\n"
                               "o = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name='FakePad [" + number + "]')\n"
                               "o.open_virtual_port('pads')\n"
                               "end = time.time() + " + std::to_string(seconds) + "\n"
                               "while time.time() < end:\n    o.send_message([0x90," + std::to_string(note) + ",100]); time.sleep(.1)\n"
                               "o.close_port(); del o\n"}), 0);
    };
    // The name of the device that plays this note now.
    const auto playing = [&](int note) {
        std::string name;
        MidiMessage m;
        while (input.pop(m)) {}
        until(input, [&] {
            while (input.pop(m))
                if (m.bytes[1] == note) name = input.deviceName(m.device);
            return !name.empty();
        });
        return name;
    };
    plug("20", 36, 12);
    EXPECT_EQ(playing(36), "FakePad:pads");
    plug("21", 37, 60);
    EXPECT_EQ(playing(37), "FakePad:pads #2");
    ASSERT_TRUE(until(input, [&] { return !input.devices()[0].open; }, 30)) << "the first is unplugged";
    EXPECT_EQ(playing(37), "FakePad:pads #2");
    plug("22", 36, 20);
    EXPECT_EQ(playing(36), "FakePad:pads");
    EXPECT_EQ(playing(37), "FakePad:pads #2");
    EXPECT_EQ(input.devices().size(), 2u);
    EXPECT_EQ(problems.size(), 1u);
}

// The lights of an APC mini over real JACK MIDI: a program stands for the controller and notes what
// it was sent and when. Times are printed, not judged: the machine may be busy.
TEST_F(MidiJack, L12_PadLightsArriveAtTheController) {
    MidiInput input(clock);
    ASSERT_TRUE(input.openVirtual("APC MINI"));
    ASSERT_NE(jack->waitForPort("feedback"), "");
    const std::string heard = jack->folder() + "/heard.txt";
    ASSERT_GT(jack->start({"env", "/usr/bin/python3", "-c",
                           "import rtmidi, time\n"
                           "f = open('" + heard + "', 'w', buffering=1)\n"
                           "i = rtmidi.MidiIn(rtapi=rtmidi.API_UNIX_JACK, name='lights')\n"
                           "i.open_port([k for k, p in enumerate(i.get_ports()) if 'feedback' in p][0])\n"
                           "time.sleep(.3); f.write('ready\\n')\n"
                           "end = time.time() + 300\n"
                           "while time.time() < end:\n"
                           "    m = i.get_message()\n"
                           "    if m: f.write(' '.join(str(b) for b in m[0]) + ' %.6f\\n' % time.monotonic())\n"
                           "    else: time.sleep(.001)\n"}), 0);
    const auto heardText = [&] { return core::readFile(heard); };
    ASSERT_TRUE(until(input, [&] { const auto text = heardText(); return text && text.value().find("ready") != std::string::npos; }));
    MidiMapper mapper;
    mapper.setFactoryMaps(factoryMidiMaps());
    params::Store store;
    SwitchState state;
    for (const auto& bytes : mapper.deviceOpened("APC MINI")) input.send("APC MINI", bytes);
    double worst = 0;
    int lost = 0;
    for (int round = 0; round < 5; ++round) {
        for (const auto& [pad, shown, light] : {std::tuple{0, PadState::Stored, "144 56 1 "}, {9, PadState::Active, "144 49 3 "},
                                                {16, PadState::Modified, "144 40 6 "}, {63, PadState::Blending, "144 7 4 "}, {0, PadState::Empty, "144 56 0 "}}) {
            state.pads[static_cast<std::size_t>(pad)] = round % 2 && shown != PadState::Empty ? PadState::Stored : shown;
            const std::string expected = round % 2 && shown != PadState::Empty ? std::string(light).substr(0, std::string(light).size() - 2) + "1 " : light;
            const auto size = heardText().value().size();
            timespec now{};
            ::clock_gettime(CLOCK_MONOTONIC, &now);
            const auto changes = mapper.feedback("APC MINI", store, state, clock.seconds());
            bool sent = false;
            for (const auto& bytes : changes) sent = input.send("APC MINI", bytes) || sent;
            if (changes.empty()) continue; // it showed that already
            ASSERT_TRUE(sent);
            // Once is what the mapper says, and what arrives but for a server that skips a cycle because the
            // machine is too busy: then the same bytes go again.
            std::string line;
            double again = clock.seconds() + 3;
            ASSERT_TRUE(until(input, [&] {
                if (clock.seconds() > again) {
                    for (const auto& bytes : changes) input.send("APC MINI", bytes);
                    again = clock.seconds() + 3;
                    ++lost;
                }
                const std::string text = heardText().value().substr(size);
                const auto at = text.find(expected);
                if (at == std::string::npos || text.find('\n', at) == std::string::npos) return false;
                line = text.substr(at + expected.size());
                return true;
            }, 60)) << expected << "was not sent";
            worst = std::max(worst, std::stod(line) - static_cast<double>(now.tv_sec) - static_cast<double>(now.tv_nsec) * 1e-9);
        }
    }
    std::printf("from the change to the controller: %.1f ms at worst; sent again %d times\n", worst * 1000, lost);
}

// Closing the lights' port while the server calls it is nothing to crash on (RtMidi 5.0 alone does, now and then).
TEST_F(MidiJack, PortsAreClosedWhileTheServerRuns) {
    for (int round = 0; round < 4; ++round) {
        MidiInput input(clock);
        ASSERT_TRUE(input.openVirtual("APC MINI"));
        ASSERT_NE(jack->waitForPort("feedback"), "");
        EXPECT_TRUE(input.send("APC MINI", {0x90, 0, 1}));
    }
}

TEST_F(MidiJack, TheServersDeathIsSurvived) {
    MidiInput input(clock);
    ASSERT_TRUE(input.openVirtual("in"));
    input.setWanted("*");
    input.poll(clock.seconds(), problems);
    jack->stop();
    for (int i = 0; i < 3; ++i) {
        input.setWanted("*");
        input.poll(clock.seconds() + i * 20, problems);
    }
    MidiMessage m;
    EXPECT_FALSE(input.pop(m));
}

// The show says each frame what it wants; only something new makes it look at once.
TEST(MidiWithoutDrivers, L10_PortsAreListedEveryOneAndAHalfSecondsHoweverOftenDevicesAreAskedFor) {
    ::setenv("JACK_DEFAULT_SERVER", "titanus-no-such-server", 1);
    core::SteadyClock clock;
    MidiInput input(clock);
    std::vector<core::Problem> problems;
    for (int frame = 0; frame < 600; ++frame) { // 10 s
        input.setWanted("Pad | Box");
        input.poll(frame / 60.0, problems);
    }
    EXPECT_GE(input.listings(), 6u);
    EXPECT_LE(input.listings(), 7u);
    const auto before = input.listings();
    input.setWanted("Pad");
    input.poll(10, problems);
    EXPECT_EQ(input.listings(), before + 1);
    ::unsetenv("JACK_DEFAULT_SERVER");
}

TEST(MidiWithoutDrivers, ListingAndOpeningEndInAnAnswer) {
    ::setenv("JACK_DEFAULT_SERVER", "titanus-no-such-server", 1);
    const MidiPorts ports = listMidiPorts();
    core::SteadyClock clock;
    MidiInput input(clock);
    input.setWanted("*");
    std::vector<core::Problem> problems;
    input.poll(0, problems);
    input.poll(2, problems);
    if (ports.available) GTEST_SKIP() << "this machine has an ALSA sequencer";
    EXPECT_TRUE(ports.inputs.empty());
    ASSERT_EQ(problems.size(), 1u) << "said once";
    EXPECT_EQ(problems[0].id, core::ProblemId::MidiUnavailable);
    const auto opened = input.openVirtual("in");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.problem().id, core::ProblemId::MidiUnavailable);
    ::unsetenv("JACK_DEFAULT_SERVER");
}

} // namespace
} // namespace titanus::controls
