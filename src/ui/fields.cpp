// Where something is typed: values and formulas into controls, texts into fields; and what is wrong
// with them, said under the place.
#include "ui/widgets.h"

#include "params/text.h"

#include <fmt/format.h>
#include <imgui_internal.h> // ScrollX of the field: the mark under a place must move with the text
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

constexpr double kSendAfterSeconds = 0.35; // a pause in typing: a guess, shorter than it takes to look up
constexpr float kFieldPadding = 9;         // left of the text, for scale 1

const TextProblem* formulaProblem(const View& v, params::ParamIndex index) {
    for (const FormulaProblem& p : v.in.formulaProblems)
        if (p.target == index && !p.problem.text.empty()) return &p.problem;
    return nullptr;
}

struct FieldStyle { // type and padding of a one-line field of this height
    FieldStyle(View& v, const Box& box) {
        ImGui::SetCursorScreenPos(box.min());
        ImGui::SetNextItemWidth(box.w);
        ImGui::PushFont(v.fonts.body);
        ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {v.px(kFieldPadding), std::max(0.f, (box.h - v.fonts.body->FontSize) / 2)});
    }
    ~FieldStyle() {
        ImGui::PopStyleVar();
        ImGui::PopFont();
    }
    FieldStyle(const FieldStyle&) = delete;
    FieldStyle& operator=(const FieldStyle&) = delete;
};

void accept(View& v, params::ParamIndex index) {
    Memory& m = v.memory;
    const bool had = v.formula(index) != nullptr;
    const auto from = m.typed.find_first_not_of(' ');
    if (from == std::string::npos) { // emptied: the formula goes
        if (had) v.sink.formula(index, {});
        m.typing.reset();
    } else if (m.typed[from] == '=') {
        m.typed.erase(0, from);
        v.sink.formula(index, m.typed.substr(1));
        m.formulaSent = 3; // draws in which the answer may come
        if (m.typed.size() == 1) m.typing.reset();
    } else if (const auto value = params::parse(params::row(index), m.typed)) {
        if (had) v.sink.formula(index, {});
        v.change(index, value.value());
        m.typing.reset();
    } else {
        m.typedProblem = value.problem().detail;
        m.typedWrong = true;
        m.typingStarted = false; // keep the field: the hand is still there
    }
}

} // namespace

void startTyping(View& v, params::ParamIndex index) {
    Memory& m = v.memory;
    const params::Formula* formula = v.formula(index);
    m.typing = index;
    m.typed = formula ? "=" + formula->text : params::format(params::row(index), v.in.store[index]);
    m.typedProblem.clear();
    m.typedWrong = m.typingStarted = false;
    m.formulaSent = 0;
}

void typeField(View& v, params::ParamIndex index, const Box& box) {
    const auto& p = params::row(index);
    Memory& m = v.memory;
    const TextProblem* refused = formulaProblem(v, index);
    if (m.formulaSent > 0) {
        if (refused) m.formulaSent = 0, m.typedWrong = true, m.typingStarted = false;
        else if (--m.formulaSent == 0) m.typing.reset();
    }
    const bool wrong = m.typedWrong;
    {
        const FieldStyle style(v, box);
        if (wrong) ImGui::PushStyleColor(ImGuiCol_FrameBg, kDangerDeep);
        if (!m.typingStarted && m.formulaSent == 0) ImGui::SetKeyboardFocusHere();
        const bool enter = ImGui::InputText(fmt::format("##type.{}", p.id).c_str(), &m.typed,
                                            ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
        if (ImGui::IsItemEdited()) m.typedWrong = false;
        if (enter) accept(v, index);
        else if (m.formulaSent == 0 && m.typingStarted && ImGui::IsItemDeactivated()) m.typing.reset();
        else if (m.formulaSent == 0 && ImGui::IsItemActive()) m.typingStarted = true;
        if (wrong) ImGui::PopStyleColor();
    }
    v.note(p.id, box);
    if (!m.typing || !wrong) return;
    if (refused && m.typed.starts_with('=')) {
        TextProblem shifted = *refused; // the field shows an equals sign before the formula
        if (shifted.column >= 0) shifted.column += 1;
        textProblem(v, box, m.typed, shifted, true);
    } else {
        textProblem(v, box, m.typed, {m.typedProblem.empty() ? "not a value of this control" : m.typedProblem, -1}, true);
    }
}

void textProblem(View& v, const Box& field, std::string_view text, const TextProblem& problem, bool spoken) {
    if (problem.text.empty()) return;
    ImDrawList* list = v.list();
    list->AddRect(field.min(), field.max(), kDanger, v.px(5), 0, v.px(1.5f));
    if (problem.column >= 0) {
        const auto place = std::min(static_cast<std::size_t>(problem.column), text.size());
        float scroll = 0;
        if (const auto* state = ImGui::GetInputTextState(ImGui::GetItemID())) scroll = state->ScrollX;
        const float x = field.x + v.px(kFieldPadding) + textWidth(v.fonts.body, text.substr(0, place)) - scroll;
        if (x > field.x && x < field.right()) {
            const float y = field.bottom() - v.px(1), r = v.px(6);
            list->AddTriangleFilled({x, y - r * 1.3f}, {x - r, y}, {x + r, y}, kDanger);
        }
    }
    if (!spoken) return;
    // Over everything: the next control is not the place for this one's words.
    ImDrawList* over = ImGui::GetForegroundDrawList();
    const float room = ImGui::GetIO().DisplaySize.x, width = std::min(textWidth(v.fonts.small, problem.text) + v.px(20), room - v.px(16));
    const Box tag{std::clamp(field.x, v.px(8), room - width - v.px(8)), field.bottom() + v.px(3), width, v.px(26)};
    over->AddRectFilled(tag.min(), tag.max(), kDangerDeep, v.px(5));
    over->AddRect(tag.min(), tag.max(), kDanger, v.px(5));
    textIn(over, {tag.x + v.px(10), tag.y, tag.w - v.px(20), tag.h}, Align::Left, v.fonts.small, kText, problem.text);
}

void textField(View& v, params::TextIndex index, const Box& box, const char* hint, bool live, ImU32 ink) {
    const auto i = index.value;
    std::string& text = v.memory.texts[i];
    double& edited = v.memory.textEdited[i];
    const std::string id(params::kTexts[i].id);
    const FieldStyle style(v, box);
    ImGui::PushStyleColor(ImGuiCol_Text, ink);
    if (v.focused(id) && v.memory.keys.enter) ImGui::SetKeyboardFocusHere();
    // The first click selects all, so that writing replaces; the second sets the cursor.
    const bool enter = ImGui::InputTextWithHint(fmt::format("##{}", id).c_str(), hint, &text, ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
    ImGui::PopStyleColor();
    if (ImGui::IsItemEdited()) edited = v.in.seconds + 1e-9;
    const bool active = ImGui::IsItemActive(), rests = v.in.seconds - edited > kSendAfterSeconds;
    if (edited > 0 && (enter || ImGui::IsItemDeactivatedAfterEdit() || (rests && (live || !active)))) {
        edited = 0;
        v.sink.text(index, text);
    }
    // The store leads whenever no hand is on the field: presets and OSC write texts as well.
    if (!active && edited == 0) text = v.in.store[index];
    if (active) v.list()->AddRect(box.min(), box.max(), kAccent, v.px(5), 0, v.px(1.5f));
    else if (ImGui::IsItemHovered()) v.tip(params::kTexts[i].name, params::kTexts[i].help, fmt::format("/titanus/{}", id));
    v.note(id, box);
}

} // namespace titanus::ui
