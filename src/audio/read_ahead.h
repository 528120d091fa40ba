#pragma once
// Reads a SoundSource into a ring ahead of the audio thread, which must not touch files; loops it
// and converts its rate where the sound output wants another.
// Thread: take() [audio], the rest main   Owns: source, reading thread (role io)
#include "audio/sound_source.h"
#include "core/sample_ring.h"

#include <atomic>
#include <thread>

namespace titanus::audio {

class ReadAhead {
  public:
    // Seeks to startSeconds and reads a first piece before it returns.
    ReadAhead(std::unique_ptr<SoundSource> source, double outputRate, bool loop, double startSeconds);
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    // [audio] Up to `frames`; fewer at the end of the track or if the disk is slow.
    std::size_t take(float* stereo, std::size_t frames) {
        return ring_.pop(stereo, frames * 2) / 2;
    }
    bool ended() const { return ended_.load(std::memory_order_acquire); } // all of it is in the ring

  private:
    struct Converter;
    bool fillOnce(); // false: the ring is full enough or the track is over
    void run();

    std::unique_ptr<SoundSource> source_;
    double outputRate_;
    bool loop_;
    core::SampleRing ring_;
    std::vector<float> raw_, converted_;
    std::unique_ptr<Converter> converter_; // only where the rates differ
    std::atomic<bool> ended_{false}, stop_{false};
    std::thread thread_;
};

} // namespace titanus::audio
