#pragma once
// Any number of channels to two. Thread: any   Real-time safe: yes
#include <algorithm>
#include <cstddef>

namespace titanus::audio {

// Two picked channels of a device; a channel that it lacks is read as its last one.
inline void pickStereo(const float* in, int channels, int left, int right, float* stereo,
                       std::size_t frames) {
    const auto stride = static_cast<std::size_t>(channels);
    const auto l = static_cast<std::size_t>(std::clamp(left, 0, channels - 1));
    const auto r = static_cast<std::size_t>(std::clamp(right, 0, channels - 1));
    for (std::size_t i = 0; i < frames; ++i) {
        stereo[2 * i] = in[i * stride + l];
        stereo[2 * i + 1] = in[i * stride + r];
    }
}

// A whole mix: mono doubled, stereo as it is, more in the usual order (L R C LFE Ls Rs ...): centre
// at -3 dB and LFE at -6 dB to both sides, the others at -3 dB to their side (ITU-R BS.775), divided
// by the sum of the weights so that it cannot clip.
inline void foldStereo(const float* in, int channels, float* stereo, std::size_t frames) {
    if (channels <= 2) return pickStereo(in, channels, 0, 1, stereo, frames);
    constexpr float kThreeDb = 0.70710678f, kSixDb = 0.5f;
    const auto stride = static_cast<std::size_t>(channels);
    float weights[2] = {1, 1};
    for (int c = 2; c < channels; ++c) {
        const float w = c == 3 ? kSixDb : kThreeDb;
        if (c <= 3 || c % 2 == 0) weights[0] += w;
        if (c <= 3 || c % 2 == 1) weights[1] += w;
    }
    for (std::size_t i = 0; i < frames; ++i) {
        const float* x = in + i * stride;
        float left = x[0], right = x[1];
        for (int c = 2; c < channels; ++c) {
            const float v = x[c] * (c == 3 ? kSixDb : kThreeDb);
            if (c <= 3 || c % 2 == 0) left += v;
            if (c <= 3 || c % 2 == 1) right += v;
        }
        stereo[2 * i] = left / weights[0];
        stereo[2 * i + 1] = right / weights[1];
    }
}

} // namespace titanus::audio
