#include "outputs/sound_encoder.h"

#include <algorithm>
#include <iterator>

namespace titanus::outputs {
namespace {

constexpr int kAacRates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000};
constexpr int kFallbackRate = 48000;
constexpr int kAacBitsPerSecond = 256'000;
constexpr std::size_t kPcmFrames = 1024; // PCM has no frame size of its own

} // namespace

std::string SoundEncoder::open(int sampleRate, bool lossless, bool stretchable, bool globalHeader) {
    const AVCodec* codec = avcodec_find_encoder(lossless ? AV_CODEC_ID_PCM_F32LE : AV_CODEC_ID_AAC);
    if (!codec) return "this FFmpeg has no sound encoder";
    codec_.reset(avcodec_alloc_context3(codec));
    const bool legal = lossless || std::find(std::begin(kAacRates), std::end(kAacRates), sampleRate) != std::end(kAacRates);
    codec_->sample_rate = legal ? sampleRate : kFallbackRate;
    codec_->sample_fmt = lossless ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_FLTP;
    if (!lossless) codec_->bit_rate = kAacBitsPerSecond;
    codec_->time_base = {1, codec_->sample_rate};
    av_channel_layout_default(&codec_->ch_layout, 2);
    codec_->flags |= AV_CODEC_FLAG_BITEXACT;
    if (globalHeader) codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (const AvCode code = avcodec_open2(codec_.get(), codec, nullptr); code < 0) return "sound encoder: " + avError(code);
    stretchable_ = stretchable;
    if (const AvCode code = makeResampler(sampleRate); code < 0) return "sound converter: " + avError(code);
    frame_.reset(av_frame_alloc());
    return {};
}

AvCode SoundEncoder::makeResampler(int sampleRate) {
    SwrContext* swr = nullptr;
    AvCode code = swr_alloc_set_opts2(&swr, &codec_->ch_layout, AV_SAMPLE_FMT_FLT, codec_->sample_rate, &codec_->ch_layout,
                                      AV_SAMPLE_FMT_FLT, sampleRate, 0, nullptr);
    resampler_.reset(swr);
    // Without this, equal rates pass through and the first stretch would start the filter anew.
    if (code >= 0 && stretchable_) code = av_opt_set_int(swr, "flags", SWR_FLAG_RESAMPLE, 0);
    return code >= 0 ? swr_init(swr) : code;
}

AvCode SoundEncoder::setInputRate(int sampleRate) {
    if (const AvCode code = flush(); code < 0) return code;
    return makeResampler(sampleRate);
}

AvCode SoundEncoder::convert(const float* stereo, int frames) {
    const int room = swr_get_out_samples(resampler_.get(), frames);
    if (room < 0) return room;
    const std::size_t before = waiting_.size();
    waiting_.resize(before + static_cast<std::size_t>(room) * 2);
    auto* out = reinterpret_cast<std::uint8_t*>(waiting_.data() + before);
    const auto* in = reinterpret_cast<const std::uint8_t*>(stereo);
    const int got = swr_convert(resampler_.get(), &out, room, stereo ? &in : nullptr, frames);
    waiting_.resize(before + static_cast<std::size_t>(std::max(got, 0)) * 2);
    return got;
}

AvCode SoundEncoder::add(const float* stereo, std::size_t frames) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    return convert(stereo, static_cast<int>(frames));
}

AvCode SoundEncoder::flush() { return convert(nullptr, 0); }

AvCode SoundEncoder::next(bool all) {
    const std::size_t whole = codec_->frame_size > 0 ? static_cast<std::size_t>(codec_->frame_size) : kPcmFrames;
    const std::size_t ready = (waiting_.size() - taken_) / 2, n = std::min(whole, ready);
    if (n == 0 || (n < whole && !all)) return 0;
    av_frame_unref(frame_.get());
    frame_->format = codec_->sample_fmt;
    frame_->nb_samples = static_cast<int>(n);
    frame_->sample_rate = codec_->sample_rate;
    av_channel_layout_copy(&frame_->ch_layout, &codec_->ch_layout);
    if (const AvCode code = av_frame_get_buffer(frame_.get(), 0); code < 0) return code;
    const float* from = waiting_.data() + taken_;
    if (codec_->sample_fmt == AV_SAMPLE_FMT_FLT) {
        std::copy_n(from, n * 2, reinterpret_cast<float*>(frame_->data[0]));
    } else {
        for (std::size_t c = 0; c < 2; ++c) {
            auto* plane = reinterpret_cast<float*>(frame_->data[c]);
            for (std::size_t i = 0; i < n; ++i) plane[i] = from[i * 2 + c];
        }
    }
    taken_ += n * 2;
    frame_->pts = pts_;
    pts_ += static_cast<std::int64_t>(n);
    const AvCode code = avcodec_send_frame(codec_.get(), frame_.get());
    return code < 0 ? code : 1;
}

void SoundEncoder::stretch(int frames) {
    // Done a little before the next second's correction replaces this one.
    swr_set_compensation(resampler_.get(), frames, codec_->sample_rate * 4 / 5);
}

} // namespace titanus::outputs
