#include "outputs/recorder.h"

#include "core/thread_role.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <ctime>

namespace titanus::outputs {
namespace {

constexpr std::size_t kBuffers = 6;
constexpr std::size_t kBlockFloats = 8192;
// A gap longer than this (a suspended machine) is not filled with repeated frames.
constexpr std::int64_t kMostRepeats = 600;

} // namespace

std::filesystem::path newRecordingPath() {
    namespace fs = std::filesystem;
    const char* videos = std::getenv("XDG_VIDEOS_DIR");
    const char* home = std::getenv("HOME");
    const fs::path folder = (videos && *videos ? fs::path(videos) : fs::path(home ? home : "/tmp") / "Videos") / "titanus";
    const std::string name = fmt::format("titanus-{:%Y-%m-%d-%H%M%S}", fmt::localtime(std::time(nullptr)));
    std::error_code ec;
    fs::path path = folder / (name + ".mkv");
    for (int n = 2; fs::exists(path, ec); ++n) path = folder / fmt::format("{}-{}.mkv", name, n);
    return path;
}

core::Result<std::unique_ptr<Recorder>> Recorder::open(const RecorderOptions& given, core::SampleRing* sound) {
    RecorderOptions options = given;
    if (options.path.empty()) options.path = newRecordingPath();
    auto writer = VideoWriter::open({.path = options.path, .width = options.width, .height = options.height, .fps = options.fps,
                                     .audioSampleRate = sound ? static_cast<int>(options.audioSampleRate) : 0, .live = true});
    if (!writer) return writer.problem();
    return std::unique_ptr<Recorder>(new Recorder(options, std::move(writer).value(), sound));
}

Recorder::Recorder(const RecorderOptions& options, std::unique_ptr<VideoWriter> writer, core::SampleRing* sound)
    : options_(options), writer_(std::move(writer)), sound_(sound), free_(kBuffers), filled_(kBuffers), block_(kBlockFloats) {
    const auto bytes = static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height) * 4;
    for (std::size_t i = 0; i < kBuffers; ++i) {
        pool_.emplace_back(bytes);
        free_.push(static_cast<int>(i));
    }
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
    filled_.push({taken_, seconds});
    taken_ = -1;
}

void Recorder::stop() {
    stop_.store(true);
    if (thread_.joinable()) thread_.join();
}

void Recorder::encode(const Filled& frame) {
    if (firstSeconds_ < 0) firstSeconds_ = frame.seconds;
    const auto due = static_cast<std::int64_t>(std::floor((frame.seconds - firstSeconds_) * options_.fps + 0.5));
    if (due - nextFrame_ > kMostRepeats) nextFrame_ = due;
    // Too early for a frame of its own: dropped. Late: the picture stands for the missing ones too.
    for (; nextFrame_ <= due && !failed(); ++nextFrame_) {
        if (const auto done = writer_->video(pool_[static_cast<std::size_t>(frame.index)], nextFrame_); !done) {
            problems_.push(core::ProblemNote::from(done.problem()));
            failed_.store(true);
            return;
        }
        written_.fetch_add(1, std::memory_order_relaxed);
    }
}

void Recorder::moveSound() {
    if (!sound_) return;
    while (const std::size_t n = sound_->pop(block_.data(), block_.size() & ~std::size_t{1})) {
        if (failed()) continue; // keep the ring empty
        if (const auto done = writer_->audio(block_.data(), n / 2); !done) {
            problems_.push(core::ProblemNote::from(done.problem()));
            failed_.store(true);
        }
    }
}

void Recorder::run() {
    core::currentRole() = core::Role::Io;
    while (true) {
        const bool stopping = stop_.load();
        moveSound();
        Filled frame{};
        bool worked = false;
        while (filled_.pop(frame)) {
            if (!failed()) encode(frame);
            free_.push(frame.index);
            worked = true;
        }
        if (stopping) break;
        if (!worked) std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    if (const auto done = writer_->finish(); !done && !failed()) problems_.push(core::ProblemNote::from(done.problem()));
}

} // namespace titanus::outputs
