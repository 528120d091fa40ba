#include "controls/music_time.h"

#include <cmath>

namespace titanus::controls {

bool MusicTime::hasBeat() const {
    return std::isfinite(beat) && std::isfinite(beatSeconds) && beatSeconds > 0 && beatsPerBar > 0;
}

double MusicTime::bars() const {
    return (beat - static_cast<double>(downbeat)) / static_cast<double>(beatsPerBar > 0 ? beatsPerBar : 4);
}

double gridBeats(Quantise quantise, int beatsPerBar) {
    const double bar = beatsPerBar > 0 ? beatsPerBar : 4;
    switch (quantise) {
    case Quantise::Now: return 0;
    case Quantise::Beat: return 1;
    case Quantise::Bar: return bar;
    case Quantise::Bars2: return 2 * bar;
    case Quantise::Bars4: return 4 * bar;
    }
    return 0;
}

double nextLine(Quantise quantise, const MusicTime& now) {
    constexpr double kOnTheLine = 1e-6; // beats
    const double grid = gridBeats(quantise, now.beatsPerBar);
    if (grid <= 0) return now.beat;
    const auto origin = static_cast<double>(now.downbeat);
    return origin + (std::floor((now.beat - origin + kOnTheLine) / grid) + 1) * grid;
}

} // namespace titanus::controls
