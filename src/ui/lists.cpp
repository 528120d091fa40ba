// Lists that open over the panels: by mouse, or by arrows, Enter and Esc.
#include "ui/widgets.h"

#include <fmt/format.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cctype>

namespace titanus::ui {
namespace {

// Arrows move the row; Enter chooses it, Esc closes. The row chosen.
std::optional<std::size_t> keyRow(View& v, std::size_t count, std::size_t now, bool fresh) {
    Memory& m = v.memory;
    m.listOpen = true;
    if (fresh) m.listRow = static_cast<int>(now);
    const int last = static_cast<int>(count) - 1;
    m.listRow = std::clamp(m.listRow + (fresh ? 0 : m.keys.y), 0, std::max(0, last));
    if (!m.keys.enter || fresh || last < 0) return std::nullopt;
    return static_cast<std::size_t>(m.listRow);
}

void mark(View& v, std::size_t row, bool fresh) {
    if (static_cast<int>(row) != v.memory.listRow) return;
    if (v.memory.keys.y != 0 || fresh) ImGui::SetScrollHereY();
    ImGui::GetWindowDrawList()->AddRect(ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), kText, v.px(4), 0, v.px(1.5f));
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

} // namespace

std::optional<std::size_t> listRows(View& v, std::span<const std::string> rows, std::size_t now) {
    const bool fresh = ImGui::IsWindowAppearing();
    auto chosen = keyRow(v, rows.size(), now, fresh);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string_view name = rows[i].empty() ? "none" : rows[i] == "*" ? "all" : std::string_view(rows[i]);
        if (ImGui::Selectable(fmt::format("{}##{}", name, i).c_str(), i == now, 0, {0, v.px(28)})) chosen = i;
        mark(v, i, fresh);
    }
    if (rows.empty()) ImGui::TextDisabled("none found");
    if (chosen || v.memory.keys.leave) ImGui::CloseCurrentPopup();
    return chosen;
}

std::optional<std::size_t> picker(View& v, std::string_view id, const Box& box, std::string_view current,
                                  std::span<const std::string> options) {
    const std::string popup = fmt::format("##pick.{}", id);
    if (v.hit(id, box)) ImGui::OpenPopup(popup.c_str());
    v.list()->AddRectFilled(box.min(), box.max(), ImGui::IsItemHovered() ? kHot : kRaised, v.px(5));
    Box in{box.x + v.px(8), box.y, box.w - v.px(16), box.h};
    const Box arrow = in.cutRight(v.px(9), v.px(5));
    const float cy = arrow.y + arrow.h / 2, cx = arrow.x + arrow.w / 2, r = v.px(4.5f);
    v.list()->AddTriangleFilled({cx - r, cy - r * 0.6f}, {cx + r, cy - r * 0.6f}, {cx, cy + r * 0.8f}, kDim);
    textIn(v.list(), in, Align::Left, v.fonts.small, kText, current == "*" ? "all" : current);
    std::optional<std::size_t> chosen;
    ImGui::SetNextWindowPos({box.x, box.bottom() + v.px(2)}, ImGuiCond_Appearing);
    ImGui::SetNextWindowSizeConstraints({box.w, 0}, {1e6f, ImGui::GetIO().DisplaySize.y * 0.6f});
    if (ImGui::BeginPopup(popup.c_str())) {
        std::size_t now = 0;
        for (std::size_t i = 0; i < options.size(); ++i)
            if (options[i] == current) now = i;
        chosen = listRows(v, options, now);
        ImGui::EndPopup();
    }
    return chosen;
}

std::optional<params::ParamIndex> targetPicker(View& v, std::string_view id, const Box& box, params::ParamIndex now) {
    const std::string popup = fmt::format("##target.{}", id);
    if (v.hit(id, box)) ImGui::OpenPopup(popup.c_str());
    v.list()->AddRectFilled(box.min(), box.max(), ImGui::IsItemHovered() ? kHot : kRaised, v.px(5));
    Box in{box.x + v.px(8), box.y, box.w - v.px(16), box.h};
    const std::string_view group = params::row(now).group();
    const float used = textWidth(v.fonts.small, params::row(now).name), wide = textWidth(v.fonts.small, group);
    if (used + wide + v.px(10) < in.w) textIn(v.list(), in.cutRight(wide, v.px(6)), Align::Right, v.fonts.small, kFaint, group);
    textIn(v.list(), in, Align::Left, v.fonts.small, kText, params::row(now).name);

    std::optional<params::ParamIndex> chosen;
    ImGui::SetNextWindowPos({box.x, box.bottom() + v.px(2)}, ImGuiCond_Appearing);
    ImGui::SetNextWindowSize({v.px(320), v.px(340)});
    if (!ImGui::BeginPopup(popup.c_str())) return chosen;
    std::string& filter = v.memory.listFilter;
    const bool fresh = ImGui::IsWindowAppearing();
    if (fresh) filter.clear(), ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1);
    const bool enter = ImGui::InputTextWithHint("##filter", "type a part of the name", &filter, ImGuiInputTextFlags_EnterReturnsTrue);
    std::vector<params::ParamIndex> found;
    const std::string wanted = lower(filter);
    for (std::size_t i = 0; i < params::kParamCount; ++i) {
        const auto& p = params::kCatalogue[i];
        if (p.modulatable() && (lower(p.name).find(wanted) != std::string::npos || p.id.find(wanted) != std::string_view::npos))
            found.push_back({static_cast<std::uint16_t>(i)});
    }
    if (ImGui::BeginChild("rows", {0, 0})) {
        const auto at = std::find(found.begin(), found.end(), now);
        const auto row = keyRow(v, found.size(), at == found.end() ? 0 : static_cast<std::size_t>(at - found.begin()), fresh);
        if (row) chosen = found[*row];
        if (enter && !found.empty()) chosen = found[static_cast<std::size_t>(std::clamp(v.memory.listRow, 0, static_cast<int>(found.size()) - 1))];
        std::string_view open;
        for (std::size_t i = 0; i < found.size(); ++i) {
            const auto& p = params::row(found[i]);
            if (p.group() != open) ImGui::TextDisabled("%s", std::string(open = p.group()).c_str());
            if (ImGui::Selectable(fmt::format("{}##{}", p.name, p.id).c_str(), found[i] == now, 0, {0, v.px(26)})) chosen = found[i];
            mark(v, i, fresh);
        }
        if (found.empty()) ImGui::TextDisabled("nothing is called that");
    }
    ImGui::EndChild();
    if (chosen || v.memory.keys.leave) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
    return chosen;
}

} // namespace titanus::ui
