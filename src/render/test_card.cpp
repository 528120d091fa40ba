#include "render/test_card.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

// The header is older than the warnings; its functions are static and some stay unused.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wsign-compare"
#include <stb/stb_easy_font.h>
#pragma GCC diagnostic pop

namespace titanus::render {
namespace {

struct Colour { std::uint8_t r, g, b; };
constexpr Colour kGround{40, 40, 44}, kGrid{120, 120, 126}, kWhite{255, 255, 255}, kBlack{0, 0, 0}, kSafe{230, 190, 60};

class Card {
  public:
    Card(int width, int height)
        : image_{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4, 255)} {}

    int width() const { return image_.width; }
    int height() const { return image_.height; }
    void dot(int x, int y, Colour c) {
        if (x < 0 || y < 0 || x >= width() || y >= height()) return;
        std::uint8_t* p = image_.at(x, y);
        p[0] = c.r, p[1] = c.g, p[2] = c.b;
    }
    void fill(int x0, int y0, int x1, int y1, Colour c) {
        for (int y = std::max(y0, 0); y < std::min(y1, height()); ++y)
            for (int x = std::max(x0, 0); x < std::min(x1, width()); ++x) dot(x, y, c);
    }
    void frame(int inset, int insetY, Colour c) {
        fill(inset, insetY, width() - inset, insetY + 1, c);
        fill(inset, height() - insetY - 1, width() - inset, height() - insetY, c);
        fill(inset, insetY, inset + 1, height() - insetY, c);
        fill(width() - inset - 1, insetY, width() - inset, height() - insetY, c);
    }
    void circle(double cx, double cy, double radius, double thick, Colour c) {
        for (int y = static_cast<int>(cy - radius - 2); y <= static_cast<int>(cy + radius + 2); ++y)
            for (int x = static_cast<int>(cx - radius - 2); x <= static_cast<int>(cx + radius + 2); ++x)
                if (std::abs(std::hypot(x + 0.5 - cx, y + 0.5 - cy) - radius) <= thick / 2) dot(x, y, c);
    }
    // Centred text whose capitals are about `size` pixels high, on a dark plate.
    void text(std::string text, double cx, double cy, double size) {
        for (char& c : text)
            if (c < 32 || c > 126) c = '?'; // the font knows ASCII
        if (text.empty()) return;
        std::vector<char> quads(text.size() * 1024 + 64); // 64 bytes a quad, at most 16 of them a letter
        const int count = stb_easy_font_print(0, 0, text.data(), nullptr, quads.data(), static_cast<int>(quads.size()));
        struct Vertex { float x, y, z; std::array<std::uint8_t, 4> colour; };
        constexpr double kCapitals = 7; // of the font, its units
        const double wide = stb_easy_font_width(text.data());
        const int scale = std::max(1, static_cast<int>(std::min(size / kCapitals, 0.9 * width() / wide)));
        const double left = std::round(cx - wide * scale / 2), top = std::round(cy - kCapitals * scale / 2);
        const double around = 2.0 * scale;
        fill(static_cast<int>(left - around), static_cast<int>(top - around), static_cast<int>(left + wide * scale + around),
             static_cast<int>(top + 9 * scale + around), kBlack);
        const auto* vertex = reinterpret_cast<const Vertex*>(quads.data());
        for (int i = 0; i < count; ++i, vertex += 4) // axis-parallel: the first and third corner say all
            fill(static_cast<int>(left + vertex[0].x * static_cast<float>(scale)), static_cast<int>(top + vertex[0].y * static_cast<float>(scale)),
                 static_cast<int>(left + vertex[2].x * static_cast<float>(scale)), static_cast<int>(top + vertex[2].y * static_cast<float>(scale)), kWhite);
    }
    core::Image take() { return std::move(image_); }

  private:
    core::Image image_;
};

// Square cells, counted from the middle, so that keystone shows at once.
void grid(Card& card, int cell) {
    const int cx = card.width() / 2, cy = card.height() / 2;
    for (int x = cx % cell; x < card.width(); x += cell) card.fill(x, 0, x + 1, card.height(), kGrid);
    for (int y = cy % cell; y < card.height(); y += cell) card.fill(0, y, card.width(), y + 1, kGrid);
}

// Grey in 16 steps, then a smooth one, then the primaries and their mixtures.
void ramps(Card& card, int top, int rowHeight) {
    const int left = card.width() / 5, right = card.width() - left, span = right - left;
    for (int x = left; x < right; ++x) {
        const double t = static_cast<double>(x - left) / std::max(span - 1, 1);
        const auto smooth = static_cast<std::uint8_t>(t * 255 + 0.5);
        const auto step = static_cast<std::uint8_t>(std::min(15, static_cast<int>(t * 16)) * 17);
        const auto bar = static_cast<unsigned>(std::min(7, static_cast<int>(t * 8))); // red, green, blue as bits
        const auto on = [&](unsigned bit) { return static_cast<std::uint8_t>(bar & bit ? 255 : 0); };
        card.fill(x, top, x + 1, top + rowHeight, {step, step, step});
        card.fill(x, top + rowHeight, x + 1, top + 2 * rowHeight, {smooth, smooth, smooth});
        card.fill(x, top + 2 * rowHeight, x + 1, top + 3 * rowHeight, {on(4), on(2), on(1)});
    }
}

} // namespace

core::Image drawTestCard(const TestCard& test, int width, int height) {
    Card card(width, height);
    const int cell = std::max(4, height / 12);
    const double cx = width / 2.0, cy = height / 2.0, line = std::max(1.0, height / 360.0);
    card.fill(0, 0, width, height, kGround);
    grid(card, cell);
    const std::string resolution = std::to_string(width) + " x " + std::to_string(height);
    if (test.identify) {
        card.text(test.number > 0 ? std::to_string(test.number) : "?", cx, cy, 0.6 * height);
        card.text(test.name, cx, 0.9 * height, height / 20.0);
        card.frame(0, 0, kWhite);
        return card.take();
    }
    card.circle(cx, cy, 0.45 * height, 2 * line, kWhite);
    for (const int sx : {0, 1}) // small ones: sharpness and shape in the corners
        for (const int sy : {0, 1}) card.circle(sx ? width - 1.5 * cell : 1.5 * cell, sy ? height - 1.5 * cell : 1.5 * cell, cell, line, kWhite);
    card.frame(width / 20, height / 20, kSafe);  // action safe, 90 %
    card.frame(width / 10, height / 10, kSafe);  // title safe, 80 %
    ramps(card, height / 2 + cell, cell / 2 + cell / 4);
    const int half = std::max(1, static_cast<int>(line) / 2), arm = cell;
    card.fill(width / 2 - arm, height / 2 - half, width / 2 + arm, height / 2 + half, kWhite);
    card.fill(width / 2 - half, height / 2 - arm, width / 2 + half, height / 2 + arm, kWhite);
    // Lines one pixel apart: even grey only where the projector shows every pixel.
    for (int y = height / 2 + 4 * cell; y < height / 2 + 4 * cell + cell / 2; ++y)
        for (int x = width / 2 - 2 * cell; x < width / 2 + 2 * cell; ++x) card.dot(x, y, (x < width / 2 ? x : y) % 2 ? kWhite : kBlack);
    const std::string name = (test.number > 0 ? std::to_string(test.number) + "  " : std::string()) + test.name;
    card.text(name, cx, 0.25 * height, height / 18.0);
    card.text(resolution, cx, 0.36 * height, height / 26.0);
    card.frame(0, 0, kWhite); // the outermost pixels
    return card.take();
}

} // namespace titanus::render
