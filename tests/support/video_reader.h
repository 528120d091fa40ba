#pragma once
// Decodes a whole (small) video file, so that tests judge what a player would show.
// Thread: any   Errors: an unreadable file has no frames and no sound
#include "core/image.h"

#include <filesystem>
#include <string>
#include <vector>

namespace titanus::support {

struct DecodedVideo {
    std::vector<core::Image> frames;
    std::vector<double> frameSeconds;   // when each is shown
    double fps = 0;
    std::string videoCodec, audioCodec; // FFmpeg's names; empty: no such stream
    int sampleRate = 0;
    double soundBegins = 0;             // seconds
    std::vector<float> stereo;          // interleaved
    bool limitedRange = false, bt709 = false;

    double pictureEnds() const { return frames.empty() ? 0 : frameSeconds.back() + 1 / fps; }
    // Matroska keeps AAC's lead-in and shifts the pictures by it: compare ends, not lengths.
    double soundEnds() const { return soundBegins + soundSeconds(); }
    double pictureSeconds() const { return frames.empty() ? 0 : frameSeconds.back() - frameSeconds.front() + 1 / fps; }
    double soundSeconds() const { return sampleRate ? static_cast<double>(stereo.size()) / 2 / sampleRate : 0; }
};

// keepFrames false: counts and times only, frames stay empty pictures.
DecodedVideo readVideo(const std::filesystem::path& path, bool keepFrames = true);

} // namespace titanus::support
