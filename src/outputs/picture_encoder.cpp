#include "outputs/picture_encoder.h"

#include <algorithm>
#include <cmath>

namespace titanus::outputs {
namespace {

const AVCodec* find(VideoCodec wanted) {
    switch (wanted) {
    case VideoCodec::Ffv1: return avcodec_find_encoder(AV_CODEC_ID_FFV1);
    case VideoCodec::Hap: return avcodec_find_encoder(AV_CODEC_ID_HAP);
    case VideoCodec::H264: break;
    }
    // An FFmpeg built without GPL parts has no x264: its own MPEG-4 encoder is always there.
    const AVCodec* x264 = avcodec_find_encoder_by_name("libx264");
    return x264 ? x264 : avcodec_find_encoder(AV_CODEC_ID_MPEG4);
}

} // namespace

void PictureEncoder::configure(const VideoOptions& options) {
    AVCodecContext& c = *codec_;
    const AVRational rate = av_d2q(options.fps, 100000);
    const int grid = c.codec_id == AV_CODEC_ID_HAP ? 4 : c.codec_id == AV_CODEC_ID_FFV1 ? 1 : 2;
    c.width = options.width / grid * grid;
    c.height = options.height / grid * grid;
    c.time_base = av_inv_q(rate);
    c.framerate = rate;
    c.flags |= AV_CODEC_FLAG_BITEXACT;
    // A key frame, and so a fragment or cluster, each second: what a crash can cost.
    c.gop_size = std::max(1, static_cast<int>(std::lround(options.fps)));
    switch (c.codec_id) {
    case AV_CODEC_ID_FFV1:
        c.pix_fmt = AV_PIX_FMT_BGR0;
        c.level = 3;
        c.gop_size = 1;
        c.slices = 4;
        c.thread_count = 4;
        break;
    case AV_CODEC_ID_HAP:
        c.pix_fmt = AV_PIX_FMT_RGBA;
        break;
    default:
        c.pix_fmt = AV_PIX_FMT_YUV420P;
        c.color_range = AVCOL_RANGE_MPEG;
        c.colorspace = AVCOL_SPC_BT709;
        c.color_primaries = AVCOL_PRI_BT709;
        c.color_trc = AVCOL_TRC_BT709;
    }
    if (c.codec_id == AV_CODEC_ID_H264) {
        av_opt_set(c.priv_data, "preset", options.live ? "ultrafast" : "veryfast", 0);
        av_opt_set_int(c.priv_data, "crf", options.crf, 0);
        if (options.live) av_opt_set(c.priv_data, "tune", "zerolatency", 0);
    } else if (c.codec_id == AV_CODEC_ID_MPEG4) {
        c.bit_rate = 20'000'000;
    }
}

std::string PictureEncoder::prepareFrame(int width) {
    stride_ = width * 4;
    frame_.reset(av_frame_alloc());
    frame_->format = codec_->pix_fmt;
    frame_->width = codec_->width;
    frame_->height = codec_->height;
    frame_->colorspace = codec_->colorspace;
    frame_->color_range = codec_->color_range;
    if (av_frame_get_buffer(frame_.get(), 0) < 0) return "out of memory";
    scaler_.reset(sws_getContext(codec_->width, codec_->height, AV_PIX_FMT_RGBA, codec_->width, codec_->height, codec_->pix_fmt,
                                 SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
    if (!scaler_) return "no conversion to the colours of this codec";
    if (codec_->pix_fmt == AV_PIX_FMT_YUV420P) {
        const int* bt709 = sws_getCoefficients(SWS_CS_ITU709);
        sws_setColorspaceDetails(scaler_.get(), bt709, 1, bt709, 0, 0, 1 << 16, 1 << 16);
    }
    return {};
}

std::string PictureEncoder::open(const VideoOptions& options, bool globalHeader) {
    const AVCodec* codec = find(options.codec);
    if (!codec) return "this FFmpeg has no encoder for " + std::string(name(options.codec));
    codec_.reset(avcodec_alloc_context3(codec));
    configure(options);
    if (codec_->width < 2 || codec_->height < 2) return "the picture is too small";
    if (globalHeader) codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (const AvCode code = avcodec_open2(codec_.get(), codec, nullptr); code < 0) return "video encoder: " + avError(code);
    return prepareFrame(options.width);
}

AvCode PictureEncoder::send(std::span<const std::uint8_t> rgba, std::int64_t index) {
    if (const AvCode code = av_frame_make_writable(frame_.get()); code < 0) return code;
    const std::uint8_t* rows[1] = {rgba.data()};
    sws_scale(scaler_.get(), rows, &stride_, 0, codec_->height, frame_->data, frame_->linesize);
    frame_->pts = index;
    return avcodec_send_frame(codec_.get(), frame_.get());
}

} // namespace titanus::outputs
