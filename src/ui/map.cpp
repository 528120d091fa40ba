// MAP: what moves what. Routes as a list or as the whole matrix, MIDI bindings, and the strip that
// answers "why did it move?".
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

using params::Route;

std::optional<params::Source> sourcePicker(View& v, std::string_view id, const Box& box, params::Source now) {
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> names;
        for (const auto& row : params::kSources) names.emplace_back(row.name);
        return names;
    }();
    const auto chosen = picker(v, id, box, params::row(now).name, kNames);
    // The live value of the source, as light under the name.
    const float level = std::clamp(std::abs(v.in.frame.sources[static_cast<std::size_t>(now)]), 0.f, 1.f);
    v.list()->AddRectFilled({box.x + v.px(6), box.bottom() - v.px(5)},
                            {box.x + v.px(6) + (box.w - v.px(12)) * level, box.bottom() - v.px(2)}, kAccent);
    if (!chosen) return std::nullopt;
    return static_cast<params::Source>(*chosen);
}

constexpr float kLongestSeconds = 4; // of attack and release on the bar; squared travel for fine short times
float secondsTravel(float seconds) { return std::sqrt(std::clamp(seconds / kLongestSeconds, 0.f, 1.f)); }
std::string secondsText(float seconds) {
    return seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1000) : fmt::format("{:.1f} s", seconds);
}

struct Columns {
    Box mute, source, target, depth, curve, attack, release, remove;
};
Columns cut(View& v, Box row) {
    const float g = v.px(5);
    Columns c;
    c.mute = row.cutLeft(v.px(44), g);
    c.remove = row.cutRight(v.px(32), g);
    c.release = row.cutRight(v.px(72), g);
    c.attack = row.cutRight(v.px(72), g);
    c.curve = row.cutRight(v.px(84), g);
    c.depth = row.cutRight(v.px(140), g);
    c.source = row.cutLeft(row.w * 0.42f, g);
    c.target = row;
    return c;
}

bool routeRow(View& v, std::size_t i, Route& route, const Box& row) {
    static const std::vector<std::string> kCurves(params::kRouteCurves.begin(), params::kRouteCurves.end());
    const Columns c = cut(v, row);
    auto id = [&](std::string_view part) { return fmt::format("route.{}.{}", i, part); };
    bool changed = false;
    if (button(v, id("mute"), c.mute, route.mute ? "OFF" : "ON", {.on = !route.mute, .faint = route.mute})) route.mute = !route.mute, changed = true;
    if (const auto source = sourcePicker(v, id("source"), c.source, route.source)) route.source = *source, changed = true;
    if (const auto target = targetPicker(v, id("target"), c.target, route.target)) route.target = *target, changed = true;
    float depth = (route.depth + 1) / 2;
    if (dragBar(v, id("depth"), c.depth, depth, 0.5f, fmt::format("{:+.2f}", route.depth), "Depth, as a share of the target's range"))
        route.depth = depth * 2 - 1, changed = true;
    const auto curve = static_cast<std::size_t>(route.curve);
    if (const auto chosen = picker(v, id("curve"), c.curve, kCurves[curve], kCurves))
        route.curve = static_cast<params::RouteCurve>(*chosen), changed = true;
    float attack = secondsTravel(route.attackSeconds), release = secondsTravel(route.releaseSeconds);
    if (dragBar(v, id("attack"), c.attack, attack, 0, secondsText(route.attackSeconds), "Attack: time to follow upwards"))
        route.attackSeconds = attack * attack * kLongestSeconds, changed = true;
    if (dragBar(v, id("release"), c.release, release, 0, secondsText(route.releaseSeconds), "Release: time to fall"))
        route.releaseSeconds = release * release * kLongestSeconds, changed = true;
    return changed;
}

} // namespace

void drawRoutes(View& v, Box box) {
    std::vector<Route> routes = v.in.store.routes();
    bool changed = false;
    const Columns heads = cut(v, box.cutTop(v.px(20), v.px(4)));
    const std::pair<Box, std::string_view> kHeads[] = {{heads.source, "SOURCE"}, {heads.target, "TARGET"}, {heads.depth, "DEPTH"},
                                                       {heads.curve, "CURVE"}, {heads.attack, "ATTACK"}, {heads.release, "RELEASE"}};
    for (const auto& [where, name] : kHeads) textIn(v.list(), where, Align::Left, v.fonts.small, kFaint, name);
    ImGui::SetCursorScreenPos(box.min());
    ImGui::BeginChild("routes", {box.w, box.h});
    const float height = v.px(34), gap = v.px(5);
    const float top = ImGui::GetCursorScreenPos().y;
    const float width = box.w - (static_cast<float>(routes.size() + 1) * (height + gap) > box.h ? v.px(16) : 0);
    std::optional<std::size_t> removed;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const Box row{box.x, top + static_cast<float>(i) * (height + gap), width, height};
        changed |= routeRow(v, i, routes[i], row);
        if (button(v, fmt::format("route.{}.remove", i), cut(v, row).remove, "x", {.faint = true})) removed = i;
    }
    const Box add{box.x, top + static_cast<float>(routes.size()) * (height + gap), width, height};
    if (button(v, "route.add", add, "+  ADD A ROUTE")) {
        routes.push_back({params::Source::Kick, params::param("camera.bump"), 0.2f, {}, 0, 0.2f, false});
        changed = true;
    }
    ImGui::EndChild();
    if (removed) routes.erase(routes.begin() + static_cast<std::ptrdiff_t>(*removed)), changed = true;
    if (changed) v.sink.routes(std::move(routes));
}

void drawBindings(View& v, Box box) {
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = v.title(box, "MIDI BINDINGS");
    head = {head.x, head.y - v.px(4), head.w, head.h + v.px(4)};
    actionButton(v, params::Action::MidiLearn, head.cutRight(v.px(80)), {.on = v.in.learning}, "LEARN");
    if (v.in.learning) {
        const std::string what = nameOf(v.in.learnTarget);
        const Box line = box.cutTop(v.px(24), v.px(4));
        textIn(v.list(), line, Align::Left, v.fonts.small, kAccent,
               what.empty() ? "Click any control, then move a fader." : fmt::format("{}: now move a fader.", what));
    }
    ImGui::SetCursorScreenPos(box.min());
    ImGui::BeginChild("bindings", {box.w, box.h});
    const float top = ImGui::GetCursorScreenPos().y, height = v.px(30), step = height + v.px(4);
    const float width = box.w - (static_cast<float>(v.in.bindings.size()) * step > box.h ? v.px(16) : 0);
    for (std::size_t i = 0; i < v.in.bindings.size(); ++i) {
        const BindingView& b = v.in.bindings[i];
        Box row{box.x, top + static_cast<float>(i) * step, width, height};
        if (button(v, fmt::format("binding.{}.forget", i), row.cutRight(v.px(30), v.px(4)), "x", {.faint = true})) v.sink.forget(i);
        if (ImGui::IsItemHovered()) v.tip("Forget", "Removes this binding.");
        v.list()->AddRectFilled(row.min(), row.max(), kRaised, v.px(5));
        row = {row.x + v.px(8), row.y, row.w - v.px(16), row.h};
        const std::string range = b.low == 0 && b.high == 1 ? std::string() : fmt::format("{:.0f}-{:.0f} %", b.low * 100, b.high * 100);
        textIn(v.list(), row.cutLeft(row.w * 0.5f, v.px(6)), Align::Left, v.fonts.small, b.conflict ? kDanger : kDim, b.control);
        if (!range.empty()) textIn(v.list(), row.cutRight(v.px(64), v.px(4)), Align::Right, v.fonts.small, kFaint, range);
        textIn(v.list(), row, Align::Left, v.fonts.small, kText, nameOf(b.target));
    }
    ImGui::EndChild();
    if (v.in.bindings.empty()) {
        textIn(v.list(), {box.x, box.y, box.w, v.px(24)}, Align::Left, v.fonts.small, kDim, "Nothing bound yet.");
        textIn(v.list(), {box.x, box.y + v.px(24), box.w, v.px(24)}, Align::Left, v.fonts.small, kFaint, "LEARN, click a control, move a fader.");
    }
}

void drawMap(View& v, Box box) {
    const float gap = v.px(10);
    Box right = box.cutRight(v.px(340), gap);
    drawPreview(v, right.cutTop(right.w * 9 / 16, gap));
    drawBindings(v, right);
    // The matrix takes the strip's place: a row per source needs the height to be read.
    if (!v.memory.grid) drawStrip(v, box.cutBottom(v.px(214), gap));
    v.panel(box);
    box = box.inset(v.px(10));
    Box head = v.title(box, "MODULATION");
    head = {head.x, head.y - v.px(4), head.w, head.h + v.px(4)};
    const Box amount = head.cutRight(v.px(230), v.px(6));
    if (button(v, "map.grid", head.cutRight(v.px(80), v.px(6)), "MATRIX", {.on = v.memory.grid})) v.memory.grid = true;
    if (button(v, "map.list", head.cutRight(v.px(80), v.px(6)), "LIST", {.on = !v.memory.grid})) v.memory.grid = false;
    control(v, params::param("route.amount"), amount);
    if (v.memory.grid) drawGrid(v, box);
    else drawRoutes(v, box);
}

} // namespace titanus::ui
