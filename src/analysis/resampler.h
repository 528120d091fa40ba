#pragma once
// Brings any input rate to the rate of the analysis: 44.1 and 48 kHz pass untouched, 88.2 to 192 kHz
// are divided by 2 or 4, everything else becomes 44.1 kHz. A windowed sinc read from a table; the
// same sum whatever the ratio, so the result does not depend on how the input is cut.
// Thread: one at a time   Real-time safe: push
#include <cstddef>
#include <vector>

namespace titanus::analysis {

class Resampler {
  public:
    explicit Resampler(double inputRate);

    double outputRate() const { return outputRate_; }
    // Seconds by which the output lags the input.
    double delaySeconds() const { return delaySeconds_; }
    void reset();

    // Feeds one sample; calls sink(float) for every output sample it completes.
    template <class Sink> void push(float sample, Sink&& sink) {
        if (passThrough_) {
            sink(sample);
            return;
        }
        history_[at_] = sample;
        history_[at_ + taps_] = sample; // written twice: a window never wraps
        at_ = (at_ + 1) % taps_;
        position_ -= 1;
        while (position_ <= 0) {
            sink(interpolate(-position_));
            position_ += step_;
        }
    }

  private:
    float interpolate(double age) const; // age in input samples, 0..1, of the wanted point

    double outputRate_ = 44100, step_ = 1, delaySeconds_ = 0, position_ = 0;
    bool passThrough_ = true;
    std::size_t taps_ = 0, at_ = 0;
    std::vector<float> history_;
    std::vector<float> table_; // kPhases + 1 rows of taps
};

} // namespace titanus::analysis
