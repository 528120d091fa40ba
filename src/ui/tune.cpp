// TUNE: every parameter of the catalogue, on pages by group, beside the picture. A group that no
// page names appears on the last one, so that a new row needs no edit here.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
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
    textIn(v.list(), line, Align::Left, v.fonts.small, kFaint,
           fmt::format("Guide: {}{}", v.in.guideName, v.in.outputOpen ? "   Output window open" : ""));
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
    // Rows of one page, a caption (no parameter) before each group where there are several.
    struct Row {
        std::optional<params::ParamIndex> param;
        std::string_view caption;
    };
    std::vector<Row> rows;
    for (const auto group : page.groups) {
        if (page.groups.size() > 1) rows.push_back({std::nullopt, group});
        for (std::size_t i = 0; i < params::kParamCount; ++i)
            if (params::kCatalogue[i].group() == group) rows.push_back({params::ParamIndex{static_cast<std::uint16_t>(i)}, {}});
    }
    const float space = v.px(5);
    auto perColumn = (rows.size() + 1) / 2;
    if (perColumn < rows.size() && !rows[perColumn - 1].param) --perColumn; // no caption at the foot of a column
    const auto longest = static_cast<float>(std::max(perColumn, rows.size() - perColumn));
    const float height = std::clamp((box.h + space) / longest - space, v.px(29), v.px(44));
    const bool scrolls = longest * (height + space) - space > box.h + 0.5f;
    const float width = (box.w - (scrolls ? v.px(18) : 0) - gap) / 2;
    const ImVec2 top = ImGui::GetCursorScreenPos();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool second = i >= perColumn;
        const Box cell{top.x + (second ? width + gap : 0), top.y + static_cast<float>(second ? i - perColumn : i) * (height + space), width, height};
        if (rows[i].param) {
            control(v, *rows[i].param, cell);
        } else {
            std::string caption(rows[i].caption);
            std::transform(caption.begin(), caption.end(), caption.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            textIn(v.list(), {cell.x, cell.y + cell.h * 0.3f, cell.w, cell.h * 0.7f}, Align::Left, v.fonts.small, kFaint, caption);
        }
    }
    ImGui::EndChild();
}

} // namespace titanus::ui
