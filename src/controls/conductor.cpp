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
    case Action::SceneClear:
    case Action::ScenePrepare: {
        if (event.action == Action::SceneRecall && event.argument == kBlendEnd) return letGo(request, store, now), true;
        if (const auto pair = event.action == Action::SceneRecall ? blendOf(event.argument) : std::nullopt)
            return askBlend(*pair, request, store, now), true;
        const auto act = pads_.press(event);
        if (act.kind == Kind::Store) stores_.push_back(act.pad);
        if (act.kind == Kind::Clear) bank_.clear(act.pad);
        if (act.kind == Kind::Prepare) readied_ = readied_ == act.pad || !bank_.at(act.pad) ? -1 : act.pad;
        if (act.kind == Kind::Blend) askBlend({-1, act.pad}, request, store, now);
        if (act.kind != Kind::Recall || !bank_.at(act.pad)) return true; // an empty pad leaves what waits
        if (blend_ && (act.pad == blend_->pads.first || act.pad == blend_->pads.second)) return endBlend(), true;
        if (blend_ && !blend_->on) blend_.reset();
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

// ---- two pads ----------------------------------------------------------------------------------

void Conductor::askBlend(PadPair pads, RecallRequest request, const params::Store& store, const MusicTime& now) {
    const bool held = pads.first >= 0;
    if (!bank_.at(pads.second) || (held && (!bank_.at(pads.first) || pads.first == pads.second))) return;
    if (blend_) endBlend();
    if (!held) pads.first = bank_.active();
    const bool comes = held && pendingPad() == pads.first;
    if (!comes) queue_.cancel(); // the later hand is meant
    if (held && !comes && bank_.active() != pads.first) {
        request.kind = RecallRequest::Kind::Scene;
        request.index = pads.first;
        queue_.request(std::move(request), store, now);
    }
    blend_ = Blending{.pads = pads, .held = held};
}

void Conductor::endBlend() {
    if (blend_->on) {
        blendEnds_ = true;
        bank_.setActive(Blend::isSecond(blend_->share) ? blend_->pads.second : blend_->pads.first);
    }
    blend_.reset();
}

// Two pads let go without a move of the fader were a quick roll over both: the second is meant.
void Conductor::letGo(const RecallRequest& request, const params::Store& store, const MusicTime& now) {
    if (!blend_) return;
    const Blending blend = *blend_;
    endBlend();
    if (!blend.held || blend.moved) return;
    RecallRequest second = request;
    second.kind = RecallRequest::Kind::Scene;
    second.index = blend.pads.second;
    queue_.request(std::move(second), store, now);
}

void Conductor::stepBlend(const params::Store& store, bool morphing) {
    if (!blend_) return;
    if (blend_->on) {
        blend_->share = store[kBlendFader];
        blend_->moved = blend_->moved || blend_->share != 0;
        return;
    }
    const bool comes = pendingPad() == blend_->pads.first && pendingPad() >= 0;
    if (comes || (blend_->held && morphing)) return;
    blendBegins_ = blend_->pads.first == bank_.active() ? bank_.recall(blend_->pads.second, 0, false) : std::nullopt;
    blend_->on = blendBegins_.has_value();
    if (!blend_->on) blend_.reset(); // something else came, or the second scene was cleared
}

void Conductor::blendGone() {
    if (blend_ && blend_->on) blend_.reset();
}

std::optional<RecallRequest> Conductor::upcoming() const {
    if (blend_ && !blend_->on) return RecallRequest{.kind = RecallRequest::Kind::Scene, .index = blend_->pads.second};
    if (queue_.pending() && queue_.pending()->kind != RecallRequest::Kind::Cue) return *queue_.pending();
    if (bank_.at(readied_)) return RecallRequest{.kind = RecallRequest::Kind::Scene, .index = readied_};
    const auto& cues = cues_.list().cues;
    int next = cues_.next();
    for (std::size_t left = cues.size(); left > 0 && next >= 0; --left) { // over what goes back
        const Cue& cue = cues[static_cast<std::size_t>(next)];
        if (cue.backTo < 0) return cue.request();
        next = cue.backTo;
    }
    return std::nullopt;
}

void Conductor::carryOut(RecallRequest request, const params::Store& store, const MusicTime& now, std::vector<Recall>& out) {
    Recall recall{.request = std::move(request), .scene = {}, .leaving = bank_.active()};
    recall.morphSeconds = morphSeconds(recall.request, store, now);
    if (recall.request.kind == RecallRequest::Kind::Scene) {
        recall.scene = bank_.recall(recall.request.index, recall.morphSeconds, store.snapshot().on(param("scene.warm")));
        if (!recall.scene) return; // cleared while it waited
        if (blend_ && blend_->on) blend_.reset(); // the desk ends it where it stands
        bank_.setActive(recall.request.index);
        if (readied_ == recall.request.index) readied_ = -1;
    } else {
        blend_.reset();
        bank_.setActive(-1);
    }
    out.push_back(std::move(recall));
}

std::vector<Conductor::Recall> Conductor::step(const params::Store& store, const MusicTime& now, TrackSection section, float energy, bool morphing) {
    AutopilotInput in{.music = now, .section = section, .energy = energy};
    in.on = !grounded_ && store.snapshot().on(param("autopilot.on"));
    in.returnBars = static_cast<int>(store[param("autopilot.bars")]);
    std::vector<AutopilotScene> scenes;
    for (int pad = 0; in.on && pad < kScenePads; ++pad)
        if (const Scene* scene = bank_.at(pad)) scenes.push_back({pad, scene->preset.tags, scene->preset.energy});
    const auto choice = autopilot_.step(in, scenes, bank_.active());
    // What a hand or a cue asked for and still waits is not pushed aside.
    const bool free = !blend_ && (!queue_.pending() || !isHand(queue_.pending()->origin));
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
    for (const Recall& recall : out) morphing = morphing || recall.morphSeconds > 0;
    stepBlend(store, morphing);
    return out;
}

} // namespace titanus::controls
