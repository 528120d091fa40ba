#include "ui/theme.h"

#include "core/files.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace titanus::ui {

ImU32 mixed(ImU32 a, ImU32 b, float share) {
    const ImVec4 x = ImGui::ColorConvertU32ToFloat4(a), y = ImGui::ColorConvertU32ToFloat4(b);
    share = std::clamp(share, 0.f, 1.f);
    return ImGui::ColorConvertFloat4ToU32({x.x + (y.x - x.x) * share, x.y + (y.y - x.y) * share,
                                           x.z + (y.z - x.z) * share, x.w + (y.w - x.w) * share});
}

ImU32 withAlpha(ImU32 colour, float alpha) {
    const auto a = static_cast<ImU32>(std::clamp(alpha, 0.f, 1.f) * 255.f + 0.5f);
    return (colour & 0x00ffffffu) | (a << 24);
}

Box Box::cutTop(float size, float gap) {
    const Box piece{x, y, w, size};
    y += size + gap;
    h -= size + gap;
    return piece;
}
Box Box::cutBottom(float size, float gap) {
    const Box piece{x, y + h - size, w, size};
    h -= size + gap;
    return piece;
}
Box Box::cutLeft(float size, float gap) {
    const Box piece{x, y, size, h};
    x += size + gap;
    w -= size + gap;
    return piece;
}
Box Box::cutRight(float size, float gap) {
    const Box piece{x + w - size, y, size, h};
    w -= size + gap;
    return piece;
}
Box Box::cell(int column, int row, int columns, int rows, float gap) const {
    const float cw = (w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const float ch = (h - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
    return {x + static_cast<float>(column) * (cw + gap), y + static_cast<float>(row) * (ch + gap), cw, ch};
}

core::Result<void> Fonts::load(float scale) {
    // Latin with its extensions, Greek, Cyrillic, punctuation: prompts are written in many languages.
    static const ImWchar kProse[] = {0x20, 0x24f, 0x370, 0x52f, 0x2010, 0x203a, 0x20ac, 0x20ac, 0x2190, 0x2193, 0x2212, 0x2212, 0};
    static const ImWchar kLabels[] = {0x20, 0xff, 0x192, 0x192, 0x2010, 0x203a, 0x2190, 0x2193, 0x2212, 0x2212, 0};
    static const ImWchar kDigits[] = {0x20, 0x7e, 0x2010, 0x2014, 0};
    struct Face { ImFont** font; const char* file; float size; const ImWchar* ranges; };
    const Face faces[] = {{&body, "Roboto-Medium.ttf", 17, kProse},
                          {&small, "RobotoCondensed-Medium.ttf", 15, kLabels},
                          {&head, "Roboto-Medium.ttf", 21, kLabels},
                          {&huge, "Roboto-Light.ttf", 56, kDigits}};
    ImFontAtlas* atlas = ImGui::GetIO().Fonts;
    atlas->Clear();
    const auto dir = core::dataDir("third_party/fonts");
    for (const Face& face : faces) {
        auto bytes = core::readFile(dir / face.file);
        if (!bytes) return bytes.problem();
        // The atlas frees this copy with ImGui's own allocator.
        void* copy = ImGui::MemAlloc(bytes.value().size());
        std::copy(bytes.value().begin(), bytes.value().end(), static_cast<char*>(copy));
        ImFontConfig config;
        config.OversampleH = 2;
        config.OversampleV = 1;
        *face.font = atlas->AddFontFromMemoryTTF(copy, static_cast<int>(bytes.value().size()),
                                                 std::round(face.size * scale), &config, face.ranges);
    }
    if (!atlas->Build())
        return core::Problem{core::ProblemId::FileUnreadable, "fonts in " + dir.string()};
    return {};
}

void applyStyle(float scale) {
    ImGuiStyle style;
    style.WindowPadding = {10, 10};
    style.WindowRounding = style.ChildRounding = 0;
    style.PopupRounding = style.FrameRounding = style.GrabRounding = 5;
    style.ScrollbarRounding = 4;
    style.ScrollbarSize = 12;
    style.WindowBorderSize = style.ChildBorderSize = 0;
    style.PopupBorderSize = 1;
    style.FramePadding = {10, 7};
    style.ItemSpacing = {8, 8};
    style.TouchExtraPadding = {0, 0};
    style.ScaleAllSizes(scale);
    auto set = [&](ImGuiCol slot, ImU32 colour) { style.Colors[slot] = ImGui::ColorConvertU32ToFloat4(colour); };
    set(ImGuiCol_Text, kText);
    set(ImGuiCol_TextDisabled, kFaint);
    set(ImGuiCol_WindowBg, kBack);
    set(ImGuiCol_ChildBg, rgb(0, 0));
    set(ImGuiCol_PopupBg, rgb(0x1a1d22));
    set(ImGuiCol_Border, kLine);
    set(ImGuiCol_FrameBg, kRaised);
    set(ImGuiCol_FrameBgHovered, kHot);
    set(ImGuiCol_FrameBgActive, kHot);
    set(ImGuiCol_Button, kLine);
    set(ImGuiCol_ButtonHovered, kFaint);
    set(ImGuiCol_ButtonActive, kAccentDeep);
    set(ImGuiCol_Header, kAccentDeep);
    set(ImGuiCol_HeaderHovered, kHot);
    set(ImGuiCol_HeaderActive, kAccentDeep);
    set(ImGuiCol_ScrollbarBg, rgb(0, 0));
    set(ImGuiCol_ScrollbarGrab, kLine);
    set(ImGuiCol_ScrollbarGrabHovered, kFaint);
    set(ImGuiCol_ScrollbarGrabActive, kAccent);
    set(ImGuiCol_TextSelectedBg, kAccentDeep);
    ImGui::GetStyle() = style;
}

float textWidth(ImFont* font, std::string_view text) {
    return font->CalcTextSizeA(font->FontSize, 1e9f, 0, text.data(), text.data() + text.size()).x;
}

void textIn(ImDrawList* list, const Box& box, Align align, ImFont* font, ImU32 colour, std::string_view text) {
    if (text.empty()) return;
    std::string cut;
    float width = textWidth(font, text);
    if (width > box.w + 0.5f) {
        cut = text;
        while (!cut.empty() && width > box.w) {
            unsigned char last = 0;
            do { // whole code points only
                last = static_cast<unsigned char>(cut.back());
                cut.pop_back();
            } while (!cut.empty() && (last & 0xc0) == 0x80);
            width = textWidth(font, cut + "…");
        }
        if (cut.empty()) return;
        cut += "…";
        text = cut;
    }
    const float x = align == Align::Left     ? box.x
                    : align == Align::Centre ? box.x + (box.w - width) / 2
                                             : box.right() - width;
    const float y = box.y + (box.h - font->FontSize) / 2;
    list->AddText(font, font->FontSize, {std::round(x), std::round(y)}, colour, text.data(), text.data() + text.size());
}

} // namespace titanus::ui
