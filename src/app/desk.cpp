#include "app/desk.h"

#include "controls/autopilot.h"
#include "core/files.h"
#include "params/text.h"

namespace titanus::app {
using analysis::ClockCommand;
using params::Action;
using params::ActionEvent;
using params::Origin;
using params::param;

namespace {

bool switched(bool now, int argument) { return argument < 0 ? !now : argument != 0; }

controls::PresetBank openBank(bool safeMode) {
    if (!safeMode) return controls::PresetBank::standard();
    return controls::PresetBank(core::dataDir("presets"), {});
}

} // namespace

Desk::Desk(ProblemBoard& problems, bool safeMode) : problems_(problems), bank_(openBank(safeMode)) {
    std::vector<core::Problem> found;
    bank_.rescan(&found);
    for (const core::Problem& problem : found) problems_.add(problem, 0);
}

core::Result<void> Desk::begin(const CommonOptions& options, const std::optional<controls::Session>& session) {
    if (options.preset.empty() && session) {
        controls::restoreSession(*session, store_);
        preset_ = session->preset;
        if (const auto index = bank_.indexOf(preset_.name)) presetIndex_ = static_cast<int>(*index);
    } else if (!options.preset.empty() || !bank_.entries().empty()) {
        std::vector<core::Problem> warnings;
        auto preset = bank_.find(options.preset.empty() ? "1" : options.preset, &warnings);
        for (const core::Problem& warning : warnings) problems_.add(warning, 0);
        if (!preset) return preset.problem();
        // Another show, but the same room: its projector, sound and controllers stay as they were set.
        if (session) controls::restoreMachine(*session, store_);
        const auto index = bank_.indexOf(preset.value().name);
        adopt(std::move(preset).value(), index ? static_cast<int>(*index) : -1, 0, 0);
    }
    return assign(options);
}

core::Result<void> Desk::assign(const CommonOptions& options) {
    for (std::size_t i = 0; i < options.prompts.size(); ++i) {
        const int slot = static_cast<int>(i);
        store_.setText(params::promptText(slot), options.prompts[i], Origin::CommandLine);
        store_.apply({params::promptWeight(slot), 1, Origin::CommandLine, 0});
    }
    // Prompts of the preset give way to those of the command line.
    for (std::size_t i = options.prompts.size(); !options.prompts.empty() && i < params::kPromptSlots; ++i)
        store_.setText(params::promptText(static_cast<int>(i)), "", Origin::CommandLine);
    for (const std::string& assignment : options.assignments) {
        const auto parsed = params::parseAssignment(assignment);
        if (!parsed) return parsed.problem();
        store_.apply({parsed.value().first, parsed.value().second, Origin::CommandLine, 0});
    }
    store_.forgetHistory();
    return {};
}

void Desk::adopt(controls::Preset preset, int index, double morphSeconds, double seconds) {
    leaveBlend();
    preset_ = std::move(preset);
    presetIndex_ = index;
    morph_.start(store_, preset_.show, morphSeconds, seconds);
}

void Desk::recall(std::size_t index, double morphSeconds, Origin origin, double seconds) {
    if (index >= bank_.entries().size()) return;
    std::vector<core::Problem> warnings;
    auto preset = bank_.load(index, &warnings);
    for (const core::Problem& warning : warnings) problems_.add(warning, seconds);
    if (!preset) {
        problems_.add(preset.problem(), seconds); // the present preset stays
        return;
    }
    play(std::move(preset).value(), morphSeconds, origin, seconds);
    presetIndex_ = static_cast<int>(index);
}

void Desk::play(controls::Preset preset, double morphSeconds, Origin origin, double seconds) {
    if (log_) log_->recall(preset.show, morphSeconds, preset.name, origin, seconds);
    adopt(std::move(preset), -1, morphSeconds, seconds);
}

void Desk::blend(controls::Preset second, Origin origin, double seconds) {
    if (log_) log_->blend(second.show, second.name, origin, seconds);
    leaveBlend();
    morph_.stop();
    second_ = std::move(second);
    blend_.begin(store_, second_.show, seconds);
}

void Desk::endBlend(double seconds) {
    if (!blend_.active()) return;
    if (log_) log_->blendEnd(seconds);
    leaveBlend();
}

void Desk::leaveBlend() {
    if (!blend_.active()) return;
    blend_.end(store_);
    if (!blend_.atSecond()) return;
    preset_ = second_;
    presetIndex_ = -1;
}

void Desk::step(double seconds) {
    morph_.step(store_, seconds);
    blend_.step(store_);
}

bool Desk::presetModified() const {
    const params::Show now = store_.show();
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        if (params::kCatalogue[i].saved() && now.values[i] != preset_.show.values[i]) return true;
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved && now.texts[i] != preset_.show.texts[i]) return true;
    return now.routes != preset_.show.routes || now.formulas != preset_.show.formulas;
}

void Desk::handle(const controls::ControlEvent& event) {
    using Kind = controls::ControlEvent::Kind;
    if (event.kind == Kind::Query || event.kind == Kind::TextQuery) return; // answered where the socket is
    if (log_) log_->event(event);
    hand_ |= controls::isHand(event);
    switch (event.kind) {
    case Kind::Param: {
        // The fader of a blend is part of it: one step of undo takes back both.
        params::ParamChange change = event.param;
        const bool screen = change.origin == Origin::Ui || change.origin == Origin::Key;
        if (screen && blend_.active() && change.param == controls::kBlendFader) change.origin = Origin::Preset;
        store_.apply(change);
        break;
    }
    case Kind::Act: carryOut(event.action); break;
    case Kind::Text: store_.setText(event.text, std::string(event.string()), Origin::Osc); break;
    case Kind::PresetName:
        names_.emplace_back(event.string());
        break;
    case Kind::Query:
    case Kind::TextQuery: break;
    }
}

void Desk::change(const params::ParamChange& change) {
    handle(controls::paramEvent(change.param, change.value, change.origin, change.time));
}

void Desk::act(const ActionEvent& event) {
    handle(controls::actionEvent(event.action, event.argument, event.origin, event.time));
}

void Desk::setText(params::TextIndex index, const std::string& value, Origin origin, double seconds) {
    if (log_) log_->text(index, value, origin, seconds);
    hand_ |= controls::isHand(origin);
    store_.setText(index, value, origin);
}

void Desk::setRoutes(std::vector<params::Route> routes, Origin origin, double seconds) {
    if (log_) log_->routes(routes, origin, seconds);
    hand_ |= controls::isHand(origin);
    store_.setRoutes(std::move(routes), origin);
}

void Desk::setFormulas(std::vector<params::Formula> formulas, Origin origin, double seconds) {
    if (log_) log_->formulas(formulas, origin, seconds);
    hand_ |= controls::isHand(origin);
    store_.setFormulas(std::move(formulas), origin);
}

void Desk::askPreset(std::size_t index, const ActionEvent& event) {
    recalls_.push_back({Action::PresetRecall, static_cast<int>(index), event.origin, event.time});
}

void Desk::toggle(params::ParamIndex index, const ActionEvent& event) {
    store_.apply({index, switched(store_.snapshot().on(index), event.argument) ? 1.f : 0.f, event.origin, event.time});
}

void Desk::panic(double seconds) {
    blackout_ = frozen_ = false;
    store_.apply({param("look.flash"), 0, Origin::Key, seconds});
    store_.apply({param("output.brightness"), 1, Origin::Key, seconds});
    morph_.stop();
    leaveBlend();
    // Back to the preset as it was saved: the last state known to be good.
    store_.recall(preset_.show, Origin::Preset);
}

void Desk::save() {
    controls::Preset preset = preset_;
    preset.show = store_.show();
    if (preset.name.empty()) preset.name = "My preset";
    const auto saved = bank_.save(preset, true);
    if (!saved) {
        problems_.add(saved.problem(), 0);
        return;
    }
    presetIndex_ = static_cast<int>(saved.value());
    preset.name = bank_.entries()[saved.value()].name;
    preset_ = std::move(preset);
}

void Desk::carryOut(const ActionEvent& event) {
    const auto beat = [&](ClockCommand::Kind kind, double value = 0) { clock_.push_back({kind, event.time, value}); };
    constexpr double kNudgeSeconds = 0.005;
    const auto current = presetIndex_ < 0 ? std::nullopt : std::optional<std::size_t>(presetIndex_);
    switch (event.action) {
    case Action::Blackout: blackout_ = switched(blackout_, event.argument); break;
    case Action::Freeze: frozen_ = switched(frozen_, event.argument); break;
    case Action::Panic: panic(event.time); break;
    case Action::Reseed: ++reseeds_; break;
    case Action::Tap: beat(ClockCommand::Kind::Tap); break;
    case Action::TempoDouble: beat(ClockCommand::Kind::TempoDouble); break;
    case Action::TempoHalf: beat(ClockCommand::Kind::TempoHalf); break;
    case Action::NudgeLater: beat(ClockCommand::Kind::Nudge, kNudgeSeconds); break;
    case Action::NudgeEarlier: beat(ClockCommand::Kind::Nudge, -kNudgeSeconds); break;
    case Action::Resync: beat(ClockCommand::Kind::Resync); break;
    case Action::PresetRecall: askPreset(static_cast<std::size_t>(std::max(event.argument, 0)), event); break;
    case Action::PresetNext: askPreset(bank_.next(current), event); break;
    case Action::PresetPrevious: askPreset(bank_.previous(current), event); break;
    case Action::SavePreset: save(); break;
    case Action::Undo:
        leaveBlend();
        store_.undo();
        break;
    case Action::Redo:
        leaveBlend();
        store_.redo();
        break;
    case Action::ToggleUi:
    case Action::ToggleHelp:
    case Action::ToggleFullScreen:
    case Action::MidiLearn:
    case Action::SaveStill:
    case Action::Record:
    case Action::FreezeStrip:
    case Action::Quit: window_.push_back(event); break;
    case Action::SceneRecall:
    case Action::SceneStore:
    case Action::SceneClear:
    case Action::ScenePrepare:
    case Action::CueGo:
    case Action::CueBack:
    case Action::CueStop: recalls_.push_back(event); break;
    case Action::TestCard: toggle(param("output.test_card"), event); break;
    case Action::Autopilot: toggle(param("autopilot.on"), event); break;
    case Action::Count: break;
    }
}

} // namespace titanus::app
