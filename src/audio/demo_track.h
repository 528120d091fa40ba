#pragma once
// The track that every newcomer hears: 64 bars at 126 BPM, synthesised from fixed seeds, so that
// two runs of one build give the same bits and its true event times are known.
// Sections: intro, groove, lift, break, build, drop, peak, outro; the end leads into the start.
// Thread: any   Ownership: values
#include "audio/sound.h"

#include <memory>
#include <span>
#include <string_view>

namespace titanus::audio {

inline constexpr double kDemoBpm = 126;
inline constexpr int kDemoBars = 64, kDemoBeatsPerBar = 4;
inline constexpr int kDemoSampleRate = 48000;
inline constexpr double kDemoSeconds = kDemoBars * kDemoBeatsPerBar * 60 / kDemoBpm; // 121.9 s

enum class DemoEventKind : std::uint8_t { Kick, Snare, Hat, Beat, Bar, Section };

struct DemoEvent {
    double time = 0; // seconds; the attack's first sample
    DemoEventKind kind{};
    int index = 0; // beat or bar number, section number, else 0
};

struct DemoSection {
    std::string_view name;
    int firstBar = 0, bars = 0;
};
std::span<const DemoSection> demoSections();

// Sorted by time.
std::vector<DemoEvent> demoEvents();

// The whole track (49 MB, about a second of work).
Sound demoTrack();

// The same samples piece by piece, so that playing can begin at once.
class DemoSynth {
  public:
    DemoSynth();
    ~DemoSynth();
    // Interleaved stereo; 0 at the end. Any cutting into pieces gives the same samples.
    std::size_t read(float* stereo, std::size_t frames);
    void seek(double seconds); // to the bar that holds it, then on to the sample

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace titanus::audio
