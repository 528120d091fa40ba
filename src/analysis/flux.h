#pragma once
// How much energy begins right now: log-compressed bands, compared with the largest of their
// neighbours a few hops ago, so that vibrato and glides do not count (SuperFlux; Boeck & Widmer,
// DAFx 2013). Constants measured on drum tracks, see docs/ACCURACY.md.
// Thread: one at a time   Real-time safe: yes after construction
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace titanus::analysis {

// Triangles 24 to the octave on FFT bins.
class LogBands {
  public:
    LogBands(double sampleRate, std::size_t fftSize, double lowHz = 30, double highHz = 17000,
             int perOctave = 24);
    std::size_t count() const { return first_.size(); }
    double centreHz(std::size_t band) const { return centre_[band]; }
    std::size_t indexAbove(double hz) const; // first band with a centre >= hz
    void apply(std::span<const float> magnitude, std::span<float> out) const;

  private:
    std::vector<std::size_t> first_, start_; // first bin, first weight
    std::vector<float> weights_;
    std::vector<double> centre_;
};

// The bands of the wide window joined for the beat network: octaves below 480 Hz, where other windows see more, then
// quarter octaves.
class BandGroups {
  public:
    static constexpr std::size_t kGroups = 25;
    explicit BandGroups(const LogBands& bands);
    void mean(std::span<const float> bands, std::span<float> groups) const;

  private:
    std::vector<std::size_t> group_; // of each band
    std::array<float, kGroups> share_{};
};

class BandFlux {
  public:
    // scale: brings the magnitudes to those of a 1024 window.
    BandFlux(double sampleRate, std::size_t fftSize, float scale, int lagHops, double lowHz,
             double highHz);
    void reset();
    // Positive differences per band, this hop.
    std::span<const float> process(std::span<const float> magnitude);
    std::span<const float> logBands() const { return now_; }
    const LogBands& bands() const { return bands_; }
    // Mean of the differences of bands [first, last).
    float mean(std::size_t first, std::size_t last) const;

  private:
    LogBands bands_;
    float scale_;
    std::size_t lag_, at_ = 0;
    std::vector<float> history_, now_, difference_;
};

} // namespace titanus::analysis
