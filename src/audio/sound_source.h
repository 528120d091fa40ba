#pragma once
// Stereo sound on demand, faster than real time: what files and the demo have in common.
// Thread: one at a time (the reading thread)   Real-time safe: no
#include "audio/demo_track.h"
#include "core/result.h"

#include <filesystem>
#include <memory>

namespace titanus::audio {

class SoundSource {
  public:
    virtual ~SoundSource() = default;
    virtual double sampleRate() const = 0;
    virtual int channels() const = 0;      // before folding
    virtual double lengthSeconds() const = 0;
    virtual std::size_t read(float* stereo, std::size_t frames) = 0; // 0: the end
    virtual void seek(double seconds) = 0;
};

// Errors: AudioFileUnreadable, AudioFileEmpty
core::Result<std::unique_ptr<SoundSource>> openFileSource(const std::filesystem::path& path);
std::unique_ptr<SoundSource> openDemoSource();

} // namespace titanus::audio
