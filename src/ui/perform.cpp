// PERFORM: the picture, the prompts, the presets and everything that must be hit without looking.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {

void drawPreview(View& v, Box box) {
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), rgb(0x000000), v.px(7));
    const auto& picture = v.in.picture;
    if (picture.texture == 0 || picture.width <= 0 || picture.height <= 0) {
        textIn(list, box, Align::Centre, v.fonts.body, kFaint, "no picture yet");
        drawLearnLine(v, box);
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
        if (ImGui::IsMouseHoveringRect(box.min(), box.max()) && !v.in.recordingName.empty()) v.tip("Recording", v.in.recordingName);
    }
    drawLearnLine(v, {a.x, a.y, w, h});
    if (!v.in.pending) return;
    // What comes, and how soon: seen on every work space, since the picture is.
    const PendingRecall& p = *v.in.pending;
    const Box tag{a.x + v.px(12), a.y + h - v.px(44), std::min(v.px(270), w - v.px(24) - v.px(120)), v.px(32)};
    list->AddRectFilled(tag.min(), tag.max(), rgb(0x08090b, 215), v.px(5));
    list->PushClipRect(tag.min(), {tag.x + tag.w * std::clamp(p.share, 0.f, 1.f), tag.bottom()}, true);
    list->AddRectFilled(tag.min(), tag.max(), kAccentDeep, v.px(5));
    list->PopClipRect();
    Box words{tag.x + v.px(10), tag.y, tag.w - v.px(20), tag.h};
    textIn(list, words.cutRight(v.px(70), v.px(6)), Align::Right, v.fonts.body, kAccent, fmt::format("{:.1f} beats", p.beats));
    textIn(list, words, Align::Left, v.fonts.body, kText, p.name.empty() ? fmt::format("Scene {}", p.pad + 1) : std::string(p.name));
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
        actionButton(v, Action::PresetRecall, pad, {.on = on, .body = true, .key = v.in.keyFor(Action::PresetRecall, preset)}, name, preset, fmt::format("preset.{}", preset));
    }
}

void drawPerform(View& v, Box box) {
    using params::Action;
    const float gap = v.px(10);
    Memory& m = v.memory;
    Box right = box.cutRight(v.px(540), gap);
    // The picture takes what is left in its own shape; the meters the rest.
    const float picture = std::min(box.w * 9 / 16, box.h - v.px(190));
    const Box large = box.cutTop(picture, gap);
    // One place for the way there and back: the lower right corner.
    const Box turn{large.right() - v.px(112), large.bottom() - v.px(46), v.px(102), v.px(36)};
    if (m.stars) {
        drawStars(v, large);
        if (button(v, "perform.stars", turn, "PICTURE")) m.stars = false;
    } else {
        drawPreview(v, large);
        if (button(v, "perform.stars", turn, "STARS")) m.stars = true;
    }
    if (ImGui::IsItemHovered()) v.tip("Constellation", "The prompts as stars, the picture as a comet among them; the puck sets the weights.", "key Ctrl+7");
    drawClock(v, box.cutRight(v.px(290), gap));
    if (m.stars) drawPreview(v, box);
    else drawMeters(v, box, true);

    Box show = right.cutBottom(std::max(v.px(54), right.h * 0.08f), gap);
    const auto& frame = v.in.frame;
    actionButton(v, Action::Blackout, show.cell(0, 0, 4, 1, gap), {.on = frame.blackout, .danger = true, .head = true, .key = v.in.keyFor(Action::Blackout)});
    actionButton(v, Action::Freeze, show.cell(1, 0, 4, 1, gap), {.on = frame.frozen, .head = true, .key = v.in.keyFor(Action::Freeze)});
    actionButton(v, Action::Reseed, show.cell(2, 0, 4, 1, gap), {.head = true, .key = v.in.keyFor(Action::Reseed)});
    actionButton(v, Action::Panic, show.cell(3, 0, 4, 1, gap), {.danger = true, .head = true, .key = v.in.keyFor(Action::Panic)});

    Box masters = right.cutBottom(v.px(70), gap);
    const Box upper = masters.cutTop((masters.h - v.px(6)) / 2, v.px(6));
    control(v, params::param("output.brightness"), upper.cell(0, 0, 2, 1, gap), "MASTER");
    control(v, params::param("route.amount"), upper.cell(1, 0, 2, 1, gap), "MODULATION");
    constexpr params::ParamIndex kMacros[] = {params::param("macro.1"), params::param("macro.2"),
                                              params::param("macro.3"), params::param("macro.4")};
    for (int i = 0; i < 4; ++i)
        control(v, kMacros[i], masters.cell(i, 0, 4, 1, gap), fmt::format("M{}", i + 1));

    if (m.performPage == 1) return drawScenes(v, right);
    if (m.performPage == 2) return drawCues(v, right);
    drawPresets(v, right.cutBottom(std::max(v.px(140), right.h * 0.27f), gap));
    drawPrompts(v, right);
}

} // namespace titanus::ui
