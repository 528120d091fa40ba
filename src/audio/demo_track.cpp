#include "audio/demo_track.h"

#include "audio/demo_score.h"
#include "audio/demo_voices.h"

#include <algorithm>
#include <cmath>

namespace titanus::audio {

using namespace demo;

namespace {

constexpr int kSteps = kDemoBars * kStepsPerBar;
constexpr std::size_t kControlFrames = 32; // filters move once in so many samples

struct Shots {
    Shot kick = makeKick(), snare = makeSnare(), closed = makeHat(0.028f, 0.12f, 0x1234u),
         open = makeHat(0.13f, 0.32f, 0x4321u), crash = makeCrash();
};

// One note at a time with a decaying filter: bass, acid line and arpeggio differ in numbers only.
struct Mono {
    Saw first{0.1f}, second{0.6f};
    Filter filter;
    float hz = 55, targetHz = 55, level = 0, gate = 0, filterEnv = 0, accent = 0;
    double subPhase = 0;

    void play(int note, bool slide, bool accented) {
        targetHz = noteHz(note);
        if (!slide) hz = targetHz, filterEnv = 1;
        gate = 1;
        accent = accented ? 1.f : 0.f;
    }
    void control(float glidePerBlock) { hz += (targetHz - hz) * glidePerBlock; }
};

} // namespace

struct DemoSynth::Parts {
    Shots shots;
    int nextStep = 0;
    std::vector<float> buffer;   // one step, interleaved
    std::size_t bufferAt = 0;

    Player kick{shots.kick}, snare{shots.snare}, closed{shots.closed}, open{shots.open},
        crash{shots.crash};
    std::array<Saw, 10> pad;
    Filter padLeft, padRight, drumCut, riserFilter;
    Mono bass, acid, arp;
    Noise riserNoise{0x7A57u};
    Echo echo{static_cast<std::size_t>(stepFrame(3))};
    Hall hall;
    float duck = 1, duckTarget = 1, stab = 0;
    Macro now = macro(0);

    Parts() {
        for (std::size_t i = 0; i < pad.size(); ++i)
            pad[i] = Saw(0.618034f * static_cast<float>(i) - std::floor(0.618034f * static_cast<float>(i)));
        arp.second = Saw(0.25f);
    }

    void trigger(const Step& s, int bar);
    void control(double bars);
    Pair sample();
    Pair drumsAndNoise(float& send);
    float bassSample();
    float acidSample();
    float arpSample();
    void renderStep();
};

void DemoSynth::Parts::trigger(const Step& s, int bar) {
    if (s.kick > 0) kick.hit(s.kick), duckTarget = 0;
    if (s.snare > 0) snare.hit(s.snare);
    if (s.closedHat > 0) closed.hit(s.closedHat), open.stop();
    if (s.openHat > 0) open.hit(s.openHat);
    if (s.crash > 0) crash.hit(s.crash);
    if (s.bass != kNoNote) bass.play(s.bass, false, false);
    if (s.acid != kNoNote) acid.play(s.acid, s.acidSlide, s.acidAccent);
    if (s.arp != kNoNote) arp.play(s.arp, false, false);
    if (s.stab > 0) stab = s.stab;
    const auto& notes = chord(bar);
    for (std::size_t i = 0; i < notes.size(); ++i) {
        const float hz = noteHz(notes[i]);
        pad[2 * i].setHz(hz * 0.9968f);
        pad[2 * i + 1].setHz(hz * 1.0035f);
    }
}

void DemoSynth::Parts::control(double bars) {
    now = macro(bars);
    const float open = now.padCutoffHz * (1 + 4.5f * stab);
    const float drift = 1 + 0.12f * std::sin(static_cast<float>(bars) * 2.1f);
    padLeft.set(open * drift, 0.25f);
    padRight.set(open * (2 - drift), 0.25f);
    drumCut.set(now.drumsLowCutHz, 0);
    riserFilter.set(now.riserCutoffHz, 0.5f);
    bass.control(1);
    bass.filter.set(now.bassCutoffHz * (0.5f + 1.6f * bass.filterEnv), 0.3f);
    acid.control(0.03f);
    acid.filter.set(now.acidCutoffHz * (0.45f + (1.6f + 1.6f * acid.accent) * acid.filterEnv),
                    0.8f);
    arp.control(1);
    arp.filter.set(now.arpCutoffHz * (0.3f + 1.5f * arp.filterEnv), 0.35f);
    for (Mono* voice : {&bass, &acid, &arp}) {
        voice->first.setHz(voice->hz);
        voice->second.setHz(voice->hz * (voice == &acid ? 1.f : 1.004f));
    }
}

Pair DemoSynth::Parts::drumsAndNoise(float& send) {
    const float s = snare.next(), c = crash.next();
    const float hats = 0.46f * closed.next() + 0.40f * open.next();
    const float drums = drumCut.high(0.74f * kick.next() + 0.60f * s);
    const float riser = now.riser * 0.35f * riserFilter.band(riserNoise.next());
    send += 0.22f * s + 0.25f * c + 0.3f * riser;
    return {drums + 0.8f * hats + 0.35f * c + riser, drums + 1.0f * hats + 0.28f * c - riser};
}

float DemoSynth::Parts::bassSample() {
    bass.filterEnv *= 0.99972f;
    bass.gate *= 0.99988f;
    bass.level += 0.006f * (bass.gate - bass.level);
    bass.subPhase += static_cast<double>(bass.hz / kRate);
    bass.subPhase -= std::floor(bass.subPhase);
    // A parabola is a sine to the ear at 50 Hz, and cheap.
    const float p = 2 * static_cast<float>(bass.subPhase) - 1;
    const float sub = 4 * p * (1 - std::fabs(p));
    const float saw = bass.filter.low(0.5f * (bass.first.next() + bass.second.next()));
    return now.bassLevel * bass.level * (0.26f * sub + 0.40f * softClip(1.5f * saw));
}

float DemoSynth::Parts::acidSample() {
    acid.filterEnv *= 0.99978f - 0.00010f * acid.accent;
    acid.gate *= 0.99985f;
    acid.level += 0.01f * (acid.gate - acid.level);
    const float x = acid.filter.low(acid.first.next());
    return now.acidLevel * acid.level * (0.27f + 0.09f * acid.accent) * softClip(1.6f * x);
}

float DemoSynth::Parts::arpSample() {
    arp.filterEnv *= 0.99962f;
    arp.gate *= 0.99976f;
    arp.level += 0.02f * (arp.gate - arp.level);
    const float x = 0.5f * (arp.first.next() + arp.second.next());
    return now.arpLevel * arp.level * 0.48f * arp.filter.low(x);
}

Pair DemoSynth::Parts::sample() {
    // The kick pushes the rest down within 1 ms and lets it come back over a quarter beat.
    if (duckTarget < 1) duckTarget += 0.00013f;
    duck += 0.02f * (std::min(duckTarget, 1.f) - duck);
    const float room = 0.25f + 0.75f * duck;
    stab *= 0.99975f;

    float send = 0;
    Pair out = drumsAndNoise(send);

    float left = 0, right = 0;
    for (std::size_t i = 0; i < pad.size(); i += 2) {
        left += pad[i].next();
        right += pad[i + 1].next();
    }
    const float padGain = 0.17f * now.padLevel * (0.75f + 0.9f * stab) * room;
    left = padGain * padLeft.low(left);
    right = padGain * padRight.low(right);
    send += 0.35f * (left + right);

    const float low = bassSample() * (0.1f + 0.9f * duck);
    const float line = acidSample() * room, pluck = arpSample();
    const Pair repeats = echo.next(pluck + 0.25f * line, 0.55f);
    send += 0.25f * pluck + 0.2f * (repeats.left + repeats.right);
    const Pair wet = hall.next(send);
    out.left += left + low + line + room * (0.7f * pluck + 0.6f * repeats.left + 0.33f * wet.left);
    out.right += right + low + line + room * (0.7f * pluck + 0.6f * repeats.right + 0.33f * wet.right);
    return out;
}

void DemoSynth::Parts::renderStep() {
    const int bar = nextStep / kStepsPerBar;
    const std::int64_t from = stepFrame(nextStep), to = stepFrame(nextStep + 1);
    const auto frames = static_cast<std::size_t>(to - from);
    buffer.resize(frames * 2);
    bufferAt = 0;
    trigger(step(nextStep), bar);
    for (std::size_t i = 0; i < frames; ++i) {
        if (i % kControlFrames == 0)
            control((nextStep + static_cast<double>(i) / static_cast<double>(frames)) / kStepsPerBar);
        const Pair out = sample();
        buffer[2 * i] = 0.89f * softClip(1.05f * out.left); // -1 dB full scale at most
        buffer[2 * i + 1] = 0.89f * softClip(1.05f * out.right);
    }
    ++nextStep;
}

DemoSynth::DemoSynth() : parts_(std::make_unique<Parts>()) {}
DemoSynth::~DemoSynth() = default;

std::size_t DemoSynth::read(float* stereo, std::size_t frames) {
    Parts& p = *parts_;
    std::size_t done = 0;
    while (done < frames) {
        if (p.bufferAt == p.buffer.size()) {
            if (p.nextStep >= kSteps) break;
            p.renderStep();
        }
        const std::size_t n = std::min((frames - done) * 2, p.buffer.size() - p.bufferAt);
        std::copy_n(p.buffer.begin() + static_cast<std::ptrdiff_t>(p.bufferAt), n, stereo + done * 2);
        p.bufferAt += n;
        done += n / 2;
    }
    return done;
}

void DemoSynth::seek(double seconds) {
    parts_ = std::make_unique<Parts>();
    const auto frame = static_cast<std::int64_t>(std::clamp(seconds, 0.0, kDemoSeconds) * kDemoSampleRate);
    int bar = 0;
    while (bar + 1 < kDemoBars && stepFrame((bar + 1) * kStepsPerBar) <= frame) ++bar;
    parts_->nextStep = bar * kStepsPerBar;
    auto skip = static_cast<std::size_t>(frame - stepFrame(parts_->nextStep));
    std::vector<float> waste(4096);
    while (skip > 0) {
        const std::size_t got = read(waste.data(), std::min<std::size_t>(skip, waste.size() / 2));
        if (got == 0) break;
        skip -= got;
    }
}

Sound demoTrack() {
    Sound sound;
    sound.sampleRate = kDemoSampleRate;
    sound.samples.resize(static_cast<std::size_t>(stepFrame(kSteps)) * 2);
    DemoSynth synth;
    synth.read(sound.samples.data(), sound.frames());
    return sound;
}

std::vector<DemoEvent> demoEvents() {
    std::vector<DemoEvent> events;
    for (const DemoSection& section : demoSections())
        events.push_back({static_cast<double>(stepFrame(section.firstBar * kStepsPerBar)) / kDemoSampleRate,
                          DemoEventKind::Section, static_cast<int>(&section - demoSections().data())});
    for (int i = 0; i < kSteps; ++i) {
        const double time = static_cast<double>(stepFrame(i)) / kDemoSampleRate;
        const Step s = step(i);
        if (i % kStepsPerBar == 0) events.push_back({time, DemoEventKind::Bar, i / kStepsPerBar});
        if (i % 4 == 0) events.push_back({time, DemoEventKind::Beat, i / 4});
        if (s.kick > 0) events.push_back({time, DemoEventKind::Kick});
        if (s.snare > 0) events.push_back({time, DemoEventKind::Snare});
        if (s.closedHat > 0 || s.openHat > 0) events.push_back({time, DemoEventKind::Hat});
    }
    std::stable_sort(events.begin(), events.end(),
                     [](const DemoEvent& a, const DemoEvent& b) { return a.time < b.time; });
    return events;
}

} // namespace titanus::audio
