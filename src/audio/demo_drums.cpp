#include "audio/demo_voices.h"

#include <algorithm>

namespace titanus::audio::demo {
namespace {

std::size_t framesOf(float seconds) { return static_cast<std::size_t>(seconds * kRate); }
float decay(float t, float tau) { return std::exp(-t / tau); }

// The last 5 ms go to 0, so that nothing ends with a click.
void closeShot(Shot& shot) {
    const std::size_t fade = std::min(shot.size(), framesOf(0.005f));
    for (std::size_t i = 0; i < fade; ++i)
        shot[shot.size() - 1 - i] *= static_cast<float>(i) / static_cast<float>(fade);
}

} // namespace

// A sine that falls from 240 to 49 Hz, driven into saturation, with a click on top.
Shot makeKick() {
    Shot shot(framesOf(0.36f));
    Noise noise(0x51A7u);
    double phase = 0;
    for (std::size_t i = 0; i < shot.size(); ++i) {
        const float t = static_cast<float>(i) / kRate;
        const float hz = 49.f + 120.f * decay(t, 0.028f) + 260.f * decay(t, 0.005f);
        phase += 2 * core::kPi * static_cast<double>(hz) / static_cast<double>(kRate);
        const float body = static_cast<float>(std::cos(phase)) * decay(t, 0.17f);
        const float click = noise.next() * decay(t, 0.0025f) * 0.35f;
        shot[i] = softClip(1.7f * body + click) * std::min(1.f, t * 4000.f);
    }
    closeShot(shot);
    return shot;
}

// Snare and clap in one: two drum modes, wide noise, and three early bursts of it.
Shot makeSnare() {
    Shot shot(framesOf(0.3f));
    Noise noise(0xC1A9u);
    Filter high, band;
    high.set(900, 0.1f);
    band.set(1900, 0.35f);
    for (std::size_t i = 0; i < shot.size(); ++i) {
        const float t = static_cast<float>(i) / kRate;
        const float w = 2 * static_cast<float>(core::kPi) * t;
        const float drum = (std::sin(w * 186) + 0.6f * std::sin(w * 331)) * decay(t, 0.045f);
        const float n = noise.next();
        float clap = decay(t, 0.075f);
        for (const float at : {0.010f, 0.021f})
            if (t >= at) clap = std::max(clap, 0.9f * decay(t - at, 0.006f));
        clap = std::max(clap, decay(t, 0.005f) * 1.3f);
        shot[i] = softClip(0.55f * drum + 0.75f * high.high(n) * clap + 1.1f * band.band(n) * clap);
    }
    closeShot(shot);
    return shot;
}

// Six detuned squares, as in the machines of the eighties, and noise, above 7 kHz.
Shot makeHat(float decaySeconds, float lengthSeconds, std::uint32_t seed) {
    Shot shot(framesOf(lengthSeconds));
    Noise noise(seed);
    Filter first, second;
    first.set(7200, 0.2f);
    second.set(7800, 0);
    constexpr std::array<float, 6> kHz{2130, 3067, 3779, 4291, 5417, 6733};
    std::array<float, 6> phase{};
    for (std::size_t i = 0; i < shot.size(); ++i) {
        const float t = static_cast<float>(i) / kRate;
        float metal = 0;
        for (std::size_t k = 0; k < kHz.size(); ++k) {
            phase[k] += kHz[k] / kRate;
            phase[k] -= std::floor(phase[k]);
            metal += phase[k] < 0.5f ? 1.f : -1.f;
        }
        const float x = 0.16f * metal + 0.7f * noise.next();
        shot[i] = 0.8f * second.high(first.high(x)) * decay(t, decaySeconds);
    }
    closeShot(shot);
    return shot;
}

Shot makeCrash() {
    Shot shot = makeHat(0.55f, 2.2f, 0xBADCu);
    Noise noise(0xF00Du);
    Filter band;
    band.set(3800, 0.1f);
    for (std::size_t i = 0; i < shot.size(); ++i)
        shot[i] += 0.35f * band.band(noise.next()) * decay(static_cast<float>(i) / kRate, 0.4f);
    closeShot(shot);
    return shot;
}

} // namespace titanus::audio::demo
