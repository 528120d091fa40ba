#include "outputs/frame_sink.h"

#include "outputs/video_writer.h"
#include "outputs/wav_file.h"

#include <fmt/format.h>

namespace titanus::outputs {
using core::Problem;
using core::ProblemId;
namespace fs = std::filesystem;

namespace {

class VideoSink final : public FrameSink {
  public:
    explicit VideoSink(std::unique_ptr<VideoWriter> writer) : writer_(std::move(writer)) {}
    core::Result<void> write(const core::Image& image, std::int64_t index) override {
        return writer_->video(image.rgba, index);
    }
    core::Result<void> audio(const float* stereo, std::size_t frames) override { return writer_->audio(stereo, frames); }
    core::Result<void> finish() override { return writer_->finish(); }

  private:
    std::unique_ptr<VideoWriter> writer_;
};

class PngSink final : public FrameSink {
  public:
    PngSink(fs::path folder, int rate) : folder_(std::move(folder)), rate_(rate) {}

    core::Result<void> write(const core::Image& image, std::int64_t index) override {
        return core::writePng(folder_ / fmt::format("frame_{:06}.png", index), image);
    }
    core::Result<void> audio(const float* stereo, std::size_t frames) override {
        if (rate_ <= 0) return {};
        if (!wav_) {
            auto opened = WavFile::open(folder_ / "sound.wav", rate_);
            if (!opened) return opened.problem();
            wav_ = std::move(opened).value();
        }
        return wav_->write(stereo, frames);
    }
    core::Result<void> finish() override { return wav_ ? wav_->finish() : core::Result<void>(); }

  private:
    fs::path folder_;
    int rate_;
    std::unique_ptr<WavFile> wav_;
};

core::Result<std::unique_ptr<FrameSink>> openVideo(const fs::path& path, const SinkOptions& options) {
    VideoOptions video;
    video.path = path;
    video.width = options.width;
    video.height = options.height;
    video.fps = options.fps;
    video.audioSampleRate = options.audioSampleRate;
    video.codec = options.codec;
    auto writer = VideoWriter::open(video);
    if (!writer) return writer.problem();
    return std::unique_ptr<FrameSink>(std::make_unique<VideoSink>(std::move(writer).value()));
}

} // namespace

core::Result<std::unique_ptr<FrameSink>> openSink(const fs::path& path, const SinkOptions& options) {
    std::error_code ec;
    const std::string ending = path.extension().string();
    if (!fs::is_directory(path, ec)) {
        if (ending == ".mp4" || ending == ".mov" || ending == ".mkv") return openVideo(path, options);
        if (!ending.empty())
            return Problem{ProblemId::OutputOpenFailed, path.string() + ": the ending " + ending + " is not known"};
    }
    ec.clear();
    fs::create_directories(path, ec);
    if (!fs::is_directory(path)) {
        const std::string why = ec ? ec.message() : "a file of this name exists";
        return Problem{ProblemId::OutputOpenFailed, path.string() + ": " + why};
    }
    return std::unique_ptr<FrameSink>(std::make_unique<PngSink>(path, options.audioSampleRate));
}

} // namespace titanus::outputs
