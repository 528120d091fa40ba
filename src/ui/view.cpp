#include "ui/view.h"

#include <imgui_internal.h> // HoveredIdTimer: this release has no delayed tooltips of its own

#include <algorithm>

namespace titanus::ui {

bool View::hit(std::string_view id, const Box& box) {
    ImGui::SetCursorScreenPos(box.min());
    ImGui::PushID(id.data(), id.data() + id.size());
    const bool clicked = ImGui::InvisibleButton("##hit", {std::max(1.f, box.w), std::max(1.f, box.h)});
    ImGui::PopID();
    note(id, box);
    return clicked || (focused(id) && memory.keys.enter);
}

bool View::reset(std::string_view id) const {
    return (ImGui::IsItemHovered() && ImGui::IsMouseClicked(1)) || (focused(id) && memory.keys.reset);
}

const params::Formula* View::formula(params::ParamIndex index) const {
    for (const params::Formula& f : in.store.formulas())
        if (f.target == index) return &f;
    return nullptr;
}

std::string_view UiInput::keyFor(params::Action action, int argument) const {
    for (const KeyView& k : keys)
        if (k.action == action && (argument < 0 || k.argument == argument)) return k.chord;
    return {};
}

std::string UiInput::keysFor(params::Action action) const {
    std::vector<std::string_view> own;
    for (const KeyView& k : keys)
        if (k.action == action) own.push_back(k.chord);
    if (own.empty()) return {};
    const bool row = own.size() > 2; // of numbers
    return std::string(own.front()) + (row ? "-" : own.size() > 1 ? ", " : "") + (own.size() > 1 ? std::string(own.back()) : "");
}

void View::note(std::string_view id, const Box& box) {
    const ImVec2 a = list()->GetClipRectMin(), b = list()->GetClipRectMax();
    const bool clipped = box.x < a.x - 0.5f || box.y < a.y - 0.5f || box.right() > b.x + 0.5f || box.bottom() > b.y + 0.5f;
    items.push_back({std::string(id), box.x, box.y, box.right(), box.bottom(), clipped});
}

void View::panel(const Box& box) const { list()->AddRectFilled(box.min(), box.max(), kPanel, px(7)); }

Box View::title(Box& box, std::string_view text) const {
    const Box head = box.cutTop(px(22), px(4));
    textIn(list(), head, Align::Left, fonts.small, kFaint, text);
    return head;
}

void View::tip(std::string_view head, std::string_view help, std::string_view foot) const {
    if (ImGui::IsMouseDown(0) || ImGui::GetCurrentContext()->HoveredIdTimer < 0.6f) return;
    ImGui::SetNextWindowSize({px(330), 0});
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(px(310));
    ImGui::PushFont(fonts.body);
    ImGui::TextUnformatted(head.data(), head.data() + head.size());
    ImGui::PopFont();
    ImGui::PushFont(fonts.small);
    ImGui::PushStyleColor(ImGuiCol_Text, kDim);
    ImGui::TextUnformatted(help.data(), help.data() + help.size());
    ImGui::PopStyleColor();
    ImGui::PushStyleColor(ImGuiCol_Text, kFaint);
    if (!foot.empty()) ImGui::TextUnformatted(foot.data(), foot.data() + foot.size());
    ImGui::PopStyleColor();
    ImGui::PopFont();
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
}

void View::change(params::ParamIndex index, float value) const {
    sink.change({index, value, params::Origin::Ui, in.seconds});
}

const BindingView* View::binding(const Target& target) const {
    for (const auto& bindings : {in.bindings, in.readyMade})
        for (const BindingView& b : bindings)
            if (b.target == target) return &b;
    return nullptr;
}

} // namespace titanus::ui
