// A set as it is played: ten minutes of hands that replay bit by bit, and two hundred recalls in a
// minute. Simulated clock; times are printed, not judged.
#include "controls/conductor.h"
#include "controls/control_log.h"
#include "controls/keyboard.h"
#include "controls/midi_mapper.h"
#include "controls/morph.h"
#include "controls/scenes.h"
#include "core/files.h"
#include "params/text.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <random>
#include <unistd.h>

namespace titanus::controls {
namespace {
namespace fs = std::filesystem;
using params::Action;
using params::Origin;
using params::param;
using params::ParamIndex;

struct Hash { // FNV-1a
    std::uint64_t value = 14695981039346656037ULL;
    void bytes(const void* data, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) value = (value ^ static_cast<const unsigned char*>(data)[i]) * 1099511628211ULL;
    }
    void text(const std::string& t) { bytes(t.data(), t.size() + 1); }
};

// Everything that the store says, and who moved what, which the log's own hash leaves out.
std::uint64_t wholeHashOf(const params::Store& store) {
    Hash hash;
    const auto& values = store.snapshot().values;
    hash.bytes(values.data(), sizeof values);
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const Origin origin = store.origin({static_cast<std::uint16_t>(i)});
        hash.bytes(&origin, sizeof origin);
    }
    for (const auto& text : store.texts()->values) hash.text(text);
    for (const params::Route& r : store.routes()) {
        const float numbers[] = {static_cast<float>(r.source), static_cast<float>(r.target.value), r.depth, static_cast<float>(r.curve),
                                 r.attackSeconds, r.releaseSeconds, r.holdSeconds, static_cast<float>(r.quantise), r.mute ? 1.f : 0.f, r.solo ? 1.f : 0.f};
        hash.bytes(numbers, sizeof numbers);
    }
    for (const params::Formula& f : store.formulas()) {
        hash.bytes(&f.target, sizeof f.target);
        hash.text(f.text);
    }
    return hash.value;
}

std::shared_ptr<const core::Image> canvas(unsigned seed, int width = 256, int height = 144) {
    auto image = std::make_shared<core::Image>();
    image->width = width;
    image->height = height;
    image->rgba.resize(static_cast<std::size_t>(width * height) * 4, 255);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            image->at(x, y)[0] = static_cast<std::uint8_t>(x * static_cast<int>(seed % 7) + y);
            image->at(x, y)[1] = static_cast<std::uint8_t>(y * 2 + static_cast<int>(seed));
        }
    return image;
}

// The desk of the show, reduced to what concerns the store, with every act logged as it is done.
struct LoggedDesk {
    params::Store store;
    Morph morph;
    Blend blend;
    MidiMapper mapper;
    Keyboard keys;
    SceneBank bank{{}};
    Conductor conductor{bank};
    std::unique_ptr<ControlLogWriter> log;
    double now = 0;
    int midi = 0, osc = 0, key = 0, ui = 0, recalls = 0, blends = 0;

    MusicTime music() const { return {now, now * 2.1, 1 / 2.1, 4, 0, 1.0 / 60}; }
    void handle(const ControlEvent& event) {
        log->event(event);
        switch (event.kind) {
        case ControlEvent::Kind::Param: store.apply(event.param); break;
        case ControlEvent::Kind::Text: store.setText(event.text, std::string(event.string()), event.param.origin); break;
        case ControlEvent::Kind::Act: act(event.action); break;
        default: break;
        }
    }
    void act(const params::ActionEvent& event) {
        if (event.action == Action::Undo || event.action == Action::Redo) blend.end(store);
        if (event.action == Action::Undo) store.undo();
        if (event.action == Action::Redo) store.redo();
        if (event.action == Action::SceneRecall) (void)conductor.act(event, store, music());
    }
    void frame() {
        if (!blend.active()) conductor.blendGone();
        const auto due = conductor.step(store, music(), TrackSection::Steady, 0.5f, morph.active());
        if (conductor.takeBlendEnd() && blend.active()) {
            log->blendEnd(now);
            blend.end(store);
        }
        for (const auto& recall : due) {
            log->recall(recall.scene->show, recall.morphSeconds, bank.at(recall.scene->pad)->preset.name, recall.request.origin, now);
            blend.end(store);
            morph.start(store, recall.scene->show, recall.morphSeconds, now);
            ++recalls;
        }
        if (const auto second = conductor.takeBlend()) {
            log->blend(second->show, "", Origin::Preset, now);
            morph.stop();
            blend.begin(store, second->show, now);
            ++blends;
        }
        log->frame(now, static_cast<std::uint64_t>(now * 17), {});
        morph.step(store, now);
        blend.step(store);
        log->check(hashOf(store));
    }
};

// Ten minutes of a restless performer on two controllers, a tablet, keys and mouse.
void play(LoggedDesk& desk, std::vector<std::uint64_t>& history) {
    std::mt19937 random(2026);
    std::uniform_real_distribution<float> unit(0, 1);
    desk.mapper.setFactoryMaps(factoryMidiMaps());
    const auto saved = [&] { // a parameter of a preset
        for (;;) {
            const ParamIndex index{static_cast<std::uint16_t>(random() % params::kParamCount)};
            if (params::row(index).saved()) return index;
        }
    };
    std::array<int, 64> faders{};
    std::vector<std::uint8_t> held; // pads
    ParamIndex dragged{};
    int drag = 0;
    while (desk.now < 600) {
        desk.now += (1 + 0.3 * (unit(random) - 0.5)) / 60;
        desk.frame();
        history.push_back(wholeHashOf(desk.store));
        if (random() % 3 == 0) { // nanoKONTROL2 and APC mini
            const bool nano = random() % 2;
            MidiMessage m;
            m.size = 3;
            m.time = desk.now - unit(random) * 0.01;
            if (nano || random() % 8) {
                const int number = nano ? std::array{0, 1, 2, 16, 17, 20, 21}[random() % 7] : 48 + static_cast<int>(random() % 9);
                int& at = faders[static_cast<std::size_t>(number)];
                at = std::clamp(at + static_cast<int>(random() % 31) - 15, 0, 127);
                m.bytes = {0xB0, static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(at)};
            } else {
                const bool press = held.empty() || random() % 4 == 0; // now and then a second one
                if (press) held.push_back(static_cast<std::uint8_t>(random() % 64));
                m.bytes = {static_cast<std::uint8_t>(press ? 0x90 : 0x80), press ? held.back() : held.front(), 100};
                if (!press) held.erase(held.begin());
            }
            std::vector<ControlEvent> events;
            std::vector<MidiClockEvent> clock;
            desk.mapper.handle(m, nano ? "nanoKONTROL2" : "APC MINI", desk.store, events, clock);
            for (const ControlEvent& event : events) desk.handle(event);
            desk.midi += static_cast<int>(events.size());
        }
        if (random() % 5 == 0) { // a tablet
            ControlEvent event = paramEvent(saved(), 0, Origin::Osc, desk.now);
            const auto& row = params::row(event.param.param);
            if (random() % 3 == 0) {
                event.relative = ControlEvent::Relative::Travel;
                event.param.value = unit(random) * 0.2f - 0.1f;
            } else {
                event.param.value = params::fromTravel(row, unit(random));
            }
            desk.handle(resolve(event, desk.store));
            ++desk.osc;
        }
        if (random() % 40 == 0) {
            const char* chords[] = {"Ctrl+Z", "Ctrl+Shift+Z", "B", "Space", "T", "R"};
            if (const auto event = desk.keys.press(chords[random() % 6], false, false, desk.now)) {
                desk.handle(actionEvent(event->action, event->argument, event->origin, event->time));
                ++desk.key;
            }
        }
        if (drag == 0 && random() % 60 == 0) {
            dragged = saved();
            drag = 30;
        }
        if (drag > 0) {
            --drag;
            desk.handle(paramEvent(dragged, params::fromTravel(params::row(dragged), unit(random)), Origin::Ui, desk.now));
            ++desk.ui;
        }
        if (random() % 300 == 0) { // typing, longer than an event holds
            std::string text(random() % 400, 'a');
            const auto index = params::promptText(static_cast<int>(random() % 8));
            desk.log->text(index, text, Origin::Ui, desk.now);
            desk.store.setText(index, text, Origin::Ui);
            ++desk.ui;
        }
        if (random() % 200 == 0) {
            auto routes = desk.store.routes();
            if (!routes.empty() && random() % 2) routes.erase(routes.begin());
            else routes.push_back({.source = static_cast<params::Source>(random() % params::kSources.size()), .target = param("look.bloom"),
                                   .depth = unit(random) * 2 - 1, .holdSeconds = unit(random), .quantise = params::RouteQuantise::Beat});
            desk.log->routes(routes, Origin::Ui, desk.now);
            desk.store.setRoutes(routes, Origin::Ui);
            ++desk.ui;
        }
        if (random() % 400 == 0) {
            std::vector<params::Formula> formulas{{param("camera.zoom"), "sin(t) * " + std::to_string(unit(random))}};
            desk.log->formulas(formulas, Origin::Ui, desk.now);
            desk.store.setFormulas(formulas, Origin::Ui);
            ++desk.ui;
        }
        ASSERT_TRUE(desk.log->tick(desk.now));
    }
}

TEST(Set, L20_A10_TenMinutesOfHandsReplayToTheSameParameterHistoryBitByBit) {
    TempFolder folder;
    const fs::path path = folder.path / "set.titanuslog";
    ControlLogHeader header{.program = "test", .seed = 1, .options = {{"sound", "none"}}, .start = params::Show::defaults()};
    header.start.values[param("morph.seconds").value] = 1.5f; // machine settings are part of the start
    header.start.values[param("scene.quantise").value] = 1;
    header.start.texts[0] = "a colony";
    std::vector<std::uint64_t> history;
    {
        LoggedDesk desk;
        restore(header, desk.store);
        std::mt19937 random(8);
        for (int pad = 0; pad < 64; ++pad) {
            Preset preset;
            preset.name = "scene " + std::to_string(pad);
            for (std::size_t i = 0; i < params::kParamCount; ++i)
                preset.show.values[i] = params::fromTravel(params::kCatalogue[i], static_cast<float>(random() % 1000) / 999);
            preset.show.texts[random() % 8] = preset.name;
            desk.bank.store(pad, preset, nullptr);
        }
        auto log = ControlLogWriter::create(path, header);
        ASSERT_TRUE(log);
        desk.log = std::move(log).value();
        play(desk, history);
        EXPECT_EQ(desk.log->dropped(), 0u);
        std::printf("%zu frames, %d MIDI, %d OSC, %d key and %d screen events, %d recalls, %d blends: %.0f kB of log\n", history.size(), desk.midi,
                    desk.osc, desk.key, desk.ui, desk.recalls, desk.blends, static_cast<double>(desk.log->bytes()) / 1000);
        for (const int count : {desk.midi, desk.osc, desk.key, desk.ui, desk.recalls, desk.blends}) EXPECT_GT(count, 50);
    }
    auto reader = ControlLogReader::open(path);
    ASSERT_TRUE(reader) << reader.problem().line();
    params::Store store;
    Morph morph;
    Blend blend;
    restore(reader.value().header(), store);
    std::vector<std::uint64_t> again;
    ControlLogRecord record;
    std::size_t checked = 0;
    while (reader.value().next(record)) {
        using Kind = ControlLogRecord::Kind;
        if (record.event.kind == ControlEvent::Kind::Act && (record.event.action.action == Action::Undo || record.event.action.action == Action::Redo)) blend.end(store);
        if (replay(record, store)) continue;
        if (record.kind == Kind::Recall) blend.end(store);
        if (record.kind == Kind::Blend) morph.stop(), blend.begin(store, record.show, record.seconds);
        if (record.kind == Kind::BlendEnd) blend.end(store);
        if (record.kind == Kind::Recall) morph.start(store, record.show, record.morphSeconds, record.seconds);
        if (record.kind == Kind::Frame) {
            morph.step(store, record.seconds);
            blend.step(store);
            again.push_back(wholeHashOf(store));
        }
        if (record.kind == Kind::Check) {
            ASSERT_EQ(record.hash, hashOf(store)) << "frame " << again.size();
            ++checked;
        }
    }
    EXPECT_TRUE(reader.value().closed());
    EXPECT_EQ(reader.value().leftOut(), 0u);
    EXPECT_EQ(checked, history.size());
    ASSERT_EQ(again.size(), history.size());
    for (std::size_t i = 0; i < history.size(); ++i) ASSERT_EQ(again[i], history[i]) << "frame " << i;
}

// ---- many recalls ----------------------------------------------------------------------------------

double residentMegabytes() {
    std::ifstream in("/proc/self/statm");
    double total = 0, resident = 0;
    in >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

TEST(Set, L14_TwoHundredRecallsAMinuteLoseNothingAndGrowNothing) {
    TempFolder folder;
    std::vector<std::uint64_t> shows;
    double worstMs = 0, totalMs = 0, afterFirst = 0, afterLast = 0;
    std::size_t mostUnwritten = 0;
    int recalls = 0, frames = 0;
    {
        SceneBank bank(folder.path);
        params::Store store;
        Morph morph;
        RecallQueue queue;
        std::mt19937 random(5);
        for (int pad = 0; pad < kScenePads; ++pad) {
            Preset preset;
            preset.name = "scene " + std::to_string(pad);
            preset.show.values[param("look.hue").value] = static_cast<float>(pad);
            preset.show.texts[static_cast<std::size_t>(pad % 8)] = "prompt " + std::to_string(pad);
            bank.store(pad, preset, canvas(static_cast<unsigned>(pad)));
        }
        bank.flush();
        double now = 0;
        for (int minute = 0; minute < 3; ++minute) {
            for (int frame = 0; frame < 3600; ++frame, ++frames, now += 1.0 / 60) {
                const auto before = std::chrono::steady_clock::now();
                const MusicTime music{now, now * 3, 1.0 / 3, 4, 0, 1.0 / 60};
                if (frame % 18 == 0) queue.request({.kind = RecallRequest::Kind::Scene, .index = static_cast<int>(random() % 64), .time = now}, Quantise::Now, 0, music);
                if (const auto due = queue.step(music)) {
                    bank.keepCanvas(bank.active(), canvas(random(), 64, 36)); // what is left keeps its picture
                    const auto recall = bank.recall(due->index, 0.25, true);
                    ASSERT_TRUE(recall);
                    ASSERT_TRUE(recall->canvas);
                    morph.start(store, recall->show, recall->seconds, now);
                    bank.setActive(recall->pad);
                    ++recalls;
                }
                morph.step(store, now);
                (void)bank.states(store, morph.active());
                std::vector<core::Problem> problems;
                bank.poll(problems);
                for (const auto& problem : problems) ADD_FAILURE() << problem.line();
                mostUnwritten = std::max(mostUnwritten, bank.unwritten());
                const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count();
                worstMs = std::max(worstMs, ms);
                totalMs += ms;
            }
            bank.flush();
            (minute == 0 ? afterFirst : afterLast) = residentMegabytes();
        }
        EXPECT_EQ(recalls, 600);
    }
    std::printf("%d recalls in 3 simulated minutes: frame of the desk mean %.3f ms, worst %.2f ms; %zu scenes waiting at most; "
                "%.1f MB resident after one minute, %.1f MB after three\n",
                recalls, totalMs / frames, worstMs, mostUnwritten, afterFirst, afterLast);
    EXPECT_LE(mostUnwritten, static_cast<std::size_t>(kScenePads) + 1); // bounded by the bank, however slow the disk
    EXPECT_LT(afterLast - afterFirst, 8) << "memory grows with recalls";
    std::size_t pictures = 0, files = 0;
    for (const auto& entry : fs::directory_iterator(folder.path)) {
        pictures += entry.path().extension() == ".png";
        ++files;
    }
    EXPECT_EQ(pictures, 64u);
    EXPECT_EQ(files, 128u) << "something stayed behind";
    SceneBank bank(folder.path);
    std::vector<core::Problem> problems;
    bank.finishLoading(problems);
    EXPECT_TRUE(problems.empty());
    for (int pad = 0; pad < kScenePads; ++pad) {
        ASSERT_NE(bank.at(pad), nullptr);
        EXPECT_EQ(bank.at(pad)->preset.name, "scene " + std::to_string(pad));
        EXPECT_TRUE(bank.at(pad)->canvas);
    }
}

} // namespace
} // namespace titanus::controls
