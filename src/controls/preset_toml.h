#pragma once
// Presets as TOML tables: shared by preset files and the session file. Internal to controls.
// Thread: main
#include "controls/preset.h"
#include "controls/toml_text.h"

namespace titanus::controls::detail {

Preset presetFrom(toml::table& root, const Reader& reader);

} // namespace titanus::controls::detail
