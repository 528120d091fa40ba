#pragma once
// The sounds of the demo track: oscillator, filter, echo, hall, and drums rendered once.
// Formulas: polyBLEP saw (Valimaki and Huovilainen 2007); state variable filter in trapezoidal form
// (Zavalishin, The Art of VA Filter Design, 2012); feedback delay network (Jot 1991).
// Thread: one   Real-time safe: yes after construction
#include "core/units.h"

#include <algorithm>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace titanus::audio::demo {

inline constexpr float kRate = 48000;

inline float noteHz(int note) {
    return 440.f * std::exp2(static_cast<float>(note - 69) / 12.f);
}
// Smooth, odd, slope 1 at 0, exactly +-1 from +-3: Pade approximant of tanh.
inline float softClip(float x) {
    if (x >= 3.f) return 1.f;
    if (x <= -3.f) return -1.f;
    return x * (27.f + x * x) / (27.f + 9.f * x * x);
}

class Noise { // xorshift32
  public:
    explicit Noise(std::uint32_t seed) : state_(seed) {}
    float next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return static_cast<float>(static_cast<std::int32_t>(state_)) * (1.f / 2147483648.f);
    }

  private:
    std::uint32_t state_;
};

class Saw {
  public:
    explicit Saw(float phase = 0) : phase_(phase) {}
    void setHz(float hz) { step_ = hz / kRate; }
    float next() {
        float y = 2.f * phase_ - 1.f;
        if (phase_ < step_) {
            const float t = phase_ / step_;
            y -= t + t - t * t - 1.f;
        } else if (phase_ > 1.f - step_) {
            const float t = (phase_ - 1.f) / step_;
            y -= t * t + t + t + 1.f;
        }
        phase_ += step_;
        if (phase_ >= 1.f) phase_ -= 1.f;
        return y;
    }

  private:
    float phase_, step_ = 0.01f;
};

class Filter {
  public:
    void set(float cutoffHz, float resonance) { // resonance 0 (none) .. 1 (sings)
        const float g = std::tan(static_cast<float>(core::kPi) * std::clamp(cutoffHz, 10.f, 20000.f) / kRate);
        k_ = 2.f - 1.95f * resonance;
        a1_ = 1.f / (1.f + g * (g + k_));
        a2_ = g * a1_;
        a3_ = g * a2_;
    }
    float low(float x) { return run(x).low; }
    float high(float x) {
        const Out o = run(x);
        return x - k_ * o.band - o.low;
    }
    float band(float x) { return run(x).band * k_; }

  private:
    struct Out { float band, low; };
    Out run(float x) {
        const float v3 = x - s2_;
        const float v1 = a1_ * s1_ + a2_ * v3;
        const float v2 = s2_ + a2_ * s1_ + a3_ * v3;
        s1_ = 2.f * v1 - s1_ + 1e-20f; // floored: denormals are slow
        s2_ = 2.f * v2 - s2_;
        return {v1, v2};
    }
    float k_ = 2, a1_ = 0, a2_ = 0, a3_ = 0, s1_ = 0, s2_ = 0;
};

struct Pair { float left = 0, right = 0; };

// Echo that crosses from side to side, three sixteenths apart.
class Echo {
  public:
    explicit Echo(std::size_t frames) : left_(frames), right_(frames) {}
    Pair next(float in, float feedback) {
        const Pair out{left_[at_], right_[at_]};
        left_[at_] = in + out.right * feedback;
        right_[at_] = out.left * feedback;
        if (++at_ == left_.size()) at_ = 0;
        return {out.left, out.right};
    }

  private:
    std::vector<float> left_, right_;
    std::size_t at_ = 0;
};

class Hall {
  public:
    Hall() {
        for (std::size_t i = 0; i < 4; ++i) line_[i].assign(kLengths[i], 0.f);
    }
    Pair next(float in) {
        std::array<float, 4> x;
        for (std::size_t i = 0; i < 4; ++i) {
            x[i] = line_[i][at_[i]];
            damp_[i] += 0.55f * (x[i] - damp_[i]);
        }
        const float half = 0.5f * (damp_[0] + damp_[1] + damp_[2] + damp_[3]);
        for (std::size_t i = 0; i < 4; ++i) { // Householder: energy is kept but for the factor
            line_[i][at_[i]] = in + 0.86f * (damp_[i] - half) + 1e-20f;
            if (++at_[i] == line_[i].size()) at_[i] = 0;
        }
        return {x[0] - x[2], x[1] - x[3]};
    }

  private:
    static constexpr std::array<std::size_t, 4> kLengths{1913, 2473, 3109, 3671}; // no common factor
    std::array<std::vector<float>, 4> line_;
    std::array<std::size_t, 4> at_{};
    std::array<float, 4> damp_{};
};

// Drums are the same each time, so they are computed once and then only read.
using Shot = std::vector<float>;
Shot makeKick();
Shot makeSnare();
Shot makeHat(float decaySeconds, float lengthSeconds, std::uint32_t seed);
Shot makeCrash();

// Reads one shot at a time; a new one cuts the old off, as a drum does.
class Player {
  public:
    explicit Player(const Shot& shot) : shot_(&shot), at_(shot.size()) {}
    void hit(float level) { at_ = 0, level_ = level; }
    void stop() { at_ = shot_->size(); }
    float next() { return at_ < shot_->size() ? level_ * (*shot_)[at_++] : 0.f; }

  private:
    const Shot* shot_;
    std::size_t at_;
    float level_ = 0;
};

} // namespace titanus::audio::demo
