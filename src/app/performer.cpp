#include "app/performer.h"

#include "core/files.h"
#include "core/log.h"
#include "guidance/prompt_text.h"
#include "params/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace titanus::app {
using params::Action;
using params::Origin;

namespace {

std::filesystem::path firstRunMark() { return core::stateDir() / "first-run-done"; }

template <class Taken> std::filesystem::path stillPath(Taken taken) {
    const char* home = std::getenv("HOME");
    const std::filesystem::path folder = std::filesystem::path(home ? home : "/tmp") / "Pictures" / "titanus";
    std::error_code ec;
    std::filesystem::create_directories(folder, ec);
    const auto name = fmt::format("titanus-{:%Y-%m-%d-%H%M%S}", fmt::localtime(std::time(nullptr)));
    std::filesystem::path path = folder / (name + ".png");
    for (int n = 2; std::filesystem::exists(path, ec) || taken(path); ++n) path = folder / fmt::format("{}-{}.png", name, n);
    return path;
}

std::optional<controls::MidiTarget> toMidi(const ui::Target& target) {
    if (const auto* param = std::get_if<params::ParamIndex>(&target)) return *param;
    if (const auto* action = std::get_if<ui::ActionTarget>(&target))
        return controls::ActionTarget{action->action, action->argument};
    return std::nullopt;
}

ui::Target toUi(const controls::MidiTarget& target) {
    if (const auto* param = std::get_if<params::ParamIndex>(&target)) return *param;
    const auto& action = std::get<controls::ActionTarget>(target);
    return ui::ActionTarget{action.action, action.argument};
}

// The range as shares of the fader's travel, as the UI edits it.
ui::BindingView viewOf(const controls::MidiBinding& binding, bool conflict) {
    ui::BindingView view{toUi(binding.target), binding.controlText(), 0, 1, conflict};
    if (const auto* param = std::get_if<params::ParamIndex>(&binding.target)) {
        if (binding.min) view.low = params::toTravel(params::row(*param), *binding.min);
        if (binding.max) view.high = params::toTravel(params::row(*param), *binding.max);
    }
    view.curve = binding.curve;
    view.invert = binding.invert;
    view.mode = static_cast<int>(binding.mode);
    view.takeover = static_cast<int>(binding.takeover);
    return view;
}

// "message at column 9:..." of a parser, columns from 1 there, from 0 here.
ui::TextProblem textProblem(const std::string& detail) {
    constexpr std::string_view kAt = " at column ";
    const std::size_t at = detail.find(kAt);
    if (at == std::string::npos) return {detail.substr(0, detail.find('\n')), -1};
    return {detail.substr(0, at), std::atoi(detail.c_str() + at + kAt.size()) - 1};
}

// What the conductor knows, as the UI shows it. Borrows from the show for one draw.
struct Surface {
    std::vector<ui::ScenePad> scenes;
    std::vector<ui::CueRow> cues;
    std::optional<ui::PendingRecall> pending;
    ui::PadHand padHand{};
    Conductor::Preparing preparing;
    ui::AutopilotView autopilot;
    LiveShow& show;

    explicit Surface(LiveShow& s) : show(s) {
        Conductor& conductor = s.conductor();
        const auto& states = conductor.padStates();
        scenes.resize(controls::kScenePads);
        for (int pad = 0; pad < controls::kScenePads; ++pad) {
            const auto i = static_cast<std::size_t>(pad);
            scenes[i].state = static_cast<ui::PadState>(states[i]);
            if (const controls::Scene* scene = conductor.scenes().at(pad))
                scenes[i] = {scenes[i].state, scene->preset.name, scene->colour, scene->thumbnail.get(), scene->revision, scene->preset.tags, scene->preset.energy};
        }
        padHand = conductor.pads().storing() ? ui::PadHand::Store : conductor.pads().clearing() ? ui::PadHand::Clear
                : conductor.pads().preparing() ? ui::PadHand::Prepare : conductor.pads().blending() ? ui::PadHand::Blend : ui::PadHand::Recall;
        preparing = conductor.preparing();
        const controls::RecallRequest* request = conductor.queue().pending();
        if (const auto countdown = conductor.queue().countdown(conductor.music()); request && countdown) {
            const bool scene = request->kind == controls::RecallRequest::Kind::Scene;
            const auto& presets = s.desk().bank().entries();
            const auto index = static_cast<std::size_t>(std::max(request->index, 0));
            std::string_view name = request->name;
            if (scene && index < scenes.size()) name = scenes[index].name;
            else if (name.empty() && index < presets.size()) name = presets[index].name;
            pending = {scene ? request->index : -1, name, countdown->seconds, countdown->beats, static_cast<float>(countdown->share)};
        }
        for (const controls::Cue& cue : conductor.cues().list().cues)
            cues.push_back({whenOf(cue), cue.name, cue.scene >= 0 ? fmt::format("scene {}", cue.scene + 1) : cue.preset});
        const auto& pilot = conductor.autopilot();
        autopilot = {static_cast<ui::AutopilotState>(pilot.state()),
                     pilot.barsUntilReturn(conductor.music(), static_cast<int>(s.desk().store()[params::param("autopilot.bars")]))};
    }
    ui::CueView cueView() const {
        const auto& player = show.conductor().cues();
        return {player.list().name, cues, player.current(), player.next(), player.running(), player.secondsToNext(show.conductor().music())};
    }

  private:
    static std::string whenOf(const controls::Cue& cue) {
        using When = controls::Cue::When;
        switch (cue.when) {
        case When::Hand: return "by hand";
        case When::Seconds: return fmt::format("{}:{:02}", static_cast<int>(cue.value) / 60, static_cast<int>(cue.value) % 60);
        case When::Beats: return fmt::format("beat {:g}", cue.value + 1);
        case When::Bar: return fmt::format("bar {:g}", cue.value + 1);
        case When::AfterSeconds: return fmt::format("+ {:g} s", cue.value);
        case When::AfterBeats: return fmt::format("+ {:g} beats", cue.value);
        case When::AfterBars: return fmt::format("+ {:g} bars", cue.value);
        }
        return {};
    }
};

} // namespace

core::Result<std::unique_ptr<Performer>> Performer::create(LiveShow& show, StageWindow& stage, render::Renderer& renderer) {
    std::unique_ptr<Performer> performer(new Performer(show, stage, renderer));
    if (const auto made = performer->makeGl(); !made) return made.problem();
    std::error_code ec;
    show.onInput = [raw = performer.get()](audio::Input* input) { raw->followSound(input); };
    if (const auto keys = controls::userKeyFile(); std::filesystem::exists(keys, ec)) {
        std::vector<core::Problem> found;
        if (const auto read = performer->keyboard_.load(keys, &found); !read) found.push_back(read.problem());
        for (const core::Problem& problem : found) show.problems().add(problem, show.clock().seconds());
    }
    for (const controls::KeyBinding& key : performer->keyboard_.bindings()) performer->keys_.push_back({key.chord, key.action, key.argument});
    performer->videoOutputs_ = outputs::v4l2Outputs();
    performer->firstRun_ = !std::filesystem::exists(firstRunMark(), ec);
    return performer;
}

Performer::~Performer() {
    stopRecording();
    for (const Still& still : stills_) still.written.wait();
    watchStills(show_.clock().seconds());
    show_.onInput = [](audio::Input*) {};
}

void Performer::dropGl() {
    for (Tap& tap : sinks_) tap.reader.reset();
    workSpace_ = ui_->workSpace();
    ui_.reset();
}

core::Result<void> Performer::makeGl() {
    for (Tap& tap : sinks_) tap.reader.emplace(tap.sink->width(), tap.sink->height());
    auto ui = ui::Ui::create(stage_.window(), stage_.context());
    if (!ui) return ui.problem();
    ui_ = std::move(ui).value();
    ui_->setWorkSpace(workSpace_);
    return {};
}

void Performer::pumpEvents() {
    SDL_Event event;
    while (SDL_PollEvent(&event)) handle(event);
    for (const auto& action : show_.desk().takeWindowActions()) windowAction(action);
}

void Performer::handle(const SDL_Event& event) {
    if (event.type == SDL_QUIT) quit_ = true;
    if (event.type == SDL_WINDOWEVENT && event.window.event == SDL_WINDOWEVENT_CLOSE) {
        if (event.window.windowID == stage_.outputId()) show_.desk().store().setText(params::text("output.display"), "", Origin::Ui);
        else quit_ = true;
        return;
    }
    stage_.followMouse(event);
    if (ui_->processEvent(event) || event.type != SDL_KEYDOWN) return;
    const Uint16 mod = event.key.keysym.mod;
    const std::string chord = keyboard_.chordOf(SDL_GetKeyName(event.key.keysym.sym), SDL_GetScancodeName(event.key.keysym.scancode), mod & KMOD_CTRL, mod & KMOD_SHIFT, mod & KMOD_ALT);
    if (const auto pressed = keyboard_.press(chord, ui_->wantsText(), event.key.repeat != 0, show_.clock().seconds())) {
        show_.desk().act(*pressed);
        show_.noteMoved(Origin::Key, chord + " > " + controls::toldAs(controls::actionEvent(pressed->action, pressed->argument, Origin::Key, pressed->time)));
    }
}

void Performer::windowAction(const params::ActionEvent& event) {
    const auto toggle = [&](bool& value) { value = event.argument < 0 ? !value : event.argument != 0; };
    switch (event.action) {
    case Action::ToggleUi: toggle(uiVisible_); break;
    case Action::ToggleHelp: toggle(helpVisible_); break;
    case Action::ToggleFullScreen: stage_.toggleFullScreen(); break;
    case Action::MidiLearn:
        toggle(learning_);
        if (!learning_) show_.armLearn(std::nullopt);
        break;
    case Action::SaveStill: saveStill(); break;
    case Action::Record:
        if (recorder_) stopRecording();
        else if (const auto started = startRecording(""); !started) show_.problems().add(started.problem(), event.time);
        break;
    case Action::FreezeStrip: toggle(stripFrozen_); break;
    case Action::Quit: quit_ = true; break;
    default: break;
    }
}

void Performer::saveStill() {
    // Reading back waits for this frame; packing and writing do not hold up the show.
    auto image = std::make_shared<core::Image>(renderer_.readBack());
    const auto path = stillPath([&](const auto& other) { // of the same second, still being written
        return std::any_of(stills_.begin(), stills_.end(), [&](const Still& still) { return still.path == other; });
    });
    stills_.push_back({path, std::async(std::launch::async, [image, path] { return core::writePng(path, *image); })});
}

void Performer::refreshLists() {
    constexpr double kEverySeconds = 2;
    const double now = show_.clock().seconds();
    watchStills(now);
    if (now - listsAt_ < kEverySeconds) return;
    listsAt_ = now;
    presets_.clear();
    for (const auto& entry : show_.desk().bank().entries()) presets_.push_back(entry.name);
    audioInputs_ = {"demo", "silence"};
    for (const auto& device : show_.sound().devices().inputs) audioInputs_.push_back("device:" + device.name);
    midiInputs_.clear();
    for (const auto& device : show_.midi().devices()) midiInputs_.push_back(device.name);
    displays_ = displayNames();
}

void Performer::followBindings() {
    const std::pair state{show_.mapper().revision(), show_.midi().generation()};
    if (std::exchange(bindingsOf_, state) == state) return;
    const auto& own = show_.mapper().bindings();
    const auto conflicts = show_.mapper().conflicts();
    bindings_.clear();
    for (std::size_t i = 0; i < own.size(); ++i)
        bindings_.push_back(viewOf(own[i], std::any_of(conflicts.begin(), conflicts.end(), [&](const auto& c) { return c.first == i || c.second == i; })));
    readyMade_.clear();
    for (const auto& binding : show_.readyMadeBindings()) readyMade_.push_back(viewOf(binding, false));
}

// Told when it is there: a line that names a file must not be a promise.
void Performer::watchStills(double now) {
    std::erase_if(stills_, [&](Still& still) {
        if (still.written.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
        if (const auto written = still.written.get(); !written) show_.problems().add(written.problem(), now);
        else core::logInfo("still: " + still.path.string());
        return true;
    });
}

void Performer::drawUi(const render::Picture& picture, const render::PaceFigures& pace) {
    show_.setWindows({.uiVisible = uiVisible_, .recording = recorder_ != nullptr, .stripFrozen = stripFrozen_});
    refreshLists();
    followBindings();
    std::vector<ui::ProblemEntry> problems;
    for (const auto& entry : show_.problems().entries())
        if (entry.lastSeconds > dismissedAt_)
            problems.push_back({entry.problem, static_cast<std::uint64_t>(entry.count), entry.lastSeconds});
    std::vector<ui::WaitingFader> waiting;
    for (const auto& fader : show_.mapper().waiting(show_.desk().store())) waiting.push_back({fader.param, fader.position});
    std::vector<ui::LaneEvent> events;
    for (auto& moved : show_.takeMoved()) events.push_back({moved.origin, moved.seconds, std::move(moved.text)});
    const auto& armed = show_.mapper().armed();
    const Surface surface(show_);
    const render::FlashMeter flash = renderer_.flashMeter();
    checkPrompts();
    checkFormulas();
    const Desk& desk = show_.desk();
    const ui::UiInput input{
        .store = desk.store(),
        .frame = show_.frame(),
        .features = show_.features(),
        .canvas = show_.canvas().generation ? &show_.canvas() : nullptr,
        .picture = picture,
        .figures = {.fps = static_cast<float>(pace.fpsMean),
                    .fpsLow1 = static_cast<float>(pace.fpsLow1),
                    .stepsPerSecond = static_cast<float>(show_.stepsPerSecond()),
                    .canvasAgeMs = static_cast<float>(show_.canvasAgeSeconds() * 1000),
                    .missedFrames = pace.missed,
                    .audioOverruns = show_.input() ? show_.input()->overruns() : 0,
                    .droppedEvents = show_.droppedEvents()},
        .seconds = show_.clock().seconds(),
        .problems = problems,
        .presets = presets_,
        .preset = desk.presetIndex(),
        .presetModified = desk.presetModified(),
        .audioInputs = audioInputs_,
        .midiInputs = midiInputs_,
        .displays = displays_,
        .audioName = show_.inputName(),
        .guideName = show_.guideName(),
        .bindings = bindings_,
        .readyMade = readyMade_,
        .waiting = waiting,
        .events = events,
        .keys = keys_,
        .learning = learning_,
        .learnTarget = armed ? toUi(*armed) : ui::Target{},
        .uiVisible = uiVisible_,
        .helpVisible = helpVisible_,
        .outputOpen = stage_.outputOpen(),
        .recording = recorder_ != nullptr,
        .recordingSeconds = recorder_ ? show_.clock().seconds() - recordingSince_ : 0,
        .firstRun = firstRun_,
        .scenes = surface.scenes,
        .sceneTags = controls::kSceneTags,
        .padHand = surface.padHand,
        .clearedPad = show_.conductor().scenes().cleared(),
        .readiedPad = show_.conductor().readied(),
        .pending = surface.pending,
        .preparedPad = surface.preparing.pad,
        .preparedShare = surface.preparing.share,
        .cues = surface.cueView(),
        .autopilot = surface.autopilot,
        .bindingModes = controls::kMidiModes,
        .takeovers = controls::kTakeovers,
        .formulaProblems = formulaProblems_,
        .promptProblems = promptProblems_,
        .stripFrozen = stripFrozen_,
        .flash = {flash.generalPerSecond, flash.redPerSecond, flash.limiting},
        .governor = renderer_.governorState().gaveUp,
        .recordingName = recorder_ ? recorder_->path().filename().string() : std::string(),
        .videoOutputs = videoOutputs_,
        .journal = show_.journaled(),
    };
    ui_->draw(input, *this);
    for (const auto& action : show_.desk().takeWindowActions()) windowAction(action);
}

void Performer::change(const params::ParamChange& change) { show_.desk().change(change); }
void Performer::action(const params::ActionEvent& event) { show_.desk().act(event); }
void Performer::text(params::TextIndex index, const std::string& value) { show_.desk().setText(index, value, Origin::Ui, show_.clock().seconds()); }
void Performer::routes(std::vector<params::Route> routes) { show_.desk().setRoutes(std::move(routes), Origin::Ui, show_.clock().seconds()); }
void Performer::formula(params::ParamIndex index, const std::string& text) {
    auto formulas = show_.desk().store().formulas();
    std::erase_if(formulas, [&](const params::Formula& formula) { return formula.target == index; });
    if (!text.empty()) formulas.push_back({index, text});
    show_.desk().setFormulas(std::move(formulas), Origin::Ui, show_.clock().seconds());
}
void Performer::setBinding(std::size_t index, const ui::BindingEdit& edit) {
    if (index >= show_.mapper().bindings().size()) return;
    controls::MidiBinding binding = show_.mapper().bindings()[index];
    if (const auto* param = std::get_if<params::ParamIndex>(&binding.target)) {
        binding.min = params::fromTravel(params::row(*param), edit.low);
        binding.max = params::fromTravel(params::row(*param), edit.high);
    }
    binding.curve = edit.curve;
    binding.invert = edit.invert;
    binding.mode = static_cast<controls::MidiMode>(edit.mode);
    binding.takeover = static_cast<controls::Takeover>(edit.takeover);
    show_.setBinding(index, binding);
}
void Performer::adoptBinding(std::size_t index) {
    const auto readyMade = show_.readyMadeBindings();
    if (index < readyMade.size()) show_.addBinding(readyMade[index]);
}
// The guide says no as well, but not where.
void Performer::checkPrompts() {
    const auto& texts = show_.desk().store().texts();
    if (texts->generation == checkedTexts_) return;
    checkedTexts_ = texts->generation;
    promptProblems_.assign(params::kPromptSlots, {});
    for (int slot = 0; slot < params::kPromptSlots; ++slot)
        if (const auto line = guidance::parsePromptLine((*texts)[params::promptText(slot)]); !line)
            promptProblems_[static_cast<std::size_t>(slot)] = textProblem(line.problem().detail);
}
void Performer::checkFormulas() {
    if (std::exchange(checkedFormulas_, show_.desk().store().formulasGeneration()) == show_.desk().store().formulasGeneration()) return;
    formulaProblems_.clear();
    for (const auto& broken : show_.brokenFormulas()) formulaProblems_.push_back({broken.target, textProblem(broken.why)});
}
void Performer::renameScene(int pad, const std::string& name) { show_.conductor().scenes().rename(pad, name); }
void Performer::tagScene(int pad, const std::vector<std::string>& tags, float energy) { show_.conductor().scenes().setTags(pad, tags, energy); }
void Performer::bringBack() { show_.conductor().scenes().restoreCleared(); }
void Performer::moveScene(int from, int to) { show_.conductor().scenes().move(from, to); }
void Performer::learn(ui::Target target) { show_.armLearn(toMidi(target)); }
void Performer::forget(std::size_t binding) { show_.forgetBinding(binding); }

void Performer::dismissFirstRun() {
    firstRun_ = false;
    if (const auto marked = core::writeFileAtomic(firstRunMark(), ""); !marked)
        show_.problems().add(marked.problem(), show_.clock().seconds());
}

} // namespace titanus::app
