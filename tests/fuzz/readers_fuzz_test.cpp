// Nothing that somebody else wrote ends the program: each reader takes it or says no.
#include "audio/sound.h"
#include "controls/control_log.h"
#include "controls/cue_list.h"
#include "controls/keyboard.h"
#include "controls/midi_mapper.h"
#include "controls/osc.h"
#include "controls/preset.h"
#include "controls/scene_files.h"
#include "controls/session.h"
#include "core/files.h"
#include "formula/expression.h"
#include "fuzz/fuzz.h"
#include "guidance/prompt_text.h"
#include "guidance/safetensors.h"
#include "guidance/tokenizer.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <cmath>
#include <cstring>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace titanus {
namespace {
namespace fs = std::filesystem;

const fs::path kSource = TITANUS_SOURCE_DIR;

std::string read(const fs::path& path) {
    const auto bytes = core::readFile(path);
    EXPECT_TRUE(bytes) << path;
    return bytes ? bytes.value() : std::string();
}
std::vector<std::string> filesIn(const fs::path& folder, const char* extension) {
    std::vector<std::string> all;
    std::error_code ec;
    for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec))
        if (it->path().extension() == extension) all.push_back(read(it->path()));
    return all;
}
class TempFile {
  public:
    const fs::path& write(const std::string& bytes) {
        EXPECT_TRUE(core::writeFileAtomic(path_, bytes));
        return path_;
    }

  private:
    TempFolder folder_;
    fs::path path_ = folder_.path / "file";
};
const std::vector<std::string> kTomlWords{"schema = 1\n", "[values]\n", "[[route]]\n", "[prompts]\n", "[formulas]\n", "source = \"kick\"\n",
                                          "target = \"camera.zoom\"\n", "depth = ", "\"\"\"", "[[cue]]\n", "[scene]\n", "[machine]\n", "camera = 1\n", "1979-05-27"};

TEST(Fuzz, Presets) {
    fuzz::run("preset", filesIn(kSource / "presets", ".toml"), [](const std::string& bytes) {
        const auto preset = controls::parsePreset(bytes, "fuzz");
        if (!preset) return;
        // What was taken can be written and read again.
        const auto again = controls::parsePreset(controls::writePreset(preset.value()), "again");
        ASSERT_TRUE(again) << again.problem().line();
        EXPECT_EQ(again.value().show.values, preset.value().show.values);
        // Also after the player has set everything, and from where the session and a scene keep it.
        auto played = preset.value();
        for (std::size_t i = 0; i < params::kParamCount; ++i)
            if (const auto& row = params::kCatalogue[i]; row.saved()) played.show.values[i] = row.def == row.max ? row.min : row.max;
        for (std::size_t i = 0; i < params::kTextCount; ++i) played.show.texts[i] = "x\xFF";
        const auto set = controls::parsePreset(controls::writePreset(played), "played");
        ASSERT_TRUE(set) << set.problem().line();
        EXPECT_EQ(set.value().show.values, played.show.values);
        params::Store store;
        store.recall(played.show, params::Origin::Start);
        const auto session = controls::parseSession(controls::writeSession(controls::captureSession(store, played)), "session");
        ASSERT_TRUE(session) << session.problem().line();
        std::string canvas;
        controls::detail::StoredScene stored;
        stored.scene.preset = played;
        const auto scene = controls::detail::parseScene(controls::detail::sceneText(stored, "scene-1.png"), "scene", canvas, nullptr);
        ASSERT_TRUE(scene) << scene.problem().line();
    }, kTomlWords);
}

TEST(Fuzz, Sessions) {
    params::Store store;
    fuzz::run("session", {controls::writeSession(controls::captureSession(store, {}))}, [](const std::string& bytes) {
        if (const auto session = controls::parseSession(bytes, "fuzz")) {
            params::Store other;
            controls::restoreSession(session.value(), other);
        }
    }, kTomlWords);
}

TEST(Fuzz, MidiMaps) {
    fuzz::run("midi_map", filesIn(kSource / "presets/midi", ".toml"), [](const std::string& bytes) {
        static_cast<void>(controls::parseMidiMap(bytes, "fuzz"));
    }, {"[[bind]]\n", "cc = 300\n", "note = -1\n", "channel = 17\n", "target = \"action.tap\"\n"});
}

TEST(Fuzz, CueLists) {
    fuzz::run("cue_list", {"schema = 1\nname = \"a\"\n[[cue]]\nat = \"0:30\"\npreset = \"x\"\n[[cue]]\nafter_bars = 8\nscene = 6\nback_to = 1\ntimes = 2\n"},
              [](const std::string& bytes) {
                  auto list = controls::parseCueList(bytes, "fuzz");
                  if (!list) return;
                  controls::CuePlayer player;
                  player.load(std::move(list).value());
                  player.start({});
                  for (int i = 0; i < 50; ++i) player.step({.seconds = i * 10.0, .beat = i * 20.0});
              }, {"bar = 1\n", "loop = true\n", "at = \"9999999:00\"\n", "times = 0\n", "back_to = 99\n"});
}

TEST(Fuzz, KeyBindings) {
    fuzz::run("keys", {"[keys]\n\"Ctrl+K\" = \"action.blackout\"\nF5 = \"action.tap\"\n"}, [](const std::string& bytes) {
        controls::Keyboard keyboard;
        static_cast<void>(keyboard.parse(bytes, "fuzz"));
        // Panic is always there.
        EXPECT_TRUE(keyboard.press("Shift+Esc", true, false, 0));
    }, kTomlWords);
}

TEST(Fuzz, Prompts) {
    const auto reader = [](const std::string& bytes) {
        for (const auto grammar : {guidance::PromptGrammar::Titanus, guidance::PromptGrammar::PyTTI})
            static_cast<void>(guidance::parsePromptLine(bytes, grammar));
    };
    fuzz::run("prompt", {"a castle:2_r | fog:-1:-.5 || a lake:sin(t)*bass", "[image.png]:2_[mask.png] | dragon:3_semantic words_.2", "x"}, reader,
              {"|", "||", ":", "_", "[", "]", "(", ")", "_r", "sin(t)", ":-1", "\\", "f_lo", "**"});
}

TEST(Fuzz, Formulas) {
    const std::vector<std::string_view> names{"t", "bass", "kick"};
    fuzz::run("formula", {"sin(t*2)**2 + bass", "1 if kick > .5 else -2", "clip(abs(t) % 3, 0, 1) // .1", "smooth(bass, 2)"},
              [&](const std::string& bytes) {
                  auto compiled = formula::Expression::compile(bytes, names);
                  if (!compiled.expression) {
                      EXPECT_LE(compiled.error.column, bytes.size());
                      return;
                  }
                  const std::array<double, 3> now{1e9, 0.3, 1}, before{0, -1, 0};
                  for (int i = 0; i < 3; ++i) static_cast<void>(compiled.expression->evaluate({now, before, 0.02}));
              }, {"**", "//", "%", "(", ")", "((((((((((", "-", " not ", " and ", " if ", " else ", "lfo(", "1e308", "factorial(", "comb(", ","});
}

TEST(Fuzz, TokenizerTakesAnyBytes) {
    const auto tokenizer = guidance::Tokenizer::read(kSource / "models/titanus-guide/merges.txt");
    ASSERT_TRUE(tokenizer);
    fuzz::run("tokenizer", {"a photo of a jellyfish", "Ärger über 北京 \xF0\x9F\x98\x80", "it's &amp; 12345"}, [&](const std::string& bytes) {
        const auto tokens = tokenizer.value().encode(bytes, 77);
        ASSERT_GE(tokens.ids.size(), 2u);
        ASSERT_LE(tokens.ids.size(), 77u);
        for (const int id : tokens.ids) ASSERT_LT(static_cast<std::size_t>(id), tokenizer.value().vocabularySize());
        EXPECT_EQ(tokens.ids.back(), tokenizer.value().endId());
    });
}

TEST(Fuzz, MergeFiles) {
    fuzz::run("merges", {read(kSource / "models/titanus-guide/merges.txt").substr(0, 2000)}, [](const std::string& bytes) {
        if (const auto tokenizer = guidance::Tokenizer::fromText(bytes)) static_cast<void>(tokenizer.value().encode("hello there", 16));
    });
}

TEST(Fuzz, Safetensors) {
    const std::string header = R"({"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";
    std::string length(8, '\0');
    length[0] = static_cast<char>(header.size());
    TempFile file;
    fuzz::run("safetensors", {length + header + std::string(24, '\0')}, [&](const std::string& bytes) {
        const auto opened = guidance::Safetensors::open(file.write(bytes));
        if (!opened) return;
        for (const auto& [name, tensor] : opened.value().tensors()) {
            unsigned sum = 0;
            for (const std::byte b : tensor.bytes) sum += std::to_integer<unsigned>(b); // all of it is there
            EXPECT_GE(tensor.count(), 0) << name << sum;
        }
    }, {"\"shape\":[-1]", "\"data_offsets\":[0,99999999999]", "\"dtype\":\"F64\"", "[9223372036854775807,9223372036854775807]", "{}"});
}

TEST(Fuzz, SoundFiles) {
    std::string wav("RIFF\x2c\x01\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x44\xac\0\0\x10\xb1\x02\0\x04\0\x10\0data\x08\x01\0\0", 44);
    wav += std::string(264, '\x11');
    TempFile file;
    fuzz::run("sound", {wav}, [&](const std::string& bytes) {
        const auto sound = audio::readSound(file.write(bytes));
        if (!sound) return;
        for (const float sample : sound.value().samples) ASSERT_TRUE(std::isfinite(sample));
    }, {"fmt ", "data", "LIST", "RF64", "fLaC", "OggS"});
}

TEST(Fuzz, ControlLogs) {
    TempFile file;
    const fs::path path = file.write("");
    {
        params::Store store;
        controls::ControlLogHeader header;
        header.program = "fuzz";
        header.start = store.show();
        auto writer = controls::ControlLogWriter::create(path, header);
        ASSERT_TRUE(writer);
        for (int i = 0; i < 20; ++i) {
            writer.value()->event(controls::paramEvent(params::param("camera.zoom"), 0.01f * static_cast<float>(i), params::Origin::Midi, i));
            writer.value()->frame(i, static_cast<std::uint64_t>(i), {});
        }
        writer.value()->text(params::promptText(0), "a lake", params::Origin::Ui, 21);
    }
    fuzz::run("control_log", {read(path)}, [](const std::string& bytes) {
        auto reader = controls::ControlLogReader::parse(bytes, "fuzz");
        if (!reader) return;
        params::Store store;
        controls::ControlLogRecord record;
        while (reader.value().next(record)) controls::replay(record, store);
        for (std::size_t i = 0; i < params::kParamCount; ++i) { // whatever it said, values stay in range
            EXPECT_GE(store.snapshot().values[i], params::kCatalogue[i].min);
            EXPECT_LE(store.snapshot().values[i], params::kCatalogue[i].max);
        }
    });
}

TEST(Fuzz, MidiMessages) {
    controls::MidiMapper mapper;
    std::vector<core::Problem> found;
    mapper.setFactoryMaps(controls::factoryMidiMaps(&found));
    params::Store store;
    fuzz::run("midi", {std::string("\xb0\x07\x40\x90\x3c\x7f\x80\x3c\x00\xf8\xfa\xe0\x00\x40\xb0\x63\x01\xb0\x62\x02\xb0\x06\x40", 23)}, [&](const std::string& bytes) {
        std::vector<controls::ControlEvent> events;
        std::vector<controls::MidiClockEvent> clock;
        double time = 0;
        for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
            controls::MidiMessage message;
            std::memcpy(message.bytes.data(), &bytes[i], 3);
            message.size = static_cast<std::uint8_t>(1 + (static_cast<unsigned char>(bytes[i]) & 1) + 1);
            message.time = time += 0.001;
            if (i % 300 == 0) mapper.arm(params::param("camera.zoom"));
            mapper.handle(message, i % 2 ? "APC MINI MIDI 1" : "nanoKONTROL2 SLIDER/KNOB", store, events, clock);
        }
        for (const controls::ControlEvent& event : events)
            if (event.kind == controls::ControlEvent::Kind::Param) store.apply(event.param);
    });
}

TEST(Fuzz, OscPackets) {
    core::SteadyClock clock;
    auto opened = controls::OscReceiver::open({"127.0.0.1", 0}, clock);
    std::uint16_t port = 0;
    for (int candidate = 47110; !opened || port == 0; ++candidate) { // the receiver does not tell a port it chose
        ASSERT_LT(candidate, 47160) << "no free port";
        opened = controls::OscReceiver::open({"127.0.0.1", candidate}, clock);
        if (opened) port = static_cast<std::uint16_t>(candidate);
    }
    controls::OscReceiver& receiver = *opened.value();
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    ASSERT_GE(fd, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    params::Store store;
    const auto send = [&](const std::string& bytes) {
        static_cast<void>(::sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to));
        controls::ControlEvent event;
        while (receiver.pop(event, store))
            if (event.kind == controls::ControlEvent::Kind::Param) store.apply(event.param);
    };
    const std::string zoom("/titanus/camera.zoom\0\0\0\0,f\0\0\x3d\xcc\xcc\xcd", 32);
    const std::string bundle = std::string("#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x20", 20) + zoom;
    fuzz::run("osc", {zoom, bundle, std::string("/titanus/preset\0,s\0\0abc\0", 24), std::string("/titanus/prompt.1.text\0\0,s\0\0a fox\0\0\0", 36)},
              send, {"#bundle", "/titanus/", ",ffff", ",s", ",b", "?", "+"});
    // It still listens, and understands what is right.
    const std::uint64_t before = receiver.received();
    for (int tries = 0; tries < 200 && receiver.received() == before; ++tries) {
        send(zoom);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_GT(receiver.received(), before);
    ::close(fd);
}

} // namespace
} // namespace titanus
