#include "modulation/modulator.h"

#include "core/thread_role.h"
#include "core/units.h"
#include "params/text.h"

#include <algorithm>
#include <cmath>

namespace titanus::modulation {
using analysis::Features;
using params::param;
using params::ParamIndex;
using params::Route;
using params::RouteCurve;
using params::Source;

namespace {

// Fall of the onset sources: short enough that sixteenths at 130 BPM (115 ms) stay apart.
constexpr float kPulseFallSeconds = 0.14f;
constexpr double kDropFadeBars = 4;
constexpr double kNoiseRateHz = 0.4;
// After a stall the world goes on from where it was instead of leaping.
constexpr double kLongestStepSeconds = 0.25;

constexpr ParamIndex lfoRow(std::size_t lfo, std::uint16_t field) {
    return {static_cast<std::uint16_t>(param("lfo.1.shape").value + 5 * lfo + field)};
}
static_assert(lfoRow(3, 4) == param("lfo.4.phase"));

double positiveModulo(double x, double m) { return x - m * std::floor(x / m); }

// What depth and turn move the picture on the whole is panned back, so that its mean motion is 0.
// Where brightness is depth the mean is that of a middle grey: the picture is not known here.
CameraRates locked(CameraRates rates, const CameraSpace& space, double dt) {
    constexpr int kAcross = 16, kDown = 9;
    const auto f = [dt](float rate) { return static_cast<float>(rate * dt); };
    const CameraMotion motion{{}, f(rates.dolly), f(rates.truckX), f(rates.truckY), f(rates.yawRad), f(rates.pitchRad)};
    Vec2 mean;
    for (int i = 0; i < kAcross; ++i)
        for (int j = 0; j < kDown; ++j) {
            const Vec2 p{((i + 0.5) * 2 / kAcross - 1) * space.aspect, (j + 0.5) * 2 / kDown - 1}, from = sourceOf(motion, space, p, 0.5);
            mean.x += (from.x - p.x) / (kAcross * kDown);
            mean.y += (from.y - p.y) / (kAcross * kDown);
        }
    rates.panX += static_cast<float>(mean.x / (2 * dt)); // pan counts picture heights
    rates.panY += static_cast<float>(mean.y / (2 * dt));
    return rates;
}

} // namespace

float shaped(RouteCurve curve, float x) {
    const float size = std::abs(x), sign = x < 0 ? -1.f : 1.f;
    switch (curve) {
    case RouteCurve::Linear: return x;
    case RouteCurve::Square: return sign * size * size;
    case RouteCurve::Root: return sign * std::sqrt(size);
    case RouteCurve::Smooth: {
        const float t = std::min(size, 1.f);
        return sign * t * t * (3 - 2 * t);
    }
    case RouteCurve::Invert: return 1 - x;
    }
    return x;
}

float Modulator::pulse(std::size_t kind, const Features& features, double dt) {
    float& value = pulses_[kind];
    value *= std::exp(-static_cast<float>(dt) / kPulseFallSeconds);
    if (features.onsets[kind] != seenOnsets_[kind]) {
        seenOnsets_[kind] = features.onsets[kind];
        // Even a soft hit is seen: the eye needs an edge, strength sets its height.
        value = std::max(value, 0.4f + 0.6f * features.lastStrength[kind]);
    }
    return value;
}

void Modulator::readSources(const ModulationInput& in) {
    const Features& f = in.features;
    const double dt = in.dtSeconds;
    auto& out = state_.sources;
    const auto set = [&](Source source, double value) {
        out[static_cast<std::size_t>(source)] = static_cast<float>(value);
    };
    set(Source::Level, f.level);
    for (std::size_t i = 0; i < f.band.size(); ++i)
        out[static_cast<std::size_t>(Source::Sub) + i] = f.band[i];
    for (std::size_t i = 0; i < 3; ++i) out[static_cast<std::size_t>(Source::Low3) + i] = f.triple[i];
    for (std::size_t kind = 0; kind < pulses_.size(); ++kind)
        out[static_cast<std::size_t>(Source::Onset) + kind] = pulse(kind, f, dt);

    const double offset = in.store[param("clock.offset_ms")] / 1000.0;
    const double at = in.soundSeconds - offset;
    const double beat = f.clock.at(at), bar = f.clock.beatsPerBar;
    const double beatPhase = beat - std::floor(beat);
    const double barBeat = positiveModulo(beat - static_cast<double>(f.clock.downbeat), 4 * bar);
    const double barPhase = positiveModulo(barBeat, bar) / bar;
    const auto falls = [&](double beatsSince) {
        return std::exp(-beatsSince * f.clock.periodSeconds / kPulseFallSeconds);
    };
    state_.beat = beat;
    state_.bpm = f.clock.bpm();
    state_.beatsPerBar = f.clock.beatsPerBar;
    downbeat_ = static_cast<double>(f.clock.downbeat);
    set(Source::BeatPhase, beatPhase);
    set(Source::BeatPulse, f.silent ? 0 : falls(beatPhase));
    set(Source::BarPhase, barPhase);
    set(Source::BarPulse, f.silent ? 0 : falls(barPhase * bar));
    set(Source::Beat4, barBeat / (4 * bar));

    set(Source::Centroid, f.centroid);
    set(Source::Flux, f.flux);
    set(Source::Flatness, f.flatness);
    set(Source::Tonal, f.tonal);
    set(Source::Energy, f.energy);
    set(Source::Build, f.build);
    const double barsSinceDrop = (at - f.lastDropSeconds) / (f.clock.periodSeconds * bar);
    for (std::size_t i = 0; i < f.user.size(); ++i) out[static_cast<std::size_t>(Source::Band1) + i] = f.user[i];
    set(Source::Break, f.section == analysis::Section::Break ? f.sectionConfidence : 0);
    set(Source::Silence, f.silent ? 1 : 0);
    set(Source::Balance, f.silent ? 0 : f.balance); // an input's hiss has no place
    set(Source::Width, f.silent ? 0 : f.width);
    set(Source::Drop, f.drops == 0 ? 0 : std::clamp(1 - barsSinceDrop / kDropFadeBars, 0.0, 1.0));

    // Rates may be modulated themselves: the values of the frame before are in force.
    for (std::size_t i = 0; i < lfos_.size(); ++i) {
        const auto value = [&](std::uint16_t field) { return state_.effective[lfoRow(i, field)]; };
        const auto shape = static_cast<LfoShape>(value(0) + 0.5f);
        lfos_[i].advance(value(3), dt);
        const double cycles = (value(1) >= 0.5f ? beat / value(2) : lfos_[i].cycles) + value(4);
        set(static_cast<Source>(static_cast<std::size_t>(Source::Lfo1) + i),
            lfoValue(shape, cycles, seed_ + i));
    }
    noiseTime_ += dt * kNoiseRateHz;
    set(Source::Noise, smoothNoise(noiseTime_, seed_ + 17));
    for (std::size_t i = 0; i < 4; ++i) {
        const ParamIndex macro{static_cast<std::uint16_t>(param("macro.1").value + i)};
        out[static_cast<std::size_t>(Source::Macro1) + i] = formulas_.last(macro).value_or(in.store[macro]);
    }
}

void Modulator::adoptRoutes(const params::Store& store) {
    if (routesGeneration_ == store.routesGeneration()) return;
    routesGeneration_ = store.routesGeneration();
    std::vector<Follower> next;
    next.reserve(store.routes().size());
    for (const Route& route : store.routes()) {
        Follower follower{.source = route.source, .target = route.target};
        // A route that stays keeps its follower: editing a depth makes no jump.
        for (const Follower& old : followers_)
            if (old.source == route.source && old.target == route.target) follower = old;
        next.push_back(follower);
    }
    followers_ = std::move(next);
}

// The number of the line of the music that was passed last.
double Modulator::lineOf(params::RouteQuantise quantise) const {
    using enum params::RouteQuantise;
    switch (quantise) {
    case HalfBeat: return std::floor(2 * state_.beat);
    case QuarterBeat: return std::floor(4 * state_.beat);
    // Beats are counted by the clock, bars from its downbeat.
    case Bar: return std::floor((state_.beat - downbeat_) / std::max(1, state_.beatsPerBar));
    case Beat:
    case Off: break;
    }
    return std::floor(state_.beat);
}

float Modulator::followed(const Route& route, Follower& follower, float dt) const {
    float x = shaped(route.curve, state_.sources[static_cast<std::size_t>(route.source)]);
    if (route.quantise != params::RouteQuantise::Off) {
        const double line = lineOf(route.quantise);
        if (line != follower.line) {
            follower.line = line;
            follower.held = x;
        }
        x = follower.held;
    }
    float& y = follower.value;
    if (x >= y) {
        y += core::onePole(dt, route.attackSeconds) * (x - y);
        follower.holdLeft = route.holdSeconds;
        return y;
    }
    // What is left of the frame after the hold is time to fall: the same at any frame rate.
    const float falling = std::max(0.f, dt - follower.holdLeft);
    if (falling <= 0 && follower.holdLeft > 0) {
        follower.holdLeft -= dt;
        return y;
    }
    follower.holdLeft = 0;
    y += core::onePole(falling, route.releaseSeconds) * (x - y);
    return y;
}

void Modulator::applyRoutes(const ModulationInput& in) {
    adoptRoutes(in.store);
    formulas_.adopt(in.store);
    state_.effective = in.store.snapshot();
    formulas_.apply(state_, in.dtSeconds, state_.effective);
    // Offsets first: routes add up, whatever their order. Unit: share of the fader's travel, so
    // that an exponential row is multiplied rather than shifted.
    offsets_.fill(0);
    const float amount = state_.effective[param("route.amount")];
    const auto& routes = in.store.routes();
    const bool solo = std::any_of(routes.begin(), routes.end(), [](const Route& r) { return r.solo; });
    for (std::size_t i = 0; i < followers_.size(); ++i) {
        const Route& route = routes[i];
        const float y = followed(route, followers_[i], static_cast<float>(in.dtSeconds));
        const bool acts = !route.mute && (route.solo || !solo);
        if (acts && params::row(route.target).modulatable()) offsets_[route.target.value] += amount * route.depth * y;
    }
    applyStars(in);
    for (std::size_t i = 0; i < offsets_.size(); ++i) applyOffset({static_cast<std::uint16_t>(i)});
}

void Modulator::applyOffset(ParamIndex index) {
    float& offset = offsets_[index.value];
    if (offset == 0) return;
    const params::Param& p = params::row(index);
    float& value = state_.effective.values[index.value];
    value = params::fromTravel(p, params::toTravel(p, value) + offset);
    offset = 0;
}

// The puck is moved by routes first; then the weights it gives are a base that routes add to.
void Modulator::applyStars(const ModulationInput& in) {
    for (const ParamIndex index : {param("constellation.amount"), param("constellation.x"), param("constellation.y")})
        applyOffset(index);
    constellation_.follow(in.stars, in.dtSeconds);
    auto& e = state_.effective;
    const float amount = e[param("constellation.amount")] * constellation_.presence();
    if (amount <= 0) return;
    const auto weights = constellation_.weights(e[param("constellation.x")], e[param("constellation.y")]);
    for (int slot = 0; slot < params::kPromptSlots; ++slot) {
        float& weight = e.values[params::promptWeight(slot).value];
        weight += amount * (weights[static_cast<std::size_t>(slot)] - weight);
    }
}

void Modulator::moveCamera(const ModulationInput& in) {
    const auto& e = state_.effective;
    constexpr auto kRad = static_cast<float>(core::kPi / 180);
    const CameraRates rates{e[param("camera.zoom")],
                            e[param("camera.pan_x")],
                            e[param("camera.pan_y")],
                            e[param("camera.roll")] * kRad,
                            e[param("camera.shear")],
                            e[param("camera.dolly")],
                            e[param("camera.truck_x")],
                            e[param("camera.truck_y")],
                            e[param("camera.yaw")] * kRad,
                            e[param("camera.pitch")] * kRad};
    state_.space = {static_cast<DepthField>(e.choice(param("camera.depth"))),
                    static_cast<Border>(e.choice(param("camera.border"))),
                    e[param("camera.relief")], in.aspect, e[param("camera.perspective")]};
    if (in.frozen) return;
    const bool lock = e.on(param("camera.lock")) && in.dtSeconds > 0;
    advance(state_.pose, lock ? locked(rates, state_.space, in.dtSeconds) : rates, in.dtSeconds);
}

const FrameState& Modulator::update(const ModulationInput& given) {
    TITANUS_ON(Main);
    ModulationInput in = given;
    in.dtSeconds = std::clamp(in.dtSeconds, 0.0, kLongestStepSeconds);
    if (!started_) {
        started_ = true;
        state_.effective = in.store.snapshot();
        seenOnsets_ = in.features.onsets; // what was heard before the show is no event
    }
    ++state_.frame;
    state_.seconds = in.seconds;
    state_.dtSeconds = in.dtSeconds;
    readSources(in);
    applyRoutes(in);
    moveCamera(in);
    state_.texts = in.store.texts();
    state_.reseeds = in.reseeds;
    state_.onsets = in.features.onsets[static_cast<std::size_t>(analysis::OnsetKind::Other)];
    state_.kicks = in.features.onsets[static_cast<std::size_t>(analysis::OnsetKind::Kick)];
    state_.blackout = in.blackout;
    state_.frozen = in.frozen;
    return state_;
}

} // namespace titanus::modulation
