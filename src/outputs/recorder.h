#pragma once
// Records a running show: pictures of the output, sound that drove it. An io thread encodes; main
// only fills a free buffer, and where there is none the frame is skipped and counted, so the
// display never waits. The file has a constant frame rate: frames are repeated or dropped by their
// time stamps. The sound follows the same clock: drift of the sound card is stretched away, gaps
// become silence, so both stay within a frame of each other for hours.
// Thread: main; encoder on role Io, joined by stop()   Owns: buffers, thread, file
// A file cut off by a crash plays to its last second (a fragment or cluster each second).
// Errors while running: one OutputWriteFailed by nextProblem(), then failed(); nothing blocks.
#include "core/problem.h"
#include "core/sample_ring.h"
#include "core/spsc.h"
#include "outputs/picture_sink.h"
#include "outputs/sound_drift.h"
#include "outputs/video_writer.h"

#include <atomic>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace titanus::outputs {

struct RecorderOptions {
    std::filesystem::path path; // empty: a new file in the videos folder
    int width = 1280, height = 720;
    double fps = 30;
    double audioSampleRate = 0; // Hz; 0: no sound at all
    VideoCodec codec = VideoCodec::H264;
};

class Recorder final : public PictureSink {
  public:
    // `sound` (interleaved stereo) may be null: silence at audioSampleRate until setSound(). It must
    // outlive the recorder or be taken away by setSound(); what is in it before is thrown away.
    // Errors: OutputOpenFailed.
    static core::Result<std::unique_ptr<Recorder>> open(const RecorderOptions& options, core::SampleRing* sound);
    ~Recorder() override;
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    int width() const override { return options_.width; }
    int height() const override { return options_.height; }
    std::span<std::uint8_t> buffer() override;
    void submit(double seconds) override;
    void stop() override; // encodes what waits and closes the file
    // The input was switched: from now on sound comes from this ring at this rate, or null: silence.
    // When it returns, the ring before is no longer touched and may be destroyed. The file keeps its
    // rate and the sound its place beside the pictures.
    void setSound(core::SampleRing* sound, double sampleRate = 0);
    // A picture that was lost before it reached buffer(), e.g. in the reader.
    void countSkipped() override { skipped_.fetch_add(1, std::memory_order_relaxed); }

    const std::filesystem::path& path() const { return options_.path; }
    // Pictures that found no free buffer.
    std::uint64_t skipped() const override { return skipped_.load(std::memory_order_relaxed); }
    // Frames in the file, repeated ones too.
    std::uint64_t written() const override { return written_.load(std::memory_order_relaxed); }
    std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
    double seconds() const { return static_cast<double>(written()) / options_.fps; }
    bool nextProblem(core::ProblemNote& note) override { return problems_.pop(note); }
    bool failed() const override { return failed_.load(std::memory_order_relaxed); }

  private:
    struct Filled {
        int index;
        double seconds;
        std::uint64_t heardFrames; // sound that had arrived by then
    };
    struct Left { // taken from a ring that was taken away
        std::vector<float> stereo;
        double rate;
    };
    Recorder(const RecorderOptions& options, std::unique_ptr<VideoWriter> writer, core::SampleRing* sound);
    std::uint64_t heard() const;
    void setEncoderRate(double rate);
    void run();
    void encode(const Filled& frame);
    void moveSound();
    void followClock(const Filled& frame);
    void writeSound(std::span<const float> stereo);
    void writeSilence(std::int64_t fileFrames);
    void fail(const core::Problem& problem);

    RecorderOptions options_;
    std::unique_ptr<VideoWriter> writer_;       // io's while it runs
    std::mutex soundLock_;                      // held for a copy out of the ring, never while encoding
    core::SampleRing* sound_;
    double soundRate_ = 0;                      // of sound_, Hz
    double heardEarlier_ = 0;                   // main's: sound frames of earlier rings, at the file's rate
    std::vector<Left> left_;                    // guarded, as sound_ and soundRate_
    double encoderRate_ = 0;                    // io's: what the sound encoder is fed with, Hz
    std::vector<std::vector<std::uint8_t>> pool_;
    core::Spsc<int> free_;
    core::Spsc<Filled> filled_;
    core::Spsc<core::ProblemNote> problems_{8};
    int taken_ = -1;                            // main's
    std::uint64_t heardBefore_ = 0;             // main's: floats pushed before this ring was recorded
    double firstSeconds_ = 0;                   // io's, as all below
    bool begun_ = false;
    std::int64_t nextFrame_ = 0;
    SoundDrift drift_;
    double leaveOut_ = 0;                       // sound frames at the file's rate
    std::vector<float> block_;
    std::atomic<std::uint64_t> skipped_{0}, written_{0};
    std::atomic<std::int64_t> bytes_{0};
    std::atomic<bool> stop_{false}, failed_{false};
    std::thread thread_;
};

// titanus-DATE-TIME.mkv, numbered so that nothing is overwritten, in the folder `titanus` of the
// user's videos: $XDG_VIDEOS_DIR, the entry in user-dirs.dirs, or ~/Videos.
// Hap: .mov.
std::filesystem::path newRecordingPath(VideoCodec codec = VideoCodec::H264);

} // namespace titanus::outputs
