#include "analysis/bands.h"

#include "analysis/fast_math.h"
#include "core/units.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

constexpr float kReferenceSeconds = 8, kFloorOfLoudest = 0.1f, kQuietest = 1e-4f;
// An own band may be far narrower than the seven: it is held against less of the loudest.
constexpr float kUserFloorOfLoudest = 0.03f;
constexpr int kLowBands = 3; // these read the long window
constexpr std::size_t kWideSize = 1024, kLowSize = 512;
constexpr double kWideToLowHz = 400; // narrow bands below read the long window

} // namespace

float Follower::step(float target, float dtSeconds, float attackSeconds, float releaseSeconds) {
    if (dtSeconds != dt_ || attackSeconds != attack_ || releaseSeconds != release_) { // they hardly ever change
        dt_ = dtSeconds;
        attack_ = attackSeconds;
        release_ = releaseSeconds;
        up_ = core::onePole(dtSeconds, attackSeconds);
        down_ = core::onePole(dtSeconds, releaseSeconds);
    }
    value_ += (target > value_ ? up_ : down_) * (target - value_);
    if (std::abs(value_) < 1e-20f) value_ = 0;
    return value_;
}

Bands::Edges Bands::edges(double lowHz, double highHz, double binHz, std::size_t bins) {
    // Bin k stands for (k - 1/2 .. k + 1/2) bins; edge bins count by their overlap.
    const double low = lowHz / binHz + 0.5, high = std::min(highHz / binHz + 0.5, static_cast<double>(bins) - 1e-6);
    Edges e;
    if (low >= high) {
        e.first = 1; // empty
        return e;
    }
    e.first = static_cast<std::size_t>(low);
    e.last = static_cast<std::size_t>(high);
    if (e.first == e.last) {
        e.firstShare = static_cast<float>(high - low);
        e.lastShare = 0;
        return e;
    }
    e.firstShare = static_cast<float>(1 - (low - static_cast<double>(e.first)));
    e.lastShare = static_cast<float>(high - static_cast<double>(e.last));
    return e;
}

float Bands::power(std::span<const float> tilted, const Edges& e) const {
    if (e.first > e.last) return 0;
    float sum = e.firstShare * tilted[e.first];
    for (std::size_t k = e.first + 1; k < e.last; ++k) sum += tilted[k];
    if (e.last > e.first) sum += e.lastShare * tilted[e.last];
    return sum;
}

Bands::Bands(double sampleRate, double hopSeconds, double sourceNyquistHz) : hopSeconds_(hopSeconds) {
    wideBinHz_ = sampleRate / kWideSize;
    lowBinHz_ = sampleRate / 8 / kLowSize;
    // 4.5 dB per octave upwards; 2 / (N * sum of squared Hann weights) makes it a mean square.
    const auto tilt = [](std::size_t size, double binHz) {
        std::vector<float> weights(size / 2 + 1);
        const double n = static_cast<double>(size), windowPower = n * 0.375;
        for (std::size_t k = 0; k < weights.size(); ++k)
            weights[k] = static_cast<float>(2 / (n * windowPower) * std::pow(static_cast<double>(k) * binHz / 1000, 1.5));
        return weights;
    };
    wideTilt_ = tilt(kWideSize, wideBinHz_);
    lowTilt_ = tilt(kLowSize, lowBinHz_);
    widePower_.resize(wideTilt_.size());
    lowPower_.resize(lowTilt_.size());
    for (std::size_t b = 0; b < kBandCount; ++b)
        bandEdges_[b] = b < kLowBands ? edges(kBands[b].lowHz, kBands[b].highHz, lowBinHz_, lowTilt_.size())
                                      : edges(kBands[b].lowHz, kBands[b].highHz, wideBinHz_, wideTilt_.size());
    const auto logarithmic = [&](std::size_t i, std::size_t count, Edges& e, bool& low) {
        const double from = 20 * std::pow(1000.0, static_cast<double>(i) / static_cast<double>(count));
        const double to = 20 * std::pow(1000.0, static_cast<double>(i + 1) / static_cast<double>(count));
        low = to < kWideToLowHz;
        e = low ? edges(from, to, lowBinHz_, lowTilt_.size()) : edges(from, to, wideBinHz_, wideTilt_.size());
    };
    for (std::size_t i = 0; i < kFineCount; ++i) logarithmic(i, kFineCount, fineEdges_[i], fineLow_[i]);
    for (std::size_t i = 0; i < kSpectrumCount; ++i)
        logarithmic(i, kSpectrumCount, spectrumEdges_[i], spectrumLow_[i]);
    for (double hz = 100; hz < std::min(16000.0, sourceNyquistHz * 0.9); hz *= std::exp2(0.25))
        if (const auto bin = static_cast<std::size_t>(std::lround(hz / wideBinHz_));
            colourBins_.empty() || bin > colourBins_.back())
            colourBins_.push_back(bin);
    slow_.resize(colourBins_.size());
    reset();
}

void Bands::setScales(float attack, float release) {
    attackScale_ = attack;
    releaseScale_ = release;
}

void Bands::setUser(std::size_t i, float centreHz, float widthHz) {
    UserBand& u = user_[i];
    if (u.centreHz == centreHz && u.widthHz == widthHz) return;
    u.centreHz = centreHz;
    u.widthHz = widthHz;
    const double from = std::max(1.0, static_cast<double>(centreHz - widthHz / 2));
    const double to = static_cast<double>(centreHz + widthHz / 2);
    u.low = to < kWideToLowHz;
    u.edges = u.low ? edges(from, to, lowBinHz_, lowTilt_.size()) : edges(from, to, wideBinHz_, wideTilt_.size());
}

void Bands::reset() {
    value_ = reference_ = {};
    shortMean_ = longMean_ = {};
    tripleReference_ = {};
    fineValue_ = fineReference_ = {};
    for (Follower& f : followers_) f.reset();
    for (Follower& f : tripleFollowers_) f.reset();
    for (Follower& f : fineFollowers_) f.reset();
    std::fill(slow_.begin(), slow_.end(), 0.f);
    std::fill(lowPower_.begin(), lowPower_.end(), 0.f);
    for (UserBand& u : user_) {
        u.reference = 0;
        u.follower.reset();
    }
    seconds_ = 0;
    spectrumTurn_ = 0;
    centroid_ = flatness_ = tonal_ = 0;
}

void Bands::process(std::span<const float> wide, double wideGain, std::span<const float> low,
                    double lowGain, bool silent, Features& out) {
    const auto dt = static_cast<float>(hopSeconds_);
    seconds_ += hopSeconds_;
    const auto raise = [](std::span<const float> magnitude, std::span<const float> tilt, double gain,
                          std::span<float> to) {
        const auto scale = static_cast<float>(1 / (gain * gain));
        for (std::size_t k = 0; k < to.size(); ++k) to[k] = magnitude[k] * magnitude[k] * tilt[k] * scale;
    };
    raise(wide, wideTilt_, wideGain, widePower_);
    if (!low.empty()) raise(low, lowTilt_, lowGain, lowPower_);

    const float fall = std::exp(-dt / kReferenceSeconds);
    const auto follow = [&](auto& values, auto& references) {
        float loudest = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!silent) references[i] = std::max(values[i], references[i] * fall);
            loudest = std::max(loudest, references[i]);
        }
        return std::max(loudest * kFloorOfLoudest, kQuietest);
    };
    const auto level = [&](float value, float reference, float floor) {
        return silent ? 0.f : std::clamp(value / std::max(reference, floor), 0.f, 1.f);
    };

    for (std::size_t b = 0; b < kBandCount; ++b)
        value_[b] = std::sqrt(power(b < kLowBands ? lowPower_ : widePower_, bandEdges_[b]));
    const float floor = follow(value_, reference_);
    const float shortUp = core::onePole(dt, 0.021f), shortDown = core::onePole(dt, 0.048f);
    const float longShare = core::onePole(dt, seconds_ < 1.7 ? 0.3f : 4.2f);
    for (std::size_t b = 0; b < kBandCount; ++b) {
        const BandRow& row = kBands[b];
        out.raw[b] = value_[b];
        out.band[b] = followers_[b].step(level(value_[b], reference_[b], floor), dt,
                                         row.attackMs * attackScale_ / 1000, row.releaseMs * releaseScale_ / 1000);
        shortMean_[b] += (value_[b] > shortMean_[b] ? shortUp : shortDown) * (value_[b] - shortMean_[b]);
        longMean_[b] += longShare * (value_[b] - longMean_[b]);
        if (shortMean_[b] < 1e-20f) shortMean_[b] = 0;
        if (longMean_[b] < 1e-20f) longMean_[b] = 0;
        out.relative[b] = longMean_[b] < 0.001f ? 1.f : std::min(shortMean_[b] / longMean_[b], 10.f);
    }

    static constexpr std::array<std::array<std::size_t, 2>, 3> kTriple{{{0, 2}, {2, 5}, {5, 7}}};
    static constexpr std::array<float, 3> kAttack{10, 5, 5}, kRelease{200, 150, 100};
    std::array<float, 3> triple{};
    for (std::size_t t = 0; t < 3; ++t) {
        for (std::size_t b = kTriple[t][0]; b < kTriple[t][1]; ++b) triple[t] += value_[b] * value_[b];
        triple[t] = std::sqrt(triple[t]);
    }
    const float tripleFloor = follow(triple, tripleReference_);
    for (std::size_t t = 0; t < 3; ++t)
        out.triple[t] = tripleFollowers_[t].step(level(triple[t], tripleReference_[t], tripleFloor), dt,
                                                 kAttack[t] * attackScale_ / 1000, kRelease[t] * releaseScale_ / 1000);

    for (std::size_t i = 0; i < kFineCount; ++i)
        fineValue_[i] = std::sqrt(power(fineLow_[i] ? lowPower_ : widePower_, fineEdges_[i]));
    const float fineFloor = follow(fineValue_, fineReference_);
    for (std::size_t i = 0; i < kFineCount; ++i)
        out.fine[i] = fineFollowers_[i].step(level(fineValue_[i], fineReference_[i], fineFloor), dt,
                                             0.007f * attackScale_, 0.15f * releaseScale_);

    user(silent, floor / kFloorOfLoudest, out);

    if (spectrumTurn_++ % 4 == 0) // for the eye: 86 per second are plenty
        for (std::size_t i = 0; i < kSpectrumCount; ++i) {
            const auto gain = static_cast<float>(wideGain * wideGain);
            const float p = power(spectrumLow_[i] ? lowPower_ : widePower_, spectrumEdges_[i]) * gain;
            out.spectrum[i] = silent ? 0.f : std::clamp((10 * fastLog10(p + 1e-12f) + 66) / 60, 0.f, 1.f);
        }
    colour(wide, silent, out);
}

void Bands::user(bool silent, float loudest, Features& out) {
    const auto dt = static_cast<float>(hopSeconds_);
    const float fall = std::exp(-dt / kReferenceSeconds), floor = std::max(kUserFloorOfLoudest * loudest, kQuietest);
    for (std::size_t i = 0; i < user_.size(); ++i) {
        UserBand& u = user_[i];
        const float value = std::sqrt(power(u.low ? lowPower_ : widePower_, u.edges));
        if (!silent) u.reference = std::max(value, u.reference * fall);
        const float level = silent ? 0.f : std::clamp(value / std::max(u.reference, floor), 0.f, 1.f);
        // Times of the seven bands at that pitch.
        const auto row = std::find_if(kBands.begin(), kBands.end() - 1, [&](const BandRow& b) { return u.centreHz < b.highHz; });
        out.user[i] = u.follower.step(level, dt, row->attackMs * attackScale_ / 1000, row->releaseMs * releaseScale_ / 1000);
    }
}

void Bands::colour(std::span<const float> wide, bool silent, Features& out) {
    const auto dt = static_cast<float>(hopSeconds_);
    const float slow = core::onePole(dt, 0.08f), smooth = core::onePole(dt, 0.03f);
    float sum = 0, centre = 0, logs = 0, held = 0, risen = 0;
    const float step = 1 / static_cast<float>(colourBins_.size() - 1);
    for (std::size_t i = 0; i < colourBins_.size(); ++i) {
        const float m = wide[colourBins_[i]];
        sum += m;
        centre += m * static_cast<float>(i) * step;
        logs += fastLog2(m + 1e-6f);
        held += std::min(m, slow_[i]);
        risen += std::max(0.f, m - slow_[i]);
        slow_[i] += slow * (m - slow_[i]);
        if (slow_[i] < 1e-20f) slow_[i] = 0;
    }
    const float n = static_cast<float>(colourBins_.size());
    const bool nothing = silent || sum < 1e-3f;
    centroid_ += smooth * ((nothing ? 0.f : centre / sum) - centroid_);
    const float flat = nothing ? 0.f : std::clamp(std::exp2(logs / n) / (sum / n), 0.f, 1.f);
    flatness_ += smooth * (flat - flatness_);
    // Held partials against attacks, and against noise: noise is held, but not a note.
    const float steady = nothing ? 0.f : held / (held + 2 * risen + 1e-9f);
    const float tonal = steady * std::clamp(1.25f - 1.25f * flat, 0.f, 1.f);
    tonal_ += core::onePole(dt, 0.15f) * (tonal - tonal_);
    for (float* value : {&centroid_, &flatness_, &tonal_})
        if (*value < 1e-20f) *value = 0;
    out.centroid = centroid_;
    out.flatness = flatness_;
    out.tonal = tonal_;
}

} // namespace titanus::analysis
