#pragma once
// PyTTI's settings (YAML, or the JSON that it saves beside its pictures) to a preset: motion per
// frame becomes motion per second, scenes become timed scenes, audio filters the own bands.
//   rate     value x frames_per_second, in our units; formulas stay formulas
//   scenes   steps / (steps_per_frame x frames_per_second) seconds
//   depth    PyTTI's network sees 0.001..10 m as near..far; 3 m is taken as the middle distance
// What has no place here is listed, nothing is lost silently.
// Thread: main   Ownership: values   Errors: FileUnreadable, FileSyntax with "path:line: reason"
// Source of the formulas: pytti-core (MIT) as read; re-implemented. See docs/PROMPTS.md
#include "controls/preset.h"

namespace titanus::controls {

struct PyttiImport {
    Preset preset;
    std::vector<std::string> unknown; // keys that PyTTI does not have either
    std::vector<std::string> notes;   // what changed or has no place, one line each
};

core::Result<PyttiImport> importPytti(const std::filesystem::path& path);
// The same from memory; `origin` is named in messages.
core::Result<PyttiImport> importPyttiText(const std::string& yaml, const std::string& origin);

} // namespace titanus::controls
