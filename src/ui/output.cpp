// Setting up a wall: the corners of the output under the hand, test card, virtual camera; what the
// flash guard measures and what is being written down.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

using params::param;

struct Corner {
    std::string_view id;
    params::ParamIndex x, y;
    float u, w; // where it rests: 0..1 from the left, 0..1 from the top
};
constexpr Corner kCorners[] = {{"pin.top_left", param("output.top_left_x"), param("output.top_left_y"), 0, 0},
                               {"pin.top_right", param("output.top_right_x"), param("output.top_right_y"), 1, 0},
                               {"pin.bottom_right", param("output.bottom_right_x"), param("output.bottom_right_y"), 1, 1},
                               {"pin.bottom_left", param("output.bottom_left_x"), param("output.bottom_left_y"), 0, 1}};

void drawPin(View& v, const Box& box) {
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), rgb(0x0b0c0f), v.px(5));
    const float h = std::min(box.h * 0.72f, box.w * 0.72f * 9 / 16), w = h * 16 / 9;
    const Box frame{box.x + (box.w - w) / 2, box.y + (box.h - h) / 2, w, h}; // of the output, uncorrected
    const float reach = v.px(14);
    ImVec2 at[4];
    for (int i = 0; i < 4; ++i) {
        const Corner& c = kCorners[i];
        at[i] = {std::clamp(frame.x + (c.u + v.in.store[c.x]) * w, box.x + reach, box.right() - reach),
                 std::clamp(frame.y + (c.w - v.in.store[c.y]) * h, box.y + reach, box.bottom() - reach)};
    }
    list->PushClipRect(box.min(), box.max(), true);
    if (v.in.picture.texture)
        list->AddImageQuad(reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(v.in.picture.texture)), at[0], at[1], at[2], at[3],
                           {0, 1}, {1, 1}, {1, 0}, {0, 0}, rgb(0xffffff, 150));
    list->AddRect(frame.min(), frame.max(), kLine, 0, 0, v.px(1.5f));
    for (int k = 1; k < 4; ++k) { // a net over the picture shows how it is bent
        const float t = static_cast<float>(k) / 4;
        const auto between = [&](int a, int b) { return ImVec2{at[a].x + (at[b].x - at[a].x) * t, at[a].y + (at[b].y - at[a].y) * t}; };
        list->AddLine(between(0, 1), between(3, 2), withAlpha(kText, 0.25f));
        list->AddLine(between(0, 3), between(1, 2), withAlpha(kText, 0.25f));
    }
    list->AddQuad(at[0], at[1], at[2], at[3], kAccent, v.px(2));
    list->PopClipRect();
    for (int i = 0; i < 4; ++i) {
        const Corner& c = kCorners[i];
        v.hit(c.id, {at[i].x - reach, at[i].y - reach, 2 * reach, 2 * reach});
        const bool hot = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
        const ImVec2 d = ImGui::GetIO().MouseDelta;
        if (v.reset(c.id)) {
            v.change(c.x, 0);
            v.change(c.y, 0);
        } else if (held && (d.x != 0 || d.y != 0)) {
            const float fine = ImGui::GetIO().KeyShift ? 0.1f : 1;
            v.change(c.x, std::clamp(v.in.store[c.x] + d.x / w * fine, -0.5f, 0.5f));
            v.change(c.y, std::clamp(v.in.store[c.y] - d.y / h * fine, -0.5f, 0.5f));
        }
        list->AddCircleFilled(at[i], v.px(held ? 11 : 9), held || hot ? kAccent : rgb(0x0b0c0f), 24);
        list->AddCircle(at[i], v.px(held ? 11 : 9), kAccent, 24, v.px(2.5f));
        if (hot && !held) v.tip("Corner", "Drag it onto the corner of the wall; Shift is fine; right-click: back to rest.");
    }
}

// Flashes in a second against the three that are advised.
void flashBar(View& v, Box box, std::string_view name, float perSecond) {
    constexpr float kTop = 6, kAdvised = 3;
    textIn(v.list(), box.cutLeft(v.px(58), v.px(6)), Align::Left, v.fonts.small, kDim, name);
    textIn(v.list(), box.cutRight(v.px(40), v.px(6)), Align::Right, v.fonts.small, perSecond > kAdvised ? kDanger : kText, fmt::format("{:.1f}/s", perSecond));
    const float y = box.y + box.h / 2, r = v.px(5);
    v.list()->AddRectFilled({box.x, y - r}, {box.right(), y + r}, kRaised, v.px(3));
    const float to = box.x + box.w * std::clamp(perSecond / kTop, 0.f, 1.f);
    if (to > box.x + 1) v.list()->AddRectFilled({box.x, y - r}, {to, y + r}, perSecond > kAdvised ? kDanger : kAccent, v.px(3));
    const float mark = box.x + box.w * kAdvised / kTop;
    v.list()->AddRectFilled({mark - v.px(1), y - r - v.px(2)}, {mark + v.px(1), y + r + v.px(2)}, kText);
}

} // namespace

void drawOutput(View& v, Box box) {
    const float gap = v.px(8), row = v.px(34);
    Box side = box.cutRight(v.px(300), v.px(10));
    drawPin(v, box);
    const Box upper = side.cutTop(row + v.px(6), gap);
    actionButton(v, params::Action::TestCard, upper.cell(0, 0, 3, 1, gap), {.on = v.in.store[param("output.test_card")] >= 0.5f, .body = true, .key = v.in.keyFor(params::Action::TestCard)}, "Test card");
    if (button(v, "output.identify", upper.cell(1, 0, 3, 1, gap), "IDENTIFY")) v.sink.identify();
    if (ImGui::IsItemHovered()) v.tip("Identify", "Shows the number of the output's display on it, for three seconds.");
    if (button(v, "pin.straight", upper.cell(2, 0, 3, 1, gap), "STRAIGHT"))
        for (const Corner& c : kCorners) {
            v.change(c.x, 0);
            v.change(c.y, 0);
        }
    if (ImGui::IsItemHovered()) v.tip("Straight", "All four corners back to rest.");
    Box device = side.cutTop(row, gap);
    const auto index = params::text("output.v4l2");
    textIn(v.list(), device.cutLeft(v.px(84), v.px(6)), Align::Left, v.fonts.small, kDim, "Video device");
    const Box found = device.cutRight(v.px(34), v.px(4));
    textField(v, index, device, "none", false);
    std::vector<std::string> devices{""}; // what is there, beside what can be typed
    devices.insert(devices.end(), v.in.videoOutputs.begin(), v.in.videoOutputs.end());
    if (const auto chosen = picker(v, "device.v4l2", found, {}, devices)) v.sink.text(index, devices[*chosen]);
    flashBar(v, side.cutTop(v.px(20), v.px(2)), "Flashes", v.in.flash.generalPerSecond);
    flashBar(v, side.cutTop(v.px(20), v.px(4)), "Red", v.in.flash.redPerSecond);
    const std::string guard = v.in.store[param("guard.flash")] < 0.5f ? "flash guard off" : v.in.flash.limiting ? "flash guard takes contrast away" : "flash guard on";
    textIn(v.list(), side.cutTop(v.px(20)), Align::Left, v.fonts.small, v.in.flash.limiting ? kDanger : kFaint, guard);
    const auto seconds = static_cast<int>(v.in.recordingSeconds);
    textIn(v.list(), side.cutTop(v.px(20)), Align::Left, v.fonts.small, v.in.recording ? kAccent : kFaint,
           v.in.recording ? fmt::format("recording {}:{:02}  {}", seconds / 60, seconds % 60, v.in.recordingName)
                          : fmt::format("not recording{}", v.in.journal ? "; the show is written down" : ""));
}

} // namespace titanus::ui
