#pragma once
// Records a running show: pictures of the output, sound that drove it. An io thread encodes; main
// only fills a free buffer, and where there is none the frame is skipped and counted, so the
// display never waits. The file has a constant frame rate: frames are repeated or dropped by their
// time stamps, which keeps picture and sound together for hours.
// Thread: main; encoder on role Io, joined by stop()   Owns: buffers, thread, file
// A file cut off by a crash plays to its last second (fragments of a second each).
#include "core/problem.h"
#include "core/sample_ring.h"
#include "core/spsc.h"
#include "outputs/video_writer.h"

#include <atomic>
#include <span>
#include <thread>
#include <vector>

namespace titanus::outputs {

struct RecorderOptions {
    std::filesystem::path path; // empty: a new file in ~/Videos/titanus
    int width = 1280, height = 720;
    double fps = 30;
    double audioSampleRate = 0; // Hz; 0: no sound
};

class Recorder {
  public:
    // `sound` may be null; it must outlive the recorder. Errors: OutputOpenFailed.
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
    std::uint64_t skipped() const { return skipped_.load(std::memory_order_relaxed); }
    std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }
    bool nextProblem(core::ProblemNote& note) { return problems_.pop(note); }
    bool failed() const { return failed_.load(std::memory_order_relaxed); }

  private:
    struct Filled { int index; double seconds; };
    Recorder(const RecorderOptions& options, std::unique_ptr<VideoWriter> writer, core::SampleRing* sound);
    void run();
    void encode(const Filled& frame);
    void moveSound();

    RecorderOptions options_;
    std::unique_ptr<VideoWriter> writer_;
    core::SampleRing* sound_;
    std::vector<std::vector<std::uint8_t>> pool_;
    core::Spsc<int> free_;
    core::Spsc<Filled> filled_;
    core::Spsc<core::ProblemNote> problems_{8};
    int taken_ = -1;
    double firstSeconds_ = -1;
    std::int64_t nextFrame_ = 0;
    std::vector<float> block_;
    std::atomic<std::uint64_t> skipped_{0}, written_{0};
    std::atomic<bool> stop_{false}, failed_{false};
    std::thread thread_;
};

// titanus-DATE-TIME.mkv in $XDG_VIDEOS_DIR or ~/Videos, numbered so that nothing is overwritten.
std::filesystem::path newRecordingPath();

} // namespace titanus::outputs
