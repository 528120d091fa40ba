// The log of a set: what is written is read, whatever happened to the file.
#include "controls/control_log.h"

#include "controls/log_format.h"
#include "core/files.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <random>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace titanus::controls {
namespace {
namespace fs = std::filesystem;
using core::ProblemId;
using params::Action;
using params::Origin;
using params::param;
using Kind = ControlLogRecord::Kind;

constexpr std::uint32_t kFeatureBytes = 701; // not a multiple of 8

ControlLogHeader header() {
    ControlLogHeader h{.program = "titanus test", .seed = 0x123456789abcdefULL, .featureBytes = kFeatureBytes, .featureLayout = 7,
                       .options = {{"sound", "/music/set.wav"}, {"model", "ViT-B-32"}, {"", "empty key"}}, .start = params::Show::defaults()};
    h.start.values[param("look.bloom").value] = 0.123456789f;
    h.start.texts[params::promptText(2).value] = "a reef, \"quoted\"\n\xC3\xA9";
    h.start.routes = {{.source = params::Source::Kick, .target = param("camera.bump"), .depth = -0.3f, .holdSeconds = 0.5f,
                       .quantise = params::RouteQuantise::Bar}};
    h.start.formulas = {{param("camera.zoom"), "sin(t)"}};
    return h;
}

std::vector<std::byte> features(std::mt19937& random, std::vector<std::byte> before) {
    before.resize(kFeatureBytes);
    for (unsigned i = 0; i < random() % 200; ++i) before[random() % kFeatureBytes] = static_cast<std::byte>(random());
    return before;
}

// Writes a bit of everything; returns what the reader should give, by kind.
std::string sampleLog(const fs::path& path, int rounds, std::vector<std::vector<std::byte>>* frames = nullptr) {
    std::mt19937 random(1);
    auto writer = ControlLogWriter::create(path, header());
    EXPECT_TRUE(writer) << writer.problem().line();
    ControlLogWriter& log = *writer.value();
    std::vector<std::byte> f(kFeatureBytes);
    for (int i = 0; i < rounds; ++i) {
        const double t = i / 60.0;
        f = features(random, f);
        if (frames) frames->push_back(f);
        log.frame(t, static_cast<std::uint64_t>(i / 3), f);
        log.event(paramEvent(param("look.bloom"), static_cast<float>(random()) / 4e9f, Origin::Midi, t + 0.001));
        log.event(actionEvent(Action::Blackout, -1, Origin::Key, t));
        log.text(params::promptText(1), std::string(random() % 2000, 'x'), Origin::Ui, t);
        log.routes(header().start.routes, Origin::Ui, t);
        log.formulas(header().start.formulas, Origin::Ui, t);
        log.recall(header().start, 2.5, "Reef", Origin::Midi, t);
        log.note("guard bypassed", t);
        log.check(0xfedcba9876543210ULL + static_cast<std::uint64_t>(i));
        log.blend(header().start, "Galaxy", Origin::Midi, t);
        log.blendEnd(t);
        EXPECT_TRUE(log.tick(t));
    }
    writer.value().reset();
    return core::readFile(path).value();
}

std::vector<ControlLogRecord> readAll(ControlLogReader& reader) {
    std::vector<ControlLogRecord> out;
    ControlLogRecord record;
    while (reader.next(record)) out.push_back(record);
    return out;
}

bool same(const ControlLogRecord& a, const ControlLogRecord& b) {
    return a.kind == b.kind && a.seconds == b.seconds && a.origin == b.origin && a.text == b.text && a.step == b.step && a.hash == b.hash &&
           a.features == b.features && a.morphSeconds == b.morphSeconds && a.show.values == b.show.values &&
           a.show.texts == b.show.texts && a.show.routes == b.show.routes && a.show.formulas == b.show.formulas &&
           a.event.kind == b.event.kind && a.event.param.param == b.event.param.param &&
           a.event.param.value == b.event.param.value && a.event.action.action == b.event.action.action &&
           a.event.action.argument == b.event.action.argument && a.event.text == b.event.text;
}

TEST(ControlLog, L20_WhatIsWrittenIsReadInOrderAndExactly) {
    TempFolder folder;
    std::vector<std::vector<std::byte>> frames;
    const std::string bytes = sampleLog(folder.path / "set.log", 100, &frames);
    auto opened = ControlLogReader::open(folder.path / "set.log");
    ASSERT_TRUE(opened) << opened.problem().line();
    ControlLogReader& reader = opened.value();
    const ControlLogHeader& h = reader.header();
    EXPECT_EQ(h.version, kControlLogVersion);
    EXPECT_EQ(h.program, "titanus test");
    EXPECT_EQ(h.seed, 0x123456789abcdefULL);
    EXPECT_EQ(h.featureLayout, 7u);
    EXPECT_EQ(h.options, header().options);
    EXPECT_EQ(*h.option("sound"), "/music/set.wav");
    EXPECT_EQ(h.option("nothing"), nullptr);
    EXPECT_EQ(h.start.values, header().start.values);
    EXPECT_EQ(h.start.texts, header().start.texts);
    EXPECT_EQ(h.start.routes, header().start.routes);
    EXPECT_EQ(h.start.formulas, header().start.formulas);
    const auto records = readAll(reader);
    EXPECT_TRUE(reader.closed());
    EXPECT_FALSE(reader.truncated());
    EXPECT_EQ(reader.leftOut(), 0u);
    ASSERT_EQ(records.size(), 100u * 11 + 1);
    std::mt19937 random(1);
    for (int i = 0; i < 100; ++i) {
        const ControlLogRecord* r = &records[static_cast<std::size_t>(i) * 11];
        EXPECT_EQ(r[0].kind, Kind::Frame);
        EXPECT_EQ(r[0].seconds, i / 60.0);
        EXPECT_EQ(r[0].step, static_cast<std::uint64_t>(i / 3));
        ASSERT_EQ(r[0].features, frames[static_cast<std::size_t>(i)]);
        EXPECT_EQ(r[1].event.param.time, i / 60.0 + 0.001);
        EXPECT_EQ(r[1].event.param.origin, Origin::Midi);
        EXPECT_EQ(r[2].event.action.action, Action::Blackout);
        EXPECT_EQ(r[2].event.action.argument, -1);
        EXPECT_EQ(r[3].event.text, params::promptText(1));
        EXPECT_EQ(r[4].show.routes, header().start.routes);
        EXPECT_EQ(r[5].show.formulas, header().start.formulas);
        EXPECT_EQ(r[6].text, "Reef");
        EXPECT_EQ(r[6].morphSeconds, 2.5);
        EXPECT_EQ(r[6].show.values, header().start.values);
        EXPECT_EQ(r[7].text, "guard bypassed");
        EXPECT_EQ(r[8].kind, Kind::Check);
        EXPECT_EQ(r[8].hash, 0xfedcba9876543210ULL + static_cast<std::uint64_t>(i));
        EXPECT_EQ(r[9].kind, Kind::Blend);
        EXPECT_EQ(r[9].text, "Galaxy");
        EXPECT_EQ(r[9].show.values, header().start.values);
        EXPECT_EQ(r[10].kind, Kind::BlendEnd);
    }
    EXPECT_EQ(records.back().kind, Kind::End);
}

TEST(ControlLog, CutAnywhereItReadsToTheLastWholeRecord) {
    TempFolder folder;
    const std::string whole = sampleLog(folder.path / "set.log", 12);
    auto reader = ControlLogReader::parse(whole, "set.log");
    ASSERT_TRUE(reader);
    const auto all = readAll(reader.value());
    std::size_t last = 0, opened = 0;
    for (std::size_t cut = 0; cut <= whole.size(); cut += cut < 8000 || cut + 9 > whole.size() ? 1 : 7) {
        auto part = ControlLogReader::parse(whole.substr(0, cut), "cut.log");
        if (!part) {
            ASSERT_EQ(part.problem().id, ProblemId::FileSyntax);
            ASSERT_EQ(opened, 0u) << "a longer beginning must not read worse";
            continue;
        }
        ++opened;
        const auto records = readAll(part.value());
        ASSERT_LE(records.size(), all.size());
        ASSERT_GE(records.size(), last);
        last = records.size();
        for (std::size_t i = 0; i < records.size(); ++i) ASSERT_TRUE(same(records[i], all[i])) << cut;
        ASSERT_EQ(part.value().closed(), cut == whole.size());
    }
    EXPECT_EQ(last, all.size());
}

TEST(ControlLog, HostileBytesNeverGiveARecordThatWasNotWritten) {
    TempFolder folder;
    const std::string whole = sampleLog(folder.path / "set.log", 6);
    auto reader = ControlLogReader::parse(whole, "set.log");
    ASSERT_TRUE(reader);
    const auto all = readAll(reader.value());
    std::mt19937 random(9);
    int cutShort = 0;
    for (int round = 0; round < 4000; ++round) {
        std::string bytes = whole;
        const std::size_t at = random() % bytes.size();
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + random() % 255)); // one byte: always found
        auto damaged = ControlLogReader::parse(bytes, "x.log");
        if (!damaged) continue;
        const auto records = readAll(damaged.value());
        ASSERT_LE(records.size(), all.size());
        for (std::size_t i = 0; i < records.size(); ++i) ASSERT_TRUE(same(records[i], all[i])) << "byte " << at;
        cutShort += damaged.value().truncated();
    }
    EXPECT_GT(cutShort, 1000);
}

// Records that are well framed but say nonsense: a reader must stay within its bounds.
TEST(ControlLog, WellFramedNonsenseIsBounded) {
    TempFolder folder;
    const std::string whole = sampleLog(folder.path / "set.log", 0);
    const std::size_t endRecord = 4; // type, length 0, check
    const std::string beginning = whole.substr(0, whole.size() - endRecord);
    std::mt19937 random(17);
    for (int round = 0; round < 10000; ++round) {
        std::string payload;
        const std::size_t size = random() % (round % 10 == 0 ? 4000 : 60);
        for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>(random() % 4 == 0 ? 0xFF : random());
        std::string bytes = beginning;
        detail::ByteWriter out{bytes};
        out.u8(static_cast<std::uint8_t>(random() % 16));
        out.text(payload);
        out.raw(detail::crc16(std::string_view(bytes).substr(beginning.size())));
        auto reader = ControlLogReader::parse(bytes, "x.log");
        ASSERT_TRUE(reader);
        ControlLogRecord record;
        params::Store store;
        while (reader.value().next(record)) {
            ASSERT_LE(record.text.size(), payload.size());
            ASSERT_LE(record.show.routes.size(), payload.size());
            replay(record, store);
        }
        for (const float value : store.snapshot().values) ASSERT_TRUE(std::isfinite(value));
        for (const params::Route& route : store.routes()) ASSERT_TRUE(std::abs(route.depth) <= 1);
    }
}

TEST(ControlLog, RandomBytesAndOtherFilesAreRefusedByName) {
    EXPECT_EQ(ControlLogReader::open("/nowhere/set.log").problem().id, ProblemId::FileUnreadable);
    for (const std::string& bytes : {std::string(), std::string("TITANLOG"), std::string("RIFF...."), std::string(5000, '\xFF')}) {
        const auto reader = ControlLogReader::parse(bytes, "set.log");
        ASSERT_FALSE(reader);
        EXPECT_EQ(reader.problem().id, ProblemId::FileSyntax);
        EXPECT_TRUE(reader.problem().detail.starts_with("set.log: "));
    }
    ControlLogHeader h = header();
    h.version = kControlLogVersion + 1;
    TempFolder folder;
    { auto writer = ControlLogWriter::create(folder.path / "new.log", h); }
    const auto newer = ControlLogReader::open(folder.path / "new.log");
    ASSERT_FALSE(newer);
    EXPECT_NE(newer.problem().detail.find("newer"), std::string::npos);
}

// A log of another catalogue: ids decide, not positions.
TEST(ControlLog, ALaterCatalogueReadsByIdAndCountsWhatItDoesNotKnow) {
    using detail::ByteWriter;
    using detail::LogType;
    std::string bytes(detail::kLogMagic);
    const auto add = [&](LogType type, const std::string& payload) {
        const std::size_t begin = bytes.size();
        ByteWriter out{bytes};
        out.u8(static_cast<std::uint8_t>(type));
        out.text(payload);
        out.raw(detail::crc16(std::string_view(bytes).substr(begin)));
    };
    const auto payload = [](auto&& write) {
        std::string out;
        write(ByteWriter{out});
        return out;
    };
    const auto names = [](ByteWriter& out, std::vector<std::string_view> ids) {
        out.count(ids.size());
        for (const auto id : ids) out.text(id);
    };
    add(LogType::Header, payload([](ByteWriter out) {
            out.count(1);
            out.text("older");
            for (int i = 0; i < 4; ++i) out.count(0);
        }));
    add(LogType::Ids, payload([&](ByteWriter out) {
            names(out, {"gone.knob", "look.bloom", "camera.bump"});
            names(out, {"action.gone", "action.undo"});
            names(out, {"prompt.2.text", "text.gone"});
            names(out, {"kick", "source.gone"});
        }));
    add(LogType::Start, payload([](ByteWriter out) {
            out.count(3);
            for (const float v : {9.f, 0.75f, 0.1f}) out.f32(v);
            out.count(2);
            out.text("a reef");
            out.text("gone");
            out.count(0);
            out.count(0);
        }));
    const auto value = [&](std::uint64_t index, float v) {
        add(LogType::Param, payload([&](ByteWriter out) {
                out.count(index);
                out.f32(v);
                out.u8(static_cast<std::uint8_t>(Origin::Osc));
                out.f64(1);
            }));
    };
    value(0, 3);
    value(1, 0.5f);
    add(static_cast<LogType>(99), "from the future");
    add(LogType::Routes, payload([](ByteWriter out) {
            out.u8(3);
            out.f64(2);
            out.count(2);
            for (const unsigned source : {1u, 0u}) {
                out.count(source);
                out.count(2);
                out.f32(7); // clamped
                out.u8(0);
                for (int i = 0; i < 3; ++i) out.f32(0);
                out.u8(0);
                out.u8(2);
            }
        }));
    value(3, 1); // a number without an id: damage
    auto reader = ControlLogReader::parse(bytes, "old.log");
    ASSERT_TRUE(reader) << reader.problem().line();
    EXPECT_EQ(reader.value().header().start.values[param("look.bloom").value], 0.75f);
    EXPECT_EQ(reader.value().header().start.values[param("camera.bump").value], 0.1f);
    EXPECT_EQ(reader.value().header().start.values[param("look.trails").value], params::row(param("look.trails")).def);
    EXPECT_EQ(reader.value().header().start.texts[1], "a reef");
    const auto records = readAll(reader.value());
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].event.param.param, param("look.bloom"));
    ASSERT_EQ(records[1].show.routes.size(), 1u);
    EXPECT_EQ(records[1].show.routes[0].source, params::Source::Kick);
    EXPECT_EQ(records[1].show.routes[0].target, param("camera.bump"));
    EXPECT_EQ(records[1].show.routes[0].depth, 1.f);
    EXPECT_TRUE(records[1].show.routes[0].solo);
    EXPECT_EQ(reader.value().leftOut(), 3u);
    EXPECT_TRUE(reader.value().truncated());
}

TEST(ControlLog, AKilledProgramLeavesAllButItsLastSecond) {
    TempFolder folder;
    const fs::path path = folder.path / "set.log";
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        auto writer = ControlLogWriter::create(path, header());
        double t = 0;
        for (int i = 0; i < 100000; ++i, t += 0.02) { // 50 frames a second of its clock
            writer.value()->frame(t, 0, {});
            (void)writer.value()->tick(t);
            if (i % 50 == 49) ::usleep(1000);
            if (i == 1000 && ::write(pipe[1], "x", 1) != 1) ::_exit(1);
        }
        for (;;) ::pause();
    }
    char x = 0;
    ASSERT_EQ(::read(pipe[0], &x, 1), 1);
    ::usleep(20000);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
    auto reader = ControlLogReader::open(path);
    ASSERT_TRUE(reader) << reader.problem().line();
    const auto records = readAll(reader.value());
    EXPECT_GE(records.size(), 950u); // frame 1000 was made: at most its second is missing
    EXPECT_FALSE(reader.value().closed());
    for (std::size_t i = 1; i < records.size(); ++i) ASSERT_GT(records[i].seconds, records[i - 1].seconds);
}

TEST(ControlLog, AFullDiskIsSaidOnceAndTheLogReadsUpToThere) {
    TempFolder folder;
    const fs::path path = folder.path / "set.log";
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const rlimit limit{60000, 60000}; // stands for the full disk
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::signal(SIGXFSZ, SIG_IGN);
        auto writer = ControlLogWriter::create(path, header());
        int problems = 0;
        std::mt19937 random(1);
        std::vector<std::byte> f(kFeatureBytes);
        for (int i = 0; i < 20000; ++i) {
            f = features(random, f);
            writer.value()->frame(i, 0, f);
            const auto ticked = writer.value()->tick(i);
            problems += !ticked && ticked.problem().id == ProblemId::OutputWriteFailed;
            if (i % 100 == 0) ::usleep(100);
        }
        const bool bounded = writer.value()->dropped() > 1000 && writer.value()->bytes() < 17000000;
        writer.value().reset();
        ::_exit(problems == 1 && bounded ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    auto reader = ControlLogReader::open(path);
    ASSERT_TRUE(reader);
    EXPECT_GT(readAll(reader.value()).size(), 50u);
    EXPECT_EQ(ControlLogWriter::create(folder.path / "set.log" / "below.log", header()).problem().id, ProblemId::OutputOpenFailed);
}

TEST(ControlLog, WhenTheDiskStandsStillTheMemoryIsBounded) {
    TempFolder folder;
    const fs::path path = folder.path / "pipe"; // a pipe that nobody empties
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(reader, 0);
    auto writer = ControlLogWriter::create(path, header());
    ASSERT_TRUE(writer);
    const std::string text(100000, 'x');
    for (int i = 0; i < 1000; ++i) {
        writer.value()->text(params::promptText(0), text, Origin::Ui, i);
        EXPECT_TRUE(writer.value()->tick(i));
    }
    EXPECT_GT(writer.value()->dropped(), 800u);
    EXPECT_LT(writer.value()->bytes(), 17000000u);
    ::signal(SIGPIPE, SIG_IGN);
    ::close(reader); // the writer's thread gets an error and ends
}

TEST(ControlLog, DifferencesComeBackForEverySize) {
    std::mt19937 random(3);
    for (std::size_t size = 0; size < 70; ++size) {
        std::vector<std::byte> before(size), seen(size);
        for (int round = 0; round < 50; ++round) {
            std::vector<std::byte> now = seen;
            for (unsigned i = 0; size > 0 && i < random() % 12; ++i) now[random() % size] = static_cast<std::byte>(random());
            std::string bytes;
            detail::ByteWriter out{bytes};
            detail::putDifference(out, now, before);
            detail::ByteReader in{bytes};
            ASSERT_TRUE(detail::takeDifference(in, seen));
            ASSERT_EQ(seen, now);
        }
    }
}

// What makes a replay's check worth something: no part of the show is left out.
TEST(ControlLog, L20_OneBitOfAnythingChangesTheHash) {
    params::Store store;
    const std::uint64_t before = hashOf(store);
    const auto changed = [&](const char* what, const auto& change) {
        params::Store other;
        change(other);
        EXPECT_NE(hashOf(other), before) << what;
        params::Store again;
        change(again);
        EXPECT_EQ(hashOf(again), hashOf(other)) << what;
    };
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const params::ParamIndex index{static_cast<std::uint16_t>(i)};
        const auto& row = params::row(index);
        const bool whole = row.kind != params::Kind::Float;
        const float up = whole ? row.def + 1 : std::nextafter(row.def, row.max), to = up > row.max ? row.def - 1 : up;
        changed(row.id.data(), [&](params::Store& s) { s.apply({index, row.def < row.max || whole ? to : std::nextafter(row.def, row.min), Origin::Ui, 0}); });
    }
    changed("text", [](params::Store& s) { s.setText(params::promptText(7), "a", Origin::Ui); });
    params::Route route{.source = params::Source::Kick, .target = param("camera.bump"), .depth = 0.5f};
    const auto with = [&](const params::Route& r) {
        params::Store s;
        s.setRoutes({r}, Origin::Ui);
        return hashOf(s);
    };
    const std::uint64_t plain = with(route);
    EXPECT_NE(plain, before);
    params::Route r = route;
    EXPECT_NE(with((r.depth = 0.25f, r)), plain);
    r = route;
    EXPECT_NE(with((r.holdSeconds = 1, r)), plain);
    r = route;
    EXPECT_NE(with((r.solo = true, r)), plain);
    r = route;
    EXPECT_NE(with((r.mute = true, r)), plain);
    r = route;
    EXPECT_NE(with((r.quantise = params::RouteQuantise::Bar, r)), plain);
    changed("formula", [](params::Store& s) { s.setFormulas({{param("camera.zoom"), "t"}}, Origin::Ui); });
}

} // namespace
} // namespace titanus::controls
