// PERFORM: the picture, the prompts, the presets and everything that must be hit without looking.
#include "ui/widgets.h"

#include <fmt/format.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

constexpr double kSendAfterSeconds = 0.35; // a pause in typing: a guess, shorter than it takes to look up

void sendPrompt(View& v, int slot) {
    auto& edited = v.memory.promptEdited[static_cast<std::size_t>(slot)];
    if (edited == 0) return;
    edited = 0;
    v.sink.text(params::promptText(slot), v.memory.prompts[static_cast<std::size_t>(slot)]);
}

void promptField(View& v, int slot, const Box& box) {
    const auto i = static_cast<std::size_t>(slot);
    std::string& text = v.memory.prompts[i];
    const auto index = params::promptText(slot);
    const std::string id(params::kTexts[index.value].id);
    ImGui::SetCursorScreenPos(box.min());
    ImGui::SetNextItemWidth(box.w);
    ImGui::PushFont(v.fonts.body);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {v.px(9), std::max(0.f, (box.h - v.fonts.body->FontSize) / 2)});
    const float weight = v.in.frame[params::promptWeight(slot)];
    ImGui::PushStyleColor(ImGuiCol_Text, weight == 0 ? kDim : kText);
    const bool enter = ImGui::InputTextWithHint(fmt::format("##{}", id).c_str(), slot == 0 ? "what shall be painted?" : "",
                                                &text, ImGuiInputTextFlags_EnterReturnsTrue);
    ImGui::PopStyleColor();
    if (ImGui::IsItemEdited()) v.memory.promptEdited[i] = v.in.seconds + 1e-9;
    if (enter || ImGui::IsItemDeactivatedAfterEdit() ||
        (v.memory.promptEdited[i] > 0 && v.in.seconds - v.memory.promptEdited[i] > kSendAfterSeconds))
        sendPrompt(v, slot);
    // The store leads whenever no hand is on the field: presets and OSC write prompts as well.
    if (!ImGui::IsItemActive() && v.memory.promptEdited[i] == 0) text = v.in.store[index];
    if (ImGui::IsItemActive()) v.list()->AddRect(box.min(), box.max(), kAccent, v.px(5), 0, v.px(1.5f));
    ImGui::PopStyleVar();
    ImGui::PopFont();
    v.note(id, box);
}

// Presence as light, the target as a fader over it: the controller pulls the one to the other.
void presence(View& v, int slot, const Box& box) {
    const auto target = params::promptTarget(slot);
    fader(v, target, box, {}, false);
    guidance::PromptReading reading;
    if (v.in.canvas) reading = v.in.canvas->prompts[static_cast<std::size_t>(slot)];
    const float level = reading.active ? std::clamp(reading.presence, 0.f, 1.f) : 0;
    ImDrawList* list = v.list();
    if (!(v.memory.typing && *v.memory.typing == target)) {
        const Box bar{box.x + v.px(4), box.y + box.h * 0.34f, (box.w - v.px(8)) * level, box.h * 0.32f};
        if (level > 0.005f) list->AddRectFilled(bar.min(), bar.max(), mixed(kDim, kText, level), v.px(2));
        if (reading.active)
            textIn(list, {box.x, box.y, box.w - v.px(8), box.h}, Align::Right, v.fonts.small, level > 0.8f ? kOnAccent : kDim,
                   fmt::format("{:.0f}", level * 100));
    }
}

} // namespace

void drawPreview(View& v, Box box) {
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), rgb(0x000000), v.px(7));
    const auto& picture = v.in.picture;
    if (picture.texture == 0 || picture.width <= 0 || picture.height <= 0) {
        textIn(list, box, Align::Centre, v.fonts.body, kFaint, "no picture yet");
        return;
    }
    const float scale = std::min(box.w / static_cast<float>(picture.width), box.h / static_cast<float>(picture.height));
    const float w = static_cast<float>(picture.width) * scale, h = static_cast<float>(picture.height) * scale;
    const ImVec2 a{box.x + (box.w - w) / 2, box.y + (box.h - h) / 2};
    // Bottom row first: v runs upwards.
    list->AddImageRounded(reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(picture.texture)), a,
                          {a.x + w, a.y + h}, {0, 1}, {1, 0}, rgb(0xffffff), v.px(7));
    auto sign = [&](std::string_view text, ImU32 colour, float fromTop) {
        const float width = textWidth(v.fonts.head, text) + v.px(28);
        const Box tag{a.x + v.px(12), a.y + v.px(12) + fromTop, width, v.px(36)};
        list->AddRectFilled(tag.min(), tag.max(), colour, v.px(5));
        textIn(list, tag, Align::Centre, v.fonts.head, kOnAccent, text);
    };
    float down = 0;
    if (v.in.frame.blackout) sign("BLACKOUT", kDanger, down), down += v.px(42);
    if (v.in.frame.frozen) sign("FROZEN", kAccent, down), down += v.px(42);
    if (v.in.recording) {
        const int seconds = static_cast<int>(v.in.recordingSeconds);
        sign(fmt::format("REC {:d}:{:02d}", seconds / 60, seconds % 60), kDanger, down);
    }
}

void drawPrompts(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = v.title(box, "PROMPTS");
    const float meterWidth = v.px(104), weightWidth = v.px(128), gap = v.px(6);
    textIn(v.list(), head.cutRight(meterWidth, gap), Align::Left, v.fonts.small, kFaint, "PRESENCE");
    textIn(v.list(), head.cutRight(weightWidth, gap), Align::Left, v.fonts.small, kFaint, "WEIGHT");
    for (int slot = 0; slot < params::kPromptSlots; ++slot) {
        Box row = box.cell(0, slot, 1, params::kPromptSlots, v.px(5));
        textIn(v.list(), row.cutLeft(v.px(14), v.px(4)), Align::Left, v.fonts.small, kFaint, fmt::format("{}", slot + 1));
        presence(v, slot, row.cutRight(meterWidth, gap));
        fader(v, params::promptWeight(slot), row.cutRight(weightWidth, gap), {});
        promptField(v, slot, row);
    }
}

void drawPresets(View& v, Box box) {
    using params::Action;
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = v.title(box, "PRESETS");
    head = {head.x, head.y - v.px(4), head.w, head.h + v.px(4)};
    const float bw = v.px(62), gap = v.px(6);
    actionButton(v, Action::SavePreset, head.cutRight(bw, gap), {}, "SAVE");
    actionButton(v, Action::PresetNext, head.cutRight(bw, gap), {}, "NEXT");
    actionButton(v, Action::PresetPrevious, head.cutRight(bw, gap), {}, "BACK");
    const int count = static_cast<int>(v.in.presets.size()), pages = std::max(1, (count + 9) / 10);
    v.memory.presetPage = std::clamp(v.memory.presetPage, 0, pages - 1);
    if (pages > 1 && button(v, "presets.page", head.cutRight(bw, gap), fmt::format("{} / {}", v.memory.presetPage + 1, pages), {.faint = true}))
        v.memory.presetPage = (v.memory.presetPage + 1) % pages;
    for (int i = 0; i < 10; ++i) {
        const int preset = v.memory.presetPage * 10 + i;
        const Box pad = box.cell(i % 5, i / 5, 5, 2, gap);
        if (preset >= count) {
            v.list()->AddRect(pad.min(), pad.max(), kRaised, v.px(5));
            continue;
        }
        const bool on = preset == v.in.preset;
        std::string name = v.in.presets[static_cast<std::size_t>(preset)];
        std::replace(name.begin(), name.end(), '-', ' ');
        if (name.rfind("titanus ", 0) == 0) name = name.substr(8);
        if (on && v.in.presetModified) name += " *";
        const std::string key = preset < 8 ? fmt::format("{}", preset + 1) : std::string();
        actionButton(v, Action::PresetRecall, pad, {.on = on, .body = true, .key = key}, name, preset, fmt::format("preset.{}", preset));
    }
}

void drawPerform(View& v, Box box) {
    using params::Action;
    const float gap = v.px(10);
    Box right = box.cutRight(v.px(540), gap);
    // The picture takes what is left in its own shape; the meters the rest.
    const float picture = std::min(box.w * 9 / 16, box.h - v.px(190));
    drawPreview(v, box.cutTop(picture, gap));
    drawClock(v, box.cutRight(v.px(290), gap));
    drawMeters(v, box, true);

    Box show = right.cutBottom(std::max(v.px(54), right.h * 0.08f), gap);
    const auto& frame = v.in.frame;
    actionButton(v, Action::Blackout, show.cell(0, 0, 4, 1, gap), {.on = frame.blackout, .danger = true, .head = true, .key = "B"});
    actionButton(v, Action::Freeze, show.cell(1, 0, 4, 1, gap), {.on = frame.frozen, .head = true, .key = "Space"});
    actionButton(v, Action::Reseed, show.cell(2, 0, 4, 1, gap), {.head = true, .key = "R"});
    actionButton(v, Action::Panic, show.cell(3, 0, 4, 1, gap), {.danger = true, .head = true, .key = "Shift+Esc"});

    Box masters = right.cutBottom(v.px(70), gap);
    const Box upper = masters.cutTop((masters.h - v.px(6)) / 2, v.px(6));
    control(v, params::param("output.brightness"), upper.cell(0, 0, 2, 1, gap), "MASTER");
    control(v, params::param("route.amount"), upper.cell(1, 0, 2, 1, gap), "MODULATION");
    constexpr params::ParamIndex kMacros[] = {params::param("macro.1"), params::param("macro.2"),
                                              params::param("macro.3"), params::param("macro.4")};
    for (int i = 0; i < 4; ++i)
        control(v, kMacros[i], masters.cell(i, 0, 4, 1, gap), fmt::format("M{}", i + 1));

    drawPresets(v, right.cutBottom(std::max(v.px(140), right.h * 0.27f), gap));
    drawPrompts(v, right);
}

} // namespace titanus::ui
