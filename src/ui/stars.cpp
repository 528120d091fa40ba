// The constellation: prompts are stars in a plane, the picture is a comet that flies among them as
// it is painted, and the puck, under a hand or a band of the sound, weighs them. Behind it all the
// colours of the canvas, as a nebula.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

using modulation::StarMap;
using Place = StarMap::Place;

constexpr double kTailSeconds = 14;
constexpr int kNebulaColumns = 6, kNebulaRows = 4;
constexpr params::ParamIndex kX = params::param("constellation.x"), kY = params::param("constellation.y"), kAmount = params::param("constellation.amount");

// Part of the way that something gliding goes in this frame; `seconds`: to about two thirds.
float step(float dt, float seconds) { return 1 - std::exp(-dt / seconds); }

ImU32 light(const std::array<float, 3>& c, float alpha) {
    return ImGui::ColorConvertFloat4ToU32({std::clamp(c[0], 0.f, 1.f), std::clamp(c[1], 0.f, 1.f), std::clamp(c[2], 0.f, 1.f), std::clamp(alpha, 0.f, 1.f)});
}

// A colour as light: full brightness, hue kept, some white for a dull one.
std::array<float, 3> luminous(std::array<float, 3> c, float white) {
    const float top = std::max({c[0], c[1], c[2], 0.05f});
    for (float& x : c) x = x / top * (1 - white) + white;
    return c;
}

struct Field {
    Box box;
    float halfX = 0, halfY = 0;

    Field(const View& v, const Box& b) : box(b), halfX(b.w / 2 - v.px(84)), halfY(b.h / 2 - v.px(46)) {}
    ImVec2 at(Place p) const { return {box.x + box.w / 2 + p.x * halfX, box.y + box.h / 2 - p.y * halfY}; }
    Place place(ImVec2 s) const { return {(s.x - box.x - box.w / 2) / halfX, (box.y + box.h / 2 - s.y) / halfY}; }
};

void glow(View& v, ImVec2 at, float rx, float ry, ImU32 colour) {
    if (const ImTextureID texture = v.gpu.glow()) v.list()->AddImage(texture, {at.x - rx, at.y - ry}, {at.x + rx, at.y + ry}, {0, 0}, {1, 1}, colour);
}
void glow(View& v, ImVec2 at, float r, ImU32 colour) { glow(v, at, r, r, colour); }

void drawNebula(View& v, const Field& f) {
    const auto& sky = v.memory.sky;
    const auto now = static_cast<float>(v.in.seconds);
    for (int i = 0; i < kNebulaColumns * kNebulaRows; ++i) {
        const auto& c = sky.nebula[static_cast<std::size_t>(i)];
        const float phase = static_cast<float>(i) * 2.4f, drift = v.px(16);
        const ImVec2 at{f.box.x + f.box.w * (static_cast<float>(i % kNebulaColumns) + 0.5f) / kNebulaColumns + drift * std::sin(now * 0.11f + phase),
                        f.box.y + f.box.h * (static_cast<float>(i / kNebulaColumns) + 0.5f) / kNebulaRows + drift * std::cos(now * 0.13f + phase)};
        glow(v, at, f.box.w * 0.24f, f.box.h * 0.4f, light(c, 0.34f));
    }
    // Dust far behind: the same sky every night.
    std::uint32_t seed = 0x9e3779b9u;
    auto random = [&] { return seed = seed * 1664525u + 1013904223u, static_cast<float>(seed >> 8) / 16777216.f; };
    for (int i = 0; i < 220; ++i) {
        const ImVec2 at{f.box.x + random() * f.box.w, f.box.y + random() * f.box.h};
        const float size = random(), speed = 0.3f + 1.4f * random(), twinkle = 0.65f + 0.35f * std::sin(now * speed + 40 * size);
        glow(v, at, v.px(1.6f + 2.6f * size * size * size), light({1, 0.94f, 0.86f}, (0.12f + 0.5f * size * size) * twinkle));
    }
}

void drawComet(View& v, const Field& f) {
    const auto& sky = v.memory.sky;
    const auto head = luminous(sky.colour, 0.35f), tail = luminous(sky.colour, 0.05f);
    const double now = v.in.seconds;
    // Beads of light at even distances, so close that they are a thread: neither does light pile up
    // where the comet rests, nor does the thread tear where it hurries.
    const float apart = v.px(2.5f);
    std::optional<ImVec2> last;
    for (const auto& spot : sky.tail) {
        const ImVec2 to = f.at({spot.x, spot.y});
        if (!last) last = to;
        const float dx = to.x - last->x, dy = to.y - last->y, way = std::sqrt(dx * dx + dy * dy);
        const int beads = std::min(60, static_cast<int>(way / apart));
        const auto young = std::clamp(1 - static_cast<float>((now - spot.seconds) / kTailSeconds), 0.f, 1.f);
        for (int i = 1; i <= beads; ++i) {
            const float share = static_cast<float>(i) * apart / way;
            const ImVec2 at{last->x + dx * share, last->y + dy * share};
            glow(v, at, v.px(6 + 18 * young), light(tail, 0.012f + 0.05f * young * young));
            glow(v, at, v.px(2 + 4 * young), light(head, 0.03f + 0.13f * young * young));
        }
        if (beads > 0) last = ImVec2{last->x + dx * static_cast<float>(beads) * apart / way, last->y + dy * static_cast<float>(beads) * apart / way};
        if (beads == 60) last = to;
    }
    const ImVec2 at = f.at(sky.comet);
    const float breath = 0.92f + 0.08f * std::sin(static_cast<float>(now) * 2.1f);
    glow(v, at, v.px(96), light(tail, 0.36f * breath));
    glow(v, at, v.px(40), light(head, 0.5f));
    glow(v, at, v.px(15), light({1, 1, 1}, 0.95f));
}

struct Star {
    int slot = 0;
    ImVec2 at;
    float weight = 0, presence = 0, there = 0;

    float size() const { return std::min(1.f, std::abs(weight)); }
};

void drawStarLight(View& v, const Star& s) {
    // Warm draws the picture near, cold pushes it away.
    const std::array<float, 3> warm{1, 0.72f, 0.24f}, cold{0.36f, 0.58f, 0.95f}, idle{0.62f, 0.64f, 0.68f};
    const float w = s.size(), t = s.there;
    std::array<float, 3> tone = idle;
    for (std::size_t k = 0; k < 3; ++k) tone[k] += ((s.weight >= 0 ? warm : cold)[k] - idle[k]) * std::min(1.f, w * 5);
    const float bright = 0.3f + 0.7f * s.presence;
    glow(v, s.at, v.px(26 + 84 * w), light(tone, t * (0.10f + 0.42f * w * bright)));
    glow(v, s.at, v.px(12 + 24 * w), light(tone, t * (0.35f + 0.5f * bright)));
    // Spikes, as a lens gives them to what is bright.
    const float spike = v.px(16 + 120 * w * bright);
    glow(v, s.at, spike, v.px(2.2f), light(tone, t * 0.75f * w));
    glow(v, s.at, v.px(2.2f), spike * 0.7f, light(tone, t * 0.6f * w));
    glow(v, s.at, v.px(5 + 6 * w), light({1, 0.97f, 0.92f}, t * (0.45f + 0.55f * bright)));
    if (!v.gpu.glow()) v.list()->AddCircleFilled(s.at, v.px(4 + 8 * w), light(tone, t));
}

std::string nameOfStar(std::string_view text) {
    const auto end = text.find_first_of(":|");
    std::string name(text.substr(0, end));
    while (!name.empty() && name.back() == ' ') name.pop_back();
    return name;
}

// Beside its star, where nothing lies yet: right, left, below, above.
void drawLabel(View& v, const Star& s, const Box& field, std::vector<Box>& taken) {
    const std::string name = nameOfStar(v.memory.texts[params::promptText(s.slot).value]);
    ImFont* font = s.size() > 0.3f ? v.fonts.head : v.fonts.body;
    const float away = v.px(12 + 8 * s.size()), longest = field.w * 0.34f, w = std::min(textWidth(font, name), longest);
    const float h = font->FontSize + v.fonts.small->FontSize + v.px(3);
    const std::pair<Box, Align> places[] = {{{s.at.x + away, s.at.y - h / 2, w, h}, Align::Left},
                                            {{s.at.x - away - w, s.at.y - h / 2, w, h}, Align::Right},
                                            {{s.at.x - w / 2, s.at.y + away, w, h}, Align::Centre},
                                            {{s.at.x - w / 2, s.at.y - away - h, w, h}, Align::Centre}};
    for (const auto& [box, align] : places) {
        const bool inside = box.x > field.x + v.px(6) && box.right() < field.right() - v.px(6) && box.y > field.y + v.px(4) && box.bottom() < field.bottom() - v.px(4);
        const bool free = std::none_of(taken.begin(), taken.end(), [&, b = box](const Box& t) {
            return b.x < t.right() && t.x < b.right() && b.y < t.bottom() && t.y < b.bottom();
        });
        if (!inside || !free) continue;
        taken.push_back(box);
        Box lines = box;
        const Box upper = lines.cutTop(font->FontSize, v.px(3));
        const float ink = s.there * (s.size() > 0.02f ? 1.f : 0.55f);
        textIn(v.list(), {upper.x + 1, upper.y + 1.5f, upper.w, upper.h}, align, font, rgb(0, static_cast<unsigned>(190 * s.there)), name);
        textIn(v.list(), upper, align, font, withAlpha(kText, ink), name);
        const std::string figures = fmt::format("{:+.2f}   {:.0f} %", s.weight, s.presence * 100);
        textIn(v.list(), {align == Align::Left ? lines.x : lines.right() - std::max(lines.w, v.px(90)), lines.y, std::max(lines.w, v.px(90)), lines.h},
               align == Align::Left ? Align::Left : align == Align::Right ? Align::Right : Align::Centre, v.fonts.small,
               withAlpha(s.size() > 0.02f ? kAccent : kDim, s.there * 0.9f), figures);
        return;
    }
}

void drawPuck(View& v, const Field& f, bool held) {
    const float amount = std::clamp(v.in.frame[kAmount], 0.f, 1.f);
    const ImVec2 at = f.at({v.in.frame[kX], v.in.frame[kY]}), base = f.at({v.in.store[kX], v.in.store[kY]});
    ImDrawList* list = v.list();
    const ImU32 tone = amount > 0.005f ? kAccent : kDim;
    const float r = v.px(held ? 24 : 20);
    if (std::hypot(at.x - base.x, at.y - base.y) > v.px(4)) { // a source flies it: where the hand left it
        list->AddLine(base, at, withAlpha(kAccent, 0.35f), v.px(1.5f));
        list->AddCircle(base, v.px(9), withAlpha(kText, 0.6f), 32, v.px(1.5f));
    }
    list->AddCircleFilled(at, r, rgb(0x08090b, 150), 48);
    list->AddCircle(at, r, tone, 48, v.px(3));
    list->AddCircle(at, r + v.px(5), withAlpha(tone, 0.35f), 48, v.px(1.5f));
    list->AddCircleFilled(at, v.px(4), tone, 24);
    for (const float side : {-1.f, 1.f}) {
        list->AddLine({at.x + side * (r - v.px(8)), at.y}, {at.x + side * (r + v.px(9)), at.y}, tone, v.px(2));
        list->AddLine({at.x, at.y + side * (r - v.px(8))}, {at.x, at.y + side * (r + v.px(9))}, tone, v.px(2));
    }
}

// Both places in one frame: a line through the stars must not become stairs.
void movePuck(View& v, const Field& f) {
    auto& sky = v.memory.sky;
    if (v.in.learning) return; // X and Y below are what can be bound
    const ImGuiIO& io = ImGui::GetIO();
    const Place pointer = f.place(io.MousePos);
    bool moved = false;
    if (ImGui::IsItemActivated()) {
        const Place puck{v.in.store[kX], v.in.store[kY]};
        const ImVec2 at = f.at(puck);
        const bool grabbed = std::hypot(at.x - io.MousePos.x, at.y - io.MousePos.y) < v.px(34);
        sky.grabX = grabbed ? puck.x : pointer.x; // beside it: the puck comes under the finger
        sky.grabY = grabbed ? puck.y : pointer.y;
        moved = !grabbed;
    } else if (ImGui::IsItemActive() && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
        const float fine = io.KeyShift ? 0.1f : 1;
        sky.grabX += io.MouseDelta.x / f.halfX * fine;
        sky.grabY -= io.MouseDelta.y / f.halfY * fine;
        moved = true;
    }
    if (!moved) return;
    v.change(kX, std::clamp(sky.grabX, -1.f, 1.f));
    v.change(kY, std::clamp(sky.grabY, -1.f, 1.f));
}

} // namespace

void followStars(View& v) {
    auto& sky = v.memory.sky;
    const guidance::Canvas* canvas = v.in.canvas;
    const bool known = canvas && canvas->stars.generation > 0;
    for (std::size_t i = 0; i < sky.star.size(); ++i) {
        const bool shown = known && canvas->stars.shown[i];
        if (shown && sky.light[i] < 0.02f) sky.star[i] = canvas->stars.star[i]; // a new star rises in its place
        sky.light[i] += ((shown ? 1.f : 0.f) - sky.light[i]) * step(v.dt, 0.35f);
        if (!shown) continue;
        const float glide = step(v.dt, 0.4f);
        sky.star[i].x += (canvas->stars.star[i].x - sky.star[i].x) * glide;
        sky.star[i].y += (canvas->stars.star[i].y - sky.star[i].y) * glide;
    }
    if (!known) return;
    const Place to = canvas->stars.picture;
    if (!std::isfinite(to.x) || !std::isfinite(to.y)) return;
    if (!sky.started) sky.comet = to, sky.started = true;
    const float glide = step(v.dt, 0.3f); // steps come some 5 to 60 times a second: the comet flies all the time
    sky.comet.x += (to.x - sky.comet.x) * glide;
    sky.comet.y += (to.y - sky.comet.y) * glide;
    sky.tail.push_back({v.in.seconds, sky.comet.x, sky.comet.y});
    while (!sky.tail.empty() && (sky.tail.front().seconds < v.in.seconds - kTailSeconds || sky.tail.size() > 2000)) sky.tail.pop_front();

    const int w = canvas->width, h = canvas->height;
    if (w <= 0 || h <= 0 || canvas->rgba.size() < static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 4) return;
    std::array<float, 3> mean{};
    constexpr int kSamples = 3; // a side, in each cell of the nebula
    for (int cell = 0; cell < kNebulaColumns * kNebulaRows; ++cell) {
        auto& c = sky.nebula[static_cast<std::size_t>(cell)];
        std::array<float, 3> sum{};
        for (int k = 0; k < kSamples * kSamples; ++k) {
            const int x = ((cell % kNebulaColumns) * kSamples + k % kSamples) * (w - 1) / (kNebulaColumns * kSamples - 1);
            const int y = ((cell / kNebulaColumns) * kSamples + k / kSamples) * (h - 1) / (kNebulaRows * kSamples - 1);
            const float* pixel = &canvas->rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x)) * 4];
            for (std::size_t i = 0; i < 3; ++i) sum[i] += std::isfinite(pixel[i]) ? pixel[i] / (kSamples * kSamples) : 0;
        }
        for (std::size_t i = 0; i < 3; ++i) {
            c[i] += (sum[i] - c[i]) * step(v.dt, 0.8f);
            mean[i] += c[i] / (kNebulaColumns * kNebulaRows);
        }
    }
    sky.colour = mean;
}

void drawStars(View& v, Box box) {
    ImDrawList* list = v.list();
    v.panel(box);
    Box strip = box.cutBottom(v.px(56), 0).inset(v.px(10));
    strip.cutRight(v.px(102)); // the way back to the picture
    const float gap = v.px(6), amountWidth = strip.w * 0.46f;
    control(v, kAmount, strip.cutLeft(amountWidth, gap), "CONSTELLATION");
    strip.w -= gap;
    control(v, kX, strip.cell(0, 0, 2, 1, gap), "X");
    control(v, kY, strip.cell(1, 0, 2, 1, gap), "Y");

    const Field f(v, box);
    v.hit("constellation", box);
    const bool held = ImGui::IsItemActive(), hot = ImGui::IsItemHovered();
    if (v.reset("constellation") && !v.in.learning) {
        v.change(kX, params::row(kX).def);
        v.change(kY, params::row(kY).def);
    } else {
        movePuck(v, f);
    }
    if (v.focused("constellation")) { // + and - are one hand; the faders below have both
        if (v.memory.keys.nudge != 0) v.change(kAmount, std::clamp(v.in.store[kAmount] + v.memory.keys.nudge * 0.01f, 0.f, 1.f));
    }

    const auto& sky = v.memory.sky;
    std::vector<Star> stars;
    for (int slot = 0; slot < params::kPromptSlots; ++slot) {
        const auto i = static_cast<std::size_t>(slot);
        if (sky.light[i] < 0.02f) continue;
        const float presence = v.in.canvas && v.in.canvas->prompts[i].active ? std::clamp(v.in.canvas->prompts[i].presence, 0.f, 1.f) : 0;
        stars.push_back({slot, f.at(sky.star[i]), v.in.frame[params::promptWeight(slot)], presence, sky.light[i]});
    }
    std::sort(stars.begin(), stars.end(), [](const Star& a, const Star& b) { return a.size() > b.size(); });

    list->AddRectFilled(box.min(), box.max(), rgb(0x04050a), v.px(7), ImDrawFlags_RoundCornersTop);
    list->PushClipRect(box.min(), box.max(), true);
    v.gpu.beginLight(list);
    if (v.gpu.glow()) drawNebula(v, f);
    const float amount = std::clamp(v.in.frame[kAmount], 0.f, 1.f);
    const ImVec2 puck = f.at({v.in.frame[kX], v.in.frame[kY]});
    for (const Star& s : stars) { // what the puck gives to each star
        if (amount < 0.005f || s.size() < 0.01f) continue;
        const ImU32 tone = withAlpha(s.weight >= 0 ? kAccent : rgb(0x5c94f0), amount * s.size() * 0.55f * s.there);
        list->AddLine(puck, s.at, tone, v.px(1 + 2.5f * s.size()));
    }
    if (sky.started) drawComet(v, f);
    for (const Star& s : stars) drawStarLight(v, s);
    if (amount > 0.005f) glow(v, puck, v.px(70), withAlpha(kAccent, 0.25f + 0.2f * amount));
    v.gpu.endLight(list);

    std::vector<Box> taken;
    auto keep = [&](ImVec2 at, float r) { taken.push_back({at.x - r, at.y - r, 2 * r, 2 * r}); };
    for (const Star& s : stars) keep(s.at, v.px(8));
    keep(puck, v.px(30));
    if (sky.started) keep(f.at(sky.comet), v.px(12));
    for (const Star& s : stars) drawLabel(v, s, box, taken);
    if (sky.started) {
        const ImVec2 at = f.at(sky.comet);
        const Box words{at.x - v.px(40), at.y + v.px(15), v.px(80), v.px(18)};
        const bool free = std::none_of(taken.begin(), taken.end(), [&](const Box& t) {
            return t.w > v.px(30) && words.x < t.right() && t.x < words.right() && words.y < t.bottom() && t.y < words.bottom();
        });
        if (free) textIn(list, words, Align::Centre, v.fonts.small, kDim, "the picture");
    }
    drawPuck(v, f, held);
    const Box words{box.x + v.px(12), box.y + v.px(8), box.w - v.px(24), v.px(20)};
    if (stars.empty()) textIn(list, box, Align::Centre, v.fonts.body, kDim, "The stars rise when the guide has read the prompts.");
    else if (v.in.learning) textIn(list, words, Align::Left, v.fonts.small, kAccent, "To bind the puck, click X or Y below, then move a control.");
    else if (amount < 0.005f) textIn(list, words, Align::Left, v.fonts.small, kDim, "The faders lead. Raise CONSTELLATION, and the puck weighs the prompts: nearer is more.");
    list->PopClipRect();
    if (hot && !held && stars.empty()) v.tip("Constellation", "Prompts are stars, the picture is the comet. Drag the puck; right-click: back to the middle.");
}

} // namespace titanus::ui
