#include "controls/control_log.h"
#include "controls/log_format.h"
#include "core/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace titanus::controls {
using core::Problem;
using core::ProblemId;
using detail::ByteReader;
using detail::LogType;
using params::Origin;

namespace detail {

bool takeDifference(ByteReader& in, std::vector<std::byte>& bytes) {
    const std::size_t groups = (bytes.size() + 7) / 8;
    for (std::size_t group = 0; group < groups;) {
        const unsigned mask = in.u8();
        if (in.bad) return false;
        if (mask == 0) {
            const std::uint64_t more = in.count();
            if (in.bad || more >= groups - group) return false;
            group += static_cast<std::size_t>(more) + 1;
            continue;
        }
        for (std::size_t i = 0; i < 8; ++i) {
            if (!(mask >> i & 1)) continue;
            if (group * 8 + i >= bytes.size()) return false;
            bytes[group * 8 + i] = static_cast<std::byte>(in.u8());
        }
        ++group;
    }
    return !in.bad && in.in.empty();
}

} // namespace detail

namespace {

constexpr float kLongestFollowerSeconds = 60;

Origin originOf(ByteReader& in) {
    const std::uint8_t v = in.u8();
    if (v > static_cast<std::uint8_t>(Origin::Replay)) in.bad = true;
    return in.bad ? Origin::Start : static_cast<Origin>(v);
}

double timeOf(ByteReader& in) {
    const double v = in.f64();
    if (!std::isfinite(v)) in.bad = true;
    return in.bad ? 0 : v;
}

template <class Enum> Enum choiceOf(ByteReader& in, std::size_t count) {
    const std::uint8_t v = in.u8();
    if (v >= count) in.bad = true;
    return in.bad ? Enum{} : static_cast<Enum>(v);
}

// Number in the file -> here; -1 if it is not known here. A number without an id is damage.
int here(ByteReader& in, const std::vector<int>& ids) {
    const std::uint64_t v = in.count();
    if (v >= ids.size()) in.bad = true;
    return in.bad ? -1 : ids[static_cast<std::size_t>(v)];
}

float boundedOf(ByteReader& in, float min, float max) {
    const float v = in.f32();
    return std::isfinite(v) ? std::clamp(v, min, max) : 0;
}

template <class Rows> std::vector<int> idsOf(ByteReader& in, const Rows& rows) {
    std::vector<int> out(in.items(1), -1);
    for (int& known : out) {
        const auto id = in.text();
        const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.id == id; });
        if (found != rows.end()) known = static_cast<int>(found - rows.begin());
    }
    return out;
}

params::ParamIndex paramAt(int index) { return {static_cast<std::uint16_t>(index)}; }

// What is not known here is left out of a list; that is no damage.
template <class Ids> std::vector<params::Route> routesOf(ByteReader& in, const Ids& ids, std::uint64_t& leftOut) {
    constexpr std::size_t kRouteBytes = 21;
    std::vector<params::Route> out;
    for (std::size_t left = in.items(kRouteBytes); left > 0 && !in.bad; --left) {
        const int source = here(in, ids.sources), target = here(in, ids.params);
        params::Route r;
        r.depth = boundedOf(in, -1, 1);
        r.curve = choiceOf<params::RouteCurve>(in, params::kRouteCurves.size());
        r.attackSeconds = boundedOf(in, 0, kLongestFollowerSeconds);
        r.releaseSeconds = boundedOf(in, 0, kLongestFollowerSeconds);
        r.holdSeconds = boundedOf(in, 0, kLongestFollowerSeconds);
        r.quantise = choiceOf<params::RouteQuantise>(in, params::kRouteQuantise.size());
        const std::uint8_t flags = in.u8();
        r.mute = flags & 1;
        r.solo = flags & 2;
        if (source < 0 || target < 0 || !params::row(paramAt(target)).modulatable()) {
            leftOut += in.bad ? 0 : 1;
            continue;
        }
        r.source = static_cast<params::Source>(source);
        r.target = paramAt(target);
        out.push_back(r);
    }
    return out;
}

template <class Ids> std::vector<params::Formula> formulasOf(ByteReader& in, const Ids& ids, std::uint64_t& leftOut) {
    std::vector<params::Formula> out;
    for (std::size_t left = in.items(2); left > 0 && !in.bad; --left) {
        const int target = here(in, ids.params);
        const auto text = in.text();
        if (target < 0) leftOut += in.bad ? 0 : 1;
        else out.push_back({paramAt(target), std::string(text)});
    }
    return out;
}

// Parameters that the log does not know keep their defaults.
template <class Ids> params::Show showOf(ByteReader& in, const Ids& ids, std::uint64_t& leftOut) {
    params::Show show = params::Show::defaults();
    const std::size_t values = in.items(4);
    for (std::size_t i = 0; i < values && i < ids.params.size(); ++i) {
        const float value = in.f32();
        if (ids.params[i] >= 0 && std::isfinite(value)) show.values[static_cast<std::size_t>(ids.params[i])] = value;
    }
    if (values > ids.params.size()) in.bad = true;
    const std::size_t texts = in.items(1);
    for (std::size_t i = 0; i < texts && i < ids.texts.size(); ++i) {
        const auto text = in.text();
        if (ids.texts[i] >= 0) show.texts[static_cast<std::size_t>(ids.texts[i])] = text;
    }
    if (texts > ids.texts.size()) in.bad = true;
    show.routes = routesOf(in, ids, leftOut);
    show.formulas = formulasOf(in, ids, leftOut);
    return show;
}

} // namespace

const std::string* ControlLogHeader::option(std::string_view key) const {
    for (const auto& [name, value] : options)
        if (name == key) return &value;
    return nullptr;
}

core::Result<ControlLogReader> ControlLogReader::open(const std::filesystem::path& path) {
    auto bytes = core::readFile(path);
    if (!bytes) return bytes.problem();
    return parse(std::move(bytes).value(), path.string());
}

core::Result<ControlLogReader> ControlLogReader::parse(std::string bytes, const std::string& origin) {
    ControlLogReader reader;
    reader.bytes_ = std::move(bytes);
    if (auto begun = reader.begin(origin); !begun) return begun.problem();
    return reader;
}

std::optional<std::pair<std::uint8_t, std::string_view>> ControlLogReader::take() {
    const std::string_view rest = std::string_view(bytes_).substr(at_);
    ByteReader in{rest};
    const std::uint8_t type = in.u8();
    const std::uint64_t size = in.count();
    if (in.bad || size > kLargestLogRecord || size + 2 > in.in.size()) return std::nullopt;
    const auto payload = in.in.substr(0, static_cast<std::size_t>(size));
    in.in.remove_prefix(payload.size());
    const std::size_t checked = rest.size() - in.in.size();
    if (in.raw<std::uint16_t>() != detail::crc16(rest.substr(0, checked))) return std::nullopt;
    at_ += checked + 2;
    return std::pair{type, payload};
}

core::Result<void> ControlLogReader::begin(const std::string& origin) {
    const auto bad = [&](std::string_view why) { return Problem{ProblemId::FileSyntax, fmt::format("{}: {}", origin, why)}; };
    if (!bytes_.starts_with(detail::kLogMagic)) return bad("not a control log");
    at_ = detail::kLogMagic.size();
    const auto header = take();
    if (!header || header->first != static_cast<std::uint8_t>(LogType::Header)) return bad("its beginning is damaged");
    ByteReader in{header->second};
    const std::uint64_t version = in.count();
    if (version > kControlLogVersion) return bad(fmt::format("version {} is newer than this program's {}", version, kControlLogVersion));
    header_.version = static_cast<int>(version);
    header_.program = in.text();
    header_.seed = in.count();
    const std::uint64_t featureBytes = in.count();
    header_.featureLayout = in.count();
    for (std::size_t left = in.items(2); left > 0 && !in.bad; --left) {
        const auto key = in.text();
        header_.options.emplace_back(key, in.text());
    }
    if (in.bad || featureBytes > kLargestLogFeatures) return bad("its beginning is damaged");
    header_.featureBytes = static_cast<std::uint32_t>(featureBytes);
    features_.resize(header_.featureBytes);
    const auto ids = take();
    if (!ids || ids->first != static_cast<std::uint8_t>(LogType::Ids)) return bad("its ids are missing");
    ByteReader names{ids->second};
    ids_.params = idsOf(names, params::kCatalogue);
    ids_.actions = idsOf(names, params::kActions);
    ids_.texts = idsOf(names, params::kTexts);
    ids_.sources = idsOf(names, params::kSources);
    const auto start = take();
    if (names.bad || !start || start->first != static_cast<std::uint8_t>(LogType::Start)) return bad("its start is missing");
    ByteReader show{start->second};
    header_.start = showOf(show, ids_, leftOut_);
    if (show.bad) return bad("its start is damaged");
    return {};
}

ControlLogReader::Step ControlLogReader::decode(std::uint8_t type, std::string_view payload, ControlLogRecord& r) {
    using Kind = ControlLogRecord::Kind;
    ByteReader in{payload};
    int index = 0; // of what the record is about; -1: not known here
    switch (static_cast<LogType>(type)) {
    case LogType::Param: {
        r.kind = Kind::Event;
        index = here(in, ids_.params);
        const float value = in.f32();
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        r.event = paramEvent(paramAt(std::max(index, 0)), value, r.origin, r.seconds);
        break;
    }
    case LogType::Act: {
        r.kind = Kind::Event;
        index = here(in, ids_.actions);
        const std::int64_t argument = in.whole();
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        if (argument < -1000000 || argument > 1000000) in.bad = true;
        r.event = actionEvent(static_cast<params::Action>(std::max(index, 0)), static_cast<int>(argument), r.origin, r.seconds);
        break;
    }
    case LogType::Text:
        r.kind = Kind::Event;
        index = here(in, ids_.texts);
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        r.text = in.text();
        r.event.kind = ControlEvent::Kind::Text;
        r.event.text = {static_cast<std::uint16_t>(std::max(index, 0))};
        r.event.param = {{}, 0, r.origin, r.seconds};
        r.event.setString(r.text);
        break;
    case LogType::PresetName:
        r.kind = Kind::Event;
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        r.text = in.text();
        r.event.kind = ControlEvent::Kind::PresetName;
        r.event.action = {params::Action::PresetRecall, 0, r.origin, r.seconds};
        r.event.setString(r.text);
        break;
    case LogType::Routes:
        r.kind = Kind::Routes;
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        r.show.routes = routesOf(in, ids_, leftOut_);
        break;
    case LogType::Formulas:
        r.kind = Kind::Formulas;
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        r.show.formulas = formulasOf(in, ids_, leftOut_);
        break;
    case LogType::Recall:
        r.kind = Kind::Recall;
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        r.morphSeconds = timeOf(in);
        r.text = in.text();
        r.show = showOf(in, ids_, leftOut_);
        break;
    case LogType::Blend:
        r.kind = Kind::Blend;
        r.origin = originOf(in);
        r.seconds = timeOf(in);
        r.text = in.text();
        r.show = showOf(in, ids_, leftOut_);
        break;
    case LogType::BlendEnd:
        r.kind = Kind::BlendEnd;
        r.seconds = timeOf(in);
        break;
    case LogType::Frame: {
        r.kind = Kind::Frame;
        r.seconds = timeOf(in);
        step_ += static_cast<std::uint64_t>(in.whole());
        r.step = step_;
        const std::uint8_t with = in.u8();
        if (with > 1 || (with && header_.featureBytes == 0)) return Step::Bad;
        if (with && !detail::takeDifference(in, features_)) return Step::Bad;
        if (with) r.features = features_;
        break;
    }
    case LogType::Check:
        r.kind = Kind::Check;
        r.hash = in.raw<std::uint64_t>();
        break;
    case LogType::Note:
        r.kind = Kind::Note;
        r.seconds = timeOf(in);
        r.text = in.text();
        break;
    case LogType::End: r.kind = Kind::End; break;
    default: return Step::LeftOut; // of a later program
    }
    if (in.bad) return Step::Bad;
    return index < 0 ? Step::LeftOut : Step::Good;
}

bool ControlLogReader::next(ControlLogRecord& record) {
    while (!truncated_ && !closed_ && at_ < bytes_.size()) {
        const auto taken = take();
        record = {};
        const Step step = taken ? decode(taken->first, taken->second, record) : Step::Bad;
        if (step == Step::Bad) {
            truncated_ = true;
            break;
        }
        if (step == Step::LeftOut) {
            ++leftOut_;
            continue;
        }
        closed_ = record.kind == ControlLogRecord::Kind::End;
        return true;
    }
    return false;
}

std::uint64_t hashOf(const params::Store& store) {
    std::uint64_t h = 0;
    const auto mix = [&h](std::uint64_t word) { // the finaliser of SplitMix64 (Steele et al. 2014)
        h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
        h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
        h ^= h >> 27;
    };
    const auto bits = [&](float v) { mix(std::bit_cast<std::uint32_t>(v)); };
    const auto text = [&](std::string_view t) {
        mix(t.size());
        for (const char c : t) mix(static_cast<unsigned char>(c));
    };
    for (const float value : store.snapshot().values) bits(value);
    for (std::size_t i = 0; i < params::kTextCount; ++i) // the machine's texts follow its devices
        if (params::kTexts[i].saved) text(store.texts()->values[i]);
    mix(store.routes().size());
    for (const params::Route& r : store.routes()) {
        mix(static_cast<std::uint64_t>(r.source) << 32 | r.target.value);
        for (const float v : {r.depth, r.attackSeconds, r.releaseSeconds, r.holdSeconds}) bits(v);
        mix(static_cast<std::uint64_t>(r.curve) << 16 | static_cast<std::uint64_t>(r.quantise) << 8 | (r.mute ? 1u : 0u) | (r.solo ? 2u : 0u));
    }
    for (const params::Formula& f : store.formulas()) {
        mix(f.target.value);
        text(f.text);
    }
    return h;
}

void restore(const ControlLogHeader& header, params::Store& store) {
    for (std::size_t i = 0; i < params::kParamCount; ++i) store.apply({paramAt(static_cast<int>(i)), header.start.values[i], Origin::Start, 0});
    for (std::size_t i = 0; i < params::kTextCount; ++i) store.setText({static_cast<std::uint16_t>(i)}, header.start.texts[i], Origin::Start);
    store.setRoutes(header.start.routes, Origin::Start);
    store.setFormulas(header.start.formulas, Origin::Start);
    store.forgetHistory();
}

bool replay(const ControlLogRecord& record, params::Store& store) {
    using Kind = ControlLogRecord::Kind;
    switch (record.kind) {
    case Kind::Routes: store.setRoutes(record.show.routes, record.origin); return true;
    case Kind::Formulas: store.setFormulas(record.show.formulas, record.origin); return true;
    case Kind::Event: break;
    default: return false;
    }
    switch (record.event.kind) {
    case ControlEvent::Kind::Param: store.apply(record.event.param); return true;
    case ControlEvent::Kind::Text: store.setText(record.event.text, record.text, record.origin); return true;
    case ControlEvent::Kind::Act:
        if (record.event.action.action == params::Action::Undo) return store.undo(), true;
        if (record.event.action.action == params::Action::Redo) return store.redo(), true;
        return false;
    default: return false;
    }
}

} // namespace titanus::controls
