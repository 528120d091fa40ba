#pragma once
// Values as text and back, the same for command line, presets, UI and documentation. Thread: any
#include "core/result.h"
#include "params/catalogue.h"

#include <string>

namespace titanus::params {

float clamped(const Param& param, float value);          // range, and whole numbers where they must be
std::string format(const Param& param, float value);     // "0.25", "12", "on", "mirror"
std::string_view symbol(Unit unit);                      // "%", "dB", "Hz", ...
// Errors: ParamValueInvalid naming id, text and range or choices.
core::Result<float> parse(const Param& param, std::string_view text);
// "id=value" as --set takes it. Errors: ParamUnknown (with the nearest id), ParamValueInvalid.
core::Result<std::pair<ParamIndex, float>> parseAssignment(std::string_view assignment);
std::string nearestId(std::string_view id);

// Fader travel 0..1 <-> value, by the row's curve.
float toTravel(const Param& param, float value);
float fromTravel(const Param& param, float travel);

std::string catalogueTable();    // for a terminal
std::string catalogueMarkdown(); // docs/PARAMETERS.md

} // namespace titanus::params
