#include "outputs/frame_sink.h"

#include "outputs/video_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

namespace titanus::outputs {
using core::Problem;
using core::ProblemId;
namespace fs = std::filesystem;

namespace {

class VideoSink final : public FrameSink {
  public:
    explicit VideoSink(std::unique_ptr<VideoWriter> writer) : writer_(std::move(writer)) {}
    core::Result<void> write(const core::Image& image, std::int64_t index) override { return writer_->video(image.rgba, index); }
    core::Result<void> audio(const float* stereo, std::size_t frames) override { return writer_->audio(stereo, frames); }
    core::Result<void> finish() override { return writer_->finish(); }

  private:
    std::unique_ptr<VideoWriter> writer_;
};

// 16-bit WAV whose header is completed at the end.
class PngSink final : public FrameSink {
  public:
    PngSink(fs::path folder, int rate) : folder_(std::move(folder)), rate_(rate) {}
    ~PngSink() override { (void)finish(); }

    core::Result<void> write(const core::Image& image, std::int64_t index) override {
        return core::writePng(folder_ / fmt::format("frame_{:06}.png", index), image);
    }
    core::Result<void> audio(const float* stereo, std::size_t frames) override {
        if (rate_ <= 0) return {};
        if (!wav_) {
            wav_ = std::fopen((folder_ / "sound.wav").c_str(), "wb");
            if (!wav_) return Problem{ProblemId::OutputWriteFailed, (folder_ / "sound.wav").string() + ": " + std::strerror(errno)};
            writeHeader();
        }
        std::vector<std::int16_t> pcm(frames * 2);
        for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = static_cast<std::int16_t>(std::lround(std::clamp(stereo[i], -1.f, 1.f) * 32767));
        if (std::fwrite(pcm.data(), 2, pcm.size(), wav_) != pcm.size())
            return Problem{ProblemId::OutputWriteFailed, (folder_ / "sound.wav").string() + ": " + std::strerror(errno)};
        bytes_ += static_cast<std::uint32_t>(pcm.size() * 2);
        return {};
    }
    core::Result<void> finish() override {
        if (!wav_) return {};
        std::rewind(wav_);
        writeHeader();
        const bool good = std::fclose(wav_) == 0;
        wav_ = nullptr;
        if (!good) return Problem{ProblemId::OutputWriteFailed, (folder_ / "sound.wav").string()};
        return {};
    }

  private:
    void writeHeader() {
        const auto rate = static_cast<std::uint32_t>(rate_);
        const std::uint32_t riff = 36 + bytes_, sixteen = 16, byteRate = rate * 4;
        const std::uint16_t pcm = 1, channels = 2, align = 4, bits = 16;
        std::fwrite("RIFF", 1, 4, wav_);
        std::fwrite(&riff, 4, 1, wav_);
        std::fwrite("WAVEfmt ", 1, 8, wav_);
        std::fwrite(&sixteen, 4, 1, wav_);
        std::fwrite(&pcm, 2, 1, wav_);
        std::fwrite(&channels, 2, 1, wav_);
        std::fwrite(&rate, 4, 1, wav_);
        std::fwrite(&byteRate, 4, 1, wav_);
        std::fwrite(&align, 2, 1, wav_);
        std::fwrite(&bits, 2, 1, wav_);
        std::fwrite("data", 1, 4, wav_);
        std::fwrite(&bytes_, 4, 1, wav_);
    }

    fs::path folder_;
    int rate_;
    std::FILE* wav_ = nullptr;
    std::uint32_t bytes_ = 0;
};

} // namespace

core::Result<std::unique_ptr<FrameSink>> openSink(const fs::path& path, const SinkOptions& options) {
    const std::string ending = path.extension().string();
    if (ending == ".mp4" || ending == ".mov" || ending == ".mkv") {
        auto writer = VideoWriter::open({.path = path, .width = options.width, .height = options.height, .fps = options.fps,
                                         .audioSampleRate = options.audioSampleRate});
        if (!writer) return writer.problem();
        return std::unique_ptr<FrameSink>(std::make_unique<VideoSink>(std::move(writer).value()));
    }
    if (!ending.empty()) return Problem{ProblemId::OutputOpenFailed, path.string() + ": ending " + ending + " is not known"};
    std::error_code ec;
    fs::create_directories(path, ec);
    if (ec || !fs::is_directory(path)) return Problem{ProblemId::OutputOpenFailed, path.string() + ": " + ec.message()};
    return std::unique_ptr<FrameSink>(std::make_unique<PngSink>(path, options.audioSampleRate));
}

} // namespace titanus::outputs
