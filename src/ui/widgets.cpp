#include "ui/widgets.h"

#include "params/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

using params::Kind;
using params::Param;
using params::ParamIndex;

void controlTip(View& v, ParamIndex index) {
    const Param& p = params::row(index);
    std::string foot = fmt::format("/titanus/{}", p.id);
    if (p.kind == Kind::Float || p.kind == Kind::Int)
        foot += fmt::format("   {} to {}   default {}", shown(p, p.min), shown(p, p.max), shown(p, p.def));
    if (const BindingView* b = v.binding(index)) foot += fmt::format("   {}", b->control);
    if (const params::Formula* f = v.formula(index)) foot = fmt::format("={}\n", f->text) + foot;
    for (const FormulaProblem& f : v.in.formulaProblems)
        if (f.target == index) foot = f.problem.text + "\n" + foot;
    if (std::any_of(v.in.waiting.begin(), v.in.waiting.end(), [&](const WaitingFader& w) { return w.param == index; }))
        foot = "The fader of the controller stands at the arrows: move it to the value and it takes over.\n" + foot;
    v.tip(p.name, p.help, foot);
}

void dragged(View& v, ParamIndex index, float width) {
    const Param& p = params::row(index);
    Memory& m = v.memory;
    if (ImGui::IsItemActivated()) {
        m.travelAtPress = params::toTravel(p, v.in.store[index]);
        m.dragTravel = 0;
        m.pressed = index;
    }
    const ImGuiIO& io = ImGui::GetIO();
    if (!ImGui::IsItemActive() || io.MouseDelta.x == 0 || !ImGui::IsMouseDown(0)) return;
    m.dragTravel += io.MouseDelta.x / width * (io.KeyShift ? 0.1f : 1.f);
    const float travel = std::clamp(m.travelAtPress + m.dragTravel, 0.f, 1.f);
    v.change(index, params::clamped(p, params::fromTravel(p, travel)));
}

// By the + and - keys: whole steps where there are any, else hundredths of the travel.
void nudged(View& v, ParamIndex index) {
    const Param& p = params::row(index);
    const float by = v.memory.keys.nudge;
    const float now = v.in.store[index];
    const float next = p.kind == Kind::Int ? now + (by > 0 ? 1.f : -1.f)
                                           : params::fromTravel(p, std::clamp(params::toTravel(p, now) + by * 0.01f, 0.f, 1.f));
    v.change(index, params::clamped(p, next));
}

void switchControl(View& v, ParamIndex index, const Box& box, std::string_view label) {
    const Param& p = params::row(index);
    const bool on = v.in.store[index] >= 0.5f;
    const bool clicked = v.hit(p.id, box);
    const bool hot = ImGui::IsItemHovered();
    if (clicked) {
        if (v.in.learning) v.sink.learn(index);
        else v.change(index, on ? 0.f : 1.f);
    }
    if (v.reset(p.id)) v.change(index, p.def);
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), hot ? kHot : kRaised, v.px(5));
    const float d = std::min(box.h - v.px(14), v.px(18));
    const Box track{box.right() - v.px(12) - d * 1.9f, box.y + (box.h - d) / 2, d * 1.9f, d};
    list->AddRectFilled(track.min(), track.max(), on ? kAccent : kLine, d / 2);
    list->AddCircleFilled({on ? track.right() - d / 2 : track.x + d / 2, track.y + d / 2}, d / 2 - v.px(2.5f),
                          on ? kOnAccent : kDim);
    textIn(list, {box.x + v.px(10), box.y, track.x - box.x - v.px(16), box.h}, Align::Left, v.fonts.small, kText, label);
    learnMarks(v, index, box);
    if (hot) controlTip(v, index);
}

void choiceControl(View& v, ParamIndex index, const Box& box, std::string_view label) {
    const Param& p = params::row(index);
    const auto now = static_cast<std::size_t>(params::clamped(p, v.in.store[index]));
    const std::string popup = fmt::format("##choice.{}", p.id);
    if (v.hit(p.id, box)) {
        if (v.in.learning) v.sink.learn(index);
        else ImGui::OpenPopup(popup.c_str());
    }
    const bool hot = ImGui::IsItemHovered();
    if (v.reset(p.id)) v.change(index, p.def);
    if (v.focused(p.id) && v.memory.keys.nudge != 0)
        v.change(index, params::clamped(p, static_cast<float>(now) + (v.memory.keys.nudge > 0 ? 1.f : -1.f)));
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), hot ? kHot : kRaised, v.px(5));
    Box in{box.x + v.px(10), box.y, box.w - v.px(20), box.h};
    const Box arrow = in.cutRight(v.px(12), v.px(8));
    const float cy = arrow.y + arrow.h / 2, cx = arrow.x + arrow.w / 2, r = v.px(4.5f);
    list->AddTriangleFilled({cx - r, cy - r * 0.6f}, {cx + r, cy - r * 0.6f}, {cx, cy + r * 0.8f}, kDim);
    const float used = std::min(textWidth(v.fonts.small, label), in.w * 0.6f);
    textIn(list, in.cutLeft(used, v.px(8)), Align::Left, v.fonts.small, kText, label);
    textIn(list, in, Align::Right, v.fonts.small, kAccent, p.choices[now]);
    learnMarks(v, index, box);
    if (hot) controlTip(v, index);
    ImGui::SetNextWindowPos({box.x, box.bottom() + v.px(2)}, ImGuiCond_Appearing);
    ImGui::SetNextWindowSize({std::max(box.w, v.px(120)), 0});
    if (ImGui::BeginPopup(popup.c_str())) {
        const std::vector<std::string> rows(p.choices.begin(), p.choices.end());
        if (const auto chosen = listRows(v, rows, now)) v.change(index, static_cast<float>(*chosen));
        ImGui::EndPopup();
    }
}

} // namespace

void learnMarks(View& v, const Target& target, const Box& box) {
    if (v.in.learning) {
        const bool armed = v.armed(target);
        const float pulse = 0.55f + 0.45f * static_cast<float>(std::sin(v.in.seconds * 9));
        v.list()->AddRect(box.min(), box.max(), withAlpha(kAccent, armed ? pulse : 0.35f), v.px(5), 0,
                          armed ? v.px(3) : v.px(1.5f));
    }
    if (const BindingView* b = v.binding(target)) {
        const Box dot{box.right() - v.px(9), box.y + v.px(3), v.px(6), v.px(6)};
        v.list()->AddCircleFilled({dot.x + dot.w / 2, dot.y + dot.h / 2}, dot.w / 2,
                                  b->conflict ? kDanger : kAccent);
    }
}

std::string shown(const Param& p, float value) {
    if (p.kind == Kind::Bool || p.kind == Kind::Choice) return params::format(p, value);
    const auto unit = params::symbol(p.unit);
    const float size = std::abs(value);
    std::string number = p.kind == Kind::Int ? fmt::format("{:.0f}", value)
                         : size >= 100       ? fmt::format("{:.0f}", value)
                         : size >= 10        ? fmt::format("{:.1f}", value)
                         : p.min > 0 && p.min < 0.01f ? fmt::format("{:.3f}", value)
                                             : fmt::format("{:.2f}", value);
    return unit.empty() ? number : fmt::format("{} {}", number, unit);
}

std::string nameOf(const Target& target) {
    if (const auto* index = std::get_if<ParamIndex>(&target)) return std::string(params::row(*index).name);
    if (const auto* a = std::get_if<ActionTarget>(&target)) {
        const std::string name(params::row(a->action).name);
        const bool numbered = a->action == params::Action::PresetRecall || a->action == params::Action::SceneRecall;
        return numbered ? fmt::format("{} {}", name, a->argument + 1) : name;
    }
    return {};
}

void backing(View& v, const Box& words, float markX, float otherMarkX) {
    const float pad = v.px(4);
    const auto under = [&](float x) { return x > words.x - pad && x < words.right() + pad; };
    if (!under(markX) && !under(otherMarkX)) return;
    const float high = v.fonts.small->FontSize, y = words.y + (words.h - high) / 2;
    v.list()->AddRectFilled({words.x - pad, y}, {words.right() + pad, y + high}, withAlpha(kPanel, 0.85f), v.px(3));
}

void fader(View& v, ParamIndex index, const Box& box, std::string_view label, bool showValue) {
    const Param& p = params::row(index);
    if (v.memory.typing == index) return typeField(v, index, box);
    const bool clicked = v.hit(p.id, box);
    const bool hot = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
    const params::Formula* formula = v.formula(index);
    const Memory::Keys& keys = v.memory.keys;
    if (v.in.learning) {
        if (clicked) v.sink.learn(index);
    } else {
        // A hand that drags twice in a hurry does not want to type.
        const bool still = v.memory.pressed == index && v.memory.dragTravel == 0;
        if (!formula) dragged(v, index, box.w); // a formula holds its value against a hand
        if (hot && still && ImGui::IsMouseDoubleClicked(0)) startTyping(v, index);
        if (formula && ImGui::IsItemActivated()) v.memory.pressed = index, v.memory.dragTravel = 0;
        if (v.focused(p.id) && keys.enter) startTyping(v, index);
        if (v.focused(p.id) && keys.nudge != 0 && !formula) nudged(v, index);
        if (v.reset(p.id)) {
            if (formula) v.sink.formula(index, {});
            v.change(index, p.def);
        }
    }

    const float effective = v.in.frame[index], base = formula ? effective : v.in.store[index];
    const float rest = p.curve == params::Curve::Linear && p.min < 0 && p.max > 0 ? params::toTravel(p, 0) : 0;
    const float at = params::toTravel(p, base), tick = params::toTravel(p, effective);
    ImDrawList* list = v.list();
    const float r = v.px(5);
    auto across = [&](float travel) { return box.x + travel * box.w; };
    list->AddRectFilled(box.min(), box.max(), hot || held ? kHot : kRaised, r);
    list->PushClipRect(box.min(), box.max(), true);
    const float from = across(std::min(rest, at)), to = across(std::max(rest, at));
    const ImDrawFlags corners = (rest == 0 ? ImDrawFlags_RoundCornersLeft : ImDrawFlags_RoundCornersNone) |
                                (at >= 0.995f ? ImDrawFlags_RoundCornersRight : ImDrawFlags_RoundCornersNone);
    if (to - from > 1)
        list->AddRectFilled({from, box.y}, {to, box.bottom()}, held ? mixed(kAccentDeep, kAccent, 0.25f) : kAccentDeep, r, corners);
    const bool moved = std::abs(tick - at) > 0.002f;
    if (moved)
        list->AddRectFilled({std::min(across(at), across(tick)), box.y},
                            {std::max(across(at), across(tick)), box.bottom()}, kAccentGlow);
    const float edge = std::clamp(across(at), box.x + v.px(1.5f), box.right() - v.px(1.5f));
    list->AddRectFilled({edge - v.px(1.5f), box.y}, {edge + v.px(1.5f), box.bottom()}, kAccent);
    if (moved) {
        const float x = std::clamp(across(tick), box.x + v.px(2), box.right() - v.px(2));
        list->AddRectFilled({x - v.px(2), box.y}, {x + v.px(2), box.bottom()}, kText);
    }
    // Where the hardware stands that waits: arrows from both edges, to be met by moving it.
    for (const WaitingFader& w : v.in.waiting) {
        if (w.param != index) continue;
        const float x = std::clamp(across(w.travel), box.x + v.px(5), box.right() - v.px(5)), a = v.px(5), high = std::min(v.px(7), box.h * 0.3f);
        list->AddTriangleFilled({x - a, box.y}, {x + a, box.y}, {x, box.y + high}, kText);
        list->AddTriangleFilled({x - a, box.bottom()}, {x, box.bottom() - high}, {x + a, box.bottom()}, kText);
    }
    list->PopClipRect();
    Box in{box.x + v.px(10), box.y, box.w - v.px(20), box.h};
    if (formula) {
        const bool wrong = std::any_of(v.in.formulaProblems.begin(), v.in.formulaProblems.end(), [&](const FormulaProblem& f) { return f.target == index; });
        const Box sign{in.right() - v.px(10), in.y, v.px(10), in.h};
        textIn(list, sign, Align::Right, v.fonts.body, wrong ? kDanger : kAccent, "ƒ");
        in.w -= v.px(15);
    }
    if (showValue) {
        const std::string value = shown(p, held || !moved ? base : effective);
        const Box words = in.cutRight(std::min(textWidth(v.fonts.small, value), in.w), v.px(8));
        backing(v, words, across(at), moved ? across(tick) : across(at));
        textIn(list, words, Align::Right, v.fonts.small, moved && !held ? kText : mixed(kText, kAccent, 0.35f), value);
    }
    if (!label.empty()) {
        const Box words{in.x, in.y, std::min(textWidth(v.fonts.small, label), in.w), in.h};
        backing(v, words, across(at), moved ? across(tick) : across(at));
        textIn(list, in, Align::Left, v.fonts.small, kText, label);
    }
    learnMarks(v, index, box);
    if (hot && !held) controlTip(v, index);
}

void control(View& v, ParamIndex index, const Box& box, std::string_view label) {
    const Param& p = params::row(index);
    if (label.empty()) label = p.name;
    if (p.kind == Kind::Bool) switchControl(v, index, box, label);
    else if (p.kind == Kind::Choice) choiceControl(v, index, box, label);
    else fader(v, index, box, label);
}

bool button(View& v, std::string_view id, const Box& box, std::string_view label, const Look& look) {
    const bool clicked = v.hit(id, box);
    const bool hot = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
    const ImU32 lit = look.danger ? kDanger : kAccent;
    ImU32 back = look.on ? lit : held ? kLine : hot ? kHot : look.faint ? rgb(0, 0) : kRaised;
    if (look.on && hot) back = mixed(back, kText, 0.15f);
    v.list()->AddRectFilled(box.min(), box.max(), back, v.px(5));
    const ImU32 ink = look.on ? kOnAccent : look.danger ? mixed(kDanger, kText, 0.3f) : look.faint ? kDim : kText;
    const bool fits = textWidth(v.fonts.body, label) <= box.w - v.px(8);
    ImFont* font = look.head ? v.fonts.head : look.body && fits ? v.fonts.body : v.fonts.small;
    if (look.key.empty()) {
        textIn(v.list(), {box.x + v.px(4), box.y, box.w - v.px(8), box.h}, Align::Centre, font, ink, label);
    } else {
        Box in = box.inset(v.px(4));
        const float block = font->FontSize + v.fonts.small->FontSize;
        in = {in.x, box.y + (box.h - block) / 2, in.w, block};
        textIn(v.list(), in.cutTop(font->FontSize), Align::Centre, font, ink, label);
        textIn(v.list(), in, Align::Centre, v.fonts.small, look.on ? kOnAccent : kFaint, look.key);
    }
    return clicked;
}

void actionButton(View& v, params::Action action, const Box& box, const Look& look, std::string_view label,
                  int argument, std::string_view id) {
    const auto& row = params::row(action);
    const Target target = ActionTarget{action, argument};
    if (button(v, id.empty() ? row.id : id, box, label.empty() ? row.name : label, look)) {
        if (v.in.learning && action != params::Action::MidiLearn) v.sink.learn(target);
        else v.sink.action({action, argument, params::Origin::Ui, v.in.seconds});
    }
    const bool hot = ImGui::IsItemHovered();
    if (action != params::Action::MidiLearn) learnMarks(v, target, box);
    if (hot) {
        const BindingView* b = v.binding(target);
        const std::string key = argument < 0 ? v.in.keysFor(action) : std::string(v.in.keyFor(action, argument));
        v.tip(row.name, row.help, fmt::format("{}/titanus/{}{}", key.empty() ? "" : "key " + key + "   ", row.id, b ? "   " + b->control : ""));
    }
}

bool dragBar(View& v, std::string_view id, const Box& box, float& travel, float rest, std::string_view text,
             std::string_view help) {
    v.hit(id, box);
    const bool hot = ImGui::IsItemHovered(), held = ImGui::IsItemActive();
    const float before = travel;
    if (ImGui::IsItemActivated()) v.memory.depthAtPress = travel;
    if (held && ImGui::GetIO().MouseDelta.x != 0) {
        v.memory.depthAtPress += ImGui::GetIO().MouseDelta.x / box.w * (ImGui::GetIO().KeyShift ? 0.1f : 1.f);
        travel = std::clamp(v.memory.depthAtPress, 0.f, 1.f);
    }
    if (v.reset(id)) travel = rest;
    if (v.focused(id) && v.memory.keys.nudge != 0) travel = std::clamp(travel + v.memory.keys.nudge * 0.01f, 0.f, 1.f);
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), hot || held ? kHot : kRaised, v.px(5));
    const float a = box.x + std::min(rest, travel) * box.w, b = box.x + std::max(rest, travel) * box.w;
    if (b - a > 1) list->AddRectFilled({a, box.y}, {b, box.bottom()}, kAccentDeep, rest == 0 ? v.px(5) : 0);
    const float edge = std::clamp(box.x + travel * box.w, box.x + v.px(1.5f), box.right() - v.px(1.5f));
    list->AddRectFilled({edge - v.px(1.5f), box.y}, {edge + v.px(1.5f), box.bottom()}, kAccent);
    const float wide = std::min(textWidth(v.fonts.small, text), box.w);
    backing(v, {box.x + (box.w - wide) / 2, box.y, wide, box.h}, edge, edge);
    textIn(list, box, Align::Centre, v.fonts.small, kText, text);
    if (hot && !held) v.tip(help, "Drag sideways; Shift is fine; right-click for the default.");
    return travel != before;
}

} // namespace titanus::ui
