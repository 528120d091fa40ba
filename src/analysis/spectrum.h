#pragma once
// A sliding window and its real FFT (KissFFT), Hann-weighted or with more weight on what is new. Thread: one at a time
// Real-time safe: yes after construction
#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace titanus::analysis {

class SlidingSpectrum {
  public:
    // size: even. fall: the newest samples over which the weights fall to 0; 0: half of the window, as
    // Hann has it. back: how many samples transform() may look back.
    explicit SlidingSpectrum(std::size_t size, std::size_t fall = 0, std::size_t back = 0);
    ~SlidingSpectrum();
    SlidingSpectrum(SlidingSpectrum&&) noexcept;

    std::size_t bins() const { return size_ / 2 + 1; }
    void push(std::span<const float> samples); // newest last
    void reset();
    // Spectrum of the newest size() samples, or of those `back` samples ago. Unscaled: a full-scale
    // sine reads about size / 4.
    void transform(std::size_t back = 0);
    std::span<const float> magnitude() const { return magnitude_; }

  private:
    struct Plan;
    std::size_t size_, kept_, at_ = 0;
    std::vector<float> window_, history_, buffer_, magnitude_;
    std::vector<std::complex<float>> spectrum_;
    std::unique_ptr<Plan> plan_;
};

// Low-pass and keep every 8th sample: the low end needs long windows, not a high rate.
class DecimatorBy8 {
  public:
    static constexpr std::size_t kFactor = 8, kTaps = 40;
    DecimatorBy8();
    void reset();
    // in: a multiple of 8 samples; out: an eighth as many.
    void process(std::span<const float> in, std::span<float> out);

  private:
    std::vector<float> weights_, history_;
};

} // namespace titanus::analysis
