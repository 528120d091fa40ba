#include "audio/sound.h"

#include "audio/fold.h"
#include "audio/sound_source.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace titanus::audio {
namespace {

using core::Problem;
using core::ProblemId;

struct CloseFile {
    void operator()(SNDFILE* file) const { sf_close(file); }
};
using FilePtr = std::unique_ptr<SNDFILE, CloseFile>;

constexpr std::size_t kChunkFrames = 4096;
constexpr int kMaxChannels = 64;

class FileSource final : public SoundSource {
  public:
    FileSource(FilePtr file, const SF_INFO& info)
        : file_(std::move(file)), info_(info),
          raw_(kChunkFrames * static_cast<std::size_t>(info.channels)) {}

    double sampleRate() const override { return info_.samplerate; }
    int channels() const override { return info_.channels; }
    double lengthSeconds() const override {
        return static_cast<double>(info_.frames) / static_cast<double>(info_.samplerate);
    }
    std::size_t read(float* stereo, std::size_t frames) override {
        std::size_t done = 0;
        while (done < frames) {
            const std::size_t want = std::min(frames - done, kChunkFrames);
            const sf_count_t got =
                sf_readf_float(file_.get(), raw_.data(), static_cast<sf_count_t>(want));
            if (got <= 0) break;
            foldStereo(raw_.data(), info_.channels, stereo + done * 2,
                       static_cast<std::size_t>(got));
            done += static_cast<std::size_t>(got);
        }
        return done;
    }
    void seek(double seconds) override {
        const auto frame = static_cast<sf_count_t>(seconds * info_.samplerate);
        sf_seek(file_.get(), std::clamp<sf_count_t>(frame, 0, info_.frames), SEEK_SET);
    }

  private:
    FilePtr file_;
    SF_INFO info_;
    std::vector<float> raw_;
};

class DemoSource final : public SoundSource {
  public:
    double sampleRate() const override { return kDemoSampleRate; }
    int channels() const override { return 2; }
    double lengthSeconds() const override { return kDemoSeconds; }
    std::size_t read(float* stereo, std::size_t frames) override {
        return synth_.read(stereo, frames);
    }
    void seek(double seconds) override { synth_.seek(seconds); }

  private:
    DemoSynth synth_;
};

} // namespace

core::Result<std::unique_ptr<SoundSource>> openFileSource(const std::filesystem::path& path) {
    const std::string name = path.string();
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return Problem{ProblemId::AudioFileUnreadable, name + ": no such file"};
    // Anything but a file (a folder, a pipe) would block or confuse libsndfile.
    if (!std::filesystem::is_regular_file(status))
        return Problem{ProblemId::AudioFileUnreadable, name + ": not a file"};
    if (std::filesystem::file_size(path, error) == 0 && !error)
        return Problem{ProblemId::AudioFileEmpty, name};

    SF_INFO info{};
    FilePtr file(sf_open(name.c_str(), SFM_READ, &info));
    if (!file)
        return Problem{ProblemId::AudioFileUnreadable, name + ": " + sf_strerror(nullptr)};
    if (info.channels < 1 || info.channels > kMaxChannels || info.samplerate < 1000 ||
        info.samplerate > 768000)
        return Problem{ProblemId::AudioFileUnreadable,
                       name + ": " + std::to_string(info.channels) + " channels at " +
                           std::to_string(info.samplerate) + " Hz"};
    if (info.frames <= 0) return Problem{ProblemId::AudioFileEmpty, name};
    return std::unique_ptr<SoundSource>(std::make_unique<FileSource>(std::move(file), info));
}

std::unique_ptr<SoundSource> openDemoSource() { return std::make_unique<DemoSource>(); }

core::Result<Sound> readSound(const std::filesystem::path& path) {
    auto opened = openFileSource(path);
    if (!opened) return opened.problem();
    SoundSource& source = *opened.value();
    Sound sound;
    sound.sampleRate = source.sampleRate();
    std::vector<float> chunk(kChunkFrames * 2);
    // Read to the end rather than trust the header: broken files promise more than they hold.
    while (const std::size_t got = source.read(chunk.data(), kChunkFrames))
        sound.samples.insert(sound.samples.end(), chunk.begin(),
                             chunk.begin() + static_cast<std::ptrdiff_t>(got * 2));
    if (sound.samples.empty()) return Problem{ProblemId::AudioFileEmpty, path.string()};
    return sound;
}

core::Result<void> writeWav(const std::filesystem::path& path, const Sound& sound) {
    SF_INFO info{};
    info.samplerate = static_cast<int>(std::lround(sound.sampleRate));
    info.channels = 2;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    const FilePtr file(sf_open(path.string().c_str(), SFM_WRITE, &info));
    if (!file)
        return Problem{ProblemId::OutputWriteFailed, path.string() + ": " + sf_strerror(nullptr)};
    sf_command(file.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
    const auto frames = static_cast<sf_count_t>(sound.frames());
    if (sf_writef_float(file.get(), sound.samples.data(), frames) != frames)
        return Problem{ProblemId::OutputWriteFailed,
                       path.string() + ": " + sf_strerror(file.get())};
    return {};
}

} // namespace titanus::audio
