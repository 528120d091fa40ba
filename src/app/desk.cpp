#include "app/desk.h"

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
        const auto index = bank_.indexOf(preset.value().name);
        adopt(std::move(preset).value(), index ? static_cast<int>(*index) : -1, Origin::Start, 0);
    }
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

void Desk::adopt(controls::Preset preset, int index, Origin origin, double seconds) {
    preset_ = std::move(preset);
    presetIndex_ = index;
    const double morphSeconds = origin == Origin::Start ? 0 : store_[param("morph.seconds")];
    morph_.start(store_, preset_.show, morphSeconds, seconds);
}

void Desk::recall(std::size_t index, Origin origin, double seconds) {
    if (index >= bank_.entries().size()) return;
    std::vector<core::Problem> warnings;
    auto preset = bank_.load(index, &warnings);
    for (const core::Problem& warning : warnings) problems_.add(warning, seconds);
    if (!preset) {
        problems_.add(preset.problem(), seconds); // the present preset stays
        return;
    }
    adopt(std::move(preset).value(), static_cast<int>(index), origin, seconds);
}

bool Desk::presetModified() const {
    const params::Show now = store_.show();
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        if (params::kCatalogue[i].saved() && now.values[i] != preset_.show.values[i]) return true;
    for (std::size_t i = 0; i < params::kTextCount; ++i)
        if (params::kTexts[i].saved && now.texts[i] != preset_.show.texts[i]) return true;
    return now.routes != preset_.show.routes;
}

void Desk::handle(const controls::ControlEvent& event) {
    using Kind = controls::ControlEvent::Kind;
    switch (event.kind) {
    case Kind::Param: store_.apply(event.param); break;
    case Kind::Act: act(event.action); break;
    case Kind::Text: store_.setText(event.text, std::string(event.string()), Origin::Osc); break;
    case Kind::PresetName:
        if (const auto index = bank_.indexOf(event.string())) recall(*index, Origin::Osc, event.action.time);
        else problems_.add({core::ProblemId::FileUnreadable, "preset " + std::string(event.string())}, event.action.time);
        break;
    case Kind::Query: break; // answered where the socket is
    }
}

void Desk::toggle(params::ParamIndex index, const ActionEvent& event) {
    store_.apply({index, switched(store_.snapshot().on(index), event.argument) ? 1.f : 0.f, event.origin, event.time});
}

void Desk::panic(double seconds) {
    blackout_ = frozen_ = false;
    store_.apply({param("look.flash"), 0, Origin::Key, seconds});
    store_.apply({param("output.brightness"), 1, Origin::Key, seconds});
    morph_.stop();
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

void Desk::act(const ActionEvent& event) {
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
    case Action::PresetRecall: recall(static_cast<std::size_t>(std::max(event.argument, 0)), event.origin, event.time); break;
    case Action::PresetNext: recall(bank_.next(current), event.origin, event.time); break;
    case Action::PresetPrevious: recall(bank_.previous(current), event.origin, event.time); break;
    case Action::SavePreset: save(); break;
    case Action::Undo: store_.undo(); break;
    case Action::Redo: store_.redo(); break;
    case Action::ToggleUi:
    case Action::ToggleHelp:
    case Action::ToggleFullScreen:
    case Action::MidiLearn:
    case Action::SaveStill:
    case Action::Record:
    case Action::FreezeStrip:
    case Action::SceneRecall:
    case Action::SceneStore:
    case Action::SceneClear:
    case Action::CueGo:
    case Action::CueBack:
    case Action::CueStop:
    case Action::Quit: window_.push_back(event); break;
    case Action::TestCard: toggle(param("output.test_card"), event); break;
    case Action::Autopilot: toggle(param("autopilot.on"), event); break;
    case Action::Count: break;
    }
}

} // namespace titanus::app
