// The promise that no fader makes a value jump, kept by the desk, the conductor and the mapper together.
#include "app/conductor.h"
#include "controls/midi_mapper.h"
#include "params/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace titanus::app {
namespace {
using controls::MidiType;
using controls::Takeover;
using params::Action;
using params::Origin;
using params::param;
using params::ParamIndex;

constexpr float kNear = 3.f / 128; // where a fader meets its value
constexpr const char* kDevices[] = {"Box:out", "Box:out #2"};

// A fader of one of two equal controllers: what its messages are, and where it stands.
struct Fader {
    std::size_t device;
    MidiType type;
    int number;
    int at = -1; // not heard yet

    bool wide() const { return type != MidiType::Cc; }
    int largest() const { return wide() ? 16383 : 127; }
    // The two halves of the way differ in length by one step.
    float travel(int from, int to) const { return static_cast<float>(std::abs(to - from)) / static_cast<float>(largest() - 1); }
    std::vector<std::vector<int>> messages(int to) const {
        const int high = to >> 7, low = to & 0x7F;
        switch (type) {
        case MidiType::Cc14: return {{0xB0, number, high}, {0xB0, number + 32, low}};
        case MidiType::Nrpn: return {{0xB0, 99, number >> 7}, {0xB0, 98, number & 0x7F}, {0xB0, 6, high}, {0xB0, 38, low}};
        case MidiType::Bend: return {{0xE0, low, high}};
        default: return {{0xB0, number, to}};
        }
    }
};

struct Stage {
    std::mt19937 random;
    std::uniform_real_distribution<float> unit{0, 1};
    ProblemBoard problems;
    Desk desk{problems, true};
    Conductor conductor{desk, problems, {}};
    controls::MidiMapper mapper;
    std::vector<controls::MidiBinding> bindings;
    std::vector<Fader> faders;
    std::vector<ParamIndex> saved; // numbers that scenes hold
    double seconds = 0.1;

    explicit Stage(unsigned seed) : random(seed) {
        for (std::size_t i = 0; i < params::kParamCount; ++i)
            if (params::kCatalogue[i].saved() && params::kCatalogue[i].kind == params::Kind::Float) saved.push_back({static_cast<std::uint16_t>(i)});
        conduct(); // an empty bank fills itself
        for (int pad = 0; pad < 6; ++pad) {
            controls::Preset preset;
            preset.name = "scene " + std::to_string(pad);
            preset.show = desk.store().show();
            for (const ParamIndex p : saved) preset.show.values[p.value] = somewhere(p);
            conductor.scenes().store(pad, preset, nullptr);
        }
        constexpr std::array kTypes{MidiType::Cc, MidiType::Cc14, MidiType::Nrpn, MidiType::Bend};
        for (std::size_t device = 0; device < 2; ++device)
            for (int n = 0; n < 7; ++n) {
                const MidiType type = kTypes[static_cast<std::size_t>(n) % kTypes.size()];
                faders.push_back({device, type, type == MidiType::Bend ? 0 : type == MidiType::Nrpn ? 300 + n : 10 + n});
            }
        for (const Fader& fader : faders) {
            controls::MidiBinding b;
            b.device = random() % 3 ? kDevices[fader.device] : "Box"; // a part of the name: both controllers
            b.type = fader.type;
            b.number = fader.number;
            b.target = random() % 8 ? saved[random() % saved.size()] : controls::kBlendFader;
            b.takeover = random() % 2 ? Takeover::Pickup : Takeover::Scale;
            b.invert = random() % 2;
            bindings.push_back(b);
        }
        bindings[1].target = bindings[0].target; // two faders on one value
        mapper.setBindings(bindings);
    }
    float somewhere(ParamIndex p) { return params::fromTravel(params::row(p), unit(random)); }
    float travelOf(const std::array<float, params::kParamCount>& values, ParamIndex p) const { return params::toTravel(params::row(p), values[p.value]); }
    std::array<float, params::kParamCount> values() const {
        std::array<float, params::kParamCount> out{};
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = desk.store()[ParamIndex{static_cast<std::uint16_t>(i)}];
        return out;
    }
    void conduct() { conductor.step({seconds, seconds * 2, 0.5, 4, 0, 1.0 / 60}, {}, {}); }
    void frame() {
        conduct();
        desk.step(seconds);
        seconds += 1.0 / 60;
    }
    void act(Action action, int argument) { desk.act({action, argument, Origin::Midi, seconds}); }
    void set(ParamIndex p, float value) { desk.change({p, value, Origin::Ui, seconds}); }

    // Recalls, cut, morphed and on a beat; blends, undo, other hands.
    void disturb() {
        switch (random() % 10) {
        case 0: set(param("morph.seconds"), random() % 2 ? 0 : unit(random)); break;
        case 1: set(param("scene.quantise"), static_cast<float>(random() % 3)); break;
        case 2: act(Action::SceneRecall, controls::blendArgument({random() % 2 ? -1 : static_cast<int>(random() % 6), static_cast<int>(random() % 6)})); break;
        case 3: act(Action::SceneRecall, controls::kBlendEnd); break;
        case 4: act(Action::Undo, 0); break;
        case 5: {
            const ParamIndex p = saved[random() % saved.size()];
            set(p, somewhere(p));
            break;
        }
        case 6: // unplugged, its faders moved, plugged in
            if (random() % 5 == 0) {
                const std::size_t device = random() % 2;
                (void)mapper.deviceOpened(kDevices[device]);
                for (Fader& fader : faders)
                    if (fader.device == device) fader.at = -1;
            }
            break;
        default: act(Action::SceneRecall, static_cast<int>(random() % 6)); break;
        }
    }
    // As the show drains its controllers: what was asked for before comes first.
    void play(const Fader& fader, int to) {
        std::vector<controls::MidiClockEvent> clock;
        for (const auto& bytes : fader.messages(to)) {
            controls::MidiMessage m;
            for (const int b : bytes) m.bytes[m.size++] = static_cast<std::uint8_t>(b);
            m.time = seconds;
            if (desk.recallAsked()) conduct();
            std::vector<controls::ControlEvent> events;
            mapper.handle(m, kDevices[fader.device], desk.store(), events, clock);
            for (const auto& event : events) desk.handle(event);
        }
    }
    // How far a move of this fader by `hand` may take the value: as far as the hand, scaled four times that, or to where it meets it.
    float allowed(const Fader& fader, float hand, ParamIndex p) const {
        float most = -1;
        for (const auto& b : bindings)
            if (b.type == fader.type && b.number == fader.number && controls::deviceMatches(b.device, kDevices[fader.device]) && std::get<ParamIndex>(b.target) == p)
                most = std::max(most, b.takeover == Takeover::Scale ? 4 * hand : hand);
        return most < 0 ? 0 : most + kNear;
    }
};

TEST(DeskTakeover, L11_NoFaderOfTwoControllersMakesAValueJumpInAnySet) {
    std::array<int, 4> moved{}; // by type: the test must not pass because nothing moves
    int morphing = 0, blending = 0, waiting = 0; // moves meanwhile
    for (unsigned seed = 0; seed < 30; ++seed) {
        Stage stage(seed);
        for (int step = 0; step < 1500; ++step) {
            if (stage.random() % 8 == 0) stage.disturb();
            if (stage.random() % 3 == 0) stage.frame();
            Fader& fader = stage.faders[stage.random() % stage.faders.size()];
            const int throwTo = static_cast<int>(stage.random() % static_cast<unsigned>(fader.largest() + 1));
            const int reach = fader.largest() / 12;
            const bool thrown = fader.at < 0 || stage.random() % 10 == 0;
            const int to = thrown ? throwTo : std::clamp(fader.at + static_cast<int>(stage.random() % static_cast<unsigned>(2 * reach + 1)) - reach, 0, fader.largest());
            if (stage.desk.recallAsked()) stage.conduct();
            stage.desk.step(stage.seconds); // whatever moves by itself has moved
            morphing += stage.desk.morphing();
            blending += stage.desk.blending();
            waiting += stage.conductor.queue().pending() != nullptr;
            const auto before = stage.values();
            stage.play(fader, to);
            stage.desk.step(stage.seconds); // a blend moves others along
            const auto after = stage.values();
            // Until its lower half has come a wide fader is known to a 128th only.
            const float hand = fader.at < 0 ? (fader.wide() ? 1.f / 64 : 0) : fader.travel(fader.at, to);
            const float blended = stage.desk.blending() ? stage.allowed(fader, hand, controls::kBlendFader) : 0;
            for (std::size_t i = 0; i < params::kParamCount; ++i) {
                const ParamIndex p{static_cast<std::uint16_t>(i)};
                if (params::row(p).kind != params::Kind::Float) continue;
                const float by = std::abs(stage.travelOf(after, p) - stage.travelOf(before, p));
                const float most = std::max(stage.allowed(fader, hand, p), params::row(p).saved() ? blended : 0);
                ASSERT_LE(by, most + 1e-3f) << "seed " << seed << " step " << step << " " << params::row(p).id << " by " << controls::kMidiTypes[static_cast<std::size_t>(fader.type)]
                                            << " " << fader.number << " of " << kDevices[fader.device] << ": " << fader.at << " -> " << to;
                if (by > 0) ++moved[fader.type == MidiType::Cc ? 0 : fader.type == MidiType::Cc14 ? 1 : fader.type == MidiType::Nrpn ? 2 : 3];
            }
            fader.at = to;
        }
    }
    for (const int count : moved) EXPECT_GT(count, 1000);
    for (const int count : {morphing, blending, waiting}) EXPECT_GT(count, 1000);
}

} // namespace
} // namespace titanus::app
