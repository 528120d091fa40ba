#include "outputs/video_writer.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace titanus::outputs {
using core::Problem;
using core::ProblemId;

namespace {

std::string avError(int code) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return text;
}

struct FreeContext { void operator()(AVCodecContext* c) const { avcodec_free_context(&c); } };
struct FreeFrame { void operator()(AVFrame* f) const { av_frame_free(&f); } };
struct FreePacket { void operator()(AVPacket* p) const { av_packet_free(&p); } };
struct FreeScaler { void operator()(SwsContext* s) const { sws_freeContext(s); } };
struct FreeResampler { void operator()(SwrContext* s) const { swr_free(&s); } };
using Codec = std::unique_ptr<AVCodecContext, FreeContext>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;

constexpr int kAudioRates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000};

} // namespace

struct VideoWriter::Parts {
    VideoOptions options;
    AVFormatContext* format = nullptr;
    Codec video, audio;
    AVStream *videoStream = nullptr, *audioStream = nullptr;
    Frame picture, sound;
    std::unique_ptr<AVPacket, FreePacket> packet{av_packet_alloc()};
    std::unique_ptr<SwsContext, FreeScaler> scaler;
    std::unique_ptr<SwrContext, FreeResampler> resampler;
    std::vector<float> waiting[2]; // planar samples that fill no frame of the encoder yet
    std::int64_t audioPts = 0;
    bool headerWritten = false, finished = false;

    ~Parts() {
        if (!format) return;
        if (format->pb) avio_closep(&format->pb);
        avformat_free_context(format);
    }
    Problem openProblem(const std::string& why) const { return {ProblemId::OutputOpenFailed, options.path.string() + ": " + why}; }
    Problem writeProblem(int code) const { return {ProblemId::OutputWriteFailed, options.path.string() + ": " + avError(code)}; }

    core::Result<void> openVideo();
    core::Result<void> openAudio();
    core::Result<void> openFile();
    core::Result<void> encode(AVCodecContext* codec, AVStream* stream, AVFrame* frame);
    core::Result<void> drainAudio(bool all);
};

core::Result<void> VideoWriter::Parts::openVideo() {
    const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
    if (!codec) codec = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
    if (!codec) return openProblem("no video encoder in this FFmpeg");
    video.reset(avcodec_alloc_context3(codec));
    const AVRational rate = av_d2q(options.fps, 100000);
    video->width = options.width & ~1;
    video->height = options.height & ~1;
    video->time_base = av_inv_q(rate);
    video->framerate = rate;
    video->pix_fmt = AV_PIX_FMT_YUV420P;
    video->color_range = AVCOL_RANGE_MPEG;
    video->colorspace = AVCOL_SPC_BT709;
    video->color_primaries = AVCOL_PRI_BT709;
    video->color_trc = AVCOL_TRC_BT709;
    video->gop_size = static_cast<int>(std::lround(options.fps)); // a key frame, and so a fragment, each second
    if (format->oformat->flags & AVFMT_GLOBALHEADER) video->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    video->flags |= AV_CODEC_FLAG_BITEXACT;
    if (codec->id == AV_CODEC_ID_H264) {
        av_opt_set(video->priv_data, "preset", options.live ? "ultrafast" : "veryfast", 0);
        av_opt_set_int(video->priv_data, "crf", options.crf, 0);
        if (options.live) av_opt_set(video->priv_data, "tune", "zerolatency", 0);
    } else {
        video->bit_rate = 20'000'000;
    }
    if (const int code = avcodec_open2(video.get(), codec, nullptr); code < 0) return openProblem("video encoder: " + avError(code));
    videoStream = avformat_new_stream(format, nullptr);
    avcodec_parameters_from_context(videoStream->codecpar, video.get());
    videoStream->time_base = video->time_base;
    videoStream->avg_frame_rate = rate;
    picture.reset(av_frame_alloc());
    picture->format = video->pix_fmt;
    picture->width = video->width;
    picture->height = video->height;
    picture->colorspace = AVCOL_SPC_BT709;
    picture->color_range = AVCOL_RANGE_MPEG;
    if (av_frame_get_buffer(picture.get(), 0) < 0) return openProblem("out of memory");
    scaler.reset(sws_getContext(video->width, video->height, AV_PIX_FMT_RGBA, video->width, video->height, AV_PIX_FMT_YUV420P,
                                SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
    const int* bt709 = sws_getCoefficients(SWS_CS_ITU709);
    sws_setColorspaceDetails(scaler.get(), bt709, 1, bt709, 0, 0, 1 << 16, 1 << 16);
    return {};
}

core::Result<void> VideoWriter::Parts::openAudio() {
    if (options.audioSampleRate <= 0) return {};
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
    if (!codec) return openProblem("no AAC encoder in this FFmpeg");
    audio.reset(avcodec_alloc_context3(codec));
    const bool legal = std::find(std::begin(kAudioRates), std::end(kAudioRates), options.audioSampleRate) != std::end(kAudioRates);
    audio->sample_rate = legal ? options.audioSampleRate : 48000;
    audio->sample_fmt = AV_SAMPLE_FMT_FLTP;
    audio->bit_rate = 256000;
    audio->time_base = {1, audio->sample_rate};
    av_channel_layout_default(&audio->ch_layout, 2);
    audio->flags |= AV_CODEC_FLAG_BITEXACT;
    if (format->oformat->flags & AVFMT_GLOBALHEADER) audio->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (const int code = avcodec_open2(audio.get(), codec, nullptr); code < 0) return openProblem("sound encoder: " + avError(code));
    audioStream = avformat_new_stream(format, nullptr);
    avcodec_parameters_from_context(audioStream->codecpar, audio.get());
    audioStream->time_base = audio->time_base;
    SwrContext* swr = nullptr;
    if (swr_alloc_set_opts2(&swr, &audio->ch_layout, AV_SAMPLE_FMT_FLTP, audio->sample_rate, &audio->ch_layout, AV_SAMPLE_FMT_FLT,
                            options.audioSampleRate, 0, nullptr) < 0 ||
        swr_init(swr) < 0)
        return openProblem("sound converter");
    resampler.reset(swr);
    sound.reset(av_frame_alloc());
    return {};
}

core::Result<void> VideoWriter::Parts::openFile() {
    if (const int code = avio_open(&format->pb, options.path.c_str(), AVIO_FLAG_WRITE); code < 0) return openProblem(avError(code));
    AVDictionary* how = nullptr;
    if (options.live) av_dict_set(&how, "movflags", "+frag_keyframe+empty_moov+default_base_moof", 0);
    else av_dict_set(&how, "movflags", "+faststart", 0);
    format->flags |= AVFMT_FLAG_BITEXACT; // no date, no version: same frames, same file
    const int code = avformat_write_header(format, &how);
    av_dict_free(&how);
    if (code < 0) return openProblem(avError(code));
    headerWritten = true;
    return {};
}

core::Result<std::unique_ptr<VideoWriter>> VideoWriter::open(const VideoOptions& options) {
    av_log_set_level(AV_LOG_ERROR);
    auto parts = std::make_unique<Parts>();
    parts->options = options;
    std::error_code ec;
    if (options.path.has_parent_path()) std::filesystem::create_directories(options.path.parent_path(), ec);
    if (options.width < 2 || options.height < 2) return parts->openProblem("picture is too small");
    if (avformat_alloc_output_context2(&parts->format, nullptr, nullptr, options.path.c_str()) < 0)
        return parts->openProblem("no video format of this ending");
    for (auto step : {&Parts::openVideo, &Parts::openAudio, &Parts::openFile})
        if (const auto done = (*parts.*step)(); !done) return done.problem();
    return std::unique_ptr<VideoWriter>(new VideoWriter(std::move(parts)));
}

VideoWriter::VideoWriter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
VideoWriter::~VideoWriter() { (void)finish(); }

core::Result<void> VideoWriter::Parts::encode(AVCodecContext* codec, AVStream* stream, AVFrame* frame) {
    if (const int code = avcodec_send_frame(codec, frame); code < 0) return writeProblem(code);
    while (true) {
        const int got = avcodec_receive_packet(codec, packet.get());
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return {};
        if (got < 0) return writeProblem(got);
        if (codec == video.get() && packet->duration == 0) packet->duration = 1; // the last one of a fragment lacks it
        av_packet_rescale_ts(packet.get(), codec->time_base, stream->time_base);
        packet->stream_index = stream->index;
        if (const int code = av_interleaved_write_frame(format, packet.get()); code < 0) return writeProblem(code);
        if (format->pb->error < 0) return writeProblem(format->pb->error);
    }
}

core::Result<void> VideoWriter::video(std::span<const std::uint8_t> rgba, std::int64_t index) {
    Parts& p = *parts_;
    if (const int code = av_frame_make_writable(p.picture.get()); code < 0) return p.writeProblem(code);
    const std::uint8_t* rows[1] = {rgba.data()};
    const int stride[1] = {p.options.width * 4};
    sws_scale(p.scaler.get(), rows, stride, 0, p.video->height, p.picture->data, p.picture->linesize);
    p.picture->pts = index;
    return p.encode(p.video.get(), p.videoStream, p.picture.get());
}

core::Result<void> VideoWriter::Parts::drainAudio(bool all) {
    const auto whole = static_cast<std::size_t>(audio->frame_size > 0 ? audio->frame_size : 1024);
    while (waiting[0].size() >= whole || (all && !waiting[0].empty())) {
        const std::size_t n = std::min(whole, waiting[0].size());
        av_frame_unref(sound.get());
        sound->format = AV_SAMPLE_FMT_FLTP;
        sound->nb_samples = static_cast<int>(n);
        sound->sample_rate = audio->sample_rate;
        av_channel_layout_copy(&sound->ch_layout, &audio->ch_layout);
        if (const int code = av_frame_get_buffer(sound.get(), 0); code < 0) return writeProblem(code);
        for (int c = 0; c < 2; ++c) {
            std::copy_n(waiting[c].begin(), n, reinterpret_cast<float*>(sound->data[c]));
            waiting[c].erase(waiting[c].begin(), waiting[c].begin() + static_cast<std::ptrdiff_t>(n));
        }
        sound->pts = audioPts;
        audioPts += static_cast<std::int64_t>(n);
        if (const auto done = encode(audio.get(), audioStream, sound.get()); !done) return done;
    }
    return {};
}

core::Result<void> VideoWriter::audio(const float* stereo, std::size_t frames) {
    Parts& p = *parts_;
    if (!p.audio || frames == 0) return {};
    const auto room = static_cast<int>(swr_get_out_samples(p.resampler.get(), static_cast<int>(frames)));
    std::vector<float> planar[2] = {std::vector<float>(static_cast<std::size_t>(room)), std::vector<float>(static_cast<std::size_t>(room))};
    std::uint8_t* out[2] = {reinterpret_cast<std::uint8_t*>(planar[0].data()), reinterpret_cast<std::uint8_t*>(planar[1].data())};
    const auto* in = reinterpret_cast<const std::uint8_t*>(stereo);
    const int got = swr_convert(p.resampler.get(), out, room, &in, static_cast<int>(frames));
    if (got < 0) return p.writeProblem(got);
    for (int c = 0; c < 2; ++c) p.waiting[c].insert(p.waiting[c].end(), planar[c].begin(), planar[c].begin() + got);
    return p.drainAudio(false);
}

core::Result<void> VideoWriter::finish() {
    Parts& p = *parts_;
    if (p.finished) return {};
    p.finished = true;
    if (!p.headerWritten) return {};
    core::Result<void> result;
    if (p.audio) {
        result = p.drainAudio(true);
        if (result) result = p.encode(p.audio.get(), p.audioStream, nullptr);
    }
    if (result) result = p.encode(p.video.get(), p.videoStream, nullptr);
    if (const int code = av_write_trailer(p.format); code < 0 && result) result = p.writeProblem(code);
    if (const int code = avio_closep(&p.format->pb); code < 0 && result) result = p.writeProblem(code);
    return result;
}

} // namespace titanus::outputs
