// What the sound does, at frame rate: spectrum, bands, onset lamps, levels with peak hold and clip.
#include "ui/widgets.h"

#include "core/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace titanus::ui {
namespace {

// Same shape as a VU scale: -48 dB at the left, 0 dB at the right.
float meterTravel(float gain) { return std::clamp((core::gainToDb(gain) + 48) / 48, 0.f, 1.f); }

void levelMeter(View& v, const Box& box, std::size_t channel) {
    Memory& m = v.memory;
    const auto& f = v.in.features;
    const float peak = f.peak[channel];
    if (peak >= m.peakHold[channel] || v.in.seconds - m.peakHeld[channel] > 1.2) {
        m.peakHold[channel] = peak;
        m.peakHeld[channel] = v.in.seconds;
    }
    v.list()->AddRectFilled(box.min(), box.max(), kRaised, v.px(2));
    const float rms = meterTravel(f.rms[channel]) * box.w, top = meterTravel(peak) * box.w;
    v.list()->AddRectFilled(box.min(), {box.x + top, box.bottom()}, kAccentDeep, v.px(2));
    v.list()->AddRectFilled(box.min(), {box.x + rms, box.bottom()}, kAccent, v.px(2));
    const float hold = box.x + meterTravel(m.peakHold[channel]) * box.w;
    if (hold > box.x + 1)
        v.list()->AddRectFilled({hold - v.px(2), box.y}, {hold, box.bottom()}, m.peakHold[channel] >= 1 ? kDanger : kText);
}

void lamp(View& v, const Box& box, analysis::OnsetKind kind, std::string_view name) {
    Memory& m = v.memory;
    const auto k = static_cast<std::size_t>(kind);
    if (v.in.features.onsets[k] != m.onsetSeen[k]) {
        m.onsetSeen[k] = v.in.features.onsets[k];
        m.lamp[k] = 0.45f + 0.55f * v.in.features.lastStrength[k];
    }
    const float light = m.lamp[k];
    m.lamp[k] *= std::exp(-v.dt / 0.16f);
    v.list()->AddRectFilled(box.min(), box.max(), mixed(kRaised, kAccent, light), v.px(5));
    textIn(v.list(), box, Align::Centre, v.fonts.small, light > 0.5f ? kOnAccent : kDim, name);
}

} // namespace

void drawMeters(View& v, Box box, bool spectrum) {
    v.panel(box);
    box = box.inset(v.px(10));
    const auto& f = v.in.features;
    ImDrawList* list = v.list();

    Box levels = box.cutBottom(v.px(22), v.px(8));
    const Box clip = levels.cutRight(v.px(44), v.px(6));
    list->AddRectFilled(clip.min(), clip.max(), f.clipped ? kDanger : kRaised, v.px(4));
    textIn(list, clip, Align::Centre, v.fonts.small, f.clipped ? kText : kFaint, "CLIP");
    levelMeter(v, levels.cutTop(v.px(9), v.px(4)), 0);
    levelMeter(v, levels.cutTop(v.px(9)), 1);

    const Box lamps = box.cutBottom(v.px(30), v.px(8));
    constexpr std::string_view kNames[] = {"KICK", "SNARE", "HAT", "ONSET"};
    constexpr analysis::OnsetKind kKinds[] = {analysis::OnsetKind::Kick, analysis::OnsetKind::Snare,
                                              analysis::OnsetKind::Hat, analysis::OnsetKind::Other};
    for (int i = 0; i < 4; ++i) lamp(v, lamps.cell(i, 0, 4, 1, v.px(6)), kKinds[i], kNames[i]);

    Box bands = spectrum ? box.cutRight(box.w * 0.5f, v.px(12)) : box;
    constexpr std::string_view kBands[] = {"SUB", "BAS", "LOW", "MID", "HI", "PRE", "AIR"};
    const Box names = bands.cutBottom(v.px(16), v.px(2));
    for (int i = 0; i < analysis::kBandCount; ++i) {
        const Box slot = bands.cell(i, 0, analysis::kBandCount, 1, v.px(5));
        const float level = std::clamp(f.band[static_cast<std::size_t>(i)], 0.f, 1.f);
        list->AddRectFilled(slot.min(), slot.max(), kRaised, v.px(3));
        list->AddRectFilled({slot.x, slot.bottom() - slot.h * level}, slot.max(), mixed(kAccentDeep, kAccent, 0.25f + 0.75f * level), v.px(3));
        textIn(list, names.cell(i, 0, analysis::kBandCount, 1, v.px(1)), Align::Centre, v.fonts.small, kFaint, kBands[i]);
    }
    if (!spectrum) return;
    const Box scale = box.cutBottom(v.px(16), v.px(2));
    // 64 bars, logarithmic from 20 Hz to 20 kHz: three decades.
    constexpr std::pair<float, std::string_view> kMarks[] = {{0.233f, "100"}, {0.566f, "1k"}, {0.9f, "10k"}};
    for (const auto& [travel, name] : kMarks)
        textIn(list, {scale.x + travel * scale.w - v.px(20), scale.y, v.px(40), scale.h}, Align::Centre, v.fonts.small, kFaint, name);
    list->AddRectFilled(box.min(), box.max(), rgb(0x0f1114), v.px(3));
    const float step = box.w / analysis::kSpectrumCount;
    for (int i = 0; i < analysis::kSpectrumCount; ++i) {
        const float level = std::clamp(f.spectrum[static_cast<std::size_t>(i)], 0.f, 1.f);
        const float x = box.x + step * static_cast<float>(i), h = std::max(v.px(1), level * box.h);
        list->AddRectFilled({x, box.bottom() - h}, {x + std::max(1.f, step - v.px(1.2f)), box.bottom()},
                            mixed(kAccentDeep, kAccent, level));
    }
}

void drawClock(View& v, Box box) {
    using params::Action;
    v.panel(box);
    box = box.inset(v.px(10));
    const auto& clock = v.in.features.clock;
    ImDrawList* list = v.list();

    Box head = box.cutTop(v.px(54), v.px(6));
    textIn(list, head.cutLeft(v.px(134), v.px(8)), Align::Left, v.fonts.huge,
           clock.state == analysis::ClockState::Searching ? kFaint : kText, fmt::format("{:.1f}", clock.bpm()));
    constexpr std::string_view kStates[] = {"searching", "tentative", "locked", "holding"};
    constexpr std::string_view kClockSources[] = {"from sound", "tapped", "MIDI clock", "Link"};
    Box words = head;
    words = {words.x, words.y + v.px(7), words.w, v.px(42)};
    textIn(list, words.cutTop(v.px(20), v.px(2)), Align::Left, v.fonts.small, kDim,
           fmt::format("BPM  {}", kStates[static_cast<std::size_t>(clock.state)]));
    textIn(list, words.cutTop(v.px(20)), Align::Left, v.fonts.small, kFaint,
           fmt::format("{}  {:.0f} %", kClockSources[static_cast<std::size_t>(clock.source)], clock.confidence * 100));

    const Box dots = box.cutTop(v.px(20), v.px(10));
    const int meter = std::clamp(clock.beatsPerBar, 1, 16);
    const double beat = v.in.frame.beat;
    const auto number = static_cast<std::int64_t>(std::floor(beat)) - clock.downbeat;
    const int now = static_cast<int>(((number % meter) + meter) % meter);
    const float glow = std::exp(-static_cast<float>(beat - std::floor(beat)) * 2.5f);
    for (int i = 0; i < meter; ++i) {
        const Box dot = dots.cell(i, 0, meter, 1, v.px(6));
        list->AddRectFilled(dot.min(), dot.max(), i == now ? mixed(kAccentDeep, kAccent, 0.3f + 0.7f * glow) : kRaised, v.px(4));
        if (i == 0) list->AddRect(dot.min(), dot.max(), kFaint, v.px(4));
    }
    const float gap = v.px(6);
    Box upper = box.cutTop((box.h - gap) / 2, gap);
    actionButton(v, Action::Tap, upper.cutLeft((upper.w - 2 * gap) / 2, gap), {.head = true}, "TAP");
    actionButton(v, Action::TempoHalf, upper.cell(0, 0, 2, 1, gap), {}, "/ 2");
    actionButton(v, Action::TempoDouble, upper.cell(1, 0, 2, 1, gap), {}, "x 2");
    actionButton(v, Action::Resync, box.cutLeft((box.w - 2 * gap) / 2, gap), {}, "RESYNC 1");
    actionButton(v, Action::NudgeEarlier, box.cell(0, 0, 2, 1, gap), {}, "EARLY");
    actionButton(v, Action::NudgeLater, box.cell(1, 0, 2, 1, gap), {}, "LATE");
}

} // namespace titanus::ui
