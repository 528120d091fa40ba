#pragma once
// RGBA pictures into the frames of one video codec. Part of VideoWriter.
// Thread: the writer's   Owns: codec, scaler, one frame
#include "outputs/av_handles.h"
#include "outputs/video_writer.h"

namespace titanus::outputs {

class PictureEncoder {
  public:
    // Empty if all went well, else the reason.
    std::string open(const VideoOptions& options, bool globalHeader);
    // Packs one picture; the packets are then taken from codec().
    AvCode send(std::span<const std::uint8_t> rgba, std::int64_t index);

    AVCodecContext* codec() const { return codec_.get(); }

  private:
    void configure(const VideoOptions& options);
    std::string prepareFrame(int width);

    Av<AVCodecContext> codec_;
    Av<AVFrame> frame_;
    Av<SwsContext> scaler_;
    int stride_ = 0; // bytes of a row handed in
};

} // namespace titanus::outputs
