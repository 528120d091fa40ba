#include "outputs/wav_file.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <vector>

namespace titanus::outputs {
namespace {

// Little-endian, as RIFF is.
void put(std::vector<std::uint8_t>& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void put(std::vector<std::uint8_t>& out, const char* tag) { out.insert(out.end(), tag, tag + 4); }

constexpr std::uint32_t kHeaderBytes = 44;

} // namespace

core::Result<std::unique_ptr<WavFile>> WavFile::open(const std::filesystem::path& path, int sampleRate) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return core::Problem{core::ProblemId::OutputWriteFailed, path.string() + ": " + std::strerror(errno)};
    std::unique_ptr<WavFile> wav(new WavFile(path, sampleRate, file));
    if (!wav->writeHeader()) return wav->problem();
    return wav;
}

WavFile::WavFile(std::filesystem::path path, int sampleRate, std::FILE* file)
    : path_(std::move(path)), sampleRate_(sampleRate), file_(file) {}
WavFile::~WavFile() { (void)finish(); }

core::Problem WavFile::problem() const {
    return {core::ProblemId::OutputWriteFailed, path_.string() + ": " + std::strerror(errno)};
}

bool WavFile::writeHeader() {
    const auto rate = static_cast<std::uint32_t>(sampleRate_);
    std::vector<std::uint8_t> h;
    put(h, "RIFF");
    put(h, kHeaderBytes - 8 + bytes_, 4);
    put(h, "WAVE");
    put(h, "fmt ");
    put(h, 16, 4);       // size of this part
    put(h, 1, 2);        // PCM
    put(h, 2, 2);        // channels
    put(h, rate, 4);
    put(h, rate * 4, 4); // bytes per second
    put(h, 4, 2);        // bytes per frame
    put(h, 16, 2);       // bits per sample
    put(h, "data");
    put(h, bytes_, 4);
    return std::fwrite(h.data(), 1, h.size(), file_) == h.size();
}

core::Result<void> WavFile::write(const float* stereo, std::size_t frames) {
    std::vector<std::uint8_t> pcm;
    pcm.reserve(frames * 4);
    for (std::size_t i = 0; i < frames * 2; ++i) {
        const long value = std::lround(std::clamp(stereo[i], -1.f, 1.f) * 32767);
        put(pcm, static_cast<std::uint32_t>(value), 2);
    }
    if (std::fwrite(pcm.data(), 1, pcm.size(), file_) != pcm.size()) return problem();
    bytes_ += static_cast<std::uint32_t>(pcm.size());
    return {};
}

core::Result<void> WavFile::finish() {
    if (!file_) return {};
    const bool written = std::fseek(file_, 0, SEEK_SET) == 0 && writeHeader();
    const bool closed = std::fclose(file_) == 0;
    file_ = nullptr;
    if (!written || !closed) return problem();
    return {};
}

} // namespace titanus::outputs
