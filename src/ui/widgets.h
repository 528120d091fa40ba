#pragma once
// Controls made from catalogue rows. Every control: help, id and OSC address under the mouse; in
// learn mode a click arms it; a badge shows what is bound to it.
// Thread: main   Errors: none
#include "ui/view.h"

namespace titanus::ui {

// The control that fits the row: fader, switch or choice. Faders: drag (Shift is fine), double-click
// to type, right-click for the default. The bar is the base value, the bright tick the effective one.
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
// Opens a list under the button; returns the index chosen this frame.
std::optional<std::size_t> picker(View& view, std::string_view id, const Box& box, std::string_view current,
                                  std::span<const std::string> options);

// Dark ground under words that one of two marks runs through.
void backing(View& view, const Box& words, float markX, float otherMarkX);

std::string shown(const params::Param& param, float value); // "0.35", "-12 dB", "mirror"
std::string nameOf(const Target& target);

} // namespace titanus::ui
