#include "controls/autopilot.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace titanus::controls {
using params::Action;
using params::Origin;

namespace {

constexpr double kHeardBeats = 2;     // a section counts after two beats; a drop at once
constexpr double kLongestBars = 32;   // a section that does not end gets another scene
constexpr float kAlike = 0.15f;       // energies that differ by less fit equally well
constexpr std::size_t kRemembered = 3; // scenes that are not chosen again so soon, if there are others

// How a section is entered: slowly into a build-up, at once into a drop.
double morphBeatsOf(TrackSection section) {
    switch (section) {
    case TrackSection::Silence: return 8;
    case TrackSection::Steady: return 4;
    case TrackSection::Build: return 16;
    case TrackSection::Drop: return 0;
    case TrackSection::Break: return 8;
    }
    return 4;
}

// Energy that a scene without a fitting tag should have.
float energyOf(TrackSection section, float energy) {
    switch (section) {
    case TrackSection::Silence: return 0;
    case TrackSection::Steady: return energy;
    case TrackSection::Build: return 0.6f;
    case TrackSection::Drop: return 1;
    case TrackSection::Break: return 0.25f;
    }
    return energy;
}

// 120 where nothing is heard.
double beatOf(const MusicTime& now) { return now.hasBeat() ? now.beat : now.seconds * 2; }

bool tagged(const AutopilotScene& scene, std::string_view tag) {
    return std::find(scene.tags.begin(), scene.tags.end(), tag) != scene.tags.end();
}

// A scene that names sections is for those only.
bool namesAny(const AutopilotScene& scene) {
    return std::any_of(kTrackSections.begin(), kTrackSections.end(), [&](std::string_view s) { return tagged(scene, s); });
}

bool movesTheShow(Action action) {
    switch (action) {
    case Action::Autopilot:
    case Action::ToggleUi:
    case Action::ToggleHelp:
    case Action::ToggleFullScreen:
    case Action::MidiLearn:
    case Action::SaveStill:
    case Action::SavePreset:
    case Action::Record:
    case Action::Quit:
    case Action::FreezeStrip:
    case Action::TestCard:
    case Action::Tap:
    case Action::TempoDouble:
    case Action::TempoHalf:
    case Action::NudgeLater:
    case Action::NudgeEarlier:
    case Action::Resync:
    case Action::Count: return false;
    default: return true;
    }
}

} // namespace

bool isHand(Origin origin) {
    return origin == Origin::Ui || origin == Origin::Key || origin == Origin::Midi || origin == Origin::Osc;
}

bool isHand(const ControlEvent& event) {
    switch (event.kind) {
    case ControlEvent::Kind::Param: {
        const auto group = params::row(event.param.param).group();
        return isHand(event.param.origin) && group != "autopilot" && group != "ui";
    }
    case ControlEvent::Kind::Act: return isHand(event.action.origin) && movesTheShow(event.action.action);
    case ControlEvent::Kind::Text: return isHand(event.param.origin) && params::kTexts[event.text.value].saved;
    case ControlEvent::Kind::PresetName: return isHand(event.action.origin);
    case ControlEvent::Kind::Query:
    case ControlEvent::Kind::TextQuery: return false;
    }
    return false;
}

void Autopilot::hand(const MusicTime& now) {
    if (state_ == State::Off) return;
    if (state_ == State::Flying) cancel_ = asked_;
    state_ = State::Hand;
    handBeat_ = beatOf(now);
    flown_.reset();
}

double Autopilot::barsUntilReturn(const MusicTime& now, int returnBars) const {
    if (state_ != State::Hand) return 0;
    const double bar = now.beatsPerBar > 0 ? now.beatsPerBar : 4;
    // A count that began anew must not keep it waiting for hours.
    const double gone = std::max(beatOf(now) - handBeat_, 0.0) / bar;
    return std::max(static_cast<double>(returnBars) - gone, 0.0);
}

std::optional<int> Autopilot::choose(TrackSection section, float energy, const std::vector<AutopilotScene>& scenes, int active) {
    const std::string_view name = kTrackSections[static_cast<std::size_t>(section)];
    std::vector<const AutopilotScene*> fitting;
    for (const AutopilotScene& scene : scenes)
        if (tagged(scene, name) && !tagged(scene, "never")) fitting.push_back(&scene);
    if (fitting.empty()) {
        for (const AutopilotScene& scene : scenes)
            if (!namesAny(scene) && !tagged(scene, "never")) fitting.push_back(&scene);
        const float wanted = energyOf(section, std::isfinite(energy) ? energy : 0.5f);
        float best = std::numeric_limits<float>::infinity();
        const auto distance = [&](const AutopilotScene& s) { return tagged(s, "any") ? 0.f : std::abs(s.energy - wanted); };
        for (const AutopilotScene* scene : fitting)
            if (scene->pad != active) best = std::min(best, distance(*scene));
        std::erase_if(fitting, [&](const AutopilotScene* s) { return distance(*s) > best + kAlike; });
    }
    // Not the one that plays, nor one of the last, as long as there is another.
    const auto without = [&](auto&& unwanted) {
        std::vector<const AutopilotScene*> rest;
        for (const AutopilotScene* scene : fitting)
            if (!unwanted(scene->pad)) rest.push_back(scene);
        if (!rest.empty()) fitting = std::move(rest);
    };
    without([&](int pad) { return pad == active; });
    without([&](int pad) { return std::find(recent_.begin(), recent_.end(), pad) != recent_.end(); });
    if (fitting.empty()) return std::nullopt;
    const int pad = fitting[random_() % fitting.size()]->pad;
    if (pad == active) return std::nullopt;
    recent_.push_back(pad);
    if (recent_.size() > kRemembered) recent_.erase(recent_.begin());
    return pad;
}

std::optional<AutopilotChoice> Autopilot::step(const AutopilotInput& in, const std::vector<AutopilotScene>& scenes, int active) {
    const double beat = beatOf(in.music);
    if (!in.on) {
        cancel_ = cancel_ || (state_ == State::Flying && asked_);
        state_ = State::Off;
        asked_ = false;
        return std::nullopt;
    }
    if (state_ == State::Off) {
        state_ = State::Flying;
        flown_.reset();
        candidateBeat_ = beat;
    }
    if (beat < handBeat_) handBeat_ = beat;
    if (beat < candidateBeat_) candidateBeat_ = beat;
    if (beat < chosenBeat_) chosenBeat_ = beat;
    if (in.section != candidate_) {
        candidate_ = in.section;
        candidateBeat_ = beat;
    }
    if (state_ == State::Hand) {
        if (barsUntilReturn(in.music, in.returnBars) > 0) return std::nullopt;
        state_ = State::Flying;
        flown_.reset();
    }
    const bool heard = in.section == TrackSection::Drop || beat - candidateBeat_ >= kHeardBeats;
    const double bar = in.music.beatsPerBar > 0 ? in.music.beatsPerBar : 4;
    const bool stale = flown_ && beat - chosenBeat_ >= kLongestBars * bar && in.section != TrackSection::Silence;
    if (!heard || (flown_ == in.section && !stale)) return std::nullopt;
    flown_ = in.section;
    chosenBeat_ = beat;
    asked_ = false;
    const auto pad = choose(in.section, in.energy, scenes, active);
    if (!pad) return std::nullopt;
    asked_ = true;
    AutopilotChoice out;
    out.request = {.kind = RecallRequest::Kind::Scene, .index = *pad, .origin = Origin::Preset, .time = in.music.seconds,
                   .morphBeats = morphBeatsOf(in.section)};
    out.quantise = in.section == TrackSection::Drop ? Quantise::Now : Quantise::Bar;
    return out;
}

} // namespace titanus::controls
