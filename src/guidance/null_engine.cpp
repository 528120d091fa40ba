#include "guidance/null_engine.h"

#include "core/units.h"
#include "guidance/canvas_size.h"
#include "guidance/prompt_numbers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace titanus::guidance {
using modulation::Border;
using modulation::Vec2;
using params::param;

namespace {

constexpr double kWarpAtPixels = 0.5; // as the real painter
constexpr float kApproachSteps = 12;  // steps to come 1 - 1/e of the way to a new field

std::uint64_t hashed(const std::string& text, std::uint64_t seed) { // FNV-1a, then mixed
    std::uint64_t h = 1469598103934665603ull ^ (seed * 0x9e3779b97f4a7c15ull);
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    h ^= h >> 31;
    h *= 0xbf58476d1ce4e5b9ull;
    return h ^ (h >> 29);
}

// Some crossing waves, each with a colour: one text's field.
struct Field {
    struct Wave { float kx, ky, phase; std::array<float, 3> colour; };
    std::array<Wave, 4> waves;

    explicit Field(std::uint64_t h) {
        const auto next = [&h] { // xorshift
            h ^= h << 13;
            h ^= h >> 7;
            h ^= h << 17;
            return static_cast<float>(h >> 40) * 0x1p-24f;
        };
        for (Wave& w : waves) {
            w.kx = 6 * (2 * next() - 1);
            w.ky = 6 * (2 * next() - 1);
            w.phase = 6.2831853f * next();
            for (float& c : w.colour) c = 2 * next() - 1;
        }
    }
    std::array<float, 3> at(float x, float y) const {
        std::array<float, 3> sum{};
        for (const Wave& w : waves) {
            const float s = 0.6f * std::sin(w.kx * x + w.ky * y + w.phase);
            for (std::size_t c = 0; c < 3; ++c) sum[c] += s * w.colour[c];
        }
        return sum;
    }
};

class NullEngine final : public Engine {
  public:
    explicit NullEngine(const EngineOptions& options) : aspect_(options.aspect), seed_(options.seed) {}

    EngineInfo info() const override { return {"none", "cpu", "float32", 1, 0}; }
    std::unique_ptr<Engine> beside() override { return makeNullEngine({.modelDir = {}, .seed = seed_, .aspect = aspect_}); }

    void adopt(const Canvas& picture) override {
        size_ = {picture.width, picture.height};
        pixels_ = picture.rgba;
        pose_ = picture.pose;
        adopted_ = started_ = true;
    }

    void step(const modulation::FrameState& s, Canvas& out) override {
        const auto began = std::chrono::steady_clock::now();
        if (!s.frozen || pixels_.empty()) {
            resize(canvasSize(aspect_, static_cast<int>(s[param("canvas.side")])));
            if (!started_) pose_ = s.pose;
            load(s);
            started_ = true;
            move(s);
            readPrompts(s);
            paint();
            ++steps_;
        }
        out.width = size_.width;
        out.height = size_.height;
        out.rgba = pixels_;
        out.steps = steps_;
        out.pose = pose_;
        out.loss = 0;
        out.prompts = readings_;
        out.notFinite = 0;
        out.stepSeconds = std::chrono::duration<float>(std::chrono::steady_clock::now() - began).count();
    }

  private:
    struct Active { Field field; float weight; };

    float* pixel(int x, int y) { return &pixels_[static_cast<std::size_t>((y * size_.width + x) * 4)]; }

    void resize(CanvasSize size) {
        if (size == size_) return;
        std::vector<float> before = std::move(pixels_);
        const CanvasSize old = size_;
        size_ = size;
        pixels_.assign(static_cast<std::size_t>(size.width * size.height * 4), 0.5f);
        for (int y = 0; y < size.height; ++y)
            for (int x = 0; x < size.width; ++x) {
                float* p = pixel(x, y);
                p[3] = 1;
                if (before.empty()) continue;
                const int sx = x * old.width / size.width, sy = y * old.height / size.height;
                std::copy_n(&before[static_cast<std::size_t>((sy * old.width + sx) * 4)], 3, p);
            }
    }

    // Reads the canvas at a place in the camera's unit, by the border's rule.
    std::array<float, 3> read(const std::vector<float>& from, Vec2 p, Border border) const {
        const double aspect = static_cast<double>(size_.width) / size_.height;
        double u = (p.x / aspect + 1) / 2, v = (1 - p.y) / 2;
        const bool outside = u < 0 || u > 1 || v < 0 || v > 1;
        if (border == Border::Black && outside) return {0, 0, 0};
        const auto folded = [&](double t) {
            if (border == Border::Wrap) return t - std::floor(t);
            if (border == Border::Mirror) return 1 - std::abs(t - 2 * std::floor(t / 2) - 1);
            return std::clamp(t, 0.0, 1.0);
        };
        u = folded(u) * size_.width - 0.5;
        v = folded(v) * size_.height - 0.5;
        const int x0 = static_cast<int>(std::floor(u)), y0 = static_cast<int>(std::floor(v));
        const auto fx = static_cast<float>(u - x0), fy = static_cast<float>(v - y0);
        std::array<float, 3> sum{};
        for (int j = 0; j < 2; ++j)
            for (int i = 0; i < 2; ++i) {
                const int x = std::clamp(x0 + i, 0, size_.width - 1), y = std::clamp(y0 + j, 0, size_.height - 1);
                const float weight = (i ? fx : 1 - fx) * (j ? fy : 1 - fy);
                const float* q = &from[static_cast<std::size_t>((y * size_.width + x) * 4)];
                for (std::size_t c = 0; c < 3; ++c) sum[c] += weight * q[c];
            }
        return sum;
    }

    void move(const modulation::FrameState& s) {
        const modulation::CameraMotion motion = modulation::between(pose_, s.pose);
        if (modulation::largestShift(motion, s.space) * size_.height / 2 <= kWarpAtPixels) return;
        pose_ = s.pose;
        before_ = pixels_;
        for (int y = 0; y < size_.height; ++y)
            for (int x = 0; x < size_.width; ++x) {
                const Vec2 p = place(x, y);
                float* to = pixel(x, y);
                const double light = 0.2126 * to[0] + 0.7152 * to[1] + 0.0722 * to[2];
                const auto colour = read(before_, modulation::sourceOf(motion, s.space, p, light), s.space.border);
                std::copy(colour.begin(), colour.end(), to);
            }
    }

    // Opening pictures and those of scenes, by the rules of the real painter.
    void load(const modulation::FrameState& s) {
        const std::string& init = (*s.texts)[params::text("canvas.init")];
        const bool load = s.loads != loads_ && !adopted_, open = init != init_ && !adopted_ && !init.empty();
        loads_ = s.loads;
        init_ = init;
        adopted_ = false;
        if (load && s.picture && s.picture->width > 0) {
            become(*s.picture);
        } else if (open) {
            if (const auto picture = core::readImage(init)) become(picture.value());
            else report(picture.problem());
        } else {
            return;
        }
        pose_ = s.pose;
    }

    // Covers the canvas; what juts out is cut off on both sides alike.
    void become(const core::Image& picture) {
        const double scale = std::min(static_cast<double>(picture.width) / size_.width, static_cast<double>(picture.height) / size_.height);
        for (int y = 0; y < size_.height; ++y)
            for (int x = 0; x < size_.width; ++x) {
                const auto source = [&](int at, int size, int length) {
                    return std::clamp(static_cast<int>((at + 0.5 - size / 2.0) * scale + length / 2.0), 0, length - 1);
                };
                const std::uint8_t* from = picture.at(source(x, size_.width, picture.width), source(y, size_.height, picture.height));
                for (int c = 0; c < 3; ++c) pixel(x, y)[c] = static_cast<float>(from[c]) / 255;
            }
    }

    Vec2 place(int x, int y) const {
        const double aspect = static_cast<double>(size_.width) / size_.height;
        return {((x + 0.5) / size_.width * 2 - 1) * aspect, 1 - (y + 0.5) / size_.height * 2};
    }

    void readPrompts(const modulation::FrameState& s) {
        active_.clear();
        for (int i = 0; i < params::kPromptSlots; ++i) {
            const auto slot = static_cast<std::size_t>(i);
            const std::string& line = (*s.texts)[params::promptText(i)];
            if (line != lines_[slot]) {
                lines_[slot] = line;
                if (auto parsed = parsePromptLine(line)) {
                    PromptNumbers numbers(std::move(parsed).value());
                    numbers.goOnFrom(numbers_[slot]);
                    numbers_[slot] = std::move(numbers);
                } else {
                    report(parsed.problem());
                }
            }
            const float fader = s[params::promptWeight(i)];
            PromptReading reading;
            const auto now = numbers_[slot].at(s); // formulas and scenes as with a model; masks are not painted
            for (std::size_t k = 0; k < now.size(); ++k) {
                const float weight = now[k].weight * fader;
                if (weight == 0) continue;
                active_.push_back({Field(hashed(numbers_[slot].line().prompts[k].text, seed_)), weight});
                reading.active = true;
            }
            // Nothing is recognised here: the meter shows the share of the picture that is painted.
            readings_[slot].active = reading.active;
            const float share = reading.active ? std::clamp(fader, 0.f, 1.f) : 0;
            readings_[slot].presence += (share - readings_[slot].presence) / kApproachSteps;
            readings_[slot].similarity = readings_[slot].presence;
        }
    }

    void paint() {
        float total = 0;
        for (const Active& a : active_) total += std::abs(a.weight);
        if (total == 0) return;
        const float approach = std::min(total, 1.f) / kApproachSteps;
        for (int y = 0; y < size_.height; ++y)
            for (int x = 0; x < size_.width; ++x) {
                const Vec2 p = place(x, y);
                std::array<float, 3> sum{};
                for (const Active& a : active_) {
                    const auto c = a.field.at(static_cast<float>(p.x), static_cast<float>(p.y));
                    for (std::size_t k = 0; k < 3; ++k) sum[k] += c[k] * a.weight;
                }
                float* to = pixel(x, y);
                for (std::size_t k = 0; k < 3; ++k) {
                    const float goal = 1 / (1 + std::exp(-2 * sum[k] / std::max(total, 1.f)));
                    to[k] += approach * (goal - to[k]);
                }
            }
    }

    float aspect_;
    std::uint64_t seed_, steps_ = 0;
    CanvasSize size_;
    std::vector<float> pixels_, before_;
    modulation::CameraPose pose_;
    bool started_ = false, adopted_ = false;
    std::uint64_t loads_ = 0;
    std::string init_;
    std::array<std::string, params::kPromptSlots> lines_;
    std::array<PromptNumbers, params::kPromptSlots> numbers_;
    std::array<PromptReading, params::kPromptSlots> readings_{};
    std::vector<Active> active_;
};

} // namespace

std::unique_ptr<Engine> makeNullEngine(const EngineOptions& options) { return std::make_unique<NullEngine>(options); }

} // namespace titanus::guidance
