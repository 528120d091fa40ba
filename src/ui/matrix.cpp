// The whole matrix on one screen: a row per source, a column per modulatable parameter. Drag up or
// down in a cell to set the depth of that route; a right-click removes it.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

const std::vector<params::ParamIndex>& targets() {
    static const std::vector<params::ParamIndex> kTargets = [] {
        std::vector<params::ParamIndex> all;
        for (std::size_t i = 0; i < params::kParamCount; ++i)
            if (params::kCatalogue[i].modulatable()) all.push_back({static_cast<std::uint16_t>(i)});
        return all;
    }();
    return kTargets;
}

} // namespace

void drawGrid(View& v, Box box) {
    const auto& columns = targets();
    const auto columnCount = static_cast<int>(columns.size()), rowCount = static_cast<int>(params::kSourceCount);
    // The chosen cell with everything a route has.
    Box editor = box.cutBottom(v.px(62), v.px(6));
    Box readout = box.cutTop(v.px(24), v.px(2));
    Box groups = box.cutTop(v.px(18), v.px(2));
    Box names = box.cutLeft(v.px(76), v.px(4));
    groups.cutLeft(v.px(76), v.px(4));
    const float cw = box.w / static_cast<float>(columnCount), ch = box.h / static_cast<float>(rowCount);
    ImDrawList* list = v.list();
    v.hit("matrix", box);
    const bool hot = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
    list->AddRectFilled(box.min(), box.max(), rgb(0x0f1114), v.px(3));

    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const int overColumn = std::clamp(static_cast<int>((mouse.x - box.x) / cw), 0, columnCount - 1);
    const int overRow = std::clamp(static_cast<int>((mouse.y - box.y) / ch), 0, rowCount - 1);
    auto cell = [&](int column, int row) {
        return Box{box.x + static_cast<float>(column) * cw, box.y + static_cast<float>(row) * ch, cw, ch};
    };

    // Names of the sources, no higher than their rows; the one under the mouse in full size.
    const float size = std::min(v.fonts.small->FontSize, ch * 1.08f);
    int over = -1;
    for (int r = 0; r < rowCount; ++r) {
        const float level = std::clamp(std::abs(v.in.frame.sources[static_cast<std::size_t>(r)]), 0.f, 1.f);
        const Box line{names.x, cell(0, r).y, names.w, ch};
        list->AddRectFilled({line.right() - line.w * level, line.y + 1}, {line.right(), line.bottom() - 1}, withAlpha(kAccent, 0.22f));
        const auto name = params::kSources[static_cast<std::size_t>(r)].name;
        if (hot && r == overRow) {
            over = r;
        } else {
            const float wide = textWidth(v.fonts.small, name) * size / v.fonts.small->FontSize;
            list->AddText(v.fonts.small, size, {std::round(line.right() - wide), std::round(line.y + (ch - size) / 2)}, kDim, name.data(), name.data() + name.size());
        }
        if (r % 2) list->AddRectFilled({box.x, line.y}, {box.right(), line.bottom()}, rgb(0xffffff, 6));
    }
    if (over >= 0) {
        const auto name = params::kSources[static_cast<std::size_t>(over)].name;
        const float high = v.fonts.small->FontSize + v.px(2), wide = textWidth(v.fonts.small, name) + v.px(6);
        const Box tag{names.right() - wide, cell(0, over).y + (ch - high) / 2, wide, high};
        list->AddRectFilled(tag.min(), tag.max(), kPanel, v.px(3));
        textIn(list, tag, Align::Right, v.fonts.small, kText, name);
    }
    for (int c = 0; c < columnCount;) { // group heads and borders
        int end = c;
        const auto group = params::row(columns[static_cast<std::size_t>(c)]).group();
        while (end < columnCount && params::row(columns[static_cast<std::size_t>(end)]).group() == group) ++end;
        const float a = cell(c, 0).x, b = cell(end, 0).x;
        list->AddLine({a, groups.y}, {a, box.bottom()}, kLine);
        if (textWidth(v.fonts.small, group) <= b - a - v.px(4)) // half a name is none; the mouse reads it out
            textIn(list, {a + v.px(3), groups.y, b - a - v.px(4), groups.h}, Align::Left, v.fonts.small, kFaint, group);
        c = end;
    }

    std::vector<params::Route> routes = v.in.store.routes();
    int chosen = -1; // the route under the mouse
    const bool anySolo = std::any_of(routes.begin(), routes.end(), [](const params::Route& r) { return r.solo; });
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto found = std::find(columns.begin(), columns.end(), routes[i].target);
        if (found == columns.end()) continue;
        const int c = static_cast<int>(found - columns.begin()), r = static_cast<int>(routes[i].source);
        const Box b = cell(c, r);
        const float size = 0.35f + 0.65f * std::abs(routes[i].depth);
        const ImU32 colour = routes[i].mute || (anySolo && !routes[i].solo) ? kFaint : routes[i].depth >= 0 ? kAccent : kText;
        const Box dot{b.x + b.w * (1 - size) / 2, b.y + b.h * (1 - size) / 2, b.w * size, b.h * size};
        list->AddRectFilled(dot.min(), dot.max(), colour, v.px(2));
        if (c == overColumn && r == overRow) chosen = static_cast<int>(i);
    }
    if (hot) {
        const Box b = cell(overColumn, overRow);
        list->AddRectFilled({box.x, b.y}, {box.right(), b.bottom()}, rgb(0xffffff, 16));
        list->AddRectFilled({b.x, box.y}, {b.right(), box.bottom()}, rgb(0xffffff, 16));
        list->AddRect(b.min(), b.max(), kText);
    }

    Memory& m = v.memory;
    bool changed = false;
    if (ImGui::IsItemActivated()) {
        m.routeChosen = chosen;
        m.pressRow = overRow;
        m.pressColumn = overColumn;
        m.depthAtPress = chosen >= 0 ? routes[static_cast<std::size_t>(chosen)].depth : 0;
        if (chosen < 0) m.routeChosen = static_cast<int>(routes.size()); // made by the first movement
        m.cellShown = m.routeChosen;
    }
    if (held && m.routeChosen >= 0 && ImGui::GetIO().MouseDelta.y != 0) {
        m.depthAtPress = std::clamp(m.depthAtPress - ImGui::GetIO().MouseDelta.y / v.px(160), -1.f, 1.f);
        if (m.routeChosen >= static_cast<int>(routes.size()))
            routes.push_back({static_cast<params::Source>(m.pressRow), columns[static_cast<std::size_t>(m.pressColumn)], 0, {}, 0, 0.2f, false});
        m.routeChosen = std::min(m.routeChosen, static_cast<int>(routes.size()) - 1);
        routes[static_cast<std::size_t>(m.routeChosen)].depth = m.depthAtPress;
        changed = true;
    }
    if (hot && ImGui::IsMouseClicked(1) && chosen >= 0) routes.erase(routes.begin() + chosen), changed = true, m.cellShown = -1;

    const int spoken = held ? m.routeChosen : chosen;
    std::string words = "Drag up or down in a cell: depth. Right-click: remove.";
    if ((hot || held) && spoken >= 0 && spoken < static_cast<int>(routes.size())) {
        const auto& r = routes[static_cast<std::size_t>(spoken)];
        words = fmt::format("{}  >  {} ({})   depth {:+.2f}", params::row(r.source).name, params::row(r.target).name, params::row(r.target).id, r.depth);
    } else if (hot) {
        const auto& p = params::row(columns[static_cast<std::size_t>(overColumn)]);
        words = fmt::format("{}  >  {} ({})", params::kSources[static_cast<std::size_t>(overRow)].name, p.name, p.id);
    }
    textIn(list, readout, Align::Left, v.fonts.body, hot ? kText : kFaint, words);
    drawRouteHeads(v, editor.cutTop(v.px(20), v.px(4)));
    if (m.cellShown >= 0 && m.cellShown < static_cast<int>(routes.size())) {
        auto& route = routes[static_cast<std::size_t>(m.cellShown)];
        const auto at = std::find(columns.begin(), columns.end(), route.target);
        if (at != columns.end()) {
            const Box b = cell(static_cast<int>(at - columns.begin()), static_cast<int>(route.source));
            list->AddRect({b.x - 1, b.y - 1}, {b.right() + 1, b.bottom() + 1}, kText, v.px(2), 0, v.px(2));
        }
        bool gone = false;
        changed |= drawRoute(v, "cell", route, editor, gone);
        if (gone) routes.erase(routes.begin() + m.cellShown), changed = true, m.cellShown = -1;
    } else {
        list->AddRect(editor.min(), editor.max(), kRaised, v.px(5));
        textIn(list, editor, Align::Centre, v.fonts.small, kFaint, "Click a cell to see its route here.");
    }
    if (changed) v.sink.routes(std::move(routes));
}

} // namespace titanus::ui
