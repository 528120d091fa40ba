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
#include "outputs/sound_drift.h"
#include "outputs/video_writer.h"

#include <atomic>
#include <span>
#include <thread>
#include <vector>

namespace titanus::outputs {

struct RecorderOptions {
    std::filesystem::path path; // empty: a new file in the videos folder
    int width = 1280, height = 720;
    double fps = 30;
    double audioSampleRate = 0; // Hz; 0: no sound
    VideoCodec codec = VideoCodec::H264;
};

class Recorder {
  public:
    // `sound` (interleaved stereo) may be null; it must outlive the recorder, and what is in it
    // before is thrown away. Errors: OutputOpenFailed.
    static core::Result<std::unique_ptr<Recorder>> open(const RecorderOptions& options, core::SampleRing* sound);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // A buffer of width*height*4 bytes to fill, or nothing if all are waiting to be encoded.
    std::span<std::uint8_t> buffer();
    // Hands the buffer last taken to the encoder; `seconds` on any steady clock.
    void submit(double seconds);
    void stop(); // encodes what waits and closes the file

    const std::filesystem::path& path() const { return options_.path; }
    // Pictures that found no free buffer.
    std::uint64_t skipped() const { return skipped_.load(std::memory_order_relaxed); }
    // Frames in the file, repeated ones too.
    std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }
    std::int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
    double seconds() const { return static_cast<double>(written()) / options_.fps; }
    bool nextProblem(core::ProblemNote& note) { return problems_.pop(note); }
    bool failed() const { return failed_.load(std::memory_order_relaxed); }

  private:
    struct Filled {
        int index;
        double seconds;
        std::uint64_t heardFrames; // sound that had arrived by then
    };
    Recorder(const RecorderOptions& options, std::unique_ptr<VideoWriter> writer, core::SampleRing* sound);
    void run();
    void encode(const Filled& frame);
    void moveSound();
    void followClock(const Filled& frame);
    void writeSound(std::span<const float> stereo);
    void writeSilence(std::int64_t frames);
    void fail(const core::Problem& problem);

    RecorderOptions options_;
    std::unique_ptr<VideoWriter> writer_;       // io's while it runs
    core::SampleRing* sound_;
    std::vector<std::vector<std::uint8_t>> pool_;
    core::Spsc<int> free_;
    core::Spsc<Filled> filled_;
    core::Spsc<core::ProblemNote> problems_{8};
    int taken_ = -1;                            // main's
    std::uint64_t heardBefore_ = 0;             // floats pushed before the recording began
    double firstSeconds_ = 0;                   // io's, as all below
    bool begun_ = false;
    std::int64_t nextFrame_ = 0;
    SoundDrift drift_;
    std::int64_t leaveOut_ = 0;                 // sound frames
    std::vector<float> block_;
    std::atomic<std::uint64_t> skipped_{0}, written_{0};
    std::atomic<std::int64_t> bytes_{0};
    std::atomic<bool> stop_{false}, failed_{false};
    std::thread thread_;
};

// titanus-DATE-TIME.mkv, numbered so that nothing is overwritten, in the folder `titanus` of the
// user's videos: $XDG_VIDEOS_DIR, the entry in user-dirs.dirs, or ~/Videos.
std::filesystem::path newRecordingPath();

} // namespace titanus::outputs
