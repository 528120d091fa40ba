#pragma once
// A 16-bit stereo WAV beside a folder of pictures. Its header is completed by finish().
// Thread: one   Owns: the file   Errors: OutputWriteFailed
#include "core/result.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace titanus::outputs {

class WavFile {
  public:
    static core::Result<std::unique_ptr<WavFile>> open(const std::filesystem::path& path, int sampleRate);
    ~WavFile(); // finishes, if that was not done

    core::Result<void> write(const float* stereo, std::size_t frames); // beyond -1..1 is clipped
    core::Result<void> finish();

  private:
    WavFile(std::filesystem::path path, int sampleRate, std::FILE* file);
    bool writeHeader();
    core::Problem problem() const;

    std::filesystem::path path_;
    int sampleRate_;
    std::FILE* file_;
    std::uint32_t bytes_ = 0;
};

} // namespace titanus::outputs
