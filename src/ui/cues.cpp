// The cue list: what has come, what plays, what comes next and when.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

std::string clockText(double seconds) {
    const int whole = static_cast<int>(std::ceil(std::max(0., seconds)));
    return whole >= 60 ? fmt::format("{}:{:02}", whole / 60, whole % 60) : fmt::format("{} s", whole);
}

} // namespace

void drawCues(View& v, Box box) {
    using params::Action;
    v.panel(box);
    box = box.inset(v.px(10));
    const CueView& cues = v.in.cues;
    const float gap = v.px(8);
    Box head = box.cutTop(v.px(30), v.px(8));
    drawPages(v, head);
    textIn(v.list(), head, Align::Right, v.fonts.small, cues.running ? kAccent : kDim,
           cues.rows.empty() ? std::string() : fmt::format("{}   {}", cues.name, cues.running ? "running" : "stopped"));

    Box hands = box.cutBottom(std::max(v.px(62), box.h * 0.13f), gap);
    const float side = v.px(112);
    actionButton(v, Action::CueBack, hands.cutLeft(side, gap), {.head = true, .key = v.in.keyFor(Action::CueBack)}, "Back");
    actionButton(v, Action::CueStop, hands.cutLeft(side, gap), {.head = true, .key = cues.running ? "" : "stopped"}, "Stop");
    std::string coming = "no list";
    if (!cues.rows.empty()) coming = cues.next < 0 ? "the end" : cues.rows[static_cast<std::size_t>(std::min<int>(cues.next, static_cast<int>(cues.rows.size()) - 1))].name;
    if (cues.secondsToNext) coming += "   in " + clockText(*cues.secondsToNext);
    actionButton(v, Action::CueGo, hands, {.on = cues.running && cues.next >= 0, .head = true, .key = coming}, "GO");

    ImDrawList* list = v.list();
    if (cues.rows.empty()) {
        textIn(list, box.cutTop(v.px(26)), Align::Left, v.fonts.body, kDim, "No cue list is loaded.");
        textIn(list, box.cutTop(v.px(24)), Align::Left, v.fonts.small, kFaint, "Start with:  titanus play --cues FILE");
        return;
    }
    ImGui::SetCursorScreenPos(box.min());
    ImGui::BeginChild("cues", {box.w, box.h});
    list = v.list();
    const float height = v.px(36), step = height + v.px(4), top = ImGui::GetCursorScreenPos().y;
    const bool scrolls = static_cast<float>(cues.rows.size()) * step > box.h;
    const float width = box.w - (scrolls ? v.px(16) : 0);
    for (std::size_t i = 0; i < cues.rows.size(); ++i) {
        const CueRow& cue = cues.rows[i];
        const bool current = static_cast<int>(i) == cues.current, next = static_cast<int>(i) == cues.next;
        Box row{box.x, top + static_cast<float>(i) * step, width, height};
        list->AddRectFilled(row.min(), row.max(), current ? kAccent : kRaised, v.px(5));
        if (next) list->AddRect(row.min(), row.max(), kAccent, v.px(5), 0, v.px(1.5f));
        const ImU32 ink = current ? kOnAccent : static_cast<int>(i) < cues.current ? kFaint : kText;
        row = {row.x + v.px(10), row.y, row.w - v.px(20), row.h};
        textIn(list, row.cutLeft(v.px(92), v.px(8)), Align::Left, v.fonts.small, current ? kOnAccent : kDim, cue.when);
        if (next && cues.secondsToNext) textIn(list, row.cutRight(v.px(56), v.px(8)), Align::Right, v.fonts.body, kAccent, clockText(*cues.secondsToNext));
        textIn(list, row.cutRight(v.px(130), v.px(8)), Align::Right, v.fonts.small, current ? kOnAccent : kDim, cue.does);
        textIn(list, row, Align::Left, v.fonts.body, ink, cue.name.empty() ? cue.does : cue.name);
    }
    ImGui::SetCursorScreenPos({box.x, top + static_cast<float>(cues.rows.size()) * step});
    ImGui::Dummy({1, 1});
    // The list follows the show, but leaves the eye where it scrolled to in between.
    if (v.memory.cueSeen != cues.current) {
        v.memory.cueSeen = cues.current;
        ImGui::SetScrollY(std::max(0.f, static_cast<float>(std::max(0, cues.current)) * step - box.h * 0.35f));
    }
    ImGui::EndChild();
}

} // namespace titanus::ui
