#include "controls/conductor.h"

namespace titanus::controls {
using params::Action;
using params::param;

bool Conductor::act(const params::ActionEvent& event, const params::Store& store, const MusicTime& now) {
    using Kind = PadHands::Act::Kind;
    RecallRequest request{.index = event.argument, .origin = event.origin, .time = event.time};
    switch (event.action) {
    case Action::SceneRecall:
    case Action::SceneStore:
    case Action::SceneClear: {
        const auto act = pads_.press(event);
        if (act.kind == Kind::Store) stores_.push_back(act.pad);
        if (act.kind == Kind::Clear) bank_.clear(act.pad);
        if (act.kind != Kind::Recall || !bank_.at(act.pad)) return true; // an empty pad leaves what waits
        request.kind = RecallRequest::Kind::Scene;
        request.index = act.pad;
        break;
    }
    case Action::PresetRecall:
        if (event.argument < 0) return true;
        request.kind = RecallRequest::Kind::Preset;
        break;
    case Action::CueGo: request.kind = RecallRequest::Kind::Cue; break;
    case Action::CueBack:
        if (auto back = cues_.back(now)) {
            back->origin = event.origin;
            queue_.request(std::move(*back), Quantise::Now, 0, now);
        }
        return true;
    case Action::CueStop:
        cues_.stop();
        if (queue_.pending() && queue_.pending()->kind == RecallRequest::Kind::Cue) queue_.cancel();
        return true;
    default: return false;
    }
    queue_.request(std::move(request), store, now);
    return true;
}

void Conductor::recallPreset(std::string name, params::Origin origin, const params::Store& store, const MusicTime& now) {
    queue_.request({.kind = RecallRequest::Kind::Preset, .index = -1, .name = std::move(name), .origin = origin, .time = now.seconds}, store, now);
}

void Conductor::notice(const MusicTime& now) {
    autopilot_.hand(now);
    // Before the hand's own request can take its place in the queue.
    if (autopilot_.takeCancel() && queue_.pending() && !isHand(queue_.pending()->origin)) queue_.cancel();
}

int Conductor::pendingPad() const {
    const auto* pending = queue_.pending();
    return pending && pending->kind == RecallRequest::Kind::Scene ? pending->index : -1;
}

void Conductor::carryOut(RecallRequest request, const params::Store& store, const MusicTime& now, std::vector<Recall>& out) {
    Recall recall{.request = std::move(request), .scene = {}, .leaving = bank_.active()};
    recall.morphSeconds = morphSeconds(recall.request, store, now);
    if (recall.request.kind == RecallRequest::Kind::Scene) {
        recall.scene = bank_.recall(recall.request.index, recall.morphSeconds, store.snapshot().on(param("scene.warm")));
        if (!recall.scene) return; // cleared while it waited
        bank_.setActive(recall.request.index);
    } else {
        bank_.setActive(-1);
    }
    out.push_back(std::move(recall));
}

std::vector<Conductor::Recall> Conductor::step(const params::Store& store, const MusicTime& now, TrackSection section, float energy) {
    AutopilotInput in{.music = now, .section = section, .energy = energy};
    in.on = !grounded_ && store.snapshot().on(param("autopilot.on"));
    in.returnBars = static_cast<int>(store[param("autopilot.bars")]);
    std::vector<AutopilotScene> scenes;
    for (int pad = 0; in.on && pad < kScenePads; ++pad)
        if (const Scene* scene = bank_.at(pad)) scenes.push_back({pad, scene->tags, scene->energy});
    const auto choice = autopilot_.step(in, scenes, bank_.active());
    // What a hand or a cue asked for and still waits is not pushed aside.
    const bool free = !queue_.pending() || !isHand(queue_.pending()->origin);
    if (autopilot_.takeCancel() && free) queue_.cancel();
    if (choice && free) queue_.request(choice->request, choice->quantise, 0, now);

    std::vector<Recall> out;
    for (RecallRequest& due : cues_.step(now)) carryOut(std::move(due), store, now, out);
    if (auto due = queue_.step(now)) {
        if (due->kind == RecallRequest::Kind::Cue) {
            const auto origin = due->origin;
            due = cues_.go(now);
            if (due) due->origin = origin;
        }
        if (due) carryOut(std::move(*due), store, now, out);
    }
    return out;
}

} // namespace titanus::controls
