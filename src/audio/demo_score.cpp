#include "audio/demo_score.h"

#include "audio/demo_track.h"

#include <algorithm>
#include <cmath>

namespace titanus::audio {
namespace {

// The kick plays from the first beat: who looks for ten seconds must see pictures move.
constexpr std::array kSections{
    DemoSection{"intro", 0, 4},  DemoSection{"groove", 4, 12}, DemoSection{"lift", 16, 8},
    DemoSection{"break", 24, 8}, DemoSection{"build", 32, 8},  DemoSection{"drop", 40, 8},
    DemoSection{"peak", 48, 8},  DemoSection{"outro", 56, 8},
};
enum Part { Intro, Groove, Lift, Break, Build, Drop, Peak, Outro };

Part partOf(int bar) {
    int part = 0;
    for (int i = 0; i < static_cast<int>(kSections.size()); ++i)
        if (bar >= kSections[static_cast<std::size_t>(i)].firstBar) part = i;
    return static_cast<Part>(part);
}

} // namespace

std::span<const DemoSection> demoSections() { return kSections; }

namespace demo {
namespace {

// Am9, Fmaj9, Dm9, Em7, two bars each: neighbours share notes, so the pad breathes, not jumps.
constexpr std::array<std::array<int, 5>, 4> kChords{{
    {57, 60, 64, 67, 71}, {53, 60, 64, 67, 69}, {50, 57, 60, 64, 65}, {52, 59, 62, 67, 71}}};
constexpr std::array<int, 4> kRoots{33, 29, 38, 40};

constexpr std::array<int, 16> kAcid{0, 0, 12, 0, 3, -99, 0, 10, 0, 12, -99, 7, 0, 3, 10, 12};
constexpr std::array<int, 16> kAcidTurn{0, 12, 0, 15, 0, 3, -99, 10, 12, 0, 7, -99, 0, 15, 12, 10};
constexpr std::uint32_t kAcidAccents = 0b1001'0010'1000'0100, kAcidSlides = 0b1100'0000'1000'0010;

// 3 + 3 + 2 + 3 + 3 + 2 against the straight kick.
constexpr std::uint32_t kArpSteps = 0b0100'1001'0100'1001;
constexpr std::array<int, 8> kArpOrder{0, 2, 4, 3, 1, 4, 2, 3};

std::size_t chordIndex(int bar) { return static_cast<std::size_t>(bar / 2) % kChords.size(); }
bool bit(std::uint32_t bits, int at) { return (bits >> at) & 1u; }

void drums(Step& s, Part part, int bar, int at) {
    const bool beat = at % 4 == 0, offBeat = at % 4 == 2;
    const bool noKick = part == Break || (part == Build && bar >= 38);
    if (beat && !noKick) s.kick = 1;
    // The last half bar before the groove changes: a doubled kick as a signpost.
    if ((bar == 15 || bar == 47 || bar == 55) && at == 14) s.kick = 0.8f;

    const bool backBeat = at == 4 || at == 12;
    if (backBeat && (part == Groove || part == Lift || part == Drop || part == Peak)) s.snare = 0.9f;
    if (backBeat && part == Outro && bar < 60) s.snare = 0.8f;
    if ((bar == 23 || bar == 15 || bar == 47) && at >= 13) s.snare = 0.35f + 0.15f * static_cast<float>(at - 12);
    if (part == Build) {
        // The roll: quarters, eighths, sixteenths, ever louder; then one beat of nothing.
        const int spacing = bar < 36 ? 4 : bar < 38 ? 2 : 1;
        const bool pause = bar == 39 && at >= 12;
        if (at % spacing == 0 && !pause)
            s.snare = 0.3f + 0.55f * static_cast<float>((bar - 32) * 16 + at) / 128.f;
    }

    const bool sparse = part == Intro || (part == Outro && bar >= 60);
    if (sparse) {
        if (offBeat) s.closedHat = 0.8f;
        if (part == Intro && bar >= 2 && !beat && !offBeat) s.closedHat = 0.35f;
    } else if (part != Break && part != Build) {
        if (offBeat) s.openHat = 0.7f;
        else s.closedHat = beat ? 0.4f : 0.6f;
    } else if (part == Break && bar >= 28 && offBeat) {
        s.closedHat = 0.3f + 0.1f * static_cast<float>(bar - 28);
    } else if (part == Build && bar < 39 && !beat) {
        s.closedHat = offBeat ? 0.6f : 0.35f;
    }
    if (at == 0 && (bar == 4 || bar == 16 || bar == 24 || bar == 40 || bar == 48 || bar == 56))
        s.crash = bar == 40 ? 1.f : 0.6f;
}

void tune(Step& s, Part part, int bar, int at) {
    const std::size_t c = chordIndex(bar);
    const bool bassPlays = part == Groove || part == Lift || part == Drop || part == Peak ||
                           (part == Outro && bar < 60);
    if (bassPlays && at % 4 >= 2)
        s.bass = kRoots[c] + (at == 7 || at == 15 ? 12 : 0) + (at == 11 && bar % 2 ? 7 : 0);

    if (part == Lift || part == Drop || part == Peak || (part == Build && !(bar == 39 && at >= 12))) {
        const auto i = static_cast<std::size_t>(at);
        const int offset = bar % 4 == 3 ? kAcidTurn[i] : kAcid[i];
        if (offset > -99) s.acid = 45 + offset; // stays on A: the chords move around it
        s.acidAccent = bit(kAcidAccents, at);
        s.acidSlide = bit(kAcidSlides, at);
    }

    const bool arpPlays = (part == Groove && bar >= 8) || part == Lift || part == Break ||
                          part == Peak || (part == Build && bar < 36) || (part == Drop && bar >= 44);
    if (arpPlays && bit(kArpSteps, at)) {
        const auto n = static_cast<std::size_t>(bar * 6 + at * 6 / 16) % kArpOrder.size();
        s.arp = kChords[c][static_cast<std::size_t>(kArpOrder[n])] + (part == Peak ? 24 : 12);
    }
    if ((part == Drop || part == Peak) && (at == 3 || at == 6 || at == 11 || at == 14)) s.stab = 1;
    if (part == Lift && bar >= 20 && (at == 6 || at == 14)) s.stab = 0.6f;
}

float ramp(double bars, double from, double to, float a, float b) {
    const double t = std::clamp((bars - from) / (to - from), 0.0, 1.0);
    return a + (b - a) * static_cast<float>(t);
}
// Pitch is heard in octaves, so filters move in octaves.
float sweep(double bars, double from, double to, float a, float b) {
    return a * std::pow(b / a, ramp(bars, from, to, 0, 1));
}

} // namespace

Step step(int index) {
    Step s;
    const int bar = index / kStepsPerBar, at = index % kStepsPerBar;
    if (bar < 0 || bar >= kDemoBars) return s;
    const Part part = partOf(bar);
    drums(s, part, bar, at);
    tune(s, part, bar, at);
    return s;
}

Macro macro(double bars) {
    Macro m;
    switch (partOf(static_cast<int>(bars))) {
    case Intro:
        m.padLevel = ramp(bars, 0, 3, 0.35f, 0.8f);
        m.padCutoffHz = sweep(bars, 0, 4, 350, 1400);
        break;
    case Groove:
        m.padLevel = 0.55f;
        m.padCutoffHz = 900 + 300 * std::sin(static_cast<float>(bars) * 0.785f);
        m.bassLevel = 1;
        m.bassCutoffHz = sweep(bars, 4, 16, 280, 700);
        m.arpLevel = ramp(bars, 8, 12, 0.2f, 0.7f);
        m.arpCutoffHz = sweep(bars, 8, 16, 700, 2500);
        m.riser = ramp(bars, 14, 16, 0, 0.35f);
        m.riserCutoffHz = sweep(bars, 14, 16, 500, 5000);
        break;
    case Lift:
        m.padLevel = 0.6f;
        m.padCutoffHz = sweep(bars, 16, 24, 900, 1800);
        m.bassLevel = 1;
        m.bassCutoffHz = 700;
        m.acidLevel = ramp(bars, 16, 20, 0.25f, 0.6f);
        m.acidCutoffHz = sweep(bars, 16, 24, 250, 1400);
        m.arpLevel = 0.6f;
        m.arpCutoffHz = 2500;
        break;
    case Break:
        m.padLevel = ramp(bars, 24, 25, 0.8f, 1.15f);
        m.padCutoffHz = bars < 28 ? sweep(bars, 24, 28, 1600, 500) : sweep(bars, 28, 32, 500, 2600);
        m.arpLevel = ramp(bars, 24, 31, 0.35f, 0.9f);
        m.arpCutoffHz = sweep(bars, 24, 32, 600, 4000);
        break;
    case Build:
        m.padLevel = ramp(bars, 32, 40, 1.f, 0.7f);
        m.padCutoffHz = sweep(bars, 32, 40, 1200, 6000);
        m.acidLevel = ramp(bars, 32, 38, 0.15f, 0.75f);
        m.acidCutoffHz = sweep(bars, 32, 39.5, 200, 3200);
        m.arpLevel = 0.7f;
        m.arpCutoffHz = 4000;
        m.riser = bars < 39.75 ? ramp(bars, 33, 39.75, 0, 0.9f) : 0.f;
        m.riserCutoffHz = sweep(bars, 33, 39.75, 300, 9000);
        m.drumsLowCutHz = sweep(bars, 35, 39.5, 20, 500);
        if (bars >= 39.75) m.padLevel = 0.25f; // the breath before the drop
        break;
    case Drop:
    case Peak:
        m.padLevel = 0.7f;
        m.padCutoffHz = bars < 48 ? 900.f : 1300.f;
        m.bassLevel = 1.1f;
        m.bassCutoffHz = 900;
        m.acidLevel = 0.7f;
        m.acidCutoffHz = 900 + 700 * std::sin(static_cast<float>(bars - 40) * 0.5f);
        m.arpLevel = bars < 48 ? 0.5f : 0.8f;
        m.arpCutoffHz = 5000;
        break;
    case Outro:
        m.padLevel = ramp(bars, 56, 63, 0.8f, 0.35f);
        m.padCutoffHz = sweep(bars, 56, 64, 1600, 350);
        m.bassLevel = 0.9f;
        m.bassCutoffHz = sweep(bars, 56, 60, 700, 180);
        break;
    }
    return m;
}

const std::array<int, 5>& chord(int bar) { return kChords[chordIndex(bar)]; }

std::int64_t stepFrame(int index) {
    constexpr double kFramesPerStep = kDemoSampleRate * 60.0 / kDemoBpm / 4;
    return std::llround(index * kFramesPerStep);
}

} // namespace demo
} // namespace titanus::audio
