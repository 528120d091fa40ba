#include "analysis/sections.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>

namespace titanus::analysis {

void Sections::Slow::add(double x, double share) {
    value += share * (x - value);
    weight += share * (1 - weight);
    if (std::abs(value) < 1e-20) value = 0;
}

Sections::Sections(double hopSeconds) : hopSeconds_(hopSeconds) {}

void Sections::reset() { *this = Sections(hopSeconds_); }

void Sections::process(double now, int attacks, Features& f) {
    const auto share = [&](double seconds) { return 1 - std::exp(-hopSeconds_ / seconds); };
    sinceDrop_ += hopSeconds_;
    if (f.silent) {
        f.section = Section::Silence;
        f.sectionConfidence = 1;
        energy_ += static_cast<float>(share(1)) * (0 - energy_);
        build_ += static_cast<float>(share(0.5)) * (0 - build_);
        if (energy_ < 1e-20f) energy_ = 0;
        if (build_ < 1e-20f) build_ = 0;
        f.energy = energy_;
        f.build = build_;
        thin_ += hopSeconds_;
        rising_ = 0;
        return;
    }
    heard_ += hopSeconds_;
    const double loud = static_cast<double>(f.loudness);
    const double low = std::sqrt(static_cast<double>(f.raw[0] * f.raw[0] + f.raw[1] * f.raw[1]));
    loudShort_.add(loud, share(2));
    loudLong_.add(loud, share(20));
    lowShort_.add(low, share(0.35));
    // The full low end of this track: reached in seconds, forgotten over minutes, so that a long break
    // does not become what is usual.
    fullLow_ += share(heard_ < 3 ? 1 : lowShort_.mean() > fullLow_ ? 4 : 120) * (lowShort_.mean() - fullLow_);
    const double rate = static_cast<double>(attacks) / hopSeconds_;
    densityShort_.add(rate, share(1.5));
    densityMid_.add(rate, share(6));
    densityLong_.add(rate, share(25));
    brightShort_.add(static_cast<double>(f.centroid), share(1.5));
    brightMid_.add(static_cast<double>(f.centroid), share(6));
    loudest_ = std::max(loudShort_.mean(), loudest_ - 0.05 * hopSeconds_);

    const double level = std::clamp((loudShort_.mean() - (loudest_ - 24)) / 24, 0.0, 1.0);
    const double density = std::clamp(densityShort_.mean() / 10, 0.0, 1.0);
    const double wanted = 0.7 * level * level + 0.3 * density;
    energy_ += static_cast<float>(share(0.7)) * (static_cast<float>(wanted) - energy_);

    const double lowRatio = fullLow_ > 1e-6 ? lowShort_.mean() / fullLow_ : 1;
    const bool away = lowRatio < 0.4 && heard_ > 8;
    const bool back = lowRatio > 0.88; // a build-up's own kick brings some of it back
    if (away) thin_ += hopSeconds_;
    else if (!back) thin_ = std::max(0.0, thin_ - 0.2 * hopSeconds_);
    // Where the low end was least in the last second: it comes back with the first kick after that.
    if (lowRatio < leastLow_ || now - leastAt_ > 1.2) {
        leastLow_ = lowRatio;
        leastAt_ = now;
        returned_ = -1e9;
    }
    const double kick = f.lastOnset[static_cast<std::size_t>(OnsetKind::Kick)];
    if (returned_ < leastAt_ - 0.05 && kick > leastAt_ - 0.05) returned_ = kick;
    // A build-up: the sound grows denser and brighter without getting quieter; while the low end holds
    // back, little of it tells.
    const double denser = densityShort_.mean() - densityMid_.mean(), brighter = brightShort_.mean() - brightMid_.mean();
    const bool rises = heard_ > 8 && brighter > -0.01 && denser > -0.3 && (brighter > (lowRatio < 0.85 ? 0.008 : 0.025) || denser > 1.2) &&
                       loudShort_.mean() > loudLong_.mean() - 12;
    rising_ = rises ? rising_ + hopSeconds_ : std::max(0.0, rising_ - 0.5 * hopSeconds_);
    rising_ = std::min(rising_, 12.0);
    const double buildWanted = std::clamp((rising_ - 0.5) / 4, 0.0, 1.0);
    build_ += static_cast<float>(share(0.4)) * (static_cast<float>(buildWanted) - build_);

    // The drop: the low end comes back at once after it was away, or after a build-up.
    const bool prepared = thin_ > 3 || (build_ > 0.6f && thin_ > 0.5);
    const bool strike = now - kick < 0.6;
    if (back && prepared && strike && sinceDrop_ > 8 && heard_ > 10) {
        f.drops += 1;
        f.lastDropSeconds = returned_ > now - 1.5 ? returned_ : kick;
        sinceDrop_ = 0;
        confidence_ = std::clamp(0.4 + 0.05 * thin_ + 0.3 * static_cast<double>(build_), 0.0, 1.0);
        rising_ = 0;
    }
    if (back) thin_ = std::max(0.0, thin_ - 4 * hopSeconds_);

    const double four = 16 * f.clock.periodSeconds;
    if (sinceDrop_ < four) {
        f.section = Section::Drop;
        f.sectionConfidence = static_cast<float>(confidence_);
    } else if (build_ > 0.4f) {
        f.section = Section::Build;
        f.sectionConfidence = build_;
    } else if (thin_ > 1.5 && away) {
        f.section = Section::Break;
        f.sectionConfidence = static_cast<float>(std::clamp((0.5 - lowRatio) * 2, 0.0, 1.0) * std::min(1.0, thin_ / 4));
    } else {
        f.section = Section::Steady;
        f.sectionConfidence = static_cast<float>(std::clamp(heard_ / 10, 0.0, 1.0) * (1 - static_cast<double>(build_)));
    }
    f.energy = energy_;
    f.build = build_;
}

} // namespace titanus::analysis
