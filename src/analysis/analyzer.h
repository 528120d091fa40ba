#pragma once
// The ears: samples in, Features, onsets and beats out. Causal and driven by sample count alone, so
// live input, `titanus analyse` and `titanus render` get the same answers from the same code.
// Work happens whenever a hop of 128 samples (at 44.1 or 48 kHz) is full, so any cutting into blocks gives bit-equal
// results.
// Thread: one at a time   Real-time safe: yes after construction (no allocation, lock or log)
// Owns: all buffers       Times: seconds of sound since the first sample, or as taken over
#include "analysis/features.h"
#include "params/store.h"

#include <cstddef>
#include <memory>
#include <span>

namespace titanus::analysis {

struct AnalyzerOptions {
    double sampleRate = 44100; // 4000 .. 768000 Hz; 44.1 and 48 kHz are analysed as they are
    int channels = 2;          // 1 or 2, interleaved
};

// One announced beat. Announced clock.lead_ms before it happens while the tempo is known.
struct BeatEvent {
    double time = 0;        // when it happens in the sound (may lie ahead of `decided`)
    double decided = 0;     // how much sound had been heard when it was announced
    int bar = 0;            // position in the bar, 1 = downbeat
    std::int64_t index = 0; // running number, never repeated
};

struct TempoItem { // every half second
    double time = 0;
    float bpm = 0, confidence = 0;
};

class Analyzer {
  public:
    explicit Analyzer(AnalyzerOptions options);
    ~Analyzer();
    Analyzer(Analyzer&&) noexcept;
    Analyzer& operator=(Analyzer&&) noexcept;

    // Takes analysis.*, audio.gain_db and clock.* from the next sample on.
    void setParams(const params::ParamSnapshot& snapshot);
    void process(const float* interleaved, std::size_t frames);
    // As after construction, except the parameters.
    void reset();
    // Goes on where another left off, which listened to another device: time, totals, and what is known of the beat.
    void takeOver(const Analyzer& other);

    const Features& features() const;
    double seconds() const; // sound taken in so far, also the part that fills no hop yet
    const AnalyzerOptions& options() const;

    // For training and measuring: what the three networks were last shown, and running totals.
    struct Probe {
        std::uint64_t frames = 0, attacks = 0, tempi = 0;
        double frameSeconds = 0, attackTime = 0;
        std::size_t shortestPeriod = 0; // of the tempi judged, frames
        std::span<const float> frame, attack, tempo;
        std::array<float, kOnsetKindCount> flux{}; // of the newest hop
        float beat = 0, one = 0;                   // the beat network's newest answer
    };
    Probe probe() const;

    // Oldest first; false when there is none. A reader more than 256 events late loses the oldest.
    bool popOnset(Onset& onset);
    bool popBeat(BeatEvent& beat);
    bool popTempo(TempoItem& item);

    // The performer and other clocks. Times in seconds of sound.
    void tap(double seconds);
    void tempoDouble();
    void tempoHalf();
    void nudge(double seconds); // later is positive
    void resync(double seconds);
    void automatic();           // forgets taps, held level, nudge and resync
    void midiClockTick(double seconds);
    void midiClockStart(double seconds);
    void midiClockStop(double seconds);
    void midiClockContinue(double seconds);
    void midiSongPosition(double beats);
    void link(double seconds, double beats, double period); // as ClockArbiter::link

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace titanus::analysis
