#include "app/conductor.h"

#include <fmt/format.h>

namespace titanus::app {
using controls::RecallRequest;
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

Conductor::Conductor(Desk& desk, ProblemBoard& problems, std::filesystem::path sceneFolder)
    : desk_(desk), problems_(problems), scenes_(std::move(sceneFolder)) {}

core::Result<void> Conductor::loadCues(const std::filesystem::path& file) {
    std::vector<core::Problem> warnings;
    auto list = controls::readCueList(file, &warnings);
    for (const core::Problem& warning : warnings) problems_.add(warning, 0);
    if (!list) return list.problem();
    decides_.cues().load(std::move(list).value());
    return {};
}

void Conductor::openWith(std::shared_ptr<const core::Image> canvas) {
    if (!canvas) return;
    picture_ = std::move(canvas);
    ++loads_;
}

const controls::PadStates& Conductor::padStates() {
    return scenes_.states(desk_.store(), desk_.morphing(), decides_.pendingPad(), decides_.blendPads());
}

// The scene that is left keeps its last picture for coming back. A canvas of before it came, or of the
// step that was in hand then, is another scene's: so a roll over many pads in a frame keeps one, once.
void Conductor::keepCanvas(int leaving, const guidance::Canvas& canvas) {
    if (leaving >= 0 && canvas.generation >= cameAt_ + 2) scenes_.keepCanvas(leaving, controls::imageOf(canvas.rgba, canvas.width, canvas.height));
}

void Conductor::carryOut(const controls::Conductor::Recall& recall, const guidance::Canvas& canvas) {
    const RecallRequest& request = recall.request;
    keepCanvas(recall.leaving, canvas);
    cameAt_ = canvas.generation;
    if (recall.scene) {
        const controls::Scene* scene = scenes_.at(recall.scene->pad);
        controls::Preset preset = scene ? scene->preset : controls::Preset{};
        preset.show = recall.scene->show;
        desk_.play(std::move(preset), recall.scene->seconds, request.origin, now_.seconds);
        // Into a morph the old picture flows; a cut starts from the canvas the scene was left with.
        const bool prepared = told_.paint && told_.index == recall.scene->pad && preparedAs_;
        if (recall.scene->seconds <= 0) openWith(prepared ? preparedAs_ : recall.scene->canvas);
        recalled_.push_back(fmt::format("Scene {} {}", recall.scene->pad + 1, desk_.preset().name));
        return;
    }
    const auto index = request.name.empty() ? std::optional(static_cast<std::size_t>(std::max(request.index, 0))) : desk_.bank().indexOf(request.name);
    if (index) {
        desk_.recall(*index, recall.morphSeconds, request.origin, now_.seconds);
        recalled_.push_back(desk_.preset().name);
    } else problems_.add({core::ProblemId::PresetMissing, request.name}, now_.seconds);
}

// What comes next, as far as it is known now.
void Conductor::followUpcoming() {
    const auto next = decides_.upcoming();
    const params::Store& store = desk_.store();
    Told told;
    const controls::Scene* scene = nullptr;
    if (next) {
        const bool pad = next->kind == RecallRequest::Kind::Scene;
        scene = pad ? scenes_.at(next->index) : nullptr;
        // Only a cut begins with a canvas; into a morph or a blend the picture on show flows.
        const bool cut = controls::morphSeconds(*next, store, now_) <= 0 && next->index != decides_.blendPads().second;
        told = {static_cast<int>(next->kind), next->index, next->name, scene ? scene->revision : 0,
                scene && cut && next->index != scenes_.active() && store.snapshot().on(param("scene.warm"))};
    }
    if (told == told_) return;
    told_ = told;
    upcoming_.reset();
    preparedAs_.reset();
    preparedShare_ = 0;
    if (!next) return;
    params::Show show;
    if (scene) {
        show = scene->preset.show;
    } else if (next->kind == RecallRequest::Kind::Preset) {
        const auto index = next->name.empty() ? std::optional(static_cast<std::size_t>(std::max(next->index, 0))) : desk_.bank().indexOf(next->name);
        if (!index || *index >= desk_.bank().entries().size()) return;
        auto preset = desk_.bank().load(*index);
        if (!preset) return; // said when it is recalled
        show = std::move(preset).value().show;
    } else {
        return;
    }
    auto texts = std::make_shared<params::TextTable>();
    texts->values = std::move(show.texts);
    auto upcoming = std::make_shared<modulation::Upcoming>();
    upcoming->number = ++upcomings_;
    upcoming->paint = told.paint;
    upcoming->texts = std::move(texts);
    upcoming->values = show.values;
    upcoming->canvas = scene ? scene->canvas : nullptr;
    upcoming_ = std::move(upcoming);
}

void Conductor::prepared(const guidance::Prepared& prepared) {
    if (!upcoming_ || prepared.number != upcoming_->number || !told_.paint) return; // of another scene
    preparedShare_ = prepared.share;
    preparedAs_ = controls::imageOf(prepared.canvas.rgba, prepared.canvas.width, prepared.canvas.height);
    if (prepared.share < 1) return;
    scenes_.keepCanvas(told_.index, preparedAs_);
    told_.revision = scenes_.at(told_.index)->revision; // that change was ours
}

Conductor::Preparing Conductor::preparing() const {
    return told_.paint ? Preparing{told_.index, preparedShare_} : Preparing{};
}

// Pads that do nothing teach nobody anything: the first bank holds the presets.
void Conductor::fillEmptyBank() {
    if (filled_ || scenes_.loading()) return;
    filled_ = true;
    if (!scenes_.firstUse()) return;
    const std::size_t count = std::min<std::size_t>(desk_.bank().entries().size(), controls::kScenePads);
    for (std::size_t i = 0; i < count; ++i)
        if (auto preset = desk_.bank().load(i)) scenes_.store(static_cast<int>(i), std::move(preset).value(), nullptr);
}

void Conductor::step(const controls::MusicTime& now, const analysis::Features& features, const guidance::Canvas& canvas) {
    now_ = now;
    std::vector<core::Problem> found;
    scenes_.poll(found);
    for (const core::Problem& problem : found) problems_.add(problem, now.seconds);
    fillEmptyBank();
    if (desk_.takeHand()) decides_.notice(now);
    if (!desk_.blending()) decides_.blendGone();
    for (const params::ActionEvent& event : desk_.takeRecallActions()) decides_.act(event, desk_.store(), now);
    for (std::string& name : desk_.takePresetNames()) decides_.recallPreset(std::move(name), params::Origin::Osc, desk_.store(), now);
    const auto section = static_cast<controls::TrackSection>(features.section);
    const auto recalls = decides_.step(desk_.store(), now, section, features.energy, desk_.morphing());
    if (decides_.takeBlendEnd()) desk_.endBlend(now.seconds);
    for (const auto& recall : recalls) carryOut(recall, canvas);
    if (const auto second = decides_.takeBlend()) {
        keepCanvas(scenes_.active(), canvas);
        if (const controls::Scene* scene = scenes_.at(second->pad)) desk_.blend(scene->preset, params::Origin::Preset, now.seconds);
    }
    followUpcoming();
    for (const int pad : decides_.takeStores()) {
        controls::Preset preset = desk_.preset();
        preset.show = desk_.store().show();
        scenes_.store(pad, std::move(preset), canvas.generation ? controls::imageOf(canvas.rgba, canvas.width, canvas.height) : nullptr);
    }
}

} // namespace titanus::app
