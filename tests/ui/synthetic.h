#pragma once
// A show without a show: values that look like a running set, and a sink that does what the app
// does with the store and remembers everything it was given.
#include "ui/ui.h"

#include <algorithm>
#include <cmath>

namespace titanus::ui::test {

class RecordingSink final : public UiSink {
  public:
    explicit RecordingSink(params::Store& store) : store_(store) {}

    void change(const params::ParamChange& change) override { changes.push_back(change), store_.apply(change); }
    void action(const params::ActionEvent& event) override { actions.push_back(event); }
    void text(params::TextIndex index, const std::string& value) override { texts.emplace_back(index, value), store_.setText(index, value); }
    void routes(std::vector<params::Route> routes) override { routeEdits++, store_.setRoutes(std::move(routes)); }
    void learn(Target target) override { learned.push_back(target); }
    void forget(std::size_t binding) override { forgotten.push_back(binding); }
    void dismissProblems() override { problemsDismissed++; }
    void dismissFirstRun() override { firstRunDismissed++; }
    void formula(params::ParamIndex index, const std::string& text) override {
        formulas.emplace_back(index, text);
        auto all = store_.formulas();
        std::erase_if(all, [&](const params::Formula& f) { return f.target == index; });
        if (!text.empty()) all.push_back({index, text});
        store_.setFormulas(std::move(all));
    }
    void setBinding(std::size_t binding, const BindingEdit& edit) override { bindingEdits.emplace_back(binding, edit); }
    void adoptBinding(std::size_t readyMade) override { adopted.push_back(readyMade); }
    void tagScene(int pad, const std::vector<std::string>& tags, float energy) override { tagged.push_back({pad, tags, energy}); }
    void bringBack() override { broughtBack++; }
    void renameScene(int pad, const std::string& name) override { renamed.emplace_back(pad, name); }
    void identify() override { identified++; }
    void moveScene(int from, int to) override { moved.emplace_back(from, to); }

    std::vector<params::ParamChange> changes;
    std::vector<params::ActionEvent> actions;
    std::vector<std::pair<params::TextIndex, std::string>> texts;
    std::vector<Target> learned;
    std::vector<std::size_t> forgotten, adopted;
    std::vector<std::pair<params::ParamIndex, std::string>> formulas;
    std::vector<std::pair<std::size_t, BindingEdit>> bindingEdits;
    std::vector<std::pair<int, std::string>> renamed;
    std::vector<std::pair<int, int>> moved;
    struct Tagged { int pad; std::vector<std::string> tags; float energy; };
    std::vector<Tagged> tagged;
    int broughtBack = 0, routeEdits = 0, problemsDismissed = 0, firstRunDismissed = 0, identified = 0;

  private:
    params::Store& store_;
};

// Events of a hand on the mouse.
inline SDL_Event mouseMoved(float x, float y) {
    SDL_Event e{};
    e.type = SDL_MOUSEMOTION;
    e.motion.x = static_cast<int>(x), e.motion.y = static_cast<int>(y);
    return e;
}
inline SDL_Event mousePressed(bool down, Uint8 which = SDL_BUTTON_LEFT) {
    SDL_Event e{};
    e.type = down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
    e.button.button = which;
    return e;
}

// A made-up painting: hills under a glow, in two hues.
inline core::Image paintedScene(int width, int height, float hue, float turn) {
    core::Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 4), 255)};
    auto wave = [](float x, float shift) { return 0.5f + 0.5f * std::cos(6.28318f * (x + shift)); };
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const float u = static_cast<float>(x) / static_cast<float>(width) * 2 - 1, t = 1 - static_cast<float>(y) / static_cast<float>(height);
            const float hill = 0.35f + 0.15f * std::sin(u * 3 + turn) + 0.06f * std::sin(u * 11 + turn * 2);
            const float sky = std::exp(-4 * ((u - 0.4f * std::sin(turn)) * (u - 0.4f * std::sin(turn)) + (t - 0.7f) * (t - 0.7f)));
            const float light = t > hill ? 0.12f + 0.8f * sky : 0.1f + 0.35f * (t / hill) * (0.7f + 0.3f * std::sin(u * 25 + t * 40));
            const float h = t > hill ? hue : hue + 0.45f;
            std::uint8_t* pixel = image.at(x, y);
            for (int k = 0; k < 3; ++k) pixel[k] = static_cast<std::uint8_t>(255 * std::clamp(light * (0.35f + 0.9f * wave(h, static_cast<float>(k) / 3)) + 0.25f * sky * sky, 0.f, 1.f));
        }
    return image;
}

struct Synthetic {
    params::Store store;
    modulation::FrameState frame;
    analysis::Features features;
    guidance::Canvas canvas;
    std::vector<ProblemEntry> problems;
    std::vector<std::string> presets{"titanus-colony", "tide-pool", "ink-garden", "cathedral", "neon-rain",
                                     "ember", "glass-forest", "slow-planet", "paper-birds", "night-bus"};
    std::vector<std::string> audio{"demo", "silence", "device:USB Audio"}, midi{"nanoKONTROL2"}, displays{"eDP-1", "HDMI-1"};
    std::vector<BindingView> bindings, readyMade;
    std::vector<LaneEvent> events;
    std::vector<WaitingFader> waiting;
    render::Picture picture;
    double seconds = 0;
    bool learning = false, uiVisible = true, helpVisible = false, firstRun = false;
    Target learnTarget;
    std::vector<core::Image> paintings;
    std::vector<ScenePad> scenes;
    PadHand padHand{};
    std::optional<PendingRecall> pending;
    int preparedPad = -1;
    float preparedShare = 0;
    std::vector<CueRow> cues{{"0:00", "Opening", "scene 1"}, {"0:32", "First light", "scene 2"}, {"bar 33", "Verse", "scene 5"},
                             {"+ 8 bars", "Lift", "scene 3"}, {"by hand", "Drop", "Neon tunnel"}, {"+ 16 bars", "Long break", "scene 9"}, {"by hand", "Last picture", "scene 12"}};
    AutopilotView autopilot;
    std::vector<std::string_view> modes{"absolute", "relative", "toggle", "hold", "trigger"}, takeovers{"pickup", "scale", "jump"};
    std::vector<FormulaProblem> formulaProblems;
    std::vector<TextProblem> promptProblems{8};
    bool stripFrozen = false;
    int clearedPad = -1, readiedPad = -1;
    std::vector<std::string_view> sceneTags{"silence", "steady", "build", "drop", "break", "any", "never"};
    std::vector<std::string> tagsOfFirst{"drop"};
    std::vector<KeyView> keys;
    FlashMeter flash;
    std::string governor;
    std::vector<std::string> videoOutputs{"/dev/video10"};
    bool recording = false;

    Synthetic() {
        const char* prompts[] = {"a colony on a moon under lockdown, wide shot", "bioluminescent jellyfish", "cathedral of glass and light", "rust"};
        const float weights[] = {1, 0.45f, 0.2f, -0.3f};
        for (int i = 0; i < 4; ++i) {
            store.setText(params::promptText(i), prompts[i]);
            store.apply({params::promptWeight(i), weights[i], params::Origin::Preset, 0});
        }
        store.setText(params::text("audio.input"), "demo");
        using params::Source;
        store.setRoutes({{Source::Kick, params::param("camera.bump"), 0.25f, {}, 0, 0.18f, false},
                         {Source::Snare, params::param("look.flash"), 0.2f, {}, 0, 0.1f, false},
                         {Source::Low3, params::param("canvas.coarse_gain"), 0.3f, params::RouteCurve::Smooth, 0.02f, 0.4f, false},
                         {Source::Hat, params::param("canvas.fine_gain"), 0.4f, {}, 0, 0.08f, false},
                         {Source::Lfo2, params::param("camera.roll"), 0.06f, {}, 0, 0, false},
                         {Source::Build, params::param("prompt.2.weight"), 0.5f, params::RouteCurve::Square, 0, 1, true}});
        bindings = {{params::param("camera.zoom"), "nanoKONTROL2 CC 0"}, {params::param("prompt.1.weight"), "nanoKONTROL2 CC 1", 0, 0.8f},
                    {ActionTarget{params::Action::Freeze}, "nanoKONTROL2 CC 41"}, {params::param("output.brightness"), "nanoKONTROL2 CC 0", 0, 1, true}, {ActionTarget{params::Action::SceneRecall, 3}, "APC mini note 3"}};
        readyMade = {{params::param("look.hue"), "nanoKONTROL2 CC 16"}, {params::param("look.bloom"), "nanoKONTROL2 CC 17"}, {ActionTarget{params::Action::Tap}, "nanoKONTROL2 CC 45"}};
        problems = {{{core::ProblemId::MidiDeviceLost, "nanoKONTROL2"}, 2, 3.5}};
        const char* names[] = {"Colony", "Tide pool", "Ink garden", "Cathedral", "Neon rain", "Ember", "Glass forest", "Slow planet", "Paper birds", "Night bus", "Coral", "Storm"};
        for (int i = 0; i < 12; ++i) paintings.push_back(paintedScene(128, 72, static_cast<float>(i) * 0.137f, static_cast<float>(i) * 1.3f));
        scenes.resize(64);
        for (int i = 0; i < 12; ++i) {
            const auto pad = static_cast<std::size_t>(i < 9 ? i : i + 3);
            scenes[pad] = {i == 1 ? PadState::Modified : PadState::Stored, names[i], 0x4080c0, &paintings[static_cast<std::size_t>(i)], static_cast<std::uint64_t>(i + 1)};
        }
        scenes[0].tags = tagsOfFirst;
        for (const params::ActionRow& row : params::kActions) { // the catalogue's keys
            if (row.key == "1-8")
                for (int i = 0; i < 8; ++i) keys.push_back({std::string_view("12345678").substr(static_cast<std::size_t>(i), 1), row.action, i});
            else if (!row.key.empty())
                keys.push_back({row.key, row.action, -1});
        }
        const core::Image painting = paintedScene(160, 90, 0.55f, 0.7f);
        canvas.width = 160, canvas.height = 90;
        for (const std::uint8_t byte : painting.rgba) canvas.rgba.push_back(static_cast<float>(byte) / 255.f);
        canvas.stars.star = {{{-0.62f, 0.5f}, {0.35f, 0.72f}, {0.8f, -0.1f}, {-0.2f, -0.75f}, {}, {}, {}, {}}};
        canvas.stars.shown = {true, true, true, true, false, false, false, false};
        canvas.stars.generation = 1;
        store.apply({params::param("constellation.amount"), 0.8f, params::Origin::Preset, 0});
        store.apply({params::param("constellation.x"), -0.1f, params::Origin::Preset, 0});
        store.apply({params::param("constellation.y"), 0.3f, params::Origin::Preset, 0});
        advance(0);
    }
    Synthetic(const Synthetic&) = delete; // pads point at the paintings
    Synthetic& operator=(const Synthetic&) = delete;

    // A made-up four-to-the-floor at 124 BPM.
    void advance(double dt) {
        seconds += dt;
        const double period = 60 / 124., beat = seconds / period, phase = beat - std::floor(beat);
        features.seconds = features.hostSeconds = seconds;
        features.silent = features.noSignal = false;
        const auto kick = static_cast<float>(std::exp(-phase * 5)), hat = static_cast<float>(std::exp(-std::fmod(phase + 0.5, 1) * 9));
        const auto snare = static_cast<float>(std::fmod(std::floor(beat), 2) == 1 ? std::exp(-phase * 6) : 0);
        features.band = {kick * 0.9f, 0.2f + 0.7f * kick, 0.35f, 0.3f + 0.3f * snare, 0.4f + 0.2f * snare, 0.2f + 0.5f * hat, 0.15f + 0.8f * hat};
        for (int i = 0; i < analysis::kSpectrumCount; ++i) {
            const float x = static_cast<float>(i) / analysis::kSpectrumCount, wobble = 0.5f + 0.5f * std::sin(x * 40 + static_cast<float>(seconds) * 3);
            features.spectrum[static_cast<std::size_t>(i)] = std::clamp((0.9f - 0.6f * x) * (0.5f + 0.3f * wobble) + (x < 0.2f ? 0.3f * kick : 0) + (x > 0.75f ? 0.35f * hat : 0), 0.f, 1.f);
        }
        features.level = 0.45f + 0.4f * kick;
        features.peak[0] = 0.4f + 0.5f * kick, features.peak[1] = 0.35f + 0.5f * kick;
        features.rms[0] = features.peak[0] * 0.5f, features.rms[1] = features.peak[1] * 0.5f;
        const auto total = static_cast<std::uint64_t>(beat);
        features.onsets = {total * 2, total, total / 2, static_cast<std::uint64_t>(beat + 0.5)};
        features.lastStrength = {0.8f, 1, 0.8f, 0.6f};
        features.section = analysis::Section::Steady;
        features.clock = {.anchorSeconds = 0, .periodSeconds = period, .beat = 0, .downbeat = 0, .beatsPerBar = 4, .confidence = 0.86f, .state = analysis::ClockState::Locked};
        frame.seconds = seconds;
        frame.beat = beat;
        frame.effective = store.snapshot();
        auto set = [&](params::Source s, float value) { frame.sources[static_cast<std::size_t>(s)] = value; };
        set(params::Source::Kick, kick), set(params::Source::Snare, snare), set(params::Source::Hat, hat), set(params::Source::Low3, features.band[1]);
        set(params::Source::Level, features.level), set(params::Source::Lfo2, static_cast<float>(std::sin(seconds)));
        frame.effective.values[params::param("camera.bump").value] += 0.15f * kick;
        frame.effective.values[params::param("canvas.coarse_gain").value] += 0.9f * kick;
        frame.effective.values[params::param("look.flash").value] += 0.2f * snare;
        frame.effective.values[params::param("prompt.2.weight").value] += 0.2f * static_cast<float>(std::sin(seconds));
        const auto t = static_cast<float>(seconds);
        canvas.stars.picture = {-0.15f + 0.45f * std::sin(t * 0.31f) + 0.12f * std::sin(t * 1.3f), 0.1f + 0.4f * std::cos(t * 0.23f) + 0.1f * std::sin(t * 0.9f)};
        for (std::size_t i = 0; i < 4; ++i) canvas.prompts[i] = {0.2f, std::clamp(0.75f - 0.18f * static_cast<float>(i) + 0.05f * static_cast<float>(std::sin(seconds + static_cast<double>(i))), 0.f, 1.f), true};
    }

    UiInput input() const {
        UiInput in{store, frame, features};
        in.canvas = &canvas;
        in.picture = picture;
        in.figures = {59.8f, 52.1f, 21.4f, 46, 3, 0, 0};
        in.seconds = seconds;
        in.problems = problems;
        in.presets = presets;
        in.preset = 0;
        in.audioInputs = audio, in.midiInputs = midi, in.displays = displays;
        in.audioName = "demo track";
        in.guideName = "titanus-guide";
        in.bindings = bindings;
        in.readyMade = readyMade;
        in.events = events;
        in.waiting = waiting;
        in.learning = learning, in.learnTarget = learnTarget;
        in.scenes = scenes, in.padHand = padHand, in.pending = pending;
        in.preparedPad = preparedPad, in.preparedShare = preparedShare;
        in.cues = {"Saturday", cues, 2, 3, true, 12.4};
        in.autopilot = autopilot;
        in.bindingModes = modes, in.takeovers = takeovers;
        in.formulaProblems = formulaProblems, in.promptProblems = promptProblems;
        in.stripFrozen = stripFrozen, in.clearedPad = clearedPad, in.readiedPad = readiedPad, in.sceneTags = sceneTags, in.keys = keys, in.flash = flash, in.governor = governor, in.videoOutputs = videoOutputs;
        in.recording = recording, in.recordingSeconds = recording ? 83 : 0, in.recordingName = recording ? "titanus-0001.mkv" : "";
        in.journal = true;
        in.uiVisible = uiVisible, in.helpVisible = helpVisible, in.firstRun = firstRun;
        return in;
    }
};

} // namespace titanus::ui::test
