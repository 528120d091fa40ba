// What hardware moves: the list of bindings, and the one that is chosen with its range, curve and mode.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

// Names of what the same control moves besides.
std::string others(const View& v, std::size_t index) {
    std::string names;
    for (std::size_t i = 0; i < v.in.bindings.size(); ++i) {
        if (i == index || v.in.bindings[i].control != v.in.bindings[index].control) continue;
        names += (names.empty() ? "" : ", ") + nameOf(v.in.bindings[i].target);
    }
    return names;
}

// A share of the target's range in its own unit.
std::string endText(const BindingView& binding, float share) {
    if (const auto* index = std::get_if<params::ParamIndex>(&binding.target)) {
        const auto& p = params::row(*index);
        return shown(p, p.min + share * (p.max - p.min));
    }
    return fmt::format("{:.0f} %", share * 100);
}

void editor(View& v, Box box, std::size_t index) {
    static const std::vector<std::string> kCurves(params::kRouteCurves.begin(), params::kRouteCurves.end());
    const BindingView& b = v.in.bindings[index];
    BindingEdit edit = b.edit();
    v.list()->AddLine({box.x, box.y}, {box.right(), box.y}, kLine);
    box.cutTop(v.px(6));
    const float row = v.px(30), gap = v.px(5);
    textIn(v.list(), box.cutTop(v.px(20), v.px(3)), Align::Left, v.fonts.small, kText, fmt::format("{}  >  {}", b.control, nameOf(b.target)));
    if (b.conflict) {
        const std::string also = others(v, index);
        textIn(v.list(), box.cutTop(v.px(20), v.px(3)), Align::Left, v.fonts.small, kDanger, also.empty() ? "Moves something else as well." : "Also moves " + also);
    }
    Box range = box.cutTop(row, gap);
    if (dragBar(v, "binding.low", range.cell(0, 0, 2, 1, gap), edit.low, 0, "from " + endText(b, edit.low), "Lower end of the travel")) edit.high = std::max(edit.high, edit.low);
    if (dragBar(v, "binding.high", range.cell(1, 0, 2, 1, gap), edit.high, 1, "to " + endText(b, edit.high), "Upper end of the travel")) edit.low = std::min(edit.low, edit.high);
    Box shape = box.cutTop(row, gap);
    if (const auto curve = picker(v, "binding.curve", shape.cell(0, 0, 2, 1, gap), kCurves[static_cast<std::size_t>(edit.curve)], kCurves)) edit.curve = static_cast<params::RouteCurve>(*curve);
    if (ImGui::IsItemHovered()) v.tip("Curve", "From the control's travel to the value's.");
    if (button(v, "binding.invert", shape.cell(1, 0, 2, 1, gap), "INVERT", {.on = edit.invert})) edit.invert = !edit.invert;
    auto choose = [&](std::string_view id, const Box& where, std::span<const std::string_view> names, int& now, std::string_view help) {
        if (names.empty()) return;
        const std::vector<std::string> options(names.begin(), names.end());
        const auto at = std::min(static_cast<std::size_t>(std::max(0, now)), options.size() - 1);
        if (const auto chosen = picker(v, id, where, options[at], options)) now = static_cast<int>(*chosen);
        if (ImGui::IsItemHovered()) v.tip(id == "binding.mode" ? "Mode" : "Takeover", help);
    };
    const Box modes = box.cutTop(row);
    choose("binding.mode", modes.cell(0, 0, 2, 1, gap), v.in.bindingModes, edit.mode, "How the control speaks: position, endless steps, switch, button.");
    choose("binding.takeover", modes.cell(1, 0, 2, 1, gap), v.in.takeovers, edit.takeover, "What happens when control and value stand apart: wait until they meet, scale, or jump.");
    if (!(edit == b.edit())) v.sink.setBinding(index, edit);
}

// What moves, and what it moves. True: clicked.
bool bindingRow(View& v, const std::string& id, Box row, const BindingView& b, bool on, const std::string& help) {
    const bool clicked = v.hit(id, row), hot = ImGui::IsItemHovered();
    if (hot) v.tip(nameOf(b.target), help, b.control);
    v.list()->AddRectFilled(row.min(), row.max(), hot ? kHot : kRaised, v.px(5));
    if (on) v.list()->AddRect(row.min(), row.max(), kAccent, v.px(5), 0, v.px(1.5f));
    row = {row.x + v.px(8), row.y, row.w - v.px(16), row.h};
    if (b.conflict) {
        const Box sign = row.cutLeft(v.px(10), v.px(4));
        v.list()->AddCircleFilled({sign.x + sign.w / 2, sign.y + sign.h / 2}, v.px(4), kDanger);
    }
    textIn(v.list(), row.cutLeft(row.w * 0.52f, v.px(6)), Align::Left, v.fonts.small, kDim, b.control);
    textIn(v.list(), row, Align::Left, v.fonts.small, kText, nameOf(b.target));
    return clicked;
}

} // namespace

// Over the picture: it is on every work space, and no control lies under it.
void drawLearnLine(View& v, const Box& picture) {
    const auto [first, second] = v.memory.learn.words(v.in);
    if (first.empty()) return;
    const float high = v.px(second.empty() ? 40 : 60), wide = std::min(picture.w - v.px(24), std::max(textWidth(v.fonts.body, first), textWidth(v.fonts.small, second)) + v.px(32));
    Box tag{picture.x + (picture.w - wide) / 2, picture.bottom() - high - v.px(56), wide, high};
    if (tag.y < picture.y + v.px(6)) tag.y = picture.y + v.px(6); // a small picture
    v.list()->AddRectFilled(tag.min(), tag.max(), rgb(0x08090b, 235), v.px(6));
    v.list()->AddRect(tag.min(), tag.max(), kAccent, v.px(6), 0, v.px(1.5f));
    const Box in{tag.x + v.px(12), tag.y + v.px(6), tag.w - v.px(24), tag.h - v.px(12)};
    if (second.empty()) return textIn(v.list(), in, Align::Centre, v.fonts.body, kText, first);
    textIn(v.list(), {in.x, in.y, in.w, in.h * 0.55f}, Align::Centre, v.fonts.body, kText, first);
    textIn(v.list(), {in.x, in.y + in.h * 0.55f, in.w, in.h * 0.45f}, Align::Centre, v.fonts.small, kDim, second);
}

void drawBindings(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = v.title(box, "BINDINGS");
    head = {head.x, head.y - v.px(4), head.w, head.h + v.px(4)};
    actionButton(v, params::Action::MidiLearn, head.cutRight(v.px(80)), {.on = v.in.learning}, "LEARN", -1, "bindings.learn");
    if (v.in.learning) {
        const std::string what = nameOf(v.in.learnTarget);
        textIn(v.list(), box.cutTop(v.px(24), v.px(4)), Align::Left, v.fonts.small, kAccent,
               what.empty() ? "Click any control, then move a fader." : fmt::format("{}: now move a fader.", what));
    }
    int& chosen = v.memory.bindingChosen;
    if (chosen >= static_cast<int>(v.in.bindings.size())) chosen = -1;
    // The editor keeps its place at the foot, so that no row moves under the hand.
    if (chosen >= 0) {
        const auto index = static_cast<std::size_t>(chosen);
        editor(v, box.cutBottom(v.px(v.in.bindings[index].conflict ? 153 : 130), v.px(6)), index);
    }
    ImGui::SetCursorScreenPos(box.min());
    ImGui::BeginChild("bindings", {box.w, box.h});
    const float step = v.px(36), lines = static_cast<float>(std::max<std::size_t>(v.in.bindings.size(), 2) + v.in.readyMade.size() + 1);
    Box rest{box.x, ImGui::GetCursorScreenPos().y, box.w - (lines * step > box.h ? v.px(16) : 0), lines * step};
    if (v.in.bindings.empty()) {
        textIn(v.list(), rest.cutTop(v.px(24)), Align::Left, v.fonts.small, kDim, v.in.readyMade.empty() ? "Nothing bound yet." : "Nothing of your own bound yet.");
        textIn(v.list(), rest.cutTop(v.px(24), v.px(4)), Align::Left, v.fonts.small, kFaint, "LEARN, click a control, move a fader.");
    }
    for (std::size_t i = 0; i < v.in.bindings.size(); ++i) {
        const BindingView& b = v.in.bindings[i];
        Box row = rest.cutTop(v.px(32), v.px(4));
        if (button(v, fmt::format("binding.{}.forget", i), row.cutRight(v.px(26), v.px(4)), "x", {.faint = true})) {
            v.sink.forget(i);
            chosen = -1;
        }
        if (ImGui::IsItemHovered()) v.tip("Forget", "Removes this binding.");
        const bool on = chosen == static_cast<int>(i);
        const std::string help = b.conflict ? "The same control also moves " + others(v, i) + "." : "Click: range, curve, invert, mode.";
        if (bindingRow(v, fmt::format("binding.{}", i), row, b, on, help)) chosen = on ? -1 : static_cast<int>(i);
    }
    if (!v.in.readyMade.empty()) textIn(v.list(), rest.cutTop(v.px(20), v.px(4)), Align::Left, v.fonts.small, kFaint, "READY-MADE FOR YOUR DEVICES");
    for (std::size_t i = 0; i < v.in.readyMade.size(); ++i) {
        if (!bindingRow(v, fmt::format("ready.{}", i), rest.cutTop(v.px(32), v.px(4)), v.in.readyMade[i], false, "Click: a copy of your own, to be edited; it takes this one's place.")) continue;
        v.sink.adoptBinding(i);
        chosen = static_cast<int>(v.in.bindings.size());
    }
    ImGui::EndChild();
}

} // namespace titanus::ui
