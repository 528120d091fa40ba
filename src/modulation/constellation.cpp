#include "modulation/constellation.h"

#include "core/units.h"

#include <algorithm>

namespace titanus::modulation {

namespace {

constexpr float kGlideSeconds = 0.25f;
// Keeps the weight finite on a star; at this distance (a hundredth of the map) the star has half
// of what it has at its centre.
constexpr float kCore = 0.01f;

} // namespace

void Constellation::follow(const StarMap* map, double dtSeconds) {
    const bool there = map && map->generation > 0;
    const float k = core::onePole(static_cast<float>(dtSeconds), kGlideSeconds);
    for (std::size_t i = 0; i < stars_.size(); ++i) {
        Star& star = stars_[i];
        const bool shown = there && map->shown[i];
        if (shown && star.presence <= 1e-3f) {
            star.x = map->star[i].x; // appears where it is
            star.y = map->star[i].y;
        } else if (shown) {
            star.x += k * (map->star[i].x - star.x);
            star.y += k * (map->star[i].y - star.y);
        }
        star.presence += k * ((shown ? 1.f : 0.f) - star.presence);
        if (!shown && star.presence < 1e-3f) star.presence = 0;
    }
}

float Constellation::presence() const {
    float most = 0;
    for (const Star& s : stars_) most = std::max(most, s.presence);
    return most;
}

std::array<float, params::kPromptSlots> Constellation::weights(float x, float y) const {
    std::array<float, params::kPromptSlots> out{};
    float sum = 0;
    for (std::size_t i = 0; i < stars_.size(); ++i) {
        const Star& s = stars_[i];
        const float dx = s.x - x, dy = s.y - y;
        out[i] = s.presence / (dx * dx + dy * dy + kCore * kCore);
        sum += out[i];
    }
    if (sum > 0)
        for (float& w : out) w /= sum;
    return out;
}

} // namespace titanus::modulation
