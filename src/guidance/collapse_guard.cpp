#include "guidance/collapse_guard.h"

#include <algorithm>
#include <cmath>

namespace titanus::guidance {
using params::param;
using params::ParamIndex;

namespace {

constexpr double kLookEverySeconds = 0.5;
constexpr double kReferenceSeconds = 8;
constexpr double kPatienceSeconds = 3; // a drop to black or a flash of white is no collapse
constexpr int kMostColumns = 96;

// In band: contrast .06 to any, extremes up to .6, fineness .004 to .35, change over .012 in 8 s.
// Photographs and healthy canvases lie at .12-.3, 0-.3, .01-.2 (measured on the ten built-in
// presets and on noise); a sign goes out only when its measure is a fifth back inside.
constexpr float kLeastContrast = 0.06f, kMostExtremes = 0.6f, kMostFineness = 0.35f, kLeastFineness = 0.004f, kLeastChange = 0.012f;
constexpr float kBack = 0.2f;

} // namespace

std::string_view name(CollapseGuard::Sign sign) {
    constexpr std::array<std::string_view, static_cast<std::size_t>(CollapseGuard::Sign::Count)> kNames{
        "none", "flat", "extreme", "grainy", "mushy", "stale"};
    return kNames[static_cast<std::size_t>(sign)];
}

PictureHealth measureHealth(const std::vector<float>& luma, int width, const std::vector<float>& reference) {
    PictureHealth health;
    if (width < 3 || luma.empty()) return health;
    const auto columns = static_cast<std::size_t>(width), rows = luma.size() / columns;
    double sum = 0, square = 0, extreme = 0, fine = 0, counted = 0, change = 0;
    for (const float l : luma) {
        sum += l;
        square += static_cast<double>(l) * l;
        extreme += l < 0.03f || l > 0.97f;
    }
    const double n = static_cast<double>(luma.size()), mean = sum / n, variance = std::max(square / n - mean * mean, 0.0);
    for (std::size_t y = 1; y + 1 < rows; ++y)
        for (std::size_t x = 1; x + 1 < columns; ++x) {
            float around = 0;
            for (std::size_t j = y - 1; j <= y + 1; ++j)
                for (std::size_t i = x - 1; i <= x + 1; ++i) around += luma[j * columns + i];
            const double d = luma[y * columns + x] - around / 9;
            fine += d * d;
            ++counted;
        }
    health.contrast = static_cast<float>(std::sqrt(variance));
    health.extremes = static_cast<float>(extreme / n);
    health.fineness = counted > 0 && variance > 1e-6 ? static_cast<float>(fine / counted / variance) : 0;
    if (reference.size() == luma.size()) {
        for (std::size_t i = 0; i < luma.size(); ++i) change += std::abs(luma[i] - reference[i]);
        health.change = static_cast<float>(change / n);
    }
    return health;
}

void CollapseGuard::look(const Canvas& canvas, double seconds) {
    if (canvas.width < 3 || canvas.height < 3 || (seconds >= looked_ && seconds - looked_ < kLookEverySeconds)) return;
    looked_ = seconds;
    const int step = (canvas.width + kMostColumns - 1) / kMostColumns;
    const int width = canvas.width / step, height = canvas.height / step;
    if (width != width_ || height != height_) {
        width_ = width;
        height_ = height;
        reference_.clear();
        referenceAt_ = seconds;
    }
    small_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            // One pixel of each block, not its mean: the grain must stay visible.
            const float* p = &canvas.rgba[(static_cast<std::size_t>(y * step) * static_cast<std::size_t>(canvas.width) +
                                           static_cast<std::size_t>(x * step)) * 4];
            small_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] =
                0.2126f * p[0] + 0.7152f * p[1] + 0.0722f * p[2];
        }
    const bool due = reference_.empty() || seconds - referenceAt_ >= kReferenceSeconds;
    const float before = health_.change;
    health_ = measureHealth(small_, width, reference_);
    if (due) {
        reference_ = small_;
        referenceAt_ = seconds;
    } else {
        health_.change = std::max(before, health_.change); // judged over the whole time, not its beginning
    }
    judge(seconds);
    if (due) health_.change = std::max(health_.change, kLeastChange);
}

void CollapseGuard::judge(double seconds) {
    const PictureHealth& h = health_;
    const auto beyond = [&](Sign sign, float measure, float limit, bool upper) {
        const float edge = sign_ != sign ? limit : upper ? limit * (1 - kBack) : limit * (1 + kBack);
        return upper ? measure > edge : measure < edge;
    };
    const bool judgedChange = seconds - referenceAt_ <= 1e-9; // the 8 s are over in this look
    const bool stale = judgedChange ? beyond(Sign::Stale, h.change, kLeastChange, false) : sign_ == Sign::Stale;
    const Sign now = beyond(Sign::Flat, h.contrast, kLeastContrast, false)       ? Sign::Flat
                     : beyond(Sign::Extreme, h.extremes, kMostExtremes, true)    ? Sign::Extreme
                     : beyond(Sign::Grainy, h.fineness, kMostFineness, true)     ? Sign::Grainy
                     : beyond(Sign::Mushy, h.fineness, kLeastFineness, false)    ? Sign::Mushy
                     : stale                                                     ? Sign::Stale
                                                                                 : Sign::None;
    if (now != suspect_) {
        suspect_ = now;
        suspectedAt_ = seconds;
    }
    const bool sure = now == Sign::None || now == Sign::Stale || seconds - suspectedAt_ >= kPatienceSeconds;
    if (now == sign_ || !sure) return;
    sign_ = now;
    if (sign_ != Sign::None) ++interventions_;
}

void CollapseGuard::nudge(modulation::FrameState& state) const {
    const float firm = 2 * state[param("guard.collapse")]; // the default is 1
    if (firm <= 0 || state.frozen) return;
    const auto set = [&](ParamIndex index, float value) {
        const params::Param& row = params::row(index);
        state.effective.values[index.value] = std::clamp(value, row.min, row.max);
    };
    const auto add = [&](ParamIndex index, float value) { set(index, state[index] + firm * value); };
    const auto scale = [&](ParamIndex index, float factor) { set(index, state[index] * std::pow(factor, firm)); };
    switch (sign_) {
    case Sign::Flat:
        add(param("canvas.coarse_noise"), 0.6f);
        scale(param("guide.rate"), 1.4f);
        scale(param("canvas.forget"), 0.3f);
        break;
    case Sign::Extreme:
        add(param("canvas.forget"), 0.35f);
        scale(param("canvas.contrast"), 0.85f);
        break;
    case Sign::Grainy:
        add(param("guide.smoothing"), 0.5f);
        scale(param("canvas.fine_rate"), 0.4f);
        scale(param("canvas.fine_noise"), 0.2f);
        scale(param("canvas.noise"), 0.3f);
        break;
    case Sign::Mushy:
        scale(param("canvas.fine_rate"), 1.8f);
        scale(param("guide.smoothing"), 0.4f);
        add(param("canvas.fine_noise"), 0.15f);
        break;
    case Sign::Stale:
        add(param("canvas.coarse_noise"), 0.25f);
        add(param("canvas.forget"), 0.08f);
        break;
    case Sign::None:
    case Sign::Count: break;
    }
}

} // namespace titanus::guidance
