#include "app/live_show.h"

#include "app/engine_options.h"

#include "core/files.h"
#include "core/log.h"
#include "core/thread_role.h"
#include "core/units.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace titanus::app {
namespace {

analysis::ClockCommand toCommand(const controls::MidiClockEvent& event) {
    using From = controls::MidiClockEvent::Kind;
    using To = analysis::ClockCommand::Kind;
    const To kind = event.kind == From::Tick ? To::MidiTick : event.kind == From::Start ? To::MidiStart
                  : event.kind == From::Continue ? To::MidiContinue : event.kind == From::Stop ? To::MidiStop : To::MidiSongPosition;
    return {kind, event.time, event.beats};
}

// A new file for the set that begins; the newest sets are kept, as many as a disk has room for: an
// hour of one is about 100 MB.
std::filesystem::path newSetLog() {
    constexpr std::size_t kKeptSets = 30;
    constexpr std::uintmax_t kKeptBytes = 2ull << 30;
    namespace fs = std::filesystem;
    const fs::path folder = core::stateDir() / "sets";
    std::error_code ec;
    fs::create_directories(folder, ec);
    std::vector<fs::path> sets;
    for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec))
        if (it->path().extension() == ".tlog") sets.push_back(it->path());
    std::sort(sets.begin(), sets.end()); // names are dates
    std::uintmax_t bytes = 0;
    for (std::size_t newer = 0; newer < sets.size(); ++newer) {
        const fs::path& set = sets[sets.size() - 1 - newer];
        const auto size = fs::file_size(set, ec);
        bytes += ec ? 0 : size;
        if (newer + 1 >= kKeptSets || bytes > kKeptBytes) fs::remove(set, ec);
    }
    return folder / fmt::format("{:%Y-%m-%d-%H%M%S}-{}.tlog", fmt::localtime(std::time(nullptr)), ::getpid());
}

} // namespace

using core::Problem;
using core::ProblemId;
using params::Origin;
using params::param;

LiveShow::LiveShow(const PlayOptions& options)
    : modulator_(options.seed), aspect_(static_cast<float>(options.size.width) / static_cast<float>(options.size.height)),
      safeMode_(options.safeMode), statsFile_(options.statsFile) {}

core::Result<std::unique_ptr<LiveShow>> LiveShow::open(const PlayOptions& options) {
    core::currentRole() = core::Role::Main;
    std::unique_ptr<LiveShow> show(new LiveShow(options));
    if (const auto started = show->start(options); !started) return started.problem();
    return show;
}

core::Result<void> LiveShow::start(const PlayOptions& options) {
    desk_ = std::make_unique<Desk>(problems_, options.safeMode);
    std::optional<controls::Session> session;
    if (!options.safeMode) {
        std::vector<Problem> found;
        session = controls::loadSession(controls::sessionFile(), &found);
        for (const Problem& problem : found) problems_.add(problem, 0);
        auto journal = Journal::open(core::stateDir());
        if (journal) journal_ = std::move(journal).value();
        else problems_.add(journal.problem(), 0); // a read-only home does not keep anybody from playing
    }
    if (!options.replayFile.empty()) {
        auto replay = Replay::open(options.replayFile);
        if (!replay) return replay.problem();
        replay_ = std::move(replay).value();
        replay_->begin(*desk_, problems_);
        if (const auto begun = desk_->assign(options); !begun) return begun.problem();
    } else if (const auto begun = desk_->begin(options, session); !begun) {
        return begun.problem();
    }
    conductor_ = std::make_unique<Conductor>(*desk_, problems_, safeMode_ ? std::filesystem::path() : controls::SceneBank::standardFolder());
    if (replay_) conductor_->groundAutopilot();
    // The same session goes on with the same picture.
    if (session && options.preset.empty() && !replay_) conductor_->openWith(Journal::lastCanvas(core::stateDir()));
    if (!options.cuesFile.empty())
        if (const auto loaded = conductor_->loadCues(options.cuesFile); !loaded) return loaded.problem();

    // Guidance first: it reads its model while the rest is opened. One core stays for the display.
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    guidance::EngineOptions engine = engineOptions(options, aspect_);
    engine.maxThreads = static_cast<int>(std::max(1u, cores - 1));
    guidance_ = std::make_unique<guidance::Worker>([engine] { return guidance::makeEngine(engine); }, clock_);
    guidance_->start();

    analysis_ = std::make_unique<analysis::Worker>(clock_);
    backend_ = audio::makeSystemBackend();
    sound_ = std::make_unique<audio::InputKeeper>(
        *backend_, clock_,
        audio::InputKeeper::Events{[this](audio::Input* input) {
                                       if (input) analysis_->setInput(input->ring(), input->info().sampleRate);
                                       else analysis_->clearInput();
                                       onInput(input);
                                   },
                                   [this](const Problem& problem) { problems_.add(problem, clock_.seconds()); }});
    std::string input = replay_ ? replay_->option("sound", "silence") : options.input;
    const bool asked = !input.empty();
    if (!asked) input = desk_->store()[params::text("audio.input")];
    if (input.empty()) input = "demo";
    if (const auto opened = sound_->open({.spec = input}); !opened) {
        if (asked) return opened.problem();
        sound_->request({.spec = input}); // of last time: said, and looked for each second
    }
    desk_->store().setText(params::text("audio.input"), input, Origin::Start);

    if (!options.oscListen.empty()) {
        const auto at = controls::parseHostPort(options.oscListen);
        if (!at) return at.problem();
        auto receiver = controls::OscReceiver::open(at.value(), clock_);
        if (!receiver) return receiver.problem();
        oscIn_ = std::move(receiver).value();
    }
    if (!options.oscSend.empty()) {
        const auto to = controls::parseHostPort(options.oscSend);
        if (!to) return to.problem();
        auto sender = controls::OscSender::open(to.value());
        if (!sender) return sender.problem();
        oscOut_ = std::move(sender).value();
    }
    const auto engineInfo = guidance_->waitUntilReady();
    if (!engineInfo) return engineInfo.problem();
    if (!replay_) link_ = controls::LinkSession::join();
    midi_ = std::make_unique<controls::MidiInput>(clock_);
    if (!options.midiVirtual.empty())
        if (const auto opened = midi_->openVirtual(options.midiVirtual); !opened) problems_.add(opened.problem(), 0);
    if (desk_->store()[params::text("midi.input")].empty())
        desk_->store().setText(params::text("midi.input"), "*", Origin::Start);
    std::vector<Problem> found;
    mapper_.setFactoryMaps(controls::factoryMidiMaps(&found));
    if (!safeMode_ && std::filesystem::exists(controls::userMidiMapFile())) {
        if (auto map = controls::readMidiMap(controls::userMidiMapFile(), &found)) mapper_.setBindings(map.value().bindings);
        else found.push_back(map.problem());
    }
    for (const Problem& problem : found) problems_.add(problem, 0);

    guideName_ = engineInfo.value().guide;
    core::logInfo(fmt::format("guide {} on {} ({}, {} threads), input {}, preset {}", engineInfo.value().guide,
                              engineInfo.value().device, engineInfo.value().precision, engineInfo.value().threads, inputName(),
                              desk_->preset().name));
    if (const auto logging = openLog(options); !logging) return logging.problem();
    lastTick_ = replayFrom_ = clock_.seconds();
    tick(0);
    return {};
}

core::Result<void> LiveShow::openLog(const PlayOptions& options) {
    if (replay_ || (safeMode_ && options.logFile.empty())) return {};
    controls::ControlLogHeader header;
    header.program = "titanus " TITANUS_VERSION;
    header.seed = options.seed;
    header.featureBytes = sizeof(analysis::Features);
    header.featureLayout = featureLayout();
    // What a device hears is gone afterwards: such a log has the analysis, not the sound.
    if (const std::string& sound = desk_->store()[params::text("audio.input")]; !sound.starts_with("device:")) header.options.emplace_back("sound", sound);
    header.options.emplace_back("size", fmt::format("{}x{}", options.size.width, options.size.height));
    header.options.emplace_back("model", options.model);
    header.options.emplace_back("preset", controls::writePreset(desk_->preset())); // panic goes back to it
    header.start = desk_->store().show();
    auto writer = controls::ControlLogWriter::create(options.logFile.empty() ? newSetLog() : std::filesystem::path(options.logFile), header);
    if (!writer) {
        if (!options.logFile.empty()) return writer.problem();
        problems_.add(writer.problem(), 0); // a full disk does not keep anybody from playing
        return {};
    }
    log_ = std::move(writer).value();
    desk_->setLog(log_.get());
    return {};
}

void LiveShow::log(double now) {
    if (!log_) return;
    log_->frame(now, canvas().steps, std::as_bytes(std::span(&features(), 1)));
    log_->check(controls::hashOf(desk_->store()));
    if (const auto logged = log_->tick(now); !logged) {
        problems_.add(logged.problem(), now);
        desk_->setLog(nullptr);
        log_.reset();
    }
}

LiveShow::~LiveShow() {
    if (conductor_) conductor_->scenes().flush();
    if (journal_ && desk_ && guidance_ && !replay_) // a set of then is not the session of now
        if (const auto saved = journal_->finish(desk_->store(), desk_->preset(), canvas()); !saved) problems_.add(saved.problem(), clock_.seconds()); // said once
    sound_.reset();
    midi_.reset();
    oscIn_.reset();
    if (guidance_) guidance_->requestStop();
    analysis_.reset();
}

// Somebody may have to answer for a strobe later.
void LiveShow::watchFlashGuard() {
    const bool on = desk_->store().snapshot().on(param("guard.flash"));
    if (on != std::exchange(flashGuard_, on)) core::logInfo(on ? "flash guard on" : "flash guard bypassed by hand");
}

void LiveShow::watchLink() {
    if (!link_) return;
    const auto session = link_->now();
    if (session || linked_)
        analysis_->commands().push({analysis::ClockCommand::Kind::Link, clock_.seconds(), session ? session->beats : 0, session ? session->periodSeconds : 0});
    linked_ = session.has_value();
}

void LiveShow::watchSound() {
    sound_->poll();
    const std::string& wanted = desk_->store()[params::text("audio.input")];
    if (wanted != sound_->options().spec && wanted != requested_) {
        requested_ = wanted; // once: a failure is reported and the input before goes on
        sound_->request({.spec = wanted});
    }
    if (sound_->state() == audio::InputKeeper::State::Running && wanted != sound_->options().spec) {
        desk_->store().setText(params::text("audio.input"), sound_->options().spec, Origin::Start);
        requested_.clear();
    }
    const float monitorDb = desk_->store()[param("audio.monitor_db")];
    sound_->setMonitorGain(monitorDb <= params::row(param("audio.monitor_db")).min ? 0 : core::dbToGain(monitorDb)); // the lowest is silent
}

std::string LiveShow::inputName() const { return sound_->input() ? sound_->input()->info().name : sound_->options().spec; }

void LiveShow::drainMidi(double now) {
    std::vector<Problem> found;
    midi_->setWanted(desk_->store()[params::text("midi.input")]);
    midi_->poll(now, found);
    for (const Problem& problem : found) problems_.add(problem, now);
    if (midiGeneration_ != midi_->generation()) {
        midiGeneration_ = midi_->generation();
        for (const auto& device : midi_->devices())
            if (device.open)
                for (const auto& message : mapper_.deviceOpened(device.name)) midi_->send(device.name, message);
    }
    controls::MidiMessage message;
    std::vector<controls::ControlEvent> events;
    std::vector<controls::MidiClockEvent> clock;
    using Heard = controls::MidiMapper::Heard;
    while (midi_->pop(message)) {
        settle(now); // before takeover looks at the store
        events.clear();
        const std::string& device = midi_->deviceName(message.device);
        const auto heard = mapper_.handle(message, device, desk_->store(), events, clock);
        if (heard == Heard::Nothing || heard == Heard::Learned) continue;
        const std::string control = mapper_.controlOf(message, device);
        if (heard == Heard::Waits) noteMoved(Origin::Midi, control + " waits to be picked up");
        if (heard == Heard::Unbound) noteMoved(Origin::Midi, control + " is not mapped");
        for (const controls::ControlEvent& event : events) {
            desk_->handle(event);
            noteMoved(Origin::Midi, control + " > " + controls::toldAs(event));
        }
    }
    for (const controls::MidiClockEvent& tick : clock) analysis_->commands().push(toCommand(tick));
    if (mapper_.takeLearned()) saveMidiMap();
    const controls::SwitchState state = switches();
    for (const auto& device : midi_->devices())
        if (device.open)
            for (const auto& bytes : mapper_.feedback(device.name, desk_->store(), state, now)) midi_->send(device.name, bytes);
}

void LiveShow::noteMoved(Origin origin, std::string text) {
    constexpr std::size_t kMostWaiting = 256; // without a window nobody takes them
    if (moved_.size() < kMostWaiting) moved_.push_back({origin, clock_.seconds(), std::move(text)});
}

controls::SwitchState LiveShow::switches() const {
    return {.blackout = desk_->blackout(), .frozen = desk_->frozen(),
            .recording = windows_.recording, .uiVisible = windows_.uiVisible,
            .learning = mapper_.armed().has_value(), .preset = desk_->presetIndex(),
            .pads = conductor_->padStates(), .storing = conductor_->pads().storing(),
            .clearing = conductor_->pads().clearing(), .preparing = conductor_->pads().preparing(),
            .autopilot = desk_->store().snapshot().on(param("autopilot.on")),
            .testCard = desk_->store().snapshot().on(param("output.test_card")),
            .stripFrozen = windows_.stripFrozen, .cuesRunning = conductor_->cues().running(),
            .blendArmed = conductor_->pads().blending()};
}

void LiveShow::conduct(double now) {
    // The sound goes on between two hops; the frame is seen a little later still.
    const double heardAgo = replay_ ? 0 : std::clamp(now - features().hostSeconds, 0.0, 0.5);
    soundNow_ = features().seconds + heardAgo + displaySeconds_;
    conductor_->step(musicTime(features(), desk_->store(), now, soundNow_, frameSeconds_), features(), canvas());
    for (std::string& name : conductor_->takeRecalled()) noteMoved(Origin::Preset, std::move(name));
}

// What is asked for within one frame happens in its order: a fader moved after a pad was pressed moves
// the pad's scene, and is not overwritten by it at the frame's end.
void LiveShow::settle(double now) {
    if (desk_->recallAsked()) conduct(now);
}

void LiveShow::drainControls(double now) {
    drainMidi(now);
    controls::ControlEvent event;
    while (oscIn_ && (settle(now), oscIn_->pop(event, desk_->store()))) { // relative moves look at the store
        if (oscIn_->answer(event, desk_->store())) continue;
        desk_->handle(event);
        noteMoved(Origin::Osc, "OSC > " + controls::toldAs(event));
    }
    if (oscIn_ && oscIn_->rejected() != oscRejected_) {
        oscRejected_ = oscIn_->rejected();
        problems_.add({ProblemId::OscPacketInvalid, ""}, now);
    }
    if (droppedEvents() != dropped_) {
        dropped_ = droppedEvents();
        problems_.add({ProblemId::ControlQueueFull, ""}, now);
    }
    for (const analysis::ClockCommand& command : desk_->takeClockCommands()) analysis_->commands().push(command);
    watchLink();
}

const modulation::FrameState& LiveShow::tick(double displaySeconds) {
    const double now = clock_.seconds(), dt = now - lastTick_;
    lastTick_ = now;
    frameSeconds_ = dt;
    displaySeconds_ = displaySeconds;
    watchSound();
    analysis::Onset onset;
    while (analysis_->onsets().pop(onset)) {} // totals in Features tell what modulation needs
    analysis_->features().update();
    guidance_->watch(now);
    guidance_->canvases().update();
    if (guidance_->prepared().update()) conductor_->prepared(guidance_->prepared().value());
    if (replay_) replay_->advance(now - replayFrom_, *desk_);
    drainControls(now);
    const analysis::Features& f = features();
    conduct(now);
    if (!replay_) desk_->step(now);
    core::ProblemNote note;
    while (guidance_->nextProblem(note)) problems_.add(note.unpack(), now);
    analysis_->params().slot() = desk_->store().snapshot();
    analysis_->params().publish();
    steps_.update(canvas().steps, now);
    log(now);
    watchFlashGuard();
    frame_ = &modulator_.update({.store = desk_->store(), .features = f, .seconds = now, .dtSeconds = dt,
                                 .soundSeconds = soundNow_, .aspect = aspect_, .blackout = desk_->blackout(),
                                 .frozen = desk_->frozen(), .reseeds = desk_->reseeds(), .stars = &canvas().stars});
    if (const std::uint64_t generation = desk_->store().formulasGeneration(); generation != formulasTold_) {
        formulasTold_ = generation;
        for (const auto& broken : modulator_.formulas().problems()) problems_.add(broken.problem(), now);
    }
    modulation::FrameState& forGuidance = guidance_->states().slot();
    forGuidance = *frame_;
    forGuidance.loads = conductor_->loads();
    forGuidance.picture = conductor_->picture();
    forGuidance.upcoming = conductor_->upcoming();
    forGuidance.prepare = economy_.time < 1 ? 0 : desk_->store()[param("scene.prepare")]; // when there is time
    economise(forGuidance);
    guidance_->states().publish();
    if (oscOut_) {
        oscOut_->feedback(desk_->store(), now);
        const controls::SwitchState state = switches();
        oscOut_->switches(state);
        oscOut_->pads(state.pads);
        oscOut_->broadcast({.level = f.level, .bands = f.band, .onsets = f.onsets, .strength = f.lastStrength,
                            .beat = static_cast<std::int64_t>(frame_->beat),
                            .beatInBar = static_cast<int>(frame_->sources[static_cast<std::size_t>(params::Source::BarPhase)] *
                                                          static_cast<float>(f.clock.beatsPerBar)),
                            .bpm = f.clock.bpm()}, now);
    }
    if (journal_ && !replay_)
        if (const auto saved = journal_->tick(desk_->store(), desk_->preset(), canvas(), now); !saved) problems_.add(saved.problem(), now);
    return *frame_;
}

void LiveShow::economise(modulation::FrameState& state) const {
    const auto set = [&](params::ParamIndex index, float value) { state.effective.values[index.value] = std::max(params::row(index).min, value); };
    const auto scale = [&](params::ParamIndex index, float factor) { set(index, std::round(state[index] * factor)); };
    if (economy_.crops < 1) scale(param("guide.crops"), economy_.crops);
    if (economy_.canvas < 1) scale(param("canvas.side"), economy_.canvas);
    if (const float step = canvas().stepSeconds; economy_.time < 1 && step > 0)
        set(param("guide.steps_max"), std::min(state[param("guide.steps_max")], economy_.time / step));
}

double LiveShow::canvasAgeSeconds() const {
    return canvas().generation ? clock_.seconds() - canvas().publishedSeconds : 0;
}

std::uint64_t LiveShow::droppedEvents() const { return midi_->dropped() + (oscIn_ ? oscIn_->dropped() : 0); }

void LiveShow::armLearn(std::optional<controls::MidiTarget> target) {
    if (target) mapper_.arm(*target);
    else mapper_.disarm();
}

void LiveShow::forgetBinding(std::size_t index) {
    mapper_.removeBinding(index);
    saveMidiMap();
}

void LiveShow::setBinding(std::size_t index, const controls::MidiBinding& binding) {
    if (mapper_.setBinding(index, binding)) saveMidiMap();
}

std::vector<controls::MidiBinding> LiveShow::readyMadeBindings() const {
    std::vector<std::string> open;
    for (const auto& device : midi_->devices())
        if (device.open) open.push_back(device.name);
    return mapper_.readyMade(open);
}

void LiveShow::addBinding(const controls::MidiBinding& binding) {
    mapper_.addBinding(binding);
    saveMidiMap();
}

void LiveShow::saveMidiMap() {
    if (safeMode_) return;
    controls::MidiMap map;
    map.name = "My bindings";
    map.bindings = mapper_.bindings();
    if (const auto saved = core::writeFileAtomic(controls::userMidiMapFile(), controls::writeMidiMap(map)); !saved)
        problems_.add(saved.problem(), clock_.seconds());
}

void LiveShow::writeStats(const render::PaceFigures& display, double firstPictureSeconds, bool force) {
    const audio::Input* input = sound_->input();
    statsFile_.update({.store = desk_->store(), .features = features(), .canvas = canvas(), .health = guidance_->health(),
                       .nudges = guidance_->interventions(), .display = display,
                       .stepsPerSecond = steps_.perSecond(), .canvasAgeMs = canvasAgeSeconds() * 1000,
                       .seconds = clock_.seconds(), .firstPictureSeconds = firstPictureSeconds, .audioDevice = inputName(),
                       .audioRate = input ? input->info().sampleRate : 0, .audioOverruns = input ? input->overruns() : 0,
                       .problems = problems_},
                      problems_, force);
}

} // namespace titanus::app
