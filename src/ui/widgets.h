#pragma once
// Controls made from catalogue rows. Every control: help, id and OSC address under the mouse; in
// learn mode a click arms it; a badge shows what is bound to it.
// By keyboard: arrows or Page keys bring the focus, Enter presses or types, + and - move a value,
// Backspace brings the default back.
// Thread: main   Errors: none
#include "ui/view.h"

namespace titanus::ui {

// The control that fits the row: fader, switch or choice. Faders: drag (Shift is fine), double-click
// to type a value or "=formula", right-click for the default. The bar is the base value, the bright
// tick the effective one.
void control(View& view, params::ParamIndex index, const Box& box, std::string_view label = {});
// Only the bar, for tight places; label empty: no text.
void fader(View& view, params::ParamIndex index, const Box& box, std::string_view label, bool showValue = true);

struct Look {
    bool on = false, danger = false, faint = false;
    bool head = false, body = false; // larger type; body only where the label fits
    std::string_view key{}; // shown small, as on the keyboard
};
bool button(View& view, std::string_view id, const Box& box, std::string_view label, const Look& look = {});
// A button that posts its action; learnable. Label empty: the catalogue's name.
void actionButton(View& view, params::Action action, const Box& box, const Look& look = {},
                  std::string_view label = {}, int argument = -1, std::string_view id = {});
// Outline of a control in learn mode, and the badge of what is bound to it.
void learnMarks(View& view, const Target& target, const Box& box);

// fields.cpp
void startTyping(View& view, params::ParamIndex index);
void typeField(View& view, params::ParamIndex index, const Box& box);
// A text of the catalogue in a field. Live: sent while typing, when the hand rests; else when the
// hand leaves the field.
void textField(View& view, params::TextIndex index, const Box& box, const char* hint, bool live, ImU32 ink = kText);
// What is wrong with the text of the last field: a mark under the place, and the words below it.
void textProblem(View& view, const Box& field, std::string_view text, const TextProblem& problem, bool spoken);

// lists.cpp
// Opens a list under the button; returns the index chosen this frame.
std::optional<std::size_t> picker(View& view, std::string_view id, const Box& box, std::string_view current,
                                  std::span<const std::string> options);
// Rows of the list that is open, by mouse or keys; the row chosen.
std::optional<std::size_t> listRows(View& view, std::span<const std::string> rows, std::size_t now);
// Every parameter a route may move, found by typing a part of its name.
std::optional<params::ParamIndex> targetPicker(View& view, std::string_view id, const Box& box, params::ParamIndex now);

// A bar about a middle (depth) or from the left (seconds), dragged sideways; right-click: rest.
// `travel` and `rest`: 0..1. True when it moved.
bool dragBar(View& view, std::string_view id, const Box& box, float& travel, float rest, std::string_view text,
             std::string_view help);

// Dark ground under words that one of two marks runs through.
void backing(View& view, const Box& words, float markX, float otherMarkX);

std::string shown(const params::Param& param, float value); // "0.35", "-12 dB", "mirror"
std::string nameOf(const Target& target);

} // namespace titanus::ui
