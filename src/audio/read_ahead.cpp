#include "audio/read_ahead.h"

#include "core/thread_role.h"

#include <samplerate.h>

#include <chrono>
#include <cmath>

namespace titanus::audio {
namespace {

constexpr double kAheadSeconds = 1;
constexpr std::size_t kPieceFrames = 2048;

} // namespace

// libsamplerate's quickest sinc: 97 dB signal to noise, enough for a monitor.
struct ReadAhead::Converter {
    explicit Converter(double ratioIn) : ratio(ratioIn) {
        int error = 0;
        state = src_new(SRC_SINC_FASTEST, 2, &error);
    }
    ~Converter() { src_delete(state); }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    std::size_t convert(const float* in, std::size_t frames, bool last, std::vector<float>& out) {
        SRC_DATA data{};
        data.data_in = in;
        data.input_frames = static_cast<long>(frames);
        data.data_out = out.data();
        data.output_frames = static_cast<long>(out.size() / 2);
        data.src_ratio = ratio;
        data.end_of_input = last ? 1 : 0;
        return state && src_process(state, &data) == 0
                   ? static_cast<std::size_t>(data.output_frames_gen) : 0;
    }

    SRC_STATE* state = nullptr;
    double ratio;
};

ReadAhead::ReadAhead(std::unique_ptr<SoundSource> source, double outputRate, bool loop,
                     double startSeconds)
    : source_(std::move(source)), outputRate_(outputRate), loop_(loop),
      ring_(static_cast<std::size_t>(outputRate * kAheadSeconds * 2)), raw_(kPieceFrames * 2) {
    const double ratio = outputRate_ / source_->sampleRate();
    if (ratio != 1) converter_ = std::make_unique<Converter>(ratio);
    // The converter may hold back and then give a little more than the ratio says.
    converted_.resize((static_cast<std::size_t>(std::ceil(kPieceFrames * ratio)) + 1024) * 2);
    if (startSeconds > 0) source_->seek(startSeconds);
    for (double seconds = 0; seconds < 0.2 && fillOnce();
         seconds += static_cast<double>(kPieceFrames) / source_->sampleRate()) {}
    thread_ = std::thread([this] { run(); });
}

ReadAhead::~ReadAhead() {
    stop_ = true;
    thread_.join();
}

bool ReadAhead::fillOnce() {
    if (ended() || ring_.space() < converted_.size()) return false;
    std::size_t got = source_->read(raw_.data(), kPieceFrames);
    if (got == 0 && loop_) {
        source_->seek(0);
        got = source_->read(raw_.data(), kPieceFrames);
    }
    const bool last = got == 0;
    if (converter_) {
        const std::size_t made = converter_->convert(raw_.data(), got, last, converted_);
        ring_.push(converted_.data(), made * 2);
    } else {
        ring_.push(raw_.data(), got * 2);
    }
    if (last) ended_.store(true, std::memory_order_release);
    return !last;
}

void ReadAhead::run() {
    core::currentRole() = core::Role::Io;
    using namespace std::chrono_literals;
    while (!stop_ && !ended())
        if (!fillOnce()) std::this_thread::sleep_for(10ms);
}

} // namespace titanus::audio
