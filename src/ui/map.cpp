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

constexpr float kLongestSeconds = 4; // of attack, hold and release on the bar; squared travel for fine short times
std::string secondsText(float seconds) {
    return seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1000) : fmt::format("{:.1f} s", seconds);
}
bool secondsBar(View& v, std::string_view id, const Box& box, float& seconds, std::string_view help) {
    float travel = std::sqrt(std::clamp(seconds / kLongestSeconds, 0.f, 1.f));
    if (!dragBar(v, id, box, travel, 0, secondsText(seconds), help)) return false;
    seconds = travel * travel * kLongestSeconds;
    return true;
}

struct Columns {
    Box mute, solo, source, target, depth, curve, attack, hold, release, quantise, remove;
};
Columns cut(View& v, Box row) {
    const float g = v.px(4);
    Columns c;
    c.mute = row.cutLeft(v.px(38), g);
    c.solo = row.cutLeft(v.px(30), g);
    c.remove = row.cutRight(v.px(26), g);
    c.quantise = row.cutRight(v.px(80), g);
    c.release = row.cutRight(v.px(62), g);
    c.hold = row.cutRight(v.px(62), g);
    c.attack = row.cutRight(v.px(62), g);
    c.curve = row.cutRight(v.px(76), g);
    c.depth = row.cutRight(v.px(104), g);
    c.source = row.cutLeft(row.w * 0.44f, g);
    c.target = row;
    return c;
}

} // namespace

bool drawRoute(View& v, std::string_view prefix, params::Route& route, const Box& row, bool& removed) {
    static const std::vector<std::string> kCurves(params::kRouteCurves.begin(), params::kRouteCurves.end());
    static const std::vector<std::string> kLines(params::kRouteQuantise.begin(), params::kRouteQuantise.end());
    const Columns c = cut(v, row);
    auto id = [&](std::string_view part) { return fmt::format("{}.{}", prefix, part); };
    bool changed = false;
    if (button(v, id("mute"), c.mute, route.mute ? "OFF" : "ON", {.on = !route.mute, .faint = route.mute})) route.mute = !route.mute, changed = true;
    if (ImGui::IsItemHovered()) v.tip("On or muted", "A muted route keeps its settings.");
    if (button(v, id("solo"), c.solo, "S", {.on = route.solo})) route.solo = !route.solo, changed = true;
    if (ImGui::IsItemHovered()) v.tip("Solo", "While any route is solo, only those act: hear and see one at a time.");
    if (const auto source = sourcePicker(v, id("source"), c.source, route.source)) route.source = *source, changed = true;
    if (const auto target = targetPicker(v, id("target"), c.target, route.target)) route.target = *target, changed = true;
    float depth = (route.depth + 1) / 2;
    if (dragBar(v, id("depth"), c.depth, depth, 0.5f, fmt::format("{:+.2f}", route.depth), "Depth, as a share of the target's range"))
        route.depth = depth * 2 - 1, changed = true;
    if (const auto chosen = picker(v, id("curve"), c.curve, kCurves[static_cast<std::size_t>(route.curve)], kCurves))
        route.curve = static_cast<params::RouteCurve>(*chosen), changed = true;
    changed |= secondsBar(v, id("attack"), c.attack, route.attackSeconds, "Attack: time to follow upwards");
    changed |= secondsBar(v, id("hold"), c.hold, route.holdSeconds, "Hold: time it stays up before it falls");
    changed |= secondsBar(v, id("release"), c.release, route.releaseSeconds, "Release: time to fall");
    if (const auto chosen = picker(v, id("quantise"), c.quantise, kLines[static_cast<std::size_t>(route.quantise)], kLines))
        route.quantise = static_cast<params::RouteQuantise>(*chosen), changed = true;
    if (ImGui::IsItemHovered()) v.tip("Quantise", "The source is read on these lines of the music only, and held in between.");
    removed = button(v, id("remove"), c.remove, "x", {.faint = true});
    if (ImGui::IsItemHovered()) v.tip("Remove", "Takes this route away; undo brings it back.");
    return changed;
}

void drawRouteHeads(View& v, const Box& row) {
    const Columns c = cut(v, row);
    const std::pair<Box, std::string_view> heads[] = {{c.source, "SOURCE"}, {c.target, "TARGET"}, {c.depth, "DEPTH"}, {c.curve, "CURVE"},
                                                      {c.attack, "ATTACK"}, {c.hold, "HOLD"}, {c.release, "RELEASE"}, {c.quantise, "QUANTISE"}};
    for (const auto& [where, name] : heads) textIn(v.list(), where, Align::Left, v.fonts.small, kFaint, name);
}

void drawRoutes(View& v, Box box) {
    std::vector<Route> routes = v.in.store.routes();
    bool changed = false;
    const float height = v.px(34), gap = v.px(5);
    const float width = box.w - (static_cast<float>(routes.size() + 1) * (height + gap) > box.h - v.px(24) ? v.px(16) : 0);
    const Box heads = box.cutTop(v.px(20), v.px(4));
    drawRouteHeads(v, {heads.x, heads.y, width, heads.h});
    ImGui::SetCursorScreenPos(box.min());
    ImGui::BeginChild("routes", {box.w, box.h});
    const float top = ImGui::GetCursorScreenPos().y;
    std::optional<std::size_t> removed;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const Box row{box.x, top + static_cast<float>(i) * (height + gap), width, height};
        bool gone = false;
        changed |= drawRoute(v, fmt::format("route.{}", i), routes[i], row, gone);
        if (gone) removed = i;
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

void drawMap(View& v, Box box) {
    const float gap = v.px(10);
    Box right = box.cutRight(v.px(320), gap);
    drawPreview(v, right.cutTop(right.w * 9 / 16, gap));
    drawBindings(v, right);
    // The matrix takes the strip's place: a row per source needs the height to be read.
    if (!v.memory.grid) drawStrip(v, box.cutBottom(std::max(v.px(264), box.h * 0.38f), gap));
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
