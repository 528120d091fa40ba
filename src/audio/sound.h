#pragma once
// Whole sounds in memory, for offline rendering and analysis. Thread: any   Ownership: value
#include "core/result.h"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace titanus::audio {

struct Sound {
    double sampleRate = 48000;
    int channels = 2;           // always stereo
    std::vector<float> samples; // interleaved, nominally -1..1

    std::size_t frames() const { return samples.size() / 2; }
    double seconds() const { return static_cast<double>(frames()) / sampleRate; }
};

// WAV, FLAC, OGG, MP3, AIFF and what else libsndfile reads, at its own rate. Mono is doubled, more
// channels are folded (see fold.h). Errors: AudioFileUnreadable, AudioFileEmpty, naming the file.
core::Result<Sound> readSound(const std::filesystem::path& path);

// 16-bit WAV. Errors: OutputWriteFailed.
core::Result<void> writeWav(const std::filesystem::path& path, const Sound& sound);

} // namespace titanus::audio
