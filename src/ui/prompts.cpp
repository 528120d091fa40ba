// The eight prompts: text, weight, presence; what is wrong with a text, under its place.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>

namespace titanus::ui {
namespace {

void promptField(View& v, int slot, const Box& box, const TextProblem* problem) {
    const auto index = params::promptText(slot);
    const float weight = v.in.frame[params::promptWeight(slot)];
    textField(v, index, box, slot == 0 ? "what shall be painted?" : "", true, weight == 0 ? kDim : kText);
    // Words only where the hand or the eye is: eight wrong prompts must not cover each other.
    if (problem) textProblem(v, box, v.memory.texts[index.value], *problem, ImGui::IsItemActive() || ImGui::IsItemHovered());
}

// Presence as light, the target as a fader over it: the controller pulls the one to the other.
void presence(View& v, int slot, const Box& box) {
    const auto target = params::promptTarget(slot);
    fader(v, target, box, {}, false);
    guidance::PromptReading reading;
    if (v.in.canvas) reading = v.in.canvas->prompts[static_cast<std::size_t>(slot)];
    const float level = reading.active ? std::clamp(reading.presence, 0.f, 1.f) : 0;
    if (v.memory.typing && *v.memory.typing == target) return;
    ImDrawList* list = v.list();
    const Box bar{box.x + v.px(4), box.y + box.h * 0.34f, (box.w - v.px(8)) * level, box.h * 0.32f};
    if (level > 0.005f) list->AddRectFilled(bar.min(), bar.max(), mixed(kDim, kText, level), v.px(2));
    if (reading.active)
        textIn(list, {box.x, box.y, box.w - v.px(8), box.h}, Align::Right, v.fonts.small, level > 0.8f ? kOnAccent : kDim,
               fmt::format("{:.0f}", level * 100));
}

} // namespace

void drawPrompts(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = box.cutTop(v.px(30), v.px(6));
    const float meterWidth = v.px(96), weightWidth = v.px(124), gap = v.px(6);
    textIn(v.list(), head.cutRight(meterWidth, gap), Align::Left, v.fonts.small, kFaint, "PRESENCE");
    textIn(v.list(), head.cutRight(weightWidth, gap), Align::Left, v.fonts.small, kFaint, "WEIGHT");
    drawPages(v, head);
    for (int slot = 0; slot < params::kPromptSlots; ++slot) {
        const auto i = static_cast<std::size_t>(slot);
        const TextProblem* problem = i < v.in.promptProblems.size() && !v.in.promptProblems[i].text.empty() ? &v.in.promptProblems[i] : nullptr;
        Box row = box.cell(0, slot, 1, params::kPromptSlots, v.px(5));
        textIn(v.list(), row.cutLeft(v.px(14), v.px(4)), Align::Left, v.fonts.small, problem ? kDanger : kFaint, fmt::format("{}", slot + 1));
        presence(v, slot, row.cutRight(meterWidth, gap));
        fader(v, params::promptWeight(slot), row.cutRight(weightWidth, gap), {});
        promptField(v, slot, row, problem);
    }
}

} // namespace titanus::ui
