#pragma once
// What continuous movement follows: seven bands, three, twenty-four, the performer's own four and a
// display spectrum, each against its own recent maximum; and the colour of the sound (centroid,
// flatness, tonality).
// Thread: one at a time   Real-time safe: yes after construction
#include "analysis/features.h"

#include <array>
#include <span>
#include <vector>

namespace titanus::analysis {

// One-pole follower with its own time up and down, true to the milliseconds given.
class Follower {
  public:
    float step(float target, float dtSeconds, float attackSeconds, float releaseSeconds);
    void reset(float value = 0) { value_ = value; }

  private:
    float value_ = 0;
    float dt_ = -1, attack_ = -1, release_ = -1, up_ = 1, down_ = 1; // the shares those times give
};

// Edges in Hz, attack and release in ms, of kBandCount bands.
struct BandRow {
    float lowHz, highHz, attackMs, releaseMs;
};
inline constexpr std::array<BandRow, kBandCount> kBands{{{20, 60, 10, 250},
                                                         {60, 250, 10, 200},
                                                         {250, 500, 10, 180},
                                                         {500, 2000, 5, 150},
                                                         {2000, 4000, 5, 120},
                                                         {4000, 6000, 5, 100},
                                                         {6000, 20000, 5, 80}}};

class Bands {
  public:
    Bands(double sampleRate, double hopSeconds, double sourceNyquistHz);
    void reset();
    void setScales(float attack, float release);
    // Own band i: centre and width from edge to edge, Hz.
    void setUser(std::size_t i, float centreHz, float widthHz);
    // wide: magnitudes of the 1024 window; low: of 512 at an eighth of the rate, or empty when not
    // renewed with this hop. wideGain, lowGain: automatic gain the windows were taken with.
    void process(std::span<const float> wide, double wideGain, std::span<const float> low,
                 double lowGain, bool silent, Features& out);

  private:
    struct Edges { // bins with their share in a band
        std::size_t first = 0, last = 0;
        float firstShare = 1, lastShare = 1;
    };
    static Edges edges(double lowHz, double highHz, double binHz, std::size_t bins);
    float power(std::span<const float> tilted, const Edges& e) const;
    void colour(std::span<const float> wide, bool silent, Features& out);

    double hopSeconds_, wideBinHz_, lowBinHz_;
    float attackScale_ = 1, releaseScale_ = 1;
    std::vector<float> wideTilt_, lowTilt_, widePower_, lowPower_; // tilt includes the window's scale
    std::array<Edges, kBandCount> bandEdges_;
    std::array<Edges, kFineCount> fineEdges_;
    std::array<bool, kFineCount> fineLow_{};
    std::array<Edges, kSpectrumCount> spectrumEdges_;
    std::array<bool, kSpectrumCount> spectrumLow_{};
    std::array<float, kSpectrumCount> spectrumWidth_{};
    std::array<float, kBandCount> value_{}, reference_{}, shortMean_{}, longMean_{};
    std::array<float, 3> tripleReference_{};
    std::array<float, kFineCount> fineValue_{}, fineReference_{};
    std::array<Follower, kBandCount> followers_;
    std::array<Follower, 3> tripleFollowers_;
    std::array<Follower, kFineCount> fineFollowers_;
    struct UserBand {
        float centreHz = 0, widthHz = 0, reference = 0;
        bool low = false; // reads the long window
        Edges edges;
        Follower follower;
    };
    void user(bool silent, float loudest, Features& out);
    std::array<UserBand, kUserBandCount> user_;
    std::vector<float> slow_; // per colour band, 80 ms
    std::vector<std::size_t> colourBins_;
    double seconds_ = 0;
    int spectrumTurn_ = 0;
    float centroid_ = 0, flatness_ = 0, tonal_ = 0;
};

} // namespace titanus::analysis
