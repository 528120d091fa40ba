#pragma once
// What can move a parameter: the left side of the modulation matrix. Ids are for ever, like
// parameter ids. Values 0..1 unless the help says otherwise. Thread: any (constant data)
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace titanus::params {

enum class Source : std::uint8_t {
    Level, Sub, Bass, LowMid, Mid, HighMid, Presence, Air, Low3, Mid3, High3,
    Onset, Kick, Snare, Hat,
    BeatPhase, BeatPulse, BarPhase, BarPulse, Beat4,
    Centroid, Flux, Flatness, Tonal, Energy, Build, Drop,
    Lfo1, Lfo2, Lfo3, Lfo4, Noise, Macro1, Macro2, Macro3, Macro4,
    Band1, Band2, Band3, Band4, Break, Silence, Balance, Width,
    Count
};
struct SourceRow {
    Source source;
    std::string_view id, name, help;
};
inline constexpr std::array kSources{
    SourceRow{Source::Level, "level", "Level", "Loudness after automatic gain."},
    SourceRow{Source::Sub, "sub", "Sub", "20-60 Hz."},
    SourceRow{Source::Bass, "bass", "Bass", "60-250 Hz."},
    SourceRow{Source::LowMid, "low_mid", "Low mid", "250-500 Hz."},
    SourceRow{Source::Mid, "mid", "Mid", "500-2000 Hz."},
    SourceRow{Source::HighMid, "high_mid", "High mid", "2-4 kHz."},
    SourceRow{Source::Presence, "presence", "Presence", "4-6 kHz."},
    SourceRow{Source::Air, "air", "Air", "6-20 kHz."},
    SourceRow{Source::Low3, "low3", "Low", "20-250 Hz."},
    SourceRow{Source::Mid3, "mid3", "Middle", "250-4000 Hz."},
    SourceRow{Source::High3, "high3", "High", "4-20 kHz."},
    SourceRow{Source::Onset, "onset", "Onset", "Jumps to the strength of each attack, then falls."},
    SourceRow{Source::Kick, "kick", "Kick", "Jumps with each kick, then falls."},
    SourceRow{Source::Snare, "snare", "Snare", "Jumps with each snare, then falls."},
    SourceRow{Source::Hat, "hat", "Hat", "Jumps with each hat, then falls."},
    SourceRow{Source::BeatPhase, "beat_phase", "Beat phase", "Rises from 0 to 1 from beat to beat."},
    SourceRow{Source::BeatPulse, "beat_pulse", "Beat pulse", "1 on the beat, then falls."},
    SourceRow{Source::BarPhase, "bar_phase", "Bar phase", "Rises from 0 to 1 over a bar."},
    SourceRow{Source::BarPulse, "bar_pulse", "Bar pulse", "1 on the one, then falls."},
    SourceRow{Source::Beat4, "beat4", "Four-bar phase", "Rises from 0 to 1 over four bars."},
    SourceRow{Source::Centroid, "centroid", "Brightness", "Centre of the spectrum, 0 dark to 1 bright."},
    SourceRow{Source::Flux, "flux", "Flux", "How much the sound changes now."},
    SourceRow{Source::Flatness, "flatness", "Noisiness", "0 tone, 1 noise."},
    SourceRow{Source::Tonal, "tonal", "Tonality", "1 held notes, 0 percussion."},
    SourceRow{Source::Energy, "energy", "Energy", "Slow loudness and density: where the track stands."},
    SourceRow{Source::Build, "build", "Build-up", "Rises while the track builds up."},
    SourceRow{Source::Drop, "drop", "Drop", "1 when the drop falls, then fades over four bars."},
    SourceRow{Source::Lfo1, "lfo1", "LFO 1", "Oscillator 1, -1..1."},
    SourceRow{Source::Lfo2, "lfo2", "LFO 2", "Oscillator 2, -1..1."},
    SourceRow{Source::Lfo3, "lfo3", "LFO 3", "Oscillator 3, -1..1."},
    SourceRow{Source::Lfo4, "lfo4", "LFO 4", "Oscillator 4, -1..1."},
    SourceRow{Source::Noise, "noise", "Noise", "Slow smooth random, -1..1."},
    SourceRow{Source::Macro1, "macro1", "Macro 1", "The fader macro.1."},
    SourceRow{Source::Macro2, "macro2", "Macro 2", "The fader macro.2."},
    SourceRow{Source::Macro3, "macro3", "Macro 3", "The fader macro.3."},
    SourceRow{Source::Macro4, "macro4", "Macro 4", "The fader macro.4."},
    SourceRow{Source::Band1, "band1", "Own band 1", "The band of band.1.hz."},
    SourceRow{Source::Band2, "band2", "Own band 2", "The band of band.2.hz."},
    SourceRow{Source::Band3, "band3", "Own band 3", "The band of band.3.hz."},
    SourceRow{Source::Band4, "band4", "Own band 4", "The band of band.4.hz."},
    SourceRow{Source::Break, "break", "Break", "Confidence that the track is in a break."},
    SourceRow{Source::Silence, "silence", "Silence", "1 while nothing is heard."},
    SourceRow{Source::Balance, "balance", "Balance", "Where the sound stands, -1 left to 1 right."},
    SourceRow{Source::Width, "width", "Width", "0 mono; .5 sides as loud as the middle; 1 sides alone."},
};
inline constexpr std::size_t kSourceCount = kSources.size();
static_assert(kSourceCount == static_cast<std::size_t>(Source::Count));

constexpr std::optional<Source> findSource(std::string_view id) {
    for (const SourceRow& r : kSources)
        if (r.id == id) return r.source;
    return std::nullopt;
}
constexpr const SourceRow& row(Source s) { return kSources[static_cast<std::size_t>(s)]; }

} // namespace titanus::params
