#include "app/conductor.h"

namespace titanus::app {
using controls::RecallRequest;
using params::Action;
using params::param;

controls::MusicTime musicTime(const analysis::Features& features, const params::Store& store, double seconds,
                              double soundSeconds, double frameSeconds) {
    const analysis::BeatClock& clock = features.clock;
    const bool beat = clock.state != analysis::ClockState::Searching;
    return {.seconds = seconds,
            .beat = clock.at(soundSeconds - store[param("clock.offset_ms")] / 1000.0),
            .beatSeconds = beat ? clock.periodSeconds : 0,
            .beatsPerBar = clock.beatsPerBar,
            .downbeat = clock.downbeat,
            .frameSeconds = frameSeconds};
}

Conductor::Conductor(Desk& desk, ProblemBoard& problems, std::filesystem::path sceneFolder, std::uint64_t seed)
    : desk_(desk), problems_(problems), scenes_(std::move(sceneFolder)), autopilot_(seed) {}

core::Result<void> Conductor::loadCues(const std::filesystem::path& file) {
    std::vector<core::Problem> warnings;
    auto list = controls::readCueList(file, &warnings);
    for (const core::Problem& warning : warnings) problems_.add(warning, 0);
    if (!list) return list.problem();
    cues_.load(std::move(list).value());
    return {};
}

void Conductor::openWith(std::shared_ptr<const core::Image> canvas) {
    if (!canvas) return;
    picture_ = std::move(canvas);
    ++loads_;
}

const controls::PadStates& Conductor::padStates() {
    const RecallRequest* waiting = queue_.pending();
    const int pending = waiting && waiting->kind == RecallRequest::Kind::Scene ? waiting->index : -1;
    return scenes_.states(desk_.store(), desk_.morphing(), pending);
}

void Conductor::act(const params::ActionEvent& event, const guidance::Canvas& canvas) {
    const auto image = [&] { return controls::imageOf(canvas.rgba, canvas.width, canvas.height); };
    const auto ask = [&](std::optional<RecallRequest> request) {
        if (request) queue_.request(std::move(*request), desk_.store(), now_);
    };
    switch (event.action) {
    case Action::SceneRecall:
    case Action::SceneStore:
    case Action::SceneClear: {
        using Kind = controls::PadHands::Act::Kind;
        const auto act = hands_.press(event);
        if (act.kind == Kind::Recall)
            ask(RecallRequest{.kind = RecallRequest::Kind::Scene, .index = act.pad, .origin = event.origin, .time = event.time});
        if (act.kind == Kind::Store) {
            controls::Preset preset = desk_.preset();
            preset.show = desk_.store().show();
            scenes_.store(act.pad, std::move(preset), canvas.generation ? image() : nullptr);
            scenes_.setActive(act.pad);
        }
        if (act.kind == Kind::Clear) scenes_.clear(act.pad);
        break;
    }
    case Action::CueGo: ask(cues_.go(now_)); break;
    case Action::CueBack: ask(cues_.back(now_)); break;
    case Action::CueStop:
        cues_.stop();
        queue_.cancel();
        break;
    default: break;
    }
}

void Conductor::carryOut(const RecallRequest& request, const guidance::Canvas& canvas) {
    const double seconds = controls::morphSeconds(request, desk_.store(), now_);
    const bool warm = desk_.store().snapshot().on(param("scene.warm"));
    // The scene that is left keeps its last picture for coming back.
    if (warm && scenes_.active() >= 0 && canvas.generation)
        scenes_.keepCanvas(scenes_.active(), controls::imageOf(canvas.rgba, canvas.width, canvas.height));
    if (request.kind == RecallRequest::Kind::Scene) {
        const auto recall = scenes_.recall(request.index, seconds, warm);
        if (!recall) return; // an empty pad does nothing
        desk_.play(scenes_.at(request.index)->preset, recall->seconds, request.origin, now_.seconds);
        // Into a morph the old picture flows; a cut starts from the canvas the scene was left with.
        if (recall->seconds <= 0) openWith(recall->canvas);
        scenes_.setActive(request.index);
        return;
    }
    if (request.kind == RecallRequest::Kind::Cue) return; // a jump alone
    const auto index = request.name.empty() ? std::optional(static_cast<std::size_t>(request.index)) : desk_.bank().indexOf(request.name);
    if (!index) {
        problems_.add({core::ProblemId::PresetMissing, request.name}, now_.seconds);
        return;
    }
    desk_.recall(*index, seconds, request.origin, now_.seconds);
    scenes_.setActive(-1);
}

void Conductor::fly(const analysis::Features& features) {
    const params::Store& store = desk_.store();
    const bool on = store.snapshot().on(param("autopilot.on"));
    std::vector<controls::AutopilotScene> stored;
    for (int pad = 0; on && pad < controls::kScenePads; ++pad)
        if (const controls::Scene* scene = scenes_.at(pad)) stored.push_back({pad, scene->tags, scene->energy});
    const auto choice = autopilot_.step({.music = now_,
                                         .section = static_cast<controls::TrackSection>(features.section),
                                         .energy = features.energy,
                                         .on = on,
                                         .returnBars = static_cast<int>(store[param("autopilot.bars")])},
                                        stored, scenes_.active());
    if (autopilot_.takeCancel()) queue_.cancel();
    if (choice) queue_.request(choice->request, choice->quantise, 0, now_);
}

void Conductor::step(const controls::MusicTime& now, const analysis::Features& features, const guidance::Canvas& canvas) {
    now_ = now;
    std::vector<core::Problem> found;
    scenes_.poll(found);
    for (const core::Problem& problem : found) problems_.add(problem, now.seconds);
    if (desk_.takeHand()) autopilot_.hand(now);
    fly(features);
    for (const params::ActionEvent& event : desk_.takeSceneActions()) act(event, canvas);
    for (RecallRequest& request : desk_.takeRecalls()) queue_.request(std::move(request), desk_.store(), now);
    // Cues by time and beat come when they are due; their line is in the list.
    for (const RecallRequest& request : cues_.step(now)) carryOut(request, canvas);
    if (const auto due = queue_.step(now)) carryOut(*due, canvas);
}

} // namespace titanus::app
