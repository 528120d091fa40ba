#include "controls/blend.h"

namespace titanus::controls {

void Blend::begin(params::Store& store, const params::Show& second, double now) {
    if (active_) end(store);
    mix_.begin(store, second, now);
    store.apply({kBlendFader, 0, params::Origin::Preset, now});
    share_ = 0;
    active_ = true;
}

void Blend::step(params::Store& store) {
    if (!active_ || store[kBlendFader] == share_) return;
    share_ = store[kBlendFader];
    mix_.at(store, share_, isSecond(share_));
}

void Blend::end(params::Store& store) {
    if (!active_) return;
    active_ = false;
    if (share_ <= 0) mix_.goBack(store);
    if (share_ >= 1) mix_.finish(store);
}

} // namespace titanus::controls
