#pragma once
// Interleaved stereo into the frames of one sound codec. Part of VideoWriter.
// Thread: the writer's   Owns: codec, resampler, samples that fill no codec frame yet
#include "outputs/av_handles.h"

#include <cstdint>
#include <vector>

namespace titanus::outputs {

class SoundEncoder {
  public:
    // lossless: float PCM, else AAC. Empty if all went well, else the reason.
    std::string open(int sampleRate, bool lossless, bool stretchable, bool globalHeader);
    // Converts and keeps; next() then hands whole codec frames on.
    AvCode add(const float* stereo, std::size_t frames);
    // Sends the next codec frame. 1: sent, 0: too few samples wait, negative: failed.
    // `all` sends the short one at the end too.
    AvCode next(bool all);
    // Gets the last samples out of the resampler.
    AvCode flush();
    void stretch(int frames);
    // From now on add() is given samples at this rate; what came before is kept.
    AvCode setInputRate(int sampleRate);

    AVCodecContext* codec() const { return codec_.get(); }

  private:
    AvCode makeResampler(int sampleRate);
    AvCode convert(const float* stereo, int frames);

    Av<AVCodecContext> codec_;
    Av<SwrContext> resampler_;
    Av<AVFrame> frame_;
    bool stretchable_ = false;
    std::vector<float> waiting_; // interleaved, at the codec's rate
    std::size_t taken_ = 0;      // floats of waiting_ already sent
    std::int64_t pts_ = 0;       // frames sent
};

} // namespace titanus::outputs
