// TUNE: every parameter of the catalogue, on pages by group, beside the picture. A group that no
// page names appears on the last one, so that a new row needs no edit here. Beside them the devices, the
// guide, and the colours of a palette canvas.
#include "core/model_folders.h"
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
        std::vector<Page> all{{"Camera", {"camera"}},
                              {"Look", {"look"}},
                              {"Guide", {"guide"}},
                              {"Canvas", {"canvas"}},
                              {"Material", {"palette", "hold", "source"}},
                              {"Prompts", {"prompt", "constellation"}},
                              {"Sound", {"audio", "analysis", "band", "clock"}},
                              {"LFOs", {"lfo", "macro"}},
                              {"Show", {"scene", "morph", "autopilot", "route", "ui"}},
                              {"Output", {"output", "guard", "record"}}};
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

// Any model of the folders of models; a path is typed on the page Guide.
void drawGuide(View& v, Box box) {
    constexpr auto kText = params::text("guide.model");
    constexpr std::string_view kAsStarted = "as started";
    textIn(v.list(), box.cutLeft(v.px(70), v.px(6)), Align::Left, v.fonts.small, kDim, "Guide");
    const std::string now = v.in.store[kText]; // a copy: choosing writes the table anew
    std::vector<std::string> names{std::string(kAsStarted)}, paths{""};
    if (ImGui::IsPopupOpen("##pick.device.guide")) // the disk is read for an open list only
        for (const auto& path : core::modelsFound()) names.push_back(path.filename().string()), paths.push_back(path.string());
    const std::string name = now.empty() ? std::string(kAsStarted) : std::filesystem::path(now).filename().string();
    if (const auto chosen = picker(v, "device.guide", box, name, names)) v.sink.text(kText, paths[*chosen]);
    if (ImGui::IsItemHovered()) v.tip(params::kTexts[kText.value].name, params::kTexts[kText.value].help, now);
}

// The palettes as stripes, dark to bright.
void drawPalettes(View& v, const Box& box) {
    const guidance::Canvas& canvas = *v.in.canvas;
    const float gap = v.px(3), width = (box.w + gap) / static_cast<float>(canvas.palettes) - gap, height = box.h / static_cast<float>(canvas.levels);
    for (int palette = 0; palette < canvas.palettes; ++palette)
        for (int level = 0; level < canvas.levels; ++level) {
            const float* c = &canvas.palette[static_cast<std::size_t>((palette * canvas.levels + level) * 3)];
            const float x = box.x + static_cast<float>(palette) * (width + gap), y = box.bottom() - static_cast<float>(level + 1) * height;
            v.list()->AddRectFilled({x, y}, {x + width, y + height}, ImGui::ColorConvertFloat4ToU32({c[0], c[1], c[2], 1}));
        }
    v.note("palettes", box);
}

void drawDevices(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    v.title(box, "DEVICES");
    const float height = v.px(32), gap = v.px(6);
    device(v, "device.audio", "Sound", v.in.audioInputs, params::text("audio.input"), box.cutTop(height, gap));
    device(v, "device.midi", "MIDI", v.in.midiInputs, params::text("midi.input"), box.cutTop(height, gap));
    device(v, "device.display", "Display", v.in.displays, params::text("output.display"), box.cutTop(height, gap));
    drawGuide(v, box.cutTop(height, gap));
    const Box line = box.cutTop(v.px(20));
    textIn(v.list(), line, Align::Left, v.fonts.small, kFaint,
           fmt::format("Started with {}{}", v.in.guideName, v.in.outputOpen ? "   Output window open" : ""));
}

// Texts that have their place elsewhere: prompts on PERFORM, devices beside every page, the wall's above its rows.
bool elsewhere(std::string_view id) {
    return id == "audio.input" || id == "midi.input" || id == "output.display" || id == "output.v4l2" || (id.starts_with("prompt.") && id.ends_with(".text"));
}

std::string_view groupOf(std::string_view id) { return id.substr(0, id.find('.')); }

// One cell of a page: a parameter, a text, or the caption of a group.
struct Cell {
    std::optional<params::ParamIndex> param;
    std::optional<params::TextIndex> text;
    std::string_view caption;
};

std::vector<Cell> cellsOf(const Page& page, bool captions) {
    std::vector<Cell> cells;
    for (const auto group : page.groups) {
        if (captions && page.groups.size() > 1) cells.push_back({{}, {}, group});
        for (std::size_t i = 0; i < params::kParamCount; ++i)
            if (params::kCatalogue[i].group() == group) cells.push_back({params::ParamIndex{static_cast<std::uint16_t>(i)}, {}, {}});
        for (std::size_t i = 0; i < params::kTextCount; ++i)
            if (groupOf(params::kTexts[i].id) == group && !elsewhere(params::kTexts[i].id)) cells.push_back({{}, params::TextIndex{static_cast<std::uint16_t>(i)}, {}});
    }
    return cells;
}

void drawCell(View& v, const Cell& cell, Box box) {
    if (cell.param) return control(v, *cell.param, box);
    if (cell.text) {
        const auto& row = params::kTexts[cell.text->value];
        const float used = std::min(textWidth(v.fonts.small, row.name) + v.px(20), box.w * 0.5f);
        Box label = box.cutLeft(used);
        textIn(v.list(), {label.x + v.px(10), label.y, label.w - v.px(16), label.h}, Align::Left, v.fonts.small, kDim, row.name);
        return textField(v, *cell.text, box, "none", row.id.starts_with("prompt."));
    }
    std::string caption(cell.caption);
    std::transform(caption.begin(), caption.end(), caption.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    textIn(v.list(), {box.x, box.y + box.h * 0.3f, box.w, box.h * 0.7f}, Align::Left, v.fonts.small, kFaint, caption);
}

void drawRows(View& v, const Box& box, const Page& page, int columns) {
    const std::vector<Cell> cells = cellsOf(page, columns == 2);
    const float space = v.px(5), gap = v.px(columns == 2 ? 10 : 6);
    auto perColumn = (cells.size() + static_cast<std::size_t>(columns) - 1) / static_cast<std::size_t>(columns);
    // No caption at the foot of a column.
    if (columns == 2 && perColumn < cells.size() && !cells[perColumn - 1].param && !cells[perColumn - 1].text) --perColumn;
    const auto longest = static_cast<float>(std::max(perColumn, columns == 2 ? cells.size() - perColumn : perColumn));
    const float height = std::clamp((box.h + space) / longest - space, v.px(columns == 2 ? 29 : 25), v.px(44));
    const bool scrolls = longest * (height + space) - space > box.h + 0.5f;
    const float width = (box.w - (scrolls ? v.px(18) : 0) - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const ImVec2 top = ImGui::GetCursorScreenPos();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::size_t column = std::min(i / perColumn, static_cast<std::size_t>(columns - 1)), line = i - column * perColumn;
        drawCell(v, cells[i], {top.x + static_cast<float>(column) * (width + gap), top.y + static_cast<float>(line) * (height + space), width, height});
    }
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
    drawDevices(v, right.cutTop(v.px(218), gap));
    drawMeters(v, right, false);

    v.panel(box);
    box = box.inset(v.px(10));
    const Page& page = all[static_cast<std::size_t>(v.memory.tunePage)];
    const bool output = page.name == "Output";
    // Whole pixels: a child window clips at them.
    if (output) drawOutput(v, box.cutTop(std::floor(std::max(v.px(180), box.h * 0.3f)), std::floor(gap)));
    if (page.name == "Material" && v.in.canvas && v.in.canvas->palettes > 0 && v.in.canvas->levels > 0)
        drawPalettes(v, box.cutTop(std::floor(v.px(84)), std::floor(gap)));
    ImGui::SetCursorScreenPos(box.min());
    ImGui::BeginChild(std::string(page.name).c_str(), {box.w, box.h});
    drawRows(v, box, page, output ? 3 : 2);
    ImGui::EndChild();
}

} // namespace titanus::ui
