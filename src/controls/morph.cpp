#include "controls/morph.h"

#include <algorithm>

namespace titanus::controls {

void Morph::start(params::Store& store, const params::Show& target, double seconds, double now) {
    active_ = seconds > 0;
    if (!active_) {
        store.recall(target, params::Origin::Preset);
        return;
    }
    start_ = now;
    seconds_ = seconds;
    mix_.begin(store, target, now);
}

double Morph::progress(double now) const {
    return seconds_ <= 0 ? 1 : std::clamp((now - start_) / seconds_, 0.0, 1.0);
}

bool Morph::step(params::Store& store, double now) {
    if (!active_) return false;
    const double x = progress(now);
    active_ = x < 1;
    if (active_) mix_.at(store, static_cast<float>(x * x * (3 - 2 * x)), x >= 0.5); // starts and ends gently
    else mix_.finish(store);
    return active_;
}

} // namespace titanus::controls
