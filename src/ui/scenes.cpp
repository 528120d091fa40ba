// The bank of scenes as 8 x 8 pads, and what decides how a scene comes: line of the music, lead,
// morph; the autopilot's switch.
#include "ui/widgets.h"

#include <fmt/format.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

using params::Action;

constexpr int kPads = kPadColumns * kPadRows;

void act(View& v, Action action, int pad) { v.sink.action({action, pad, params::Origin::Ui, v.in.seconds}); }

// The middle of the picture, as much as has the pad's shape.
void thumbnail(View& v, int pad, const ScenePad& scene, const Box& box) {
    const ImTextureID texture = v.gpu.picture(pad, scene.thumbnail, scene.generation);
    const ImU32 tone = rgb(scene.colour & 0xffffff);
    if (!texture) {
        v.list()->AddRectFilled(box.min(), box.max(), mixed(kRaised, tone, 0.35f), v.px(5));
        return;
    }
    const float shape = static_cast<float>(scene.thumbnail->width) / static_cast<float>(std::max(1, scene.thumbnail->height)), wanted = box.w / box.h;
    const float w = std::min(1.f, wanted / shape), h = std::min(1.f, shape / wanted);
    v.list()->AddImageRounded(texture, box.min(), box.max(), {(1 - w) / 2, (1 - h) / 2}, {(1 + w) / 2, (1 + h) / 2}, rgb(0xffffff, 235), v.px(5));
}

// For which sections of the track the autopilot may choose the scene, and how wild it is: rows that
// switch, the last one in quarters. True when one was pressed.
bool tagRows(View& v, int pad, const ScenePad& scene) {
    std::vector<std::string> tags(scene.tags.begin(), scene.tags.end()), rows;
    const auto at = [&](std::string_view tag) { return std::find(tags.begin(), tags.end(), tag); };
    for (const std::string_view tag : v.in.sceneTags) rows.push_back(fmt::format("{}: {}", tag, at(tag) == tags.end() ? "no" : "yes"));
    rows.push_back(fmt::format("energy {:.0f} %", 100 * scene.energy));
    const auto row = listRows(v, rows, v.memory.padTagRow);
    if (!row) return false;
    v.memory.padTagRow = *row;
    float energy = scene.energy;
    if (*row == v.in.sceneTags.size()) {
        energy = energy >= 1 ? 0 : std::min(1.f, (std::floor(energy * 4 + 0.01f) + 1) / 4);
    } else if (const std::string_view tag = v.in.sceneTags[*row]; at(tag) == tags.end()) {
        tags.emplace_back(tag);
    } else {
        tags.erase(at(tag));
    }
    v.sink.tagScene(pad, tags, energy);
    return true;
}

void padMenu(View& v, int pad, const ScenePad& scene, const char* popup) {
    if (!ImGui::BeginPopup(popup)) return;
    Memory& m = v.memory;
    const bool full = scene.state != PadState::Empty;
    bool again = false;
    if (m.padRenamed == pad) {
        m.listOpen = true;
        if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
        ImGui::SetNextItemWidth(v.px(220));
        if (ImGui::InputTextWithHint("##name", "name of the scene", &m.padName, ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll)) {
            if (!m.padName.empty()) v.sink.renameScene(pad, m.padName);
            m.padRenamed = -1;
            ImGui::CloseCurrentPopup();
        }
        if (m.keys.leave) m.padRenamed = -1, ImGui::CloseCurrentPopup();
    } else if (m.padTagged == pad) {
        again = tagRows(v, pad, scene);
    } else {
        std::vector<std::string> rows{"Store here"};
        if (full) rows.insert(rows.end(), {"Rename", "Clear", v.in.readiedPad == pad ? "Do not prepare" : "Prepare", "For the autopilot..."});
        else if (v.in.clearedPad == pad) rows.emplace_back("Bring back what was cleared");
        if (const auto row = listRows(v, rows, 0)) {
            if (*row == 0) act(v, Action::SceneStore, pad);
            if (*row == 1 && full) m.padRenamed = pad, m.padName = scene.name, again = true;
            if (*row == 1 && !full) v.sink.bringBack();
            if (*row == 2) act(v, Action::SceneClear, pad);
            if (*row == 3) act(v, Action::ScenePrepare, pad);
            if (*row == 4) m.padTagged = pad, m.padTagRow = 0, again = true;
        }
    }
    ImGui::EndPopup();
    if (again) ImGui::OpenPopup(popup); // the rows make place for the field, or stay
}

void drawPad(View& v, int pad, const ScenePad& scene, const Box& box) {
    const std::string id = fmt::format("scene.{}", pad), menu = fmt::format("##menu.{}", pad);
    const Target target = ActionTarget{Action::SceneRecall, pad};
    const bool full = scene.state != PadState::Empty, shift = ImGui::GetIO().KeyShift;
    const bool clicked = v.hit(id, box);
    const bool hot = ImGui::IsItemHovered();
    if (clicked) {
        if (v.in.learning) v.sink.learn(target);
        else if (shift && full) { // with what plays, by the fader: armed, then the pad
            if (v.in.padHand != PadHand::Blend) act(v, Action::SceneRecall, -1);
            act(v, Action::SceneRecall, pad);
        } else if (shift) act(v, Action::SceneStore, pad);
        else if (full || v.in.padHand != PadHand::Recall) act(v, Action::SceneRecall, pad);
    }
    if (v.reset(id)) v.memory.padRenamed = v.memory.padTagged = -1, ImGui::OpenPopup(menu.c_str());
    // A pad is carried to another place.
    if (full && ImGui::BeginDragDropSource(ImGuiDragDropFlags_SourceNoPreviewTooltip)) {
        ImGui::SetDragDropPayload("scene", &pad, sizeof pad);
        ImGui::EndDragDropSource();
    }
    if (ImGui::BeginDragDropTarget()) {
        if (const ImGuiPayload* carried = ImGui::AcceptDragDropPayload("scene")) {
            const int from = *static_cast<const int*>(carried->Data);
            if (from != pad) v.sink.moveScene(from, pad);
        }
        ImGui::EndDragDropTarget();
    }

    ImDrawList* list = v.list();
    const float r = v.px(5), blink = 0.5f + 0.5f * std::sin(static_cast<float>(v.in.seconds) * 7);
    if (full) {
        thumbnail(v, pad, scene, box);
        // Dark towards the foot, where the name stands; the picture above stays as it is.
        const float foot = box.bottom() - v.px(4);
        list->AddRectFilledMultiColor({box.x, box.bottom() - box.h * 0.62f}, {box.right(), foot}, rgb(0x08090b, 0), rgb(0x08090b, 0), rgb(0x08090b, 225), rgb(0x08090b, 225));
        list->AddRectFilled({box.x, foot}, box.max(), rgb(0x08090b, 225), r, ImDrawFlags_RoundCornersBottom);
        const Box words{box.x + v.px(4), box.bottom() - v.px(17), box.w - v.px(8), v.px(16)};
        textIn(list, {words.x + 1, words.y + 1, words.w, words.h}, Align::Left, v.fonts.small, rgb(0, 220), scene.name);
        textIn(list, words, Align::Left, v.fonts.small, kText, scene.name);
    } else {
        list->AddRectFilled(box.min(), box.max(), hot ? kRaised : rgb(0x101216), r);
        if (v.in.padHand == PadHand::Store) list->AddRect(box.min(), box.max(), withAlpha(kAccent, 0.5f), r);
        textIn(list, box, Align::Centre, v.fonts.small, hot ? kDim : kLine, fmt::format("{}", pad + 1));
    }
    if (v.in.pending && v.in.pending->pad == pad) {
        // Light fills the pad from the left until the moment has come.
        const float to = box.w * std::clamp(v.in.pending->share, 0.f, 1.f);
        list->AddRectFilled(box.min(), {box.x + to, box.bottom()}, withAlpha(kAccent, 0.45f), r);
        list->AddRect(box.min(), box.max(), kAccent, r, 0, v.px(2));
        const Box tag{box.x + v.px(3), box.y + v.px(3), v.px(34), v.px(18)};
        list->AddRectFilled(tag.min(), tag.max(), rgb(0x08090b, 225), v.px(3));
        textIn(list, tag, Align::Centre, v.fonts.small, kAccent, fmt::format("{:.1f}", v.in.pending->beats));
    }
    if (v.in.preparedPad == pad) { // a line that grows along the foot; ready: the whole foot
        const float share = std::clamp(v.in.preparedShare, 0.f, 1.f), thick = v.px(3);
        list->AddRectFilled({box.x, box.bottom() - thick}, box.max(), rgb(0x08090b, 225), r, ImDrawFlags_RoundCornersBottom);
        list->AddRectFilled({box.x, box.bottom() - thick}, {box.x + box.w * share, box.bottom()}, share < 1 ? kDim : kAccent, r, ImDrawFlags_RoundCornersBottom);
        const Box tag{box.right() - v.px(46), box.y + v.px(3), v.px(43), v.px(16)};
        list->AddRectFilled(tag.min(), tag.max(), rgb(0x08090b, 225), v.px(3));
        textIn(list, tag, Align::Centre, v.fonts.small, share < 1 ? kDim : kAccent, share < 1 ? fmt::format("{:.0f} %", 100 * share) : "READY");
    }
    switch (scene.state) {
    case PadState::Active: list->AddRect(box.min(), box.max(), kAccent, r, 0, v.px(3)); break;
    case PadState::Modified: list->AddRect(box.min(), box.max(), mixed(kAccentDeep, kAccent, 0.3f + 0.7f * blink), r, 0, v.px(3)); break;
    case PadState::Blending: list->AddRect(box.min(), box.max(), mixed(kText, kAccent, blink), r, 0, v.px(3)); break;
    default: break;
    }
    if (scene.state == PadState::Modified) list->AddCircleFilled({box.right() - v.px(9), box.y + v.px(9)}, v.px(4), kAccent);
    if ((v.in.padHand == PadHand::Blend || v.in.padHand == PadHand::Prepare) && full) list->AddRect(box.min(), box.max(), withAlpha(kAccent, 0.4f + 0.4f * blink), r, 0, v.px(2));
    if (v.in.padHand == PadHand::Clear && full) list->AddRect(box.min(), box.max(), mixed(kDangerDeep, kDanger, blink), r, 0, v.px(2));
    if (hot && !clicked) list->AddRect(box.min(), box.max(), withAlpha(kText, 0.6f), r, 0, v.px(1.5f));
    learnMarks(v, target, box);
    if (hot) {
        const BindingView* bound = v.binding(target);
        v.tip(full ? scene.name : fmt::format("Pad {}", pad + 1),
              full ? "Click: recall. Shift-click: blend with what plays, by BLEND. Right-click: store, rename, clear, tags. Drag: move it."
                   : "Shift-click stores the show as it is now.",
              fmt::format("/titanus/action.scene {}{}", pad + 1, bound ? "   " + bound->control : ""));
    }
    padMenu(v, pad, scene, menu.c_str());
}

std::string pilotWords(const AutopilotView& pilot) {
    switch (pilot.state) {
    case AutopilotState::Flying: return "flying";
    case AutopilotState::Hand: {
        const int bars = static_cast<int>(std::ceil(std::max(0., pilot.barsUntilReturn)));
        return fmt::format("hand, {} bar{} left", bars, bars == 1 ? "" : "s");
    }
    default: return "off";
    }
}

} // namespace

void drawPages(View& v, Box& head) {
    constexpr std::string_view kPages[] = {"PROMPTS", "SCENES", "CUES"};
    for (int i = 0; i < 3; ++i) {
        const Box tab = head.cutLeft(v.px(74), v.px(4));
        const bool on = v.memory.performPage == i;
        if (v.hit(fmt::format("perform.{}", i), tab)) v.memory.performPage = i;
        const bool hot = ImGui::IsItemHovered();
        if (on || hot) v.list()->AddRectFilled(tab.min(), tab.max(), on ? kRaised : kHot, v.px(5));
        textIn(v.list(), tab, Align::Centre, v.fonts.small, on ? kText : kDim, kPages[i]);
        if (on) v.list()->AddRectFilled({tab.x + v.px(8), tab.bottom() - v.px(3)}, {tab.right() - v.px(8), tab.bottom() - v.px(1)}, kAccent);
        if (hot) v.tip(kPages[i], i == 0 ? "Prompts and presets." : i == 1 ? "64 pads that keep the show and its canvas." : "The list of what comes when.", fmt::format("key Ctrl+{}", i + 4));
    }
}

void drawScenes(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    const float gap = v.px(6);
    Box head = box.cutTop(v.px(30), v.px(8));
    drawPages(v, head);
    actionButton(v, Action::SceneClear, head.cutRight(v.px(72), gap), {.on = v.in.padHand == PadHand::Clear, .danger = v.in.padHand == PadHand::Clear}, "CLEAR");
    actionButton(v, Action::SceneStore, head.cutRight(v.px(72), gap), {.on = v.in.padHand == PadHand::Store}, "STORE");
    actionButton(v, Action::ScenePrepare, head.cutRight(v.px(84), gap), {.on = v.in.padHand == PadHand::Prepare}, "PREPARE");

    Box pilot = box.cutBottom(v.px(44), gap);
    const Box how = box.cutBottom(v.px(34), v.px(8));
    using params::param;
    control(v, param("scene.quantise"), how.cell(0, 0, 4, 1, gap), "RECALL");
    control(v, param("scene.lookahead_ms"), how.cell(1, 0, 4, 1, gap), "LEAD");
    control(v, param("morph.seconds"), how.cell(2, 0, 4, 1, gap), "MORPH");
    control(v, param("morph.beats"), how.cell(3, 0, 4, 1, gap), "OR IN");
    const float part = (pilot.w - 4 * gap) / 24;
    control(v, param("scene.blend"), pilot.cutRight(4.4f * part, gap), "BLEND");
    control(v, param("scene.prepare"), pilot.cutRight(4.4f * part, gap), "AHEAD");
    actionButton(v, Action::Autopilot, pilot.cutLeft(5.9f * part, gap), {.on = v.in.autopilot.state == AutopilotState::Flying, .body = true, .key = pilotWords(v.in.autopilot)}, "Autopilot");
    control(v, param("autopilot.bars"), pilot.cutLeft(4.4f * part, gap), "RETURN");
    control(v, param("scene.warm"), pilot, "WARM");

    const ScenePad none;
    for (int pad = 0; pad < kPads; ++pad) {
        const auto i = static_cast<std::size_t>(pad);
        drawPad(v, pad, i < v.in.scenes.size() ? v.in.scenes[i] : none, box.cell(pad % kPadColumns, pad / kPadColumns, kPadColumns, kPadRows, v.px(4)));
    }
}

} // namespace titanus::ui
