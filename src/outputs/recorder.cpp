#include "outputs/recorder.h"

#include "core/thread_role.h"

#include <algorithm>
#include <cmath>

namespace titanus::outputs {
namespace {

constexpr std::size_t kBuffers = 6;
constexpr std::size_t kBlockFloats = 8192;
// A gap longer than this (a suspended machine) is not filled with repeated frames.
constexpr double kMostRepeatSeconds = 20;
constexpr auto kPoll = std::chrono::milliseconds(3);

} // namespace

core::Result<std::unique_ptr<Recorder>> Recorder::open(const RecorderOptions& given, core::SampleRing* sound) {
    RecorderOptions options = given;
    if (options.path.empty()) options.path = newRecordingPath(options.codec);
    if (options.audioSampleRate <= 0) sound = nullptr;
    VideoOptions video;
    video.path = options.path;
    video.width = options.width;
    video.height = options.height;
    video.fps = options.fps;
    video.audioSampleRate = static_cast<int>(std::lround(std::max(options.audioSampleRate, 0.0)));
    video.live = true;
    video.codec = options.codec;
    auto writer = VideoWriter::open(video);
    if (!writer) return writer.problem();
    return std::unique_ptr<Recorder>(new Recorder(options, std::move(writer).value(), sound));
}

Recorder::Recorder(const RecorderOptions& options, std::unique_ptr<VideoWriter> writer, core::SampleRing* sound)
    : options_(options), writer_(std::move(writer)), sound_(nullptr), encoderRate_(options.audioSampleRate),
      free_(kBuffers), filled_(kBuffers), drift_(options.audioSampleRate), block_(kBlockFloats) {
    const auto bytes = static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height) * 4;
    for (std::size_t i = 0; i < kBuffers; ++i) {
        pool_.emplace_back(bytes);
        free_.push(static_cast<int>(i));
    }
    setSound(sound, options.audioSampleRate);
    thread_ = std::thread([this] { run(); });
}

Recorder::~Recorder() { stop(); }

std::span<std::uint8_t> Recorder::buffer() {
    if (taken_ < 0 && !free_.pop(taken_)) {
        taken_ = -1;
        skipped_.fetch_add(1, std::memory_order_relaxed);
        return {};
    }
    return pool_[static_cast<std::size_t>(taken_)];
}

void Recorder::submit(double seconds) {
    if (taken_ < 0) return;
    filled_.push({taken_, seconds, heard()});
    taken_ = -1;
}

std::uint64_t Recorder::heard() const {
    double frames = heardEarlier_;
    if (sound_) frames += static_cast<double>((sound_->pushed() - heardBefore_) / 2) * options_.audioSampleRate / soundRate_;
    return static_cast<std::uint64_t>(frames);
}

void Recorder::setSound(core::SampleRing* sound, double sampleRate) {
    if (options_.audioSampleRate <= 0) return; // the file has no sound
    const std::lock_guard lock(soundLock_);
    if (sound_) {
        heardEarlier_ = static_cast<double>(heard());
        Left rest{{}, soundRate_};
        rest.stereo.resize(sound_->ready());
        rest.stereo.resize(sound_->pop(rest.stereo.data(), rest.stereo.size()));
        if (!rest.stereo.empty()) left_.push_back(std::move(rest));
    }
    sound_ = sound;
    soundRate_ = sampleRate > 0 ? sampleRate : options_.audioSampleRate;
    if (!sound_) return;
    std::vector<float> stale(kBlockFloats);
    while (sound_->pop(stale.data(), stale.size())) {} // of an earlier recording
    heardBefore_ = sound_->pushed();
}

void Recorder::stop() {
    stop_.store(true);
    if (thread_.joinable()) thread_.join();
}

void Recorder::fail(const core::Problem& problem) {
    if (failed_.exchange(true)) return;
    problems_.push(core::ProblemNote::from(problem));
}

void Recorder::encode(const Filled& frame) {
    if (!begun_) {
        begun_ = true;
        firstSeconds_ = frame.seconds;
    }
    const double at = (frame.seconds - firstSeconds_) * options_.fps;
    const auto due = static_cast<std::int64_t>(std::floor(at + 0.5));
    if (static_cast<double>(due - nextFrame_) > kMostRepeatSeconds * options_.fps) nextFrame_ = due;
    // Too early for a frame of its own: dropped. Late: the picture stands for the missing ones too.
    for (; nextFrame_ <= due && !failed(); ++nextFrame_) {
        const auto done = writer_->video(pool_[static_cast<std::size_t>(frame.index)], nextFrame_);
        if (!done) return fail(done.problem());
        written_.fetch_add(1, std::memory_order_relaxed);
    }
    bytes_.store(writer_->bytes(), std::memory_order_relaxed);
}

void Recorder::setEncoderRate(double rate) {
    if (rate == encoderRate_) return;
    encoderRate_ = rate;
    if (const auto done = writer_->setAudioRate(static_cast<int>(std::lround(rate))); !done) fail(done.problem());
}

void Recorder::writeSound(std::span<const float> stereo) {
    const double ratio = encoderRate_ / options_.audioSampleRate;
    const auto skip = std::min(static_cast<std::size_t>(std::lround(leaveOut_ * ratio)), stereo.size() / 2);
    leaveOut_ = std::max(0.0, leaveOut_ - static_cast<double>(skip) / ratio);
    stereo = stereo.subspan(skip * 2);
    if (stereo.empty() || failed()) return; // failed: only keeps the ring empty
    if (const auto done = writer_->audio(stereo.data(), stereo.size() / 2); !done) fail(done.problem());
}

void Recorder::writeSilence(std::int64_t fileFrames) {
    const std::vector<float> zeros(kBlockFloats);
    auto frames = std::llround(static_cast<double>(fileFrames) * encoderRate_ / options_.audioSampleRate);
    while (frames > 0 && !failed()) {
        const auto n = std::min(frames, static_cast<long long>(kBlockFloats / 2));
        if (const auto done = writer_->audio(zeros.data(), static_cast<std::size_t>(n)); !done) fail(done.problem());
        frames -= n;
    }
}

void Recorder::moveSound() {
    if (options_.audioSampleRate <= 0) return;
    while (true) {
        std::vector<Left> left;
        std::size_t n = 0;
        double rate = 0;
        {
            const std::lock_guard lock(soundLock_);
            left.swap(left_);
            rate = soundRate_;
            if (sound_) n = sound_->pop(block_.data(), block_.size());
        }
        for (const Left& rest : left) {
            setEncoderRate(rest.rate);
            writeSound(rest.stereo);
        }
        if (n == 0) return;
        setEncoderRate(rate);
        writeSound({block_.data(), n});
    }
}

void Recorder::followClock(const Filled& frame) {
    if (options_.audioSampleRate <= 0 || failed()) return;
    const SoundCorrection correction = drift_.update(frame.seconds - firstSeconds_, frame.heardFrames);
    if (correction.jumpFrames > 0) writeSilence(correction.jumpFrames);
    if (correction.jumpFrames < 0) leaveOut_ -= static_cast<double>(correction.jumpFrames);
    if (correction.stretchFrames != 0) writer_->stretchAudio(correction.stretchFrames);
}

void Recorder::run() {
    core::currentRole() = core::Role::Io;
    while (true) {
        const bool stopping = stop_.load();
        moveSound();
        Filled frame{};
        bool worked = false;
        while (filled_.pop(frame)) {
            if (!failed()) {
                encode(frame);
                followClock(frame);
            }
            free_.push(frame.index);
            worked = true;
            moveSound(); // a slow encoder must not let the ring run over
        }
        if (stopping) break;
        if (!worked) std::this_thread::sleep_for(kPoll);
    }
    const auto done = writer_->finish();
    if (!done) fail(done.problem());
}

} // namespace titanus::outputs
