// TUNE: every parameter of the catalogue, on pages by group, beside the picture. A group that no
// page names appears on the last one, so that a new row needs no edit here.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

struct Page {
    std::string_view name;
    std::vector<std::string_view> groups;
};

const std::vector<Page>& pages() {
    static const std::vector<Page> kPages = [] {
        std::vector<Page> all{{"Camera", {"camera"}},        {"Look", {"look"}},
                              {"Painter", {"guide", "canvas", "palette"}}, {"Prompts", {"prompt"}},
                              {"Sound", {"audio", "analysis", "clock"}},   {"LFOs", {"lfo", "macro"}},
                              {"Output", {"output", "route", "morph"}}};
        Page more{"More", {}};
        for (const auto& p : params::kCatalogue) {
            const auto holds = [&](const Page& page) { return std::find(page.groups.begin(), page.groups.end(), p.group()) != page.groups.end(); };
            if (std::none_of(all.begin(), all.end(), holds) && !holds(more)) more.groups.push_back(p.group());
        }
        if (!more.groups.empty()) all.push_back(more);
        return all;
    }();
    return kPages;
}

void device(View& v, std::string_view id, std::string_view label, std::span<const std::string> options,
            params::TextIndex text, Box box) {
    textIn(v.list(), box.cutLeft(v.px(70), v.px(6)), Align::Left, v.fonts.small, kDim, label);
    const std::string& now = v.in.store[text];
    if (const auto chosen = picker(v, id, box, now.empty() ? "none" : now, options)) v.sink.text(text, options[*chosen]);
    if (ImGui::IsItemHovered()) v.tip(params::kTexts[text.value].name, params::kTexts[text.value].help, fmt::format("/titanus/{}", params::kTexts[text.value].id));
}

void drawDevices(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    v.title(box, "DEVICES");
    const float height = v.px(32), gap = v.px(6);
    device(v, "device.audio", "Sound", v.in.audioInputs, params::text("audio.input"), box.cutTop(height, gap));
    device(v, "device.midi", "MIDI", v.in.midiInputs, params::text("midi.input"), box.cutTop(height, gap));
    device(v, "device.display", "Display", v.in.displays, params::text("output.display"), box.cutTop(height, gap));
    const Box line = box.cutTop(v.px(20));
    textIn(v.list(), line, Align::Left, v.fonts.small, kFaint, v.in.guideName);
}

} // namespace

void drawTune(View& v, Box box) {
    const float gap = v.px(10);
    const auto& all = pages();
    Box nav = box.cutLeft(v.px(126), gap);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool on = v.memory.tunePage == static_cast<int>(i);
        if (button(v, fmt::format("tune.{}", all[i].name), nav.cutTop(v.px(46), v.px(6)), all[i].name, {.on = on}))
            v.memory.tunePage = static_cast<int>(i);
    }
    Box right = box.cutRight(v.px(380), gap);
    drawPreview(v, right.cutTop(right.w * 9 / 16, gap));
    drawDevices(v, right.cutTop(v.px(180), gap));
    drawMeters(v, right, false);

    v.panel(box);
    box = box.inset(v.px(10));
    ImGui::SetCursorScreenPos(box.min());
    const Page& page = all[static_cast<std::size_t>(v.memory.tunePage)];
    ImGui::BeginChild(std::string(page.name).c_str(), {box.w, box.h});
    std::vector<params::ParamIndex> rows;
    for (std::size_t i = 0; i < params::kParamCount; ++i)
        if (std::find(page.groups.begin(), page.groups.end(), params::kCatalogue[i].group()) != page.groups.end())
            rows.push_back({static_cast<std::uint16_t>(i)});
    const float height = v.px(32), space = v.px(5);
    const auto perColumn = (rows.size() + 1) / 2;
    const bool scrolls = static_cast<float>(perColumn) * (height + space) > box.h;
    const float width = (box.w - (scrolls ? v.px(18) : 0) - gap) / 2;
    const ImVec2 top = ImGui::GetCursorScreenPos();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto column = static_cast<float>(i / perColumn), line = static_cast<float>(i % perColumn);
        control(v, rows[i], {top.x + column * (width + gap), top.y + line * (height + space), width, height});
    }
    ImGui::EndChild();
}

} // namespace titanus::ui
