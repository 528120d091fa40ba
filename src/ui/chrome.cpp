// What frames every work space: the bar on top and the figures at the bottom.
#include "ui/widgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {

void drawTopBar(View& v, Box box) {
    using params::Action;
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), kPanel);
    Box in{box.x + v.px(14), box.y + v.px(7), box.w - v.px(24), box.h - v.px(14)};
    Box word = in.cutLeft(v.px(124), v.px(10));
    float x = word.x;
    for (const char letter : std::string_view("TITANUS")) { // spaced by hand: ImGui knows no tracking
        const std::string_view one(&letter, 1);
        list->AddText(v.fonts.head, v.fonts.head->FontSize, {std::round(x), std::round(word.y + (word.h - v.fonts.head->FontSize) / 2)}, kAccent, &letter, &letter + 1);
        x += textWidth(v.fonts.head, one) + v.px(3);
    }
    constexpr std::string_view kSpaces[] = {"PERFORM", "MAP", "TUNE"};
    for (int i = 0; i < static_cast<int>(WorkSpace::Count); ++i) {
        const Box tab = in.cutLeft(v.px(104), v.px(4));
        const bool on = static_cast<int>(*v.space) == i;
        if (v.hit(fmt::format("space.{}", kSpaces[i]), tab)) *v.space = static_cast<WorkSpace>(i);
        const bool hot = ImGui::IsItemHovered();
        if (hot || on) list->AddRectFilled(tab.min(), tab.max(), on ? kRaised : kHot, v.px(5));
        textIn(list, tab, Align::Centre, v.fonts.body, on ? kText : kDim, kSpaces[i]);
        if (on) list->AddRectFilled({tab.x, box.bottom() - v.px(3)}, {tab.right(), box.bottom()}, kAccent);
        if (hot) v.tip(kSpaces[i], i == 0 ? "Play the show." : i == 1 ? "Decide what moves what." : "Every parameter.", fmt::format("key Ctrl+{}", i + 1));
    }
    const float w = v.px(70), g = v.px(6);
    actionButton(v, Action::ToggleHelp, in.cutRight(w, g), {.on = v.in.helpVisible}, fmt::format("KEYS  {}", v.in.keyFor(Action::ToggleHelp)));
    actionButton(v, Action::ToggleFullScreen, in.cutRight(w, g), {}, "FULL");
    actionButton(v, Action::ToggleUi, in.cutRight(w, g), {}, "HIDE");
    actionButton(v, Action::Record, in.cutRight(w, g), {.on = v.in.recording, .danger = v.in.recording}, "RECORD");
    actionButton(v, Action::SaveStill, in.cutRight(w, g), {}, "STILL");
    actionButton(v, Action::Redo, in.cutRight(w, g), {}, "REDO");
    actionButton(v, Action::Undo, in.cutRight(w, g), {}, "UNDO");
    actionButton(v, Action::MidiLearn, in.cutRight(w, g), {.on = v.in.learning}, "LEARN");
}

namespace {

// The one thing that should be known now: the guard that takes light away, what the governor gave
// up, who flies. Leaves the rest of the line.
void notice(View& v, Box& in) {
    // The sound's name keeps its place behind it.
    const float room = in.w - std::min(textWidth(v.fonts.small, v.in.audioName) + v.px(16), in.w * 0.38f);
    std::string text;
    std::string_view help;
    bool alarm = false;
    if (v.in.flash.limiting) {
        text = fmt::format("FLASH GUARD {:.0f}/s", std::max(v.in.flash.generalPerSecond, v.in.flash.redPerSecond));
        help = "The picture flashes more than three times a second: its contrast is taken back.";
        alarm = true;
    } else if (!v.in.governor.empty()) {
        text = v.in.governor;
        help = "The frame rate fell to its floor (guard.fps_floor); this was traded for speed and comes back.";
    } else if (v.in.autopilot.state != AutopilotState::Off) {
        text = v.in.autopilot.state == AutopilotState::Flying ? "AUTOPILOT" : fmt::format("AUTOPILOT in {:.0f} bars", std::ceil(std::max(0., v.in.autopilot.barsUntilReturn)));
        help = "The sections of the track choose the scenes; any hand takes over.";
    } else {
        return;
    }
    const Box cell = in.cutLeft(std::min(room, textWidth(v.fonts.small, text) + v.px(16)), v.px(8));
    const Box chip{cell.x, cell.y + v.px(4), cell.w, cell.h - v.px(8)};
    v.hit("status.notice", chip);
    const bool hot = ImGui::IsItemHovered();
    v.list()->AddRectFilled(chip.min(), chip.max(), alarm ? kDanger : hot ? kHot : kAccentDeep, v.px(4));
    textIn(v.list(), {chip.x + v.px(8), chip.y, chip.w - v.px(14), chip.h}, Align::Left, v.fonts.small, alarm ? kOnAccent : kText, text);
    if (hot) v.tip(text, help);
}

} // namespace

void drawStatusBar(View& v, Box box) {
    ImDrawList* list = v.list();
    list->AddRectFilled(box.min(), box.max(), kPanel);
    Box in{box.x + v.px(14), box.y, box.w - v.px(24), box.h};
    ImFont* font = v.fonts.small;
    // Each figure keeps its width, so that nothing dances.
    auto figure = [&](std::string_view name, std::string value, float width, bool alarm = false) {
        Box cell = in.cutLeft(v.px(width), v.px(10));
        textIn(list, cell.cutLeft(textWidth(font, name), v.px(5)), Align::Left, font, kFaint, name);
        textIn(list, cell, Align::Left, font, alarm ? kDanger : kText, value);
    };
    const Figures& f = v.in.figures;
    figure("fps", fmt::format("{:.0f}", f.fps), 50);
    figure("1 % low", fmt::format("{:.0f}", f.fpsLow1), 76);
    figure("steps/s", fmt::format("{:.1f}", f.stepsPerSecond), 86);
    figure("canvas", fmt::format("{:.0f} ms", f.canvasAgeMs), 100);
    const std::uint64_t drops = f.audioOverruns + f.droppedEvents;
    figure("drops", fmt::format("{}", drops), 76, drops > 0);
    figure("missed", fmt::format("{}", f.missedFrames), 86);

    const auto count = v.in.problems.size();
    const Box problems = in.cutRight(v.px(108), v.px(10));
    const Box button{problems.x, problems.y + v.px(3), problems.w, problems.h - v.px(6)};
    if (v.hit("problems", button)) v.memory.problemsOpen = !v.memory.problemsOpen;
    const bool hot = ImGui::IsItemHovered();
    // Red is for what went wrong: a machine without MIDI is only worth a note.
    const bool grave = std::any_of(v.in.problems.begin(), v.in.problems.end(), [](const ProblemEntry& entry) { return core::row(entry.problem.id).severity != core::Severity::Info; });
    const std::string_view what = grave ? "problem" : "note";
    list->AddRectFilled(button.min(), button.max(), grave ? kDangerDeep : hot ? kHot : kRaised, v.px(4));
    textIn(list, button, Align::Centre, font, count ? kText : kDim, count == 0 ? "no problems" : fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"));

    const auto& features = v.in.features;
    constexpr std::string_view kSections[] = {"silence", "steady", "build-up", "drop", "break"};
    const auto section = kSections[static_cast<std::size_t>(features.section)];
    textIn(list, in.cutRight(v.px(64), v.px(10)), Align::Right, font, kDim, features.noSignal ? "no signal" : section);
    constexpr std::string_view kClockSources[] = {"sound", "tap", "MIDI", "Link"};
    textIn(list, in.cutRight(v.px(140), v.px(10)), Align::Right, font, kText,
           fmt::format("{:.1f} BPM  {:.0f} %  {}", features.clock.bpm(), features.clock.confidence * 100, kClockSources[static_cast<std::size_t>(features.clock.source)]));
    const Box clip = in.cutRight(v.px(10), v.px(10));
    list->AddCircleFilled({clip.x + clip.w / 2, clip.y + clip.h / 2}, v.px(4.5f), features.clipped ? kDanger : kRaised);
    const Box meter = in.cutRight(v.px(110), v.px(8));
    const float level = std::clamp(features.level, 0.f, 1.f), cy = meter.y + meter.h / 2;
    list->AddRectFilled({meter.x, cy - v.px(4)}, {meter.right(), cy + v.px(4)}, kRaised, v.px(3));
    list->AddRectFilled({meter.x, cy - v.px(4)}, {meter.x + meter.w * level, cy + v.px(4)}, kAccent, v.px(3));
    notice(v, in);
    textIn(list, in, Align::Right, font, kDim, v.in.audioName);
}

} // namespace titanus::ui
