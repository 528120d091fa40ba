#include "analysis/drum_classifier.h"

#include "analysis/drum_weights.h"
#include "analysis/fast_math.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {
namespace {

constexpr std::array<double, 10> kEdgesHz{120, 200, 350, 600, 1000, 1700, 2800, 4500, 7000, 10500};
constexpr double kLowEdgeHz = 75;
// The short window holds the newest 512 samples, weighed most 2 ms ago; what was before the stroke is
// read where the stroke, heard 384 samples ago and begun at most 10 ms earlier, had not begun.
constexpr std::size_t kShort = 512, kShortFall = 112, kBeforeStroke = 832;
constexpr std::array<double, 14> kShortEdgesHz{100, 200, 300, 450, 650, 900, 1250, 1750, 2500, 3500, 5000, 7000, 9500, 13000};

} // namespace

DrumClassifier::DrumClassifier(const LogBands& wide, const LogBands& low, double sampleRate)
    : short_(kShort, kShortFall, kBeforeStroke) {
    for (std::size_t bin = 0; bin < short_.bins(); ++bin) {
        const double hz = static_cast<double>(bin) * sampleRate / kShort;
        std::size_t g = 0;
        for (double edge : kShortEdgesHz) g += hz >= edge ? 1u : 0u;
        shortGroup_.push_back(g);
        shortShare_[g] += 1;
    }
    for (float& s : shortShare_) s = s > 0 ? 1 / s : 0;
    const auto assign = [&](const LogBands& bands, auto&& edges, std::size_t first, std::vector<std::size_t>& groups) {
        for (std::size_t b = 0; b < bands.count(); ++b) {
            std::size_t g = first;
            for (double edge : edges) g += bands.centreHz(b) >= edge ? 1u : 0u;
            groups.push_back(g);
            share_[g] += 1;
        }
    };
    assign(low, std::array{kLowEdgeHz}, 0, lowGroup_);
    assign(wide, kEdgesHz, 2, wideGroup_);
    for (float& s : share_) s = s > 0 ? 1 / s : 0;
}

void DrumClassifier::reset() {
    short_.reset();
    history_ = {};
    before_ = now_ = {};
    shortBefore_ = {};
    inputs_ = {};
    at_ = 0;
}

void DrumClassifier::push(std::span<const float> samples, std::span<const float> wide, std::span<const float> low) {
    short_.push(samples);
    now_ = {};
    for (std::size_t b = 0; b < low.size(); ++b) now_[lowGroup_[b]] += low[b];
    for (std::size_t b = 0; b < wide.size(); ++b) now_[wideGroup_[b]] += wide[b];
    for (std::size_t g = 0; g < kGroups; ++g) now_[g] *= share_[g];
    history_[at_] = now_;
    at_ = (at_ + 1) % history_.size();
}

void DrumClassifier::markBefore() { before_ = history_[at_]; } // the oldest

DrumClassifier::ShortGroups DrumClassifier::shortGroups(std::size_t back) {
    short_.transform(back);
    ShortGroups level{};
    const std::span<const float> magnitude = short_.magnitude();
    for (std::size_t bin = 0; bin < magnitude.size(); ++bin) level[shortGroup_[bin]] += magnitude[bin];
    for (std::size_t g = 0; g < kShortGroups; ++g) level[g] = fastLog10(1.f + 4.f * level[g] * shortShare_[g]);
    return level;
}

void DrumClassifier::read(std::size_t first) {
    const ShortGroups now = shortGroups(0);
    const std::size_t shorts = first + 2 * kGroups;
    for (std::size_t g = 0; g < kShortGroups; ++g) {
        inputs_[shorts + g] = now[g] - shortBefore_[g];
        inputs_[shorts + kShortGroups + g] = now[g];
    }
    for (std::size_t g = 0; g < kGroups; ++g) {
        inputs_[first + g] = now_[g] - before_[g];
        inputs_[first + kGroups + g] = now_[g];
    }
}

void DrumClassifier::readEarly() {
    shortBefore_ = shortGroups(kBeforeStroke);
    read(0);
}

DrumClassifier::Inputs DrumClassifier::inputs() {
    read(kMoment);
    return inputs_;
}

std::array<float, DrumClassifier::kClasses> DrumClassifier::judge(const Inputs& x) {
    using namespace drum_weights;
    std::array<float, kClasses> out{};
    std::copy(kOutBias.begin(), kOutBias.end(), out.begin());
    for (std::size_t h = 0; h < kHidden; ++h) {
        float sum = kHiddenBias[h];
        for (std::size_t i = 0; i < kInputs; ++i) sum += kHiddenWeights[h * kInputs + i] * x[i];
        const float y = std::max(0.f, sum);
        for (std::size_t c = 0; c < kClasses; ++c) out[c] += kOutWeights[c * kHidden + h] * y;
    }
    return out;
}

} // namespace titanus::analysis
