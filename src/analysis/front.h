#pragma once
// The first steps on every input sample: repair, gain, meters, loudness, mono, DC. Then, per hop,
// the automatic gain and the decision whether there is sound at all.
// Thread: one at a time   Real-time safe: yes after construction
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace titanus::analysis {

// Second-order section, direct form II transposed.
struct Biquad {
    double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0, z1 = 0, z2 = 0;

    double process(double x) {
        const double y = b0 * x + z1;
        z1 = b1 * x - a1 * y + z2;
        z2 = b2 * x - a2 * y;
        return y;
    }
};

// What the meters saw since the last hop, at the input's own rate.
struct MeterHop {
    std::array<float, 2> peak{}, rms{};
    float power = 0;    // K-weighted mean square, channels summed (ITU-R BS.1770)
    float balance = 0;  // -1 left .. 1 right, 300 ms
    float width = 0;    // 0 mono .. 1 only difference, 300 ms
    bool clipped = false;
    std::uint64_t nonFinite = 0; // running total
};

class Front {
  public:
    Front(double sampleRate, int channels);
    void setGainDb(float db);
    void reset();
    // One frame in, one mono sample out, free of DC. right is ignored for mono.
    float frame(float left, float right);
    MeterHop takeHop();

  private:
    float repaired(float x);

    double rate_;
    int channels_;
    float gain_ = 1, targetGain_ = 1;
    double dcPole_ = 0, dcIn_ = 0, dcOut_ = 0;
    std::array<std::array<Biquad, 2>, 2> weighting_;
    std::array<double, 2> sumSquares_{};
    std::array<float, 2> peak_{};
    double weighted_ = 0, sumProduct_ = 0;
    std::size_t count_ = 0;
    int fullScaleRun_ = 0;
    bool clipped_ = false;
    std::uint64_t nonFinite_ = 0;
    // 300 ms averages, and for how long the channels cancelled each other
    double left2_ = 0, right2_ = 0, product_ = 0, antiSeconds_ = 0;
    int pick_ = -1; // -1 mean, 0 left, 1 right
};

// Peak-following gain towards 0.7, as measured together with the onset detector.
class AutoGain {
  public:
    explicit AutoGain(double hopSeconds);
    void reset();
    // Scales the hop in place; `frozen` while silent. Returns the gain.
    float process(std::span<float> hop, bool frozen);

  private:
    double hopSeconds_, peak_ = 0, lowSeconds_ = 0;
    float gain_ = 1;
};

// On when the RMS of 400 ms stays below -64 dBFS for half a second, off with the first hop above -61.
class SilenceGate {
  public:
    explicit SilenceGate(double hopSeconds);
    void reset();
    bool process(float meanSquare);

  private:
    double hopSeconds_;
    std::vector<float> window_;
    std::size_t at_ = 0;
    double sum_ = 0, quietSeconds_ = 0;
    bool silent_ = true;
};

} // namespace titanus::analysis
