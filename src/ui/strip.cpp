// "Why did it move?": the last eight seconds of bands, attacks, beats, of routes that fired and of
// what came from outside, in lanes over one time axis. A key freezes it; the mouse reads it out.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace titanus::ui {
namespace {

constexpr std::string_view kLanes[] = {"Hat", "Snare", "Kick", "Air", "Presence", "High mid", "Mid", "Low mid", "Bass", "Sub", "Routes", "MIDI", "OSC, keys", "Scenes"};
constexpr int kLaneCount = 14, kWordLanes = 4, kFirstWords = kLaneCount - kWordLanes;
constexpr analysis::OnsetKind kKinds[] = {analysis::OnsetKind::Hat, analysis::OnsetKind::Snare, analysis::OnsetKind::Kick};

int laneOf(const History::Mark& mark) {
    return kFirstWords + (!mark.outside ? 0 : mark.origin == params::Origin::Midi ? 1 : mark.origin == params::Origin::Preset ? 3 : 2);
}

// What the strip holds at one moment, in words.
std::string told(const History& history, double seconds, double newest) {
    const auto& columns = history.columns();
    const auto at = std::lower_bound(columns.begin(), columns.end(), seconds, [](const History::Column& c, double s) { return c.seconds < s; });
    if (at == columns.end()) return {};
    std::string words = fmt::format("{:.2f} s", at->seconds - newest);
    for (int k = 0; k < 3; ++k) // attacks a moment around it: an instant is hard to hit
        for (const auto& c : columns) {
            const float strength = c.onsets[static_cast<std::size_t>(kKinds[k])];
            if (strength > 0 && std::abs(c.seconds - at->seconds) < 0.04) words += fmt::format("   {} {:.2f}", kLanes[k], strength);
        }
    const auto loudest = static_cast<int>(std::max_element(at->bands.begin(), at->bands.end()) - at->bands.begin());
    words += fmt::format("   {} {:.2f}", kLanes[9 - loudest], at->bands[static_cast<std::size_t>(loudest)]);
    int more = 0;
    for (const auto& mark : history.marks()) {
        if (std::abs(mark.seconds - at->seconds) > 0.06) continue;
        if (++more <= 4) words += "   " + mark.text;
    }
    return words;
}

} // namespace

void drawStrip(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = v.title(box, "WHY DID IT MOVE?");
    head = {head.x, head.y - v.px(4), head.w, head.h + v.px(4)};
    Memory& m = v.memory;
    const Box freeze = head.cutRight(v.px(120), v.px(10));
    const bool frozen = v.in.stripFrozen;
    actionButton(v, params::Action::FreezeStrip, freeze, {.on = frozen}, fmt::format("{}  {}", frozen ? "FROZEN" : "FREEZE", v.in.keyFor(params::Action::FreezeStrip)));

    ImDrawList* list = v.list();
    Box names = box.cutLeft(v.px(58), v.px(6));
    v.hit("strip", box);
    const bool hot = ImGui::IsItemHovered();
    list->AddRectFilled(box.min(), box.max(), rgb(0x0f1114), v.px(3));
    const auto& columns = m.history.columns();
    const double newest = columns.empty() ? 0 : columns.back().seconds;
    auto across = [&](double seconds) { return box.right() - static_cast<float>((newest - seconds) / History::kSeconds) * box.w; };
    const float wordy = v.px(19); // height of the lanes with words
    const float lane = (box.h - kWordLanes * wordy) / kFirstWords;
    auto laneBox = [&](int i) {
        return i < kFirstWords ? Box{box.x, box.y + static_cast<float>(i) * lane, box.w, lane}
                               : Box{box.x, box.bottom() - static_cast<float>(kLaneCount - i) * wordy, box.w, wordy};
    };
    for (int i = 0; i < kLaneCount; ++i) {
        const Box b = laneBox(i);
        textIn(list, {names.x, b.y, names.w, b.h}, Align::Right, v.fonts.small, kFaint, kLanes[i]);
        if (i == 3 || i >= kFirstWords) list->AddLine({box.x, b.y}, {box.right(), b.y}, kLine);
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
        for (int k = 0; k < 3; ++k) {
            const float strength = c.onsets[static_cast<std::size_t>(kKinds[k])];
            if (strength <= 0) continue;
            const Box where = laneBox(k);
            const float h = (where.h - 2) * (0.4f + 0.6f * strength);
            list->AddRectFilled({x - v.px(1.5f), where.bottom() - 1 - h}, {x + v.px(1.5f), where.bottom() - 1}, kText);
        }
    }
    float free[kWordLanes] = {-1, -1, -1, -1}; // right end of the last word in each lane: words never overlap
    std::map<std::string_view, float> spoken; // and take turns: a busy route does not hide the others
    for (const auto& mark : m.history.marks()) {
        const int which = laneOf(mark);
        const Box where = laneBox(which);
        const float x = across(mark.seconds), width = textWidth(v.fonts.small, mark.text);
        list->AddRectFilled({x, where.y + v.px(1)}, {x + v.px(2), where.y + v.px(6)}, kAccent);
        float& end = free[which - kFirstWords];
        if (x < end || x + width > box.right()) continue;
        const auto last = spoken.find(mark.text);
        if (last != spoken.end() && x - last->second < v.px(240)) continue;
        spoken[mark.text] = x;
        end = x + width + v.px(14);
        textIn(list, {x, where.y + v.px(4), width + 1, where.h - v.px(4)}, Align::Left, v.fonts.small, kDim, mark.text);
    }
    if (hot && !columns.empty()) {
        const float x = ImGui::GetIO().MousePos.x;
        list->AddLine({x, box.y}, {x, box.bottom()}, kText, v.px(1.5f));
    }
    list->PopClipRect();
    if (hot && !columns.empty()) {
        const double seconds = newest - static_cast<double>((box.right() - ImGui::GetIO().MousePos.x) / box.w) * History::kSeconds;
        head.cutLeft(v.px(130), v.px(8));
        textIn(list, head, Align::Left, v.fonts.small, kText, told(m.history, seconds, newest));
    }
}

} // namespace titanus::ui
