#include "outputs/video_source.h"

#include "outputs/av_handles.h"

#ifdef TITANUS_WITH_AVDEVICE
extern "C" {
#include <libavdevice/avdevice.h>
}
#endif

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace titanus::outputs {
using core::Problem;
using core::ProblemId;

namespace {

struct CloseInput {
    void operator()(AVFormatContext* f) const { avformat_close_input(&f); }
};
// Farther ahead than this a jump is cheaper than decoding all that lies between.
constexpr double kSeekAheadSeconds = 3;

Problem unreadable(const std::string& path, const std::string& why) { return {ProblemId::PictureUnreadable, path + ": " + why}; }

bool isCamera(const std::string& path) { return path.starts_with("/dev/video"); }

} // namespace

struct VideoSource::Decoder {
    std::string path;
    bool camera = false;
    std::unique_ptr<AVFormatContext, CloseInput> format;
    Av<AVCodecContext> codec;
    AVStream* stream = nullptr;
    Av<AVFrame> frame{av_frame_alloc()}, ahead{av_frame_alloc()}; // shown; decoded, but of later
    Av<AVPacket> packet{av_packet_alloc()};
    Av<SwsContext> scaler;
    bool hasFrame = false, hasAhead = false, drained = false;
    double start = 0;    // seconds of the file's first picture
    double duration = 0; // 0: camera
    double fps = 0;
    core::Image image;
    std::uint64_t number = 0;

    core::Result<void> open();
    core::Result<void> openCamera(const AVInputFormat** how);
    // The next picture into `to`. False: none now (end of the file, camera not ready).
    core::Result<bool> decode(AVFrame* to);
    core::Result<bool> send(); // one packet to the decoder; false: no packet now
    core::Result<void> rewind(double seconds);
    core::Result<void> forward(double seconds);
    double secondsOf(const AVFrame& f) const { return static_cast<double>(f.best_effort_timestamp) * av_q2d(stream->time_base) - start; }
    core::Result<void> convert();
};

core::Result<void> VideoSource::Decoder::openCamera(const AVInputFormat** how) {
#ifdef TITANUS_WITH_AVDEVICE
    avdevice_register_all();
    *how = av_find_input_format("video4linux2");
    if (*how) return {};
#else
    (void)how;
#endif
    return unreadable(path, "cameras need FFmpeg's libavdevice, which this build lacks");
}

core::Result<void> VideoSource::Decoder::open() {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return unreadable(path, "no such file or device");
    camera = isCamera(path);
    const AVInputFormat* how = nullptr;
    if (camera)
        if (const auto ready = openCamera(&how); !ready) return ready;
    AVFormatContext* raw = avformat_alloc_context();
    // A camera is asked, never waited for: guidance goes on with the picture it has.
    if (camera) raw->flags |= AVFMT_FLAG_NONBLOCK;
    if (const AvCode code = avformat_open_input(&raw, path.c_str(), how, nullptr); code < 0) return unreadable(path, avError(code));
    format.reset(raw);
    if (!camera)
        if (const AvCode code = avformat_find_stream_info(raw, nullptr); code < 0) return unreadable(path, avError(code));
    const AVCodec* decoder = nullptr;
    const int index = av_find_best_stream(raw, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
    if (index < 0 || !decoder) return unreadable(path, "no moving pictures in it");
    stream = raw->streams[index];
    for (unsigned i = 0; i < raw->nb_streams; ++i)
        if (static_cast<int>(i) != index) raw->streams[i]->discard = AVDISCARD_ALL;
    codec.reset(avcodec_alloc_context3(decoder));
    codec->thread_count = 1; // the cores belong to guidance and the display
    if (AvCode code = avcodec_parameters_to_context(codec.get(), stream->codecpar); code < 0 || (code = avcodec_open2(codec.get(), decoder, nullptr)) < 0)
        return unreadable(path, avError(code));
    fps = av_q2d(av_guess_frame_rate(raw, stream, nullptr));
    if (!(fps > 0)) fps = 25;
    if (camera) return {};
    const auto first = decode(frame.get());
    if (!first) return first.problem();
    if (!first.value()) return unreadable(path, "no picture can be decoded");
    start = secondsOf(*frame);
    hasFrame = true;
    ++number;
    if (stream->duration > 0) duration = static_cast<double>(stream->duration) * av_q2d(stream->time_base);
    else if (raw->duration > 0) duration = static_cast<double>(raw->duration) / AV_TIME_BASE;
    duration = std::max(duration, 1 / fps);
    return convert();
}

core::Result<bool> VideoSource::Decoder::send() {
    for (;;) {
        const AvCode code = av_read_frame(format.get(), packet.get());
        if (code == AVERROR(EAGAIN)) return false;
        if (code == AVERROR_EOF) {
            if (drained) return false;
            drained = true;
            avcodec_send_packet(codec.get(), nullptr);
            return true;
        }
        if (code < 0) return unreadable(path, avError(code));
        const bool ours = packet->stream_index == stream->index;
        // A damaged packet costs its picture, not the film.
        if (ours) avcodec_send_packet(codec.get(), packet.get());
        av_packet_unref(packet.get());
        if (ours) return true;
    }
}

core::Result<bool> VideoSource::Decoder::decode(AVFrame* to) {
    for (;;) {
        const AvCode code = avcodec_receive_frame(codec.get(), to);
        if (code == 0) return true;
        if (code == AVERROR_EOF) return false;
        if (code != AVERROR(EAGAIN)) return unreadable(path, avError(code));
        const auto sent = send();
        if (!sent) return sent.problem();
        if (!sent.value()) return false;
    }
}

core::Result<void> VideoSource::Decoder::rewind(double seconds) {
    const auto stamp = static_cast<std::int64_t>((seconds + start) / av_q2d(stream->time_base));
    if (const AvCode code = av_seek_frame(format.get(), stream->index, stamp, AVSEEK_FLAG_BACKWARD); code < 0) return unreadable(path, avError(code));
    avcodec_flush_buffers(codec.get());
    drained = hasFrame = hasAhead = false;
    return {};
}

core::Result<void> VideoSource::Decoder::forward(double seconds) {
    const double now = hasFrame ? secondsOf(*frame) : -1;
    if (!hasFrame || seconds < now - 1e-6 || seconds > now + kSeekAheadSeconds)
        if (const auto ready = rewind(seconds); !ready) return ready;
    bool changed = false;
    for (;;) {
        if (!hasAhead) {
            const auto next = decode(ahead.get());
            if (!next) return next.problem();
            if (!next.value()) break; // the last picture stays to the end
            hasAhead = true;
        }
        // Without a picture yet the first one counts, even if a rough seek landed behind the time.
        if (hasFrame && secondsOf(*ahead) > seconds + 1e-6) break;
        std::swap(frame, ahead);
        hasFrame = changed = true;
        hasAhead = false;
    }
    if (!changed) return {};
    ++number;
    return convert();
}

core::Result<void> VideoSource::Decoder::convert() {
    const double shrink = std::min(1.0, static_cast<double>(kLongestSide) / std::max(frame->width, frame->height));
    const int width = std::max(1, static_cast<int>(std::lround(frame->width * shrink)));
    const int height = std::max(1, static_cast<int>(std::lround(frame->height * shrink)));
    SwsContext* s = sws_getCachedContext(scaler.release(), frame->width, frame->height, static_cast<AVPixelFormat>(frame->format), width, height,
                                         AV_PIX_FMT_RGBA, SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr);
    if (!s) return unreadable(path, "a picture format that cannot be converted");
    scaler.reset(s);
    const int* matrix = sws_getCoefficients(frame->colorspace == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_DEFAULT);
    sws_setColorspaceDetails(s, matrix, frame->color_range == AVCOL_RANGE_JPEG, matrix, 1, 0, 1 << 16, 1 << 16);
    image.width = width;
    image.height = height;
    image.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    std::uint8_t* rows[1] = {image.rgba.data()};
    const int stride[1] = {width * 4};
    sws_scale(s, frame->data, frame->linesize, 0, frame->height, rows, stride);
    return {};
}

VideoSource::VideoSource(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}
VideoSource::~VideoSource() = default;
std::uint64_t VideoSource::number() const { return decoder_->number; }
double VideoSource::durationSeconds() const { return decoder_->duration; }
double VideoSource::framesPerSecond() const { return decoder_->fps; }

core::Result<std::unique_ptr<VideoSource>> VideoSource::open(const std::string& path) {
    av_log_set_level(AV_LOG_FATAL); // what goes wrong is told as a problem
    auto decoder = std::make_unique<Decoder>();
    decoder->path = path;
    if (const auto opened = decoder->open(); !opened) return opened.problem();
    return std::unique_ptr<VideoSource>(new VideoSource(std::move(decoder)));
}

core::Result<const core::Image*> VideoSource::at(double seconds) {
    Decoder& d = *decoder_;
    if (!d.camera) {
        if (const auto done = d.forward(std::fmod(std::max(seconds, 0.0), d.duration)); !done) return done.problem();
        return static_cast<const core::Image*>(&d.image);
    }
    bool fresh = false;
    for (;;) { // to the newest
        const auto next = d.decode(d.frame.get());
        if (!next) return next.problem();
        if (!next.value()) break;
        fresh = true;
    }
    if (fresh) {
        ++d.number;
        if (const auto done = d.convert(); !done) return done.problem();
    }
    return d.number > 0 ? static_cast<const core::Image*>(&d.image) : nullptr;
}

} // namespace titanus::outputs
