// What lies over a work space: the list of keys (made from the actions and the keys as they are now),
// the problems, the first steps.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace titanus::ui {
namespace {

struct ViewKey {
    std::string_view key, name;
};
// Keys that belong to looking, not to the show; the rest of the list is the catalogue's.
constexpr ViewKey kViewKeys[] = {{"Ctrl+1 2 3", "Perform, Map, Tune"},
                                 {"Ctrl+4 5 6", "Prompts, scenes, cues"},
                                 {"Ctrl+7", "Picture or constellation"},
                                 {"Arrows, Page", "Walk over the controls"},
                                 {"Enter", "Press it, or type a value"},
                                 {"+  -", "More, less; Shift: fine"},
                                 {"Backspace", "Back to the default"},
                                 {"Double-click", "Type a value, or =formula"},
                                 {"Right-click", "Back to the default; menu of a pad"},
                                 {"Shift+drag", "Fine"},
                                 {"Shift+click", "Store on the pad"}};

} // namespace

void drawHelp(View& v, const Box& window) {
    ImDrawList* list = ImGui::GetForegroundDrawList();
    list->AddRectFilled(window.min(), window.max(), rgb(0x060708, 250));
    const auto actions = static_cast<int>(params::kActions.size()), extra = static_cast<int>(std::size(kViewKeys));
    const int rows = (actions + extra + 1) / 2;
    Box box = window.inset(v.px(44));
    textIn(list, box.cutTop(v.px(40), v.px(8)), Align::Left, v.fonts.head, kAccent, "KEYS");
    textIn(list, box.cutBottom(v.px(24), v.px(6)), Align::Left, v.fonts.small, kFaint, fmt::format("{} closes this list. Letter keys rest while you type in a field; F-keys and panic always work.", v.in.keyFor(params::Action::ToggleHelp)));
    const float height = std::min(v.px(38), box.h / static_cast<float>(rows));
    // The left column has the longest sentence.
    const float left = box.w * 0.555f, gap = v.px(16);
    for (int i = 0; i < actions + extra; ++i) {
        const float line = static_cast<float>(i % rows);
        const bool second = i >= rows, action = i < actions;
        const auto what = static_cast<params::Action>(i);
        Box row{box.x + (second ? left + gap : 0), box.y + line * height, second ? box.w - left - gap : left, height};
        const std::string key = action ? v.in.keysFor(what) : std::string(kViewKeys[i - actions].key);
        const auto name = action ? params::row(what).name : kViewKeys[i - actions].name;
        Box cap = row.cutLeft(v.px(98), v.px(12));
        cap = {cap.x, cap.y + v.px(2), cap.w, cap.h - v.px(4)};
        list->AddRectFilled(cap.min(), cap.max(), kRaised, v.px(4));
        textIn(list, cap, Align::Centre, v.fonts.small, key.empty() ? kFaint : kAccent, key.empty() ? "no key" : key); // a dash would read as minus
        textIn(list, row.cutLeft(v.px(action ? 128 : 300), v.px(8)), Align::Left, height < v.px(27) ? v.fonts.small : v.fonts.body, kText, name);
        if (action) textIn(list, row, Align::Left, v.fonts.small, kDim, params::row(what).help);
    }
}

void drawProblems(View& v, const Box& window) {
    const float width = std::min(v.px(760), window.w - v.px(40));
    ImGui::SetNextWindowPos({window.right() - v.px(12), window.bottom() - v.px(40)}, 0, {1, 1});
    ImGui::SetNextWindowSize({width, 0});
    ImGui::PushStyleColor(ImGuiCol_WindowBg, rgb(0x1a1d22));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::Begin("##problems", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    if (v.in.problems.empty()) ImGui::TextDisabled("No problems.");
    ImGui::PushTextWrapPos(width - v.px(16));
    const auto first = v.in.problems.size() > 8 ? v.in.problems.size() - 8 : 0;
    for (std::size_t i = v.in.problems.size(); i-- > first;) { // newest first
        const ProblemEntry& entry = v.in.problems[i];
        const auto& row = core::row(entry.problem.id);
        ImGui::PushStyleColor(ImGuiCol_Text, row.severity == core::Severity::Error ? kDanger : kText);
        ImGui::TextUnformatted(fmt::format("{}: {}{}", row.text, entry.problem.detail, entry.count > 1 ? fmt::format("   x {}", entry.count) : "").c_str());
        ImGui::PopStyleColor();
        ImGui::PushFont(v.fonts.small);
        ImGui::PushStyleColor(ImGuiCol_Text, kDim);
        ImGui::TextUnformatted(fmt::format("{}   ({:.0f} s ago)", row.remedy, std::max(0., v.in.seconds - entry.seconds)).c_str());
        ImGui::PopStyleColor();
        ImGui::PopFont();
    }
    ImGui::PopTextWrapPos();
    if (!v.in.problems.empty() && ImGui::Button("Clear the list")) v.sink.dismissProblems();
    ImGui::SameLine();
    if (ImGui::Button("Close")) v.memory.problemsOpen = false;
    ImGui::End();
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
}

void drawFirstRun(View& v, const Box& window) {
    const float width = v.px(430);
    ImGui::SetNextWindowPos({window.x + v.px(30), window.y + v.px(90)});
    ImGui::SetNextWindowSize({width, 0});
    ImGui::PushStyleColor(ImGuiCol_WindowBg, rgb(0x1a1d22));
    ImGui::PushStyleColor(ImGuiCol_Border, kAccent);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {v.px(18), v.px(16)});
    ImGui::Begin("##first", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    ImGui::PushTextWrapPos(width - v.px(18));
    ImGui::PushFont(v.fonts.head);
    ImGui::TextUnformatted("Four things to try");
    ImGui::PopFont();
    ImGui::TextUnformatted("1  Type over prompt 1 and watch it be painted.");
    ImGui::TextUnformatted(fmt::format("2  Press 2, 3, 4: presets. {} freezes, {} is black.", v.in.keyFor(params::Action::Freeze), v.in.keyFor(params::Action::Blackout)).c_str());
    ImGui::TextUnformatted("3  STARS: drag the puck among the prompts.");
    ImGui::TextUnformatted("4  LEARN, click a fader here, move one on your controller.");
    ImGui::PopTextWrapPos();
    if (ImGui::Button("Got it", {v.px(120), v.px(36)})) v.sink.dismissFirstRun();
    v.items.push_back({"first.ok", ImGui::GetItemRectMin().x, ImGui::GetItemRectMin().y, ImGui::GetItemRectMax().x, ImGui::GetItemRectMax().y, false});
    ImGui::SameLine();
    ImGui::PushFont(v.fonts.small);
    ImGui::TextDisabled("%s", fmt::format("{} lists all keys", v.in.keysFor(params::Action::ToggleHelp)).c_str());
    ImGui::PopFont();
    ImGui::End();
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor(2);
}

} // namespace titanus::ui
