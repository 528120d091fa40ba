#include "analysis/front.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

// Mean squares: -64 and -61 dBFS. Drums 40 dB below full scale are music still, a hiss at -66 dB is not.
constexpr double kSilentBelow = 3.98e-7, kSoundAbove = 7.94e-7;
constexpr double kTiny = 1e-20; // below this a follower is set to 0: denormals are slow

// ITU-R BS.1770 pre-filter, its analogue prototypes brought to any rate by the bilinear transform.
Biquad highShelf(double rate) {
    const double gainDb = 3.999843853973347, q = 0.7071752369554196, hz = 1681.974450955533;
    const double k = std::tan(core::kPi * hz / rate);
    const double vh = std::pow(10.0, gainDb / 20), vb = std::pow(vh, 0.4996667741545416);
    const double a0 = 1 + k / q + k * k;
    return {(vh + vb * k / q + k * k) / a0, 2 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0,
            2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0, 0, 0};
}
Biquad lowCut(double rate) {
    const double q = 0.5003270373238773, hz = 38.13547087602444;
    const double k = std::tan(core::kPi * hz / rate);
    const double a0 = 1 + k / q + k * k;
    return {1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0, 0, 0};
}

} // namespace

Front::Front(double sampleRate, int channels) : rate_(sampleRate), channels_(channels) {
    dcPole_ = std::exp(-2 * core::kPi * 10 / sampleRate);
    reset();
}

void Front::setGainDb(float db) { targetGain_ = core::dbToGain(db); }

void Front::reset() {
    gain_ = targetGain_;
    dcIn_ = dcOut_ = 0;
    for (auto& channel : weighting_) channel = {highShelf(rate_), lowCut(rate_)};
    sumSquares_ = {};
    peak_ = {};
    weighted_ = sumProduct_ = 0;
    count_ = 0;
    fullScaleRun_ = 0;
    clipped_ = false;
    nonFinite_ = 0;
    left2_ = right2_ = product_ = antiSeconds_ = 0;
    pick_ = -1;
}

float Front::repaired(float x) {
    if (std::isfinite(x)) return std::clamp(x, -1e4f, 1e4f);
    ++nonFinite_;
    return 0;
}

float Front::frame(float left, float right) {
    gain_ += 0.001f * (targetGain_ - gain_); // no click when the fader moves
    float x[2] = {repaired(left), channels_ > 1 ? repaired(right) : 0.f};
    if (channels_ == 1) x[1] = x[0];
    const bool full = std::max(std::abs(x[0]), std::abs(x[1])) * gain_ >= 0.999f;
    fullScaleRun_ = full ? fullScaleRun_ + 1 : 0;
    clipped_ = clipped_ || fullScaleRun_ >= 2;
    for (std::size_t c = 0; c < 2; ++c) {
        x[c] *= gain_;
        peak_[c] = std::max(peak_[c], std::abs(x[c]));
        sumSquares_[c] += static_cast<double>(x[c]) * x[c];
    }
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels_); ++c) {
        const double weighted = weighting_[c][1].process(weighting_[c][0].process(x[c]));
        weighted_ += weighted * weighted;
    }
    sumProduct_ += static_cast<double>(x[0]) * x[1];
    ++count_;

    const double mono = pick_ < 0 ? 0.5 * (static_cast<double>(x[0]) + x[1]) : x[pick_];
    dcOut_ = mono - dcIn_ + dcPole_ * dcOut_;
    if (std::abs(dcOut_) < kTiny) dcOut_ = 0;
    dcIn_ = mono;
    return static_cast<float>(dcOut_);
}

MeterHop Front::takeHop() {
    MeterHop hop;
    hop.nonFinite = nonFinite_;
    hop.clipped = clipped_;
    const double n = static_cast<double>(std::max<std::size_t>(count_, 1));
    const double seconds = static_cast<double>(count_) / rate_;
    const double go = core::onePole(static_cast<float>(seconds), 0.3f);
    left2_ += go * (sumSquares_[0] / n - left2_);
    right2_ += go * (sumSquares_[1] / n - right2_);
    product_ += go * (sumProduct_ / n - product_);
    for (auto& channel : weighting_)
        for (Biquad& section : channel) {
            if (std::abs(section.z1) < kTiny) section.z1 = 0;
            if (std::abs(section.z2) < kTiny) section.z2 = 0;
        }
    for (double* follower : {&left2_, &right2_})
        if (*follower < kTiny) *follower = 0;
    if (std::abs(product_) < kTiny) product_ = 0;
    for (std::size_t c = 0; c < 2; ++c) {
        hop.peak[c] = peak_[c];
        hop.rms[c] = static_cast<float>(std::sqrt(sumSquares_[c] / n));
    }
    hop.power = static_cast<float>(weighted_ / n);

    const double l = std::sqrt(left2_), r = std::sqrt(right2_);
    const double mid = std::sqrt(std::max(0.0, left2_ + right2_ + 2 * product_)) / 2;
    const double side = std::sqrt(std::max(0.0, left2_ + right2_ - 2 * product_)) / 2;
    hop.balance = l + r > 1e-6 ? static_cast<float>((r - l) / (l + r)) : 0;
    hop.width = mid + side > 1e-6 ? static_cast<float>(side / (mid + side)) : 0;
    // Channels that cancel each other for a second: take the louder one until they agree again.
    const double correlation = l * r > 1e-9 ? product_ / (l * r) : 0;
    antiSeconds_ = correlation < -0.5 ? antiSeconds_ + seconds : std::max(0.0, antiSeconds_ - seconds);
    antiSeconds_ = std::min(antiSeconds_, 1.5);
    if (pick_ < 0 && antiSeconds_ > 1) pick_ = r > l ? 1 : 0;
    if (pick_ >= 0 && antiSeconds_ <= 0) pick_ = -1;

    sumSquares_ = {};
    peak_ = {};
    weighted_ = sumProduct_ = 0;
    count_ = 0;
    clipped_ = false;
    return hop;
}

AutoGain::AutoGain(double hopSeconds) : hopSeconds_(hopSeconds) { reset(); }

void AutoGain::reset() {
    peak_ = 0;
    lowSeconds_ = 0;
    gain_ = 700;
}

float AutoGain::process(std::span<float> hop, bool frozen) {
    const float before = gain_;
    if (!frozen) {
        double peak = 0;
        for (float s : hop) peak = std::max(peak, static_cast<double>(std::abs(s)));
        // After a fall in level the usual 8 s would take too long: 2 s once it stays low for 4 s.
        const bool low = peak < 0.25 * peak_;
        lowSeconds_ = low ? lowSeconds_ + hopSeconds_ : 0;
        const double tau = lowSeconds_ > 4 ? 2 : 8;
        peak_ = std::max(peak, peak_ * std::exp(-hopSeconds_ / tau));
        gain_ = static_cast<float>(0.7 / std::max(peak_, 0.001));
    }
    // A step in gain would be a click of its own under held notes.
    const float step = (gain_ - before) / static_cast<float>(hop.size());
    for (std::size_t i = 0; i < hop.size(); ++i) hop[i] *= before + step * static_cast<float>(i + 1);
    return gain_;
}

SilenceGate::SilenceGate(double hopSeconds)
    : hopSeconds_(hopSeconds), window_(static_cast<std::size_t>(std::lround(0.4 / hopSeconds))) {}

void SilenceGate::reset() {
    std::fill(window_.begin(), window_.end(), 0.f);
    at_ = 0;
    sum_ = quietSeconds_ = 0;
    silent_ = true;
}

bool SilenceGate::process(float meanSquare) {
    sum_ += static_cast<double>(meanSquare) - static_cast<double>(window_[at_]);
    window_[at_] = meanSquare;
    if (++at_ == window_.size()) { // sum afresh once a round: no drift
        at_ = 0;
        sum_ = 0;
        for (float v : window_) sum_ += static_cast<double>(v);
    }
    const double mean = sum_ / static_cast<double>(window_.size());
    quietSeconds_ = mean < kSilentBelow ? quietSeconds_ + hopSeconds_ : 0;
    if (quietSeconds_ > 0.5) silent_ = true;
    if (static_cast<double>(meanSquare) > kSoundAbove) {
        silent_ = false;
        quietSeconds_ = 0;
    }
    return silent_;
}

} // namespace titanus::analysis
