#include "app/replay.h"

#include "core/log.h"

#include <fmt/format.h>

#include <cstring>

namespace titanus::app {
using controls::ControlLogRecord;
using params::Action;

namespace {

controls::Preset presetOf(const ControlLogRecord& record) {
    controls::Preset preset;
    preset.name = record.text;
    preset.show = record.show;
    return preset;
}

// What a log does through Recall records, or what concerned windows and files of then.
bool replayed(Action action) {
    switch (action) {
    case Action::Blackout:
    case Action::Freeze:
    case Action::Panic:
    case Action::Reseed:
    case Action::Undo:
    case Action::Redo:
    case Action::Autopilot:
    case Action::TestCard: return true;
    default: return false;
    }
}

} // namespace

std::uint64_t featureLayout() {
    constexpr std::uint64_t kVersion = 1; // count up when fields of Features move or change their meaning
    return kVersion << 32 | sizeof(analysis::Features);
}

core::Result<std::unique_ptr<Replay>> Replay::open(const std::string& file) {
    auto reader = controls::ControlLogReader::open(file);
    if (!reader) return reader.problem();
    std::unique_ptr<Replay> replay(new Replay(reader.value()));
    replay->measure(std::move(reader).value());
    return replay;
}

void Replay::measure(controls::ControlLogReader reader) {
    ControlLogRecord record;
    double first = -1, last = 0;
    while (reader.next(record)) {
        if (record.kind != ControlLogRecord::Kind::Frame) continue;
        if (first < 0) first = record.seconds;
        last = record.seconds;
    }
    duration_ = first < 0 ? 0 : last - first;
}

std::string Replay::option(std::string_view key, std::string otherwise) const {
    const std::string* value = header().option(key);
    return value ? *value : otherwise;
}

void Replay::begin(Desk& desk, ProblemBoard& problems) const {
    controls::restore(header(), desk.store());
    const std::string* preset = header().option("preset");
    if (!preset) return;
    auto parsed = controls::parsePreset(*preset, "the log's preset");
    if (parsed) desk.setPreset(std::move(parsed).value());
    else problems.add(parsed.problem(), 0);
}

bool Replay::readGroup() {
    if (grouped_) return true;
    group_.clear();
    ControlLogRecord record;
    while (reader_.next(record)) {
        group_.push_back(record);
        if (record.kind == ControlLogRecord::Kind::Frame) return grouped_ = true;
    }
    if (!std::exchange(ended_, true)) say();
    return false;
}

void Replay::carryOut(const ControlLogRecord& record, Desk& desk) {
    using Kind = ControlLogRecord::Kind;
    switch (record.kind) {
    case Kind::Event:
        if (record.event.kind == controls::ControlEvent::Kind::Act) {
            if (replayed(record.event.action.action)) desk.handle(record.event);
            if (record.event.action.action == Action::SavePreset) desk.keepAsPreset();
        } else if (record.event.kind == controls::ControlEvent::Kind::Param) {
            desk.handle(record.event); // the fader of a blend is no step of undo of its own
        } else if (record.event.kind != controls::ControlEvent::Kind::PresetName) {
            controls::replay(record, desk.store());
        }
        break;
    case Kind::Recall: desk.play(presetOf(record), record.morphSeconds, params::Origin::Replay, record.seconds); break;
    case Kind::Blend: desk.blend(presetOf(record), params::Origin::Replay, record.seconds); break;
    case Kind::BlendEnd: desk.endBlend(record.seconds); break;
    case Kind::Frame:
        if (header().featureLayout == featureLayout() && record.features.size() == sizeof features_)
            std::memcpy(static_cast<void*>(&features_), record.features.data(), sizeof features_);
        desk.step(record.seconds); // the clock of then: a difference of clocks would round otherwise
        frame_ = record.seconds - first_;
        break;
    case Kind::Check: check(record.hash, desk); break;
    default: controls::replay(record, desk.store()); break;
    }
}

void Replay::check(std::uint64_t hash, const Desk& desk) {
    ++checked_.frames;
    if (hash == controls::hashOf(desk.store())) return;
    if (checked_.different++ == 0) checked_.firstSeconds = frame_;
}

void Replay::say() const {
    const auto& [frames, different, first] = checked_;
    if (different > 0) core::logInfo(fmt::format("replay: in {} of {} frames a value differs from then, first at {:.3f} s", different, frames, first));
    else if (frames > 0) core::logInfo(fmt::format("replay: all values of {} frames were those of then, bit by bit", frames));
}

void Replay::advance(double seconds, Desk& desk) {
    while (readGroup()) {
        const double at = group_.back().seconds;
        if (first_ < 0) first_ = at;
        if (at - first_ > seconds) return; // not yet
        for (const ControlLogRecord& record : group_) carryOut(record, desk);
        grouped_ = false;
    }
}

} // namespace titanus::app
