#pragma once
// How the instrument looks: colours, type, and the boxes panels are cut from. One accent colour
// means "this moves or this is on"; red is kept for what must be noticed. Dark and low in blue, so
// that it does not light the performer's face.
// Thread: main   Units: pixels; sizes are given for scale 1 (a window of 1280x720)
#include "core/result.h"

#include <imgui.h>

#include <string_view>

namespace titanus::ui {

constexpr ImU32 rgb(unsigned hex, unsigned alpha = 255) {
    return (alpha << 24) | ((hex & 0xff) << 16) | (hex & 0xff00) | (hex >> 16);
}
inline constexpr ImU32 kBack = rgb(0x0b0c0e), kPanel = rgb(0x14161a), kRaised = rgb(0x20242a),
                       kHot = rgb(0x2b3138), kLine = rgb(0x343b44), kText = rgb(0xeceae6),
                       kDim = rgb(0xa3a7ad), kFaint = rgb(0x626a73), kAccent = rgb(0xffb02e),
                       kAccentDeep = rgb(0x6b4a14), kAccentGlow = rgb(0xffb02e, 56),
                       kOnAccent = rgb(0x191205), kDanger = rgb(0xff4f45), kDangerDeep = rgb(0x5a1b18);

ImU32 mixed(ImU32 a, ImU32 b, float share);
ImU32 withAlpha(ImU32 colour, float alpha);

struct Box {
    float x = 0, y = 0, w = 0, h = 0;

    float right() const { return x + w; }
    float bottom() const { return y + h; }
    ImVec2 min() const { return {x, y}; }
    ImVec2 max() const { return {x + w, y + h}; }
    Box inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
    // Cuts a piece off and leaves the rest, with a gap between the two.
    Box cutTop(float size, float gap = 0);
    Box cutBottom(float size, float gap = 0);
    Box cutLeft(float size, float gap = 0);
    Box cutRight(float size, float gap = 0);
    // Cell of an even grid.
    Box cell(int column, int row, int columns, int rows, float gap) const;
};

struct Fonts {
    ImFont *body = nullptr, *small = nullptr, *head = nullptr, *huge = nullptr;

    // Reads the shipped fonts into the current context's atlas. Errors: FileUnreadable.
    core::Result<void> load(float scale);
};

void applyStyle(float scale);

enum class Align { Left, Centre, Right };
// One line inside the box, vertically centred, shortened with an ellipsis where it does not fit.
void textIn(ImDrawList* list, const Box& box, Align align, ImFont* font, ImU32 colour, std::string_view text);
float textWidth(ImFont* font, std::string_view text);

} // namespace titanus::ui
