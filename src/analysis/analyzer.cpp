#include "analysis/analyzer.h"

#include "analysis/bands.h"
#include "analysis/beat_inputs.h"
#include "analysis/beat_net.h"
#include "analysis/beat_tracker.h"
#include "analysis/clock_arbiter.h"
#include "analysis/denormals.h"
#include "analysis/front.h"
#include "analysis/newcomer.h"
#include "analysis/onset_detector.h"
#include "analysis/resampler.h"
#include "analysis/sections.h"
#include "analysis/spectrum.h"
#include "core/units.h"
#include "params/catalogue.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

using params::param;

constexpr std::size_t kHop = 128, kLowHop = kHop / DecimatorBy8::kFactor;
constexpr std::size_t kWideHops = 1024 / kHop, kLongHops = 4096 / kHop;

// Waiting events; when nobody fetches them the oldest go.
template <class T> class EventQueue {
  public:
    void push(const T& item) {
        items_[(first_ + count_) % kSize] = item;
        if (count_ < kSize) ++count_;
        else first_ = (first_ + 1) % kSize;
    }
    bool pop(T& item) {
        if (count_ == 0) return false;
        item = items_[first_];
        first_ = (first_ + 1) % kSize;
        --count_;
        return true;
    }
    void clear() { first_ = count_ = 0; }

  private:
    static constexpr std::size_t kSize = 256;
    std::array<T, kSize> items_{};
    std::size_t first_ = 0, count_ = 0;
};

// Gain a window was taken with when the gain changed inside it: by the energies before and after.
class GainHistory {
  public:
    void push(double before, double after) {
        before_[at_] = before;
        after_[at_] = after;
        at_ = (at_ + 1) % kLongHops;
    }
    double over(std::size_t hops, double now) const {
        double before = 0, after = 0;
        for (std::size_t i = 1; i <= hops; ++i) {
            before += before_[(at_ + kLongHops - i) % kLongHops];
            after += after_[(at_ + kLongHops - i) % kLongHops];
        }
        return before > 1e-18 ? std::sqrt(after / before) : now;
    }
    void reset() { *this = GainHistory(); }

  private:
    std::array<double, kLongHops> before_{}, after_{};
    std::size_t at_ = 0;
};

} // namespace

struct Analyzer::Parts {
    explicit Parts(AnalyzerOptions o)
        : options(o), front(o.sampleRate, o.channels), resampler(o.sampleRate),
          hopSeconds(static_cast<double>(kHop) / resampler.outputRate()), autoGain(hopSeconds), gate(hopSeconds),
          wide(1024), kickWindow(256), longWindow(512), detector(resampler.outputRate(), kHop, o.sampleRate / 2),
          bands(resampler.outputRate(), hopSeconds, o.sampleRate / 2), beatInputs(detector.bands()), tracker(hopSeconds), newcomer(hopSeconds), arbiter(hopSeconds),
          sections(hopSeconds), loudness(static_cast<std::size_t>(std::lround(0.4 / hopSeconds))) {}

    void hop();
    void meters(const MeterHop& meter);
    void beats(double now, double heard);
    void reset();

    AnalyzerOptions options;
    Front front;
    Resampler resampler;
    double hopSeconds;
    AutoGain autoGain;
    SilenceGate gate;
    GainHistory gains;
    SlidingSpectrum wide, kickWindow, longWindow;
    DecimatorBy8 decimator;
    OnsetDetector detector;
    Bands bands;
    BeatInputs beatInputs;
    BeatNet beatNet;
    BeatNet::Answer answer;
    std::uint64_t beatFrames = 0, attacksJudged = 0;
    DrumClassifier::Inputs attackInputs{};
    double attackTime = 0;
    BeatTracker tracker;
    Newcomer newcomer;
    ClockArbiter arbiter;
    Sections sections;

    std::array<float, kHop> samples{};
    std::size_t filled = 0;
    std::uint64_t hops = 0, frames = 0;
    double begin = 0; // time of the first sample
    std::vector<float> loudness; // weighted mean squares of the last 400 ms
    std::size_t loudnessAt = 0;
    double clipUntil = -1, lead = 0.1, nextTempo = 0.5;
    std::int64_t announced = 0;
    double announcedTime = -1e9;
    bool announcedAny = false;
    Follower level, flux;

    Features features;
    EventQueue<Onset> onsets;
    EventQueue<BeatEvent> beatEvents;
    EventQueue<TempoItem> tempi;
};

void Analyzer::Parts::reset() {
    front.reset();
    resampler.reset();
    autoGain.reset();
    gate.reset();
    gains.reset();
    wide.reset();
    kickWindow.reset();
    longWindow.reset();
    decimator.reset();
    detector.reset();
    bands.reset();
    beatInputs.reset();
    beatNet.reset();
    answer = {};
    beatFrames = attacksJudged = 0;
    tracker.reset();
    newcomer.reset();
    arbiter.reset();
    sections.reset();
    filled = 0;
    hops = frames = 0;
    begin = 0;
    std::fill(loudness.begin(), loudness.end(), 0.f);
    loudnessAt = 0;
    clipUntil = -1;
    nextTempo = 0.5;
    announced = 0;
    announcedTime = -1e9;
    announcedAny = false;
    level.reset();
    flux.reset();
    features = Features();
    onsets.clear();
    beatEvents.clear();
    tempi.clear();
}

void Analyzer::Parts::meters(const MeterHop& meter) {
    const double heard = features.seconds;
    for (std::size_t c = 0; c < 2; ++c) {
        features.peak[c] = meter.peak[c];
        features.rms[c] = meter.rms[c];
    }
    if (meter.clipped) clipUntil = heard + 1;
    features.clipped = heard < clipUntil;
    features.nonFinite = meter.nonFinite;
    features.balance = meter.balance;
    features.width = meter.width;
    loudness[loudnessAt] = meter.power;
    loudnessAt = (loudnessAt + 1) % loudness.size();
    if (hops % 8 == 0) {
        double sum = 0;
        for (float v : loudness) sum += static_cast<double>(v);
        const double mean = sum / static_cast<double>(loudness.size());
        features.loudness = static_cast<float>(std::max(-70.0, -0.691 + 10 * std::log10(mean + 1e-10)));
    }
}

void Analyzer::Parts::hop() {
    ++hops;
    const double heard = begin + static_cast<double>(hops) * hopSeconds; // of the input, when this hop was full
    const double now = heard - resampler.delaySeconds();         // the newest sample's own time
    features.seconds = heard;
    features.noSignal = false;
    meters(front.takeHop());

    double before = 0, after = 0;
    for (float s : samples) before += static_cast<double>(s) * static_cast<double>(s);
    const bool silent = gate.process(static_cast<float>(before / kHop));
    features.silent = silent;
    features.agcGain = autoGain.process(samples, silent);
    for (float s : samples) after += static_cast<double>(s) * static_cast<double>(s);
    gains.push(before, after);

    std::array<float, kLowHop> low{};
    decimator.process(samples, low);
    wide.push(samples);
    kickWindow.push(low);
    longWindow.push(low);
    wide.transform();
    kickWindow.transform();
    const bool renewed = hops % 4 == 0;
    if (renewed) longWindow.transform();

    std::array<Onset, kOnsetKindCount> found{};
    const std::size_t count = detector.process(samples, wide.magnitude(), kickWindow.magnitude(), now, silent, found);
    int attacks = 0;
    for (std::size_t i = 0; i < count; ++i) {
        Onset& onset = found[i];
        onset.decided = heard;
        const auto kind = static_cast<std::size_t>(onset.kind);
        features.onsets[kind] += 1;
        features.lastStrength[kind] = onset.strength;
        features.lastOnset[kind] = onset.time;
        attacks += onset.kind == OnsetKind::Other ? 1 : 0;
        onsets.push(onset);
    }

    bands.process(wide.magnitude(), gains.over(kWideHops, static_cast<double>(features.agcGain)),
                  renewed ? longWindow.magnitude() : std::span<const float>(),
                  gains.over(kLongHops, static_cast<double>(features.agcGain)), silent, features);
    const auto dt = static_cast<float>(hopSeconds);
    const float rms = static_cast<float>(std::sqrt(after / kHop));
    features.level = level.step(silent ? 0.f : std::min(1.f, rms / 0.35f), dt, 0.005f, 0.15f);
    features.flux = flux.step(silent ? 0.f : std::min(1.f, detector.odf() / 0.4f), dt, 0.001f, 0.08f);

    if (detector.judged()) {
        ++attacksJudged;
        attackInputs = detector.classInputs();
        attackTime = detector.attackTime();
    }
    if (beatInputs.push(detector.logBands(), detector.difference(), kickWindow.magnitude())) {
        ++beatFrames;
        const auto answers = beatNet.step(beatInputs.frame());
        answer = answers[newcomer.hear(answers, beatNet, tracker, now) ? BeatNet::New : BeatNet::Old];
        tracker.hear(answer.beat, answer.one);
        arbiter.hear(now - BeatNet::kDelayFrames * BeatInputs::kHops * hopSeconds, answer.beat, answer.one);
    }
    const Attack attack{detector.odf(), detector.odf(OnsetKind::Kick), detector.odf(OnsetKind::Snare),
                        detector.odf(OnsetKind::Hat)};
    tracker.process(attack, now, silent);
    newcomer.process(attack, now, silent);
    arbiter.process(tracker, now);
    features.clock = arbiter.clock();
    beats(now, heard);
    sections.process(now, attacks, features);
    if (heard >= nextTempo) {
        nextTempo += 0.5;
        tempi.push({now, arbiter.known() ? features.clock.bpm() : 0.f, features.clock.confidence});
    }
}

void Analyzer::Parts::beats(double now, double heard) {
    if (!arbiter.known()) return;
    const BeatClock& clock = features.clock;
    if (clock.source == ClockSource::Audio && !tracker.heard()) return;
    const auto due = static_cast<std::int64_t>(std::floor(clock.at(now + lead)));
    if (announcedAny && due <= announced) return;
    const double time = clock.anchorSeconds + static_cast<double>(due - clock.beat) * clock.periodSeconds;
    // After a change of tempo the same beat must not be told twice under another number.
    if (announcedAny && time - announcedTime < 0.4 * clock.periodSeconds) {
        announced = due;
        return;
    }
    announced = due;
    announcedAny = true;
    announcedTime = time;
    beatEvents.push({time, heard, arbiter.barPosition(due), due});
}

Analyzer::Analyzer(AnalyzerOptions options) : parts_(std::make_unique<Parts>(options)) {
    setParams(params::Store().snapshot()); // the catalogue's defaults until the first one comes
    parts_->front.reset();
}
Analyzer::~Analyzer() = default;
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;

void Analyzer::setParams(const params::ParamSnapshot& p) {
    Parts& a = *parts_;
    a.front.setGainDb(p[param("audio.gain_db")]);
    a.detector.setSensitivity(OnsetKind::Other, p[param("analysis.sensitivity")]);
    a.detector.setSensitivity(OnsetKind::Kick, p[param("analysis.kick_sensitivity")]);
    a.detector.setSensitivity(OnsetKind::Snare, p[param("analysis.snare_sensitivity")]);
    a.detector.setSensitivity(OnsetKind::Hat, p[param("analysis.hat_sensitivity")]);
    const auto seconds = [&](params::ParamIndex i) { return static_cast<double>(p[i]) / 1000; };
    a.detector.setGap(OnsetKind::Kick, seconds(param("analysis.kick_gap_ms")));
    a.detector.setGap(OnsetKind::Snare, seconds(param("analysis.snare_gap_ms")));
    a.detector.setGap(OnsetKind::Hat, seconds(param("analysis.hat_gap_ms")));
    a.bands.setScales(p[param("analysis.attack_scale")], p[param("analysis.release_scale")]);
    static constexpr std::array<std::array<params::ParamIndex, 2>, kUserBandCount> kOwn{
        {{param("band.1.hz"), param("band.1.width")},
         {param("band.2.hz"), param("band.2.width")},
         {param("band.3.hz"), param("band.3.width")},
         {param("band.4.hz"), param("band.4.width")}}};
    for (std::size_t i = 0; i < kOwn.size(); ++i) a.bands.setUser(i, p[kOwn[i][0]], p[kOwn[i][1]]);
    a.lead = seconds(param("clock.lead_ms"));
    static constexpr std::array<int, 6> kBeats{2, 3, 4, 6, 8, 0}; // 0: find out
    a.arbiter.setMeter(kBeats[static_cast<std::size_t>(std::clamp(p.choice(param("clock.meter")), 0, 5))]);
    a.arbiter.setChoice(static_cast<SourceChoice>(std::clamp(p.choice(param("clock.source")), 0, 3)));
    a.arbiter.setTapLocks(p.choice(param("clock.tap")) == 1);
}

void Analyzer::process(const float* interleaved, std::size_t frames) {
    const FlushDenormals flush;
    Parts& a = *parts_;
    const auto channels = static_cast<std::size_t>(a.options.channels);
    for (std::size_t i = 0; i < frames; ++i) {
        const float* frame = interleaved + i * channels;
        const float mono = a.front.frame(frame[0], channels > 1 ? frame[1] : frame[0]);
        a.resampler.push(mono, [&a](float sample) {
            a.samples[a.filled++] = sample;
            if (a.filled == kHop) {
                a.filled = 0;
                a.hop();
            }
        });
    }
    a.frames += frames;
}

void Analyzer::reset() { parts_->reset(); }

void Analyzer::takeOver(const Analyzer& other) {
    Parts& a = *parts_;
    const Parts& b = *other.parts_;
    a.begin = other.seconds();
    a.nextTempo = a.begin + 0.5;
    a.tracker.takeOver(b.tracker);
    a.arbiter.takeOver(b.arbiter);
    a.announced = b.announced;
    a.announcedTime = b.announcedTime;
    a.announcedAny = b.announcedAny;
    a.features.seconds = a.begin;
    a.features.onsets = b.features.onsets;
    a.features.lastStrength = b.features.lastStrength;
    a.features.lastOnset = b.features.lastOnset;
    a.features.drops = b.features.drops;
    a.features.lastDropSeconds = b.features.lastDropSeconds;
    a.features.clock = b.features.clock;
}

const Features& Analyzer::features() const { return parts_->features; }
double Analyzer::seconds() const { return parts_->begin + static_cast<double>(parts_->frames) / parts_->options.sampleRate; }
const AnalyzerOptions& Analyzer::options() const { return parts_->options; }
Analyzer::Probe Analyzer::probe() const {
    const Parts& a = *parts_;
    const TempoComb& comb = a.tracker.comb();
    return {a.beatFrames, a.attacksJudged, comb.judged(), BeatInputs::kHops * a.hopSeconds, a.attackTime, comb.shortest(),
            a.beatInputs.frame(), a.attackInputs, comb.inputs(),
            {a.detector.odf(), a.detector.odf(OnsetKind::Kick), a.detector.odf(OnsetKind::Snare), a.detector.odf(OnsetKind::Hat)},
            a.answer.beat, a.answer.one};
}
bool Analyzer::popOnset(Onset& onset) { return parts_->onsets.pop(onset); }
bool Analyzer::popBeat(BeatEvent& beat) { return parts_->beatEvents.pop(beat); }
bool Analyzer::popTempo(TempoItem& item) { return parts_->tempi.pop(item); }

void Analyzer::tap(double seconds) { parts_->arbiter.tap(parts_->tracker, seconds); }
void Analyzer::tempoDouble() { parts_->arbiter.scale(parts_->tracker, 2); }
void Analyzer::tempoHalf() { parts_->arbiter.scale(parts_->tracker, 0.5); }
void Analyzer::nudge(double seconds) { parts_->arbiter.nudge(seconds); }
void Analyzer::resync(double seconds) { parts_->arbiter.resync(parts_->tracker, seconds); }
void Analyzer::automatic() { parts_->arbiter.automatic(parts_->tracker); }
void Analyzer::midiClockTick(double seconds) { parts_->arbiter.midi().tick(seconds); }
void Analyzer::midiClockStart(double) { parts_->arbiter.midiStart(); }
void Analyzer::midiClockStop(double) { parts_->arbiter.midi().stop(); }
void Analyzer::midiClockContinue(double) { parts_->arbiter.midi().resume(); }
void Analyzer::midiSongPosition(double beats) { parts_->arbiter.midi().songPosition(beats); }
void Analyzer::link(double seconds, double beats, double period) { parts_->arbiter.link(seconds, beats, period); }

} // namespace titanus::analysis
