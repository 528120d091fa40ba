// "Why did it move?": the last eight seconds of bands, attacks, beats, of routes that fired and of
// what came from outside, in lanes over one time axis. F3 freezes it.
#include "ui/widgets.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace titanus::ui {

void drawStrip(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = v.title(box, "WHY DID IT MOVE?");
    head = {head.x, head.y - v.px(4), head.w, head.h + v.px(4)};
    Memory& m = v.memory;
    if (button(v, "strip.freeze", head.cutRight(v.px(120)), m.stripFrozen ? "FROZEN  F3" : "FREEZE  F3", {.on = m.stripFrozen}))
        m.stripFrozen = !m.stripFrozen;
    ImDrawList* list = v.list();
    Box names = box.cutLeft(v.px(58), v.px(6));
    list->AddRectFilled(box.min(), box.max(), rgb(0x0f1114), v.px(3));
    const auto& columns = m.history.columns();
    const double newest = columns.empty() ? 0 : columns.back().seconds;
    auto across = [&](double seconds) { return box.right() - static_cast<float>((newest - seconds) / History::kSeconds) * box.w; };
    constexpr std::string_view kLanes[] = {"Hat", "Snare", "Kick", "Air", "Presence", "High mid", "Mid", "Low mid", "Bass", "Sub", "Routes", "Outside"};
    constexpr int kLaneCount = 12;
    const float wordy = v.px(22); // height of the two lanes with words
    const float lane = (box.h - 2 * wordy) / (kLaneCount - 2);
    auto laneBox = [&](int i) {
        return i < kLaneCount - 2 ? Box{box.x, box.y + static_cast<float>(i) * lane, box.w, lane}
                                  : Box{box.x, box.bottom() - static_cast<float>(kLaneCount - i) * wordy, box.w, wordy};
    };
    for (int i = 0; i < kLaneCount; ++i) {
        const Box b = laneBox(i);
        textIn(list, {names.x, b.y, names.w, b.h}, Align::Right, v.fonts.small, kFaint, kLanes[i]);
        if (i == 3 || i >= kLaneCount - 2) list->AddLine({box.x, b.y}, {box.right(), b.y}, kLine);
    }
    list->PushClipRect(box.min(), box.max(), true);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& c = columns[i];
        const float x = across(c.seconds), next = i + 1 < columns.size() ? across(columns[i + 1].seconds) : box.right();
        if (c.beat) list->AddLine({x, box.y}, {x, box.bottom()}, c.bar ? kFaint : kLine, c.bar ? v.px(2) : 1);
        for (int b = 0; b < analysis::kBandCount; ++b) {
            const float level = c.bands[static_cast<std::size_t>(b)];
            if (level < 0.03f) continue;
            const Box where = laneBox(9 - b);
            list->AddRectFilled({x, where.y + 1}, {std::max(next, x + 1), where.bottom() - 1}, withAlpha(kAccent, level * 0.8f));
        }
        constexpr analysis::OnsetKind kKinds[] = {analysis::OnsetKind::Hat, analysis::OnsetKind::Snare, analysis::OnsetKind::Kick};
        for (int k = 0; k < 3; ++k) {
            const float strength = c.onsets[static_cast<std::size_t>(kKinds[k])];
            if (strength <= 0) continue;
            const Box where = laneBox(k);
            const float h = (where.h - 2) * (0.4f + 0.6f * strength);
            list->AddRectFilled({x - v.px(1.5f), where.bottom() - 1 - h}, {x + v.px(1.5f), where.bottom() - 1}, kText);
        }
    }
    float free[2] = {-1, -1}; // right end of the last word in each lane: words never overlap
    std::map<std::string_view, float> spoken; // and take turns: a busy route does not hide the others
    for (const auto& mark : m.history.marks()) {
        const Box where = laneBox(mark.outside ? 11 : 10);
        const float x = across(mark.seconds), width = textWidth(v.fonts.small, mark.text);
        list->AddRectFilled({x, where.y + v.px(1)}, {x + v.px(2), where.y + v.px(6)}, kAccent);
        float& end = free[mark.outside ? 1 : 0];
        if (x < end || x + width > box.right()) continue;
        const auto last = spoken.find(mark.text);
        if (last != spoken.end() && x - last->second < v.px(240)) continue;
        spoken[mark.text] = x;
        end = x + width + v.px(14);
        textIn(list, {x, where.y + v.px(6), width + 1, where.h - v.px(6)}, Align::Left, v.fonts.small, kDim, mark.text);
    }
    list->PopClipRect();
}

} // namespace titanus::ui
