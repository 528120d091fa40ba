#include "outputs/video_writer.h"

#include "outputs/av_handles.h"
#include "outputs/picture_encoder.h"
#include "outputs/sound_encoder.h"

#include <algorithm>

namespace titanus::outputs {
using core::Problem;
using core::ProblemId;

struct VideoWriter::Parts {
    VideoOptions options;
    Av<AVFormatContext> format;
    PictureEncoder picture;
    SoundEncoder sound;
    AVStream *pictureStream = nullptr, *soundStream = nullptr;
    Av<AVPacket> packet{av_packet_alloc()};
    bool headerWritten = false, finished = false;

    Problem openProblem(const std::string& why) const {
        return {ProblemId::OutputOpenFailed, options.path.string() + ": " + why};
    }
    Problem writeProblem(AvCode code) const {
        return {ProblemId::OutputWriteFailed, options.path.string() + ": " + avError(code)};
    }
    AVStream* addStream(const AVCodecContext* codec);
    std::string openEncoders();
    std::string openFile();
    AvCode writePackets(AVCodecContext* codec, AVStream* stream);
    AvCode writeSound(bool all);
    AvCode drain();
};

AVStream* VideoWriter::Parts::addStream(const AVCodecContext* codec) {
    AVStream* stream = avformat_new_stream(format.get(), nullptr);
    avcodec_parameters_from_context(stream->codecpar, codec);
    stream->time_base = codec->time_base;
    return stream;
}

std::string VideoWriter::Parts::openEncoders() {
    const bool globalHeader = format->oformat->flags & AVFMT_GLOBALHEADER;
    if (auto why = picture.open(options, globalHeader); !why.empty()) return why;
    const AVCodecContext* codec = picture.codec();
    if (avformat_query_codec(format->oformat, codec->codec_id, FF_COMPLIANCE_NORMAL) != 1)
        return std::string(name(options.codec)) + " does not go into " + options.path.extension().string() +
               "; use " + (options.codec == VideoCodec::Hap ? ".mov" : ".mkv");
    pictureStream = addStream(codec);
    pictureStream->avg_frame_rate = codec->framerate;
    if (options.audioSampleRate <= 0) return {};
    if (auto why = sound.open(options.audioSampleRate, options.codec != VideoCodec::H264, options.live, globalHeader); !why.empty())
        return why;
    soundStream = addStream(sound.codec());
    return {};
}

std::string VideoWriter::Parts::openFile() {
    if (const AvCode code = avio_open(&format->pb, options.path.c_str(), AVIO_FLAG_WRITE); code < 0) return avError(code);
    AVDictionary* how = nullptr;
    if (options.live) {
        // delay_moov, not empty_moov: the head then knows AAC's lead-in, or sound would be 21 ms off.
        av_dict_set(&how, "movflags", "+frag_keyframe+delay_moov+default_base_moof", 0);
        av_dict_set(&how, "cluster_time_limit", "1000", 0); // Matroska: ms
        format->flags |= AVFMT_FLAG_FLUSH_PACKETS;           // what is encoded is on its way to the disk
    } else {
        av_dict_set(&how, "movflags", "+faststart", 0);
    }
    format->flags |= AVFMT_FLAG_BITEXACT; // no date, no version
    const AvCode code = avformat_write_header(format.get(), &how);
    av_dict_free(&how);
    if (code < 0) return avError(code);
    headerWritten = true;
    return {};
}

core::Result<std::unique_ptr<VideoWriter>> VideoWriter::open(const VideoOptions& options) {
    av_log_set_level(AV_LOG_FATAL); // what matters comes back as a code and becomes a problem line
    auto parts = std::make_unique<Parts>();
    parts->options = options;
    if (options.fps <= 0) return parts->openProblem("the frame rate must be above 0");
    AVFormatContext* format = nullptr;
    if (avformat_alloc_output_context2(&format, nullptr, nullptr, options.path.c_str()) < 0)
        return parts->openProblem("no video format has this ending");
    parts->format.reset(format);
    if (auto why = parts->openEncoders(); !why.empty()) return parts->openProblem(why);
    std::error_code ec; // a folder that cannot be made shows when the file is opened
    if (options.path.has_parent_path()) std::filesystem::create_directories(options.path.parent_path(), ec);
    if (auto why = parts->openFile(); !why.empty()) return parts->openProblem(why);
    return std::unique_ptr<VideoWriter>(new VideoWriter(std::move(parts)));
}

VideoWriter::VideoWriter(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
VideoWriter::~VideoWriter() { (void)finish(); }

AvCode VideoWriter::Parts::writePackets(AVCodecContext* codec, AVStream* stream) {
    while (true) {
        const AvCode got = avcodec_receive_packet(codec, packet.get());
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) return 0;
        if (got < 0) return got;
        // The last picture of a fragment would have no length and the file be one frame short.
        if (stream == pictureStream && packet->duration == 0) packet->duration = 1;
        av_packet_rescale_ts(packet.get(), codec->time_base, stream->time_base);
        packet->stream_index = stream->index;
        if (const AvCode code = av_interleaved_write_frame(format.get(), packet.get()); code < 0) return code;
        if (format->pb->error < 0) return format->pb->error;
    }
}

AvCode VideoWriter::Parts::writeSound(bool all) {
    while (true) {
        const AvCode sent = sound.next(all);
        if (sent <= 0) return sent;
        if (const AvCode code = writePackets(sound.codec(), soundStream); code < 0) return code;
    }
}

core::Result<void> VideoWriter::video(std::span<const std::uint8_t> rgba, std::int64_t index) {
    Parts& p = *parts_;
    if (rgba.size() < static_cast<std::size_t>(p.options.width) * static_cast<std::size_t>(p.options.height) * 4)
        return Problem{ProblemId::Internal, "a picture smaller than the video was written"};
    if (const AvCode code = p.picture.send(rgba, index); code < 0) return p.writeProblem(code);
    if (const AvCode code = p.writePackets(p.picture.codec(), p.pictureStream); code < 0) return p.writeProblem(code);
    return {};
}

core::Result<void> VideoWriter::audio(const float* stereo, std::size_t frames) {
    Parts& p = *parts_;
    if (!p.soundStream || frames == 0) return {};
    if (const AvCode code = p.sound.add(stereo, frames); code < 0) return p.writeProblem(code);
    if (const AvCode code = p.writeSound(false); code < 0) return p.writeProblem(code);
    return {};
}

void VideoWriter::stretchAudio(int frames) {
    if (parts_->soundStream && parts_->options.live) parts_->sound.stretch(frames);
}

core::Result<void> VideoWriter::setAudioRate(int sampleRate) {
    if (!parts_->soundStream) return {};
    if (const AvCode code = parts_->sound.setInputRate(sampleRate); code < 0) return parts_->writeProblem(code);
    return {};
}

std::int64_t VideoWriter::bytes() const { return parts_->format->pb ? avio_tell(parts_->format->pb) : 0; }

AvCode VideoWriter::Parts::drain() {
    if (soundStream) {
        if (const AvCode code = sound.flush(); code < 0) return code;
        if (const AvCode code = writeSound(true); code < 0) return code;
        avcodec_send_frame(sound.codec(), nullptr);
        if (const AvCode code = writePackets(sound.codec(), soundStream); code < 0) return code;
    }
    avcodec_send_frame(picture.codec(), nullptr);
    return writePackets(picture.codec(), pictureStream);
}

core::Result<void> VideoWriter::finish() {
    Parts& p = *parts_;
    if (p.finished || !p.headerWritten) return {};
    p.finished = true;
    AvCode result = p.drain();
    // Even after a failure: the trailer frees what the muxer holds.
    if (const AvCode code = av_write_trailer(p.format.get()); code < 0 && result >= 0) result = code;
    if (const AvCode code = avio_closep(&p.format->pb); code < 0 && result >= 0) result = code;
    if (result < 0) return p.writeProblem(result);
    return {};
}

} // namespace titanus::outputs
