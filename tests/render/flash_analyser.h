#pragma once
// Judges a clip by the guideline itself (WCAG 2.2, general and red flash thresholds), on the CPU and
// by another way than the guard: every pixel of a small picture has its own list of extremes, found
// when the whole clip is known, and every window of one second is looked at.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace titanus::render {

class FlashAnalyser {
  public:
    FlashAnalyser(int width, int height, double fps) : pixels_(static_cast<std::size_t>(width * height)), fps_(fps) {}

    // RGBA, 8 bit, width*height pixels.
    void add(const std::vector<std::uint8_t>& rgba) {
        for (std::size_t i = 0; i < pixels_.size(); ++i) {
            std::array<double, 3> c{};
            for (std::size_t k = 0; k < 3; ++k) {
                const double v = rgba[i * 4 + k] / 255.0;
                c[k] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
            }
            const double sum = c[0] + c[1] + c[2];
            // CIE 1931 of sRGB, then CIE 1976 u', v'. Black has no colour: the white point's.
            const double x = 0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2], z = 0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2];
            const double y = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2], d = x + 15 * y + 3 * z;
            const bool colour = sum > 0.03;
            pixels_[i].push_back({y, colour ? 4 * x / d : 0.1978, colour ? 9 * y / d : 0.4683, colour && c[0] / sum >= 0.8, c[0] - c[1] - c[2]});
        }
        ++frames_;
    }
    // Most flashes (pairs of opposing changes) in any second over more than a quarter of the picture.
    int general() const { return worst([](const Series& s) { return lightChanges(s); }); }
    int red() const { return worst([](const Series& s) { return redChanges(s); }); }
    bool passes() const { return general() <= 3 && red() <= 3; }

  private:
    struct Sample { double light, u, v; bool saturated; double excess; };
    using Series = std::vector<Sample>;

    // Frames at which an opposing change of a tenth was complete: between neighbouring extremes.
    static std::vector<int> lightChanges(const Series& s) {
        std::vector<int> out;
        double low = s[0].light, high = s[0].light;
        int direction = 0;
        for (std::size_t i = 1; i < s.size(); ++i) {
            const double l = s[i].light;
            low = std::min(low, l);
            high = std::max(high, l);
            const bool up = l - low >= 0.1 && low < 0.8 && direction <= 0, down = high - l >= 0.1 && l < 0.8 && direction >= 0;
            if (!up && !down) continue;
            direction = up ? 1 : -1;
            low = high = l;
            out.push_back(static_cast<int>(i));
        }
        return out;
    }
    // Into and out of a saturated red, with a distance of colour above 0.2 each time; and of light,
    // by the formula of the earlier versions, (R - G - B) * 320 > 20: next to black is no colour.
    static std::vector<int> redChanges(const Series& s) {
        std::vector<int> out;
        std::size_t from = 0; // the state last changed to
        for (std::size_t i = 1; i < s.size(); ++i) {
            const bool far = std::hypot(s[i].u - s[from].u, s[i].v - s[from].v) > 0.2 &&
                             std::abs(s[i].excess - s[from].excess) * 320 > 20;
            if (far && (s[i].saturated || s[from].saturated)) {
                out.push_back(static_cast<int>(i));
                from = i;
            }
        }
        return out;
    }
    template <class Changes> int worst(Changes changes) const {
        const int window = static_cast<int>(std::lround(fps_));
        std::vector<std::vector<int>> all;
        for (const Series& s : pixels_) all.push_back(changes(s));
        int most = 0;
        for (int start = 0; start == 0 || start + window <= frames_; ++start)
            for (int flashes = most + 1;; ++flashes) {
                const auto over = std::count_if(all.begin(), all.end(), [&](const std::vector<int>& at) {
                    const auto a = std::lower_bound(at.begin(), at.end(), start), b = std::lower_bound(at.begin(), at.end(), start + window);
                    return (b - a) / 2 >= flashes;
                });
                if (4 * static_cast<std::size_t>(over) <= all.size()) break;
                most = flashes;
            }
        return most;
    }

    std::vector<Series> pixels_;
    double fps_;
    int frames_ = 0;
};

} // namespace titanus::render
