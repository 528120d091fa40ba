#pragma once
// The annotated sound: one list of clips with what should be heard in them. Layout of the folder as
// in tests/data/audio/README.md. Thread: any
#include "accuracy/scorer.h"

#include <string>
#include <utility>
#include <vector>

namespace titanus::accuracy {

enum class Set { Groove, MdbDrums, MdbMix, Ballroom, Vocadito, Lmms };
std::string_view name(Set set);

struct Clip {
    Set set{};
    std::string name;
    std::vector<float> samples; // interleaved
    double rate = 44100;
    int channels = 1;
    Times onsets;                 // merged within 30 ms
    Times onsetsSecond;           // by a second annotator, if any
    std::array<Times, 3> classes; // kick, snare, hat, merged within 30 ms
    bool hasClasses = false;
    Times beats;
    std::vector<int> bar;         // position of each beat, 1 = downbeat
    double bpm = 0;               // nominal
    double scoreFrom = 0, scoreTo = 1e9; // outside nothing is labelled
};

// Reads what exists below `folder`; a line for each set that could not be read goes to `notes`.
std::vector<Clip> loadClips(const std::filesystem::path& folder, std::vector<std::string>& notes);
// One file. Errors: AudioFileUnreadable.
core::Result<Clip> readSound(const std::filesystem::path& file);

} // namespace titanus::accuracy
