#include "support/video_reader.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

namespace titanus::support {
namespace {

struct Stream {
    AVCodecContext* codec = nullptr;
    AVStream* stream = nullptr;
    ~Stream() { avcodec_free_context(&codec); }

    bool open(AVFormatContext* format, AVMediaType type) {
        const int index = av_find_best_stream(format, type, -1, -1, nullptr, 0);
        if (index < 0) return false;
        stream = format->streams[index];
        const AVCodec* decoder = avcodec_find_decoder(stream->codecpar->codec_id);
        if (!decoder) return false;
        codec = avcodec_alloc_context3(decoder);
        avcodec_parameters_to_context(codec, stream->codecpar);
        codec->pkt_timebase = stream->time_base; // lets the decoder cut the encoder's lead-in
        return avcodec_open2(codec, decoder, nullptr) >= 0;
    }
    double seconds(const AVFrame& frame) const { return static_cast<double>(frame.best_effort_timestamp) * av_q2d(stream->time_base); }
};

void addPicture(DecodedVideo& out, const Stream& stream, const AVFrame& frame, bool keep) {
    out.frameSeconds.push_back(stream.seconds(frame));
    core::Image image;
    if (keep) {
        image = {frame.width, frame.height, std::vector<std::uint8_t>(static_cast<std::size_t>(frame.width * frame.height * 4))};
        SwsContext* scaler = sws_getContext(frame.width, frame.height, static_cast<AVPixelFormat>(frame.format), frame.width, frame.height,
                                            AV_PIX_FMT_RGBA, SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr);
        const int* matrix = sws_getCoefficients(frame.colorspace == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_DEFAULT);
        sws_setColorspaceDetails(scaler, matrix, frame.color_range == AVCOL_RANGE_JPEG, matrix, 1, 0, 1 << 16, 1 << 16);
        std::uint8_t* rows[1] = {image.rgba.data()};
        const int stride[1] = {frame.width * 4};
        sws_scale(scaler, frame.data, frame.linesize, 0, frame.height, rows, stride);
        sws_freeContext(scaler);
    }
    out.limitedRange = frame.color_range == AVCOL_RANGE_MPEG;
    out.bt709 = frame.colorspace == AVCOL_SPC_BT709;
    out.frames.push_back(std::move(image));
}

void addSound(DecodedVideo& out, const Stream& stream, AVFrame& frame) {
    if (out.stereo.empty()) out.soundBegins = stream.seconds(frame);
    SwrContext* swr = nullptr;
    swr_alloc_set_opts2(&swr, &frame.ch_layout, AV_SAMPLE_FMT_FLT, frame.sample_rate, &frame.ch_layout,
                        static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
    swr_init(swr);
    std::vector<float> block(static_cast<std::size_t>(frame.nb_samples) * 2);
    auto* to = reinterpret_cast<std::uint8_t*>(block.data());
    swr_convert(swr, &to, frame.nb_samples, const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
    swr_free(&swr);
    out.stereo.insert(out.stereo.end(), block.begin(), block.end());
}

} // namespace

DecodedVideo readVideo(const std::filesystem::path& path, bool keepFrames) {
    av_log_set_level(AV_LOG_QUIET);
    DecodedVideo out;
    AVFormatContext* format = nullptr;
    if (avformat_open_input(&format, path.c_str(), nullptr, nullptr) < 0) return out;
    {
        avformat_find_stream_info(format, nullptr);
        Stream video, audio;
        const bool hasVideo = video.open(format, AVMEDIA_TYPE_VIDEO), hasAudio = audio.open(format, AVMEDIA_TYPE_AUDIO);
        if (hasVideo) {
            out.fps = av_q2d(video.stream->avg_frame_rate);
            out.videoCodec = video.codec->codec->name;
        }
        if (hasAudio) {
            out.sampleRate = audio.codec->sample_rate;
            out.audioCodec = audio.codec->codec->name;
        }
        AVPacket* packet = av_packet_alloc();
        AVFrame* frame = av_frame_alloc();
        const auto decode = [&](Stream& stream, const AVPacket* data) {
            if (!stream.codec || avcodec_send_packet(stream.codec, data) < 0) return;
            while (avcodec_receive_frame(stream.codec, frame) >= 0) {
                if (&stream == &video) addPicture(out, stream, *frame, keepFrames);
                else addSound(out, stream, *frame);
            }
        };
        while (av_read_frame(format, packet) >= 0) {
            if (hasVideo && packet->stream_index == video.stream->index) decode(video, packet);
            else if (hasAudio && packet->stream_index == audio.stream->index) decode(audio, packet);
            av_packet_unref(packet);
        }
        if (hasVideo) decode(video, nullptr);
        if (hasAudio) decode(audio, nullptr);
        av_frame_free(&frame);
        av_packet_free(&packet);
    }
    avformat_close_input(&format);
    return out;
}

} // namespace titanus::support
