#pragma once
// Sounds whose onsets and beats are known to the sample, and a short way to have them heard.
#include "accuracy/scorer.h"
#include "accuracy/sets.h"
#include "analysis/analyzer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace titanus::analysis::test {

using accuracy::Times;
using Sound = std::vector<float>; // mono

inline constexpr double kTau = 6.283185307179586;

// Minutes of sound become many under a sanitizer, and it finds nothing in them that it does not find in seconds.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

inline Sound silence(double seconds, double rate = 44100) { return Sound(static_cast<std::size_t>(seconds * rate)); }

inline void mix(Sound& into, const Sound& what, double atSeconds, double gain = 1, double rate = 44100) {
    const auto at = static_cast<std::size_t>(atSeconds * rate + 0.5);
    for (std::size_t i = 0; i < what.size() && at + i < into.size(); ++i) into[at + i] += static_cast<float>(gain * what[i]);
}

inline Sound click(double rate = 44100) {
    Sound s(static_cast<std::size_t>(0.005 * rate));
    std::mt19937 random(7);
    for (std::size_t i = 0; i < s.size(); ++i)
        s[i] = static_cast<float>((static_cast<double>(random()) / 2147483648.0 - 1) * std::exp(-static_cast<double>(i) / (0.001 * rate)));
    return s;
}

inline Sound kick(double rate = 44100) { // falling sine with a knock
    Sound s(static_cast<std::size_t>(0.25 * rate));
    double phase = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const double t = static_cast<double>(i) / rate;
        phase += kTau * (50 + 120 * std::exp(-t / 0.02)) / rate;
        s[i] = static_cast<float>(0.9 * std::sin(phase) * std::exp(-t / 0.09) + 0.15 * std::sin(kTau * 1800 * t) * std::exp(-t / 0.003));
    }
    return s;
}

inline Sound noise(double seconds, double amplitude, unsigned seed = 1, double rate = 44100) {
    Sound s(static_cast<std::size_t>(seconds * rate));
    std::mt19937 random(seed);
    for (float& v : s) v = static_cast<float>(amplitude * (static_cast<double>(random()) / 2147483648.0 - 1));
    return s;
}

inline Sound sine(double hz, double seconds, double amplitude, double rate = 44100) {
    Sound s(static_cast<std::size_t>(seconds * rate));
    for (std::size_t i = 0; i < s.size(); ++i)
        s[i] = static_cast<float>(amplitude * std::sin(kTau * hz * static_cast<double>(i) / rate));
    return s;
}

// A stroke of the CC0 set, from its first sample above -40 dB of its peak, 44.1 kHz.
inline const Sound& oneShot(const std::string& name) {
    static std::map<std::string, Sound> cache;
    if (const auto found = cache.find(name); found != cache.end()) return found->second;
    auto clip = accuracy::readSound(std::string(TITANUS_TEST_DATA) + "/audio/sonic-pi-cc0/oneshots/" + name + ".flac");
    Sound mono;
    if (clip) {
        const auto width = static_cast<std::size_t>(clip.value().channels);
        float peak = 0;
        for (std::size_t i = 0; i + width <= clip.value().samples.size(); i += width) {
            mono.push_back(clip.value().samples[i]);
            peak = std::max(peak, std::abs(mono.back()));
        }
        std::size_t first = 0;
        while (first < mono.size() && std::abs(mono[first]) < 0.01f * peak) ++first;
        mono.erase(mono.begin(), mono.begin() + static_cast<std::ptrdiff_t>(first));
        for (float& v : mono) v *= 0.8f / peak;
    }
    return cache[name] = mono;
}

struct Heard {
    std::vector<Onset> onsets;
    std::vector<BeatEvent> beats;
    std::vector<Features> features; // every 10 ms
    Times times(OnsetKind kind, double from = 0) const {
        Times t;
        for (const Onset& o : onsets)
            if (o.kind == kind && o.time >= from) t.push_back(o.time);
        return t;
    }
    Times beatTimes(double from = 0, double to = 1e9) const {
        Times t;
        for (const BeatEvent& b : beats)
            if (b.time >= from && b.time <= to) t.push_back(b.time);
        return t;
    }
};

// All that a frame says, for comparing and for finding what is no number.
inline std::vector<double> numbers(const Features& f) {
    std::vector<double> n{f.seconds, f.agcGain, f.loudness, f.level, f.balance, f.width, f.centroid, f.flux, f.flatness, f.tonal, f.energy,
                          f.build, f.sectionConfidence, f.lastDropSeconds, f.clock.anchorSeconds, f.clock.periodSeconds, f.clock.confidence};
    const auto all = [&](const auto& values) {
        for (const auto v : values) n.push_back(static_cast<double>(v));
    };
    all(f.peak), all(f.rms), all(f.raw), all(f.band), all(f.relative), all(f.triple), all(f.spectrum), all(f.fine), all(f.user);
    all(f.onsets), all(f.lastStrength), all(f.lastOnset);
    all(std::initializer_list<std::int64_t>{f.clipped, f.silent, f.noSignal, static_cast<int>(f.section), static_cast<std::int64_t>(f.drops),
                                            f.clock.beat, f.clock.downbeat, f.clock.beatsPerBar, static_cast<int>(f.clock.state),
                                            static_cast<int>(f.clock.source), static_cast<std::int64_t>(f.nonFinite)});
    return n;
}

inline void drain(Analyzer& analyzer, Heard& heard) {
    for (Onset o; analyzer.popOnset(o);) heard.onsets.push_back(o);
    for (BeatEvent b; analyzer.popBeat(b);) heard.beats.push_back(b);
    for (TempoItem t; analyzer.popTempo(t);) {}
}

inline void feed(Analyzer& analyzer, const Sound& sound, Heard& heard) {
    const std::size_t block = static_cast<std::size_t>(analyzer.options().sampleRate / 100);
    for (std::size_t at = 0; at < sound.size(); at += block) {
        analyzer.process(&sound[at], std::min(block, sound.size() - at));
        drain(analyzer, heard);
        heard.features.push_back(analyzer.features());
    }
}

inline Heard hear(const Sound& mono, double rate = 44100) {
    Analyzer analyzer({rate, 1});
    Heard heard;
    feed(analyzer, mono, heard);
    return heard;
}

// Loudness as a factor for the whole sound.
inline Sound scaled(Sound s, double gain, bool clip = false) {
    for (float& v : s) {
        v = static_cast<float>(v * gain);
        if (clip) v = std::clamp(v, -1.f, 1.f);
    }
    return s;
}

struct Groove { // a sequenced pattern with its truth
    Sound sound;
    Times all, kicks, snares, hats;
};

// 16 steps to the bar of 4 beats; strings of 'x' per instrument.
inline Groove sequence(double bpm, int bars, const std::string& kicks, const std::string& snares, const std::string& hats,
                       const std::string& kickName, const std::string& snareName, const std::string& hatName) {
    Groove g;
    const double step = 60 / bpm / 4;
    g.sound = silence(0.5 + bars * 16 * step + 0.5);
    for (int i = 0; i < bars * 16; ++i) {
        const double t = 0.5 + i * step;
        const auto k = static_cast<std::size_t>(i % 16);
        const bool kickHere = kicks[k] == 'x', snareHere = snares[k] == 'x', hatHere = hats[k] == 'x';
        if (kickHere) mix(g.sound, oneShot(kickName), t, 0.7), g.kicks.push_back(t);
        if (snareHere) mix(g.sound, oneShot(snareName), t, 0.6), g.snares.push_back(t);
        if (hatHere) mix(g.sound, oneShot(hatName), t, 0.35), g.hats.push_back(t);
        if (kickHere || snareHere || hatHere) g.all.push_back(t);
    }
    return g;
}

} // namespace titanus::analysis::test
