#pragma once
// Presets as TOML that a hand can edit: name, prompts, values by catalogue id, formulas that stand
// in for values, routes.
//   schema = 1
//   name = "Titanus colony"
//   about = "One sentence."
//   tags = ["drop"]        # sections of a track that it is for, to the autopilot
//   energy = 0.8           # 0 calm .. 1 wild
//   [prompts]
//   1 = { text = "a colony on a moon", weight = 1 }
//   [values]
//   camera.depth = "plane"
//   camera.dolly = 0.3
//   [formulas]
//   camera.zoom = "0.1*bass"
//   [[route]]
//   source = "kick"
//   target = "camera.bump"
//   depth = 0.2
//   release = 0.25
// Only what differs from the defaults is written; reading and writing again gives the same bytes
// (comments are not kept). Unknown keys are warned about and kept unless a set value takes their
// place; values out of range are clamped; each warning names file, line and key. What is written can
// always be read.
// Thread: main   Ownership: values
#include "core/result.h"
#include "params/store.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace titanus::controls {

inline constexpr int kPresetSchema = 1;

struct Preset {
    std::string name, about, author;
    std::vector<std::string> tags; // for the autopilot: see autopilot.h
    float energy = 0.5f;           // 0 calm .. 1 wild, for the autopilot
    params::Show show = params::Show::defaults();

    // What this version does not know, as TOML text, for writing it back.
    std::vector<std::pair<std::string, std::string>> unknownKeys;   // at the top: key, value
    std::vector<std::pair<std::string, std::string>> unknownValues; // under [values]
    std::vector<std::pair<std::string, std::string>> unknownFormulas; // under [formulas]
    std::vector<std::pair<std::string, std::string>> unknownPromptKeys; // under [prompts]
    std::array<std::vector<std::pair<std::string, std::string>>, params::kPromptSlots> unknownPrompts; // in a slot
    std::string unknownTables; // whole tables, at the end; among them routes of unknown ends
};

// Errors: FileUnreadable, FileSyntax with "path:line: reason". Warnings are appended:
// PresetUnknownKey, PresetValueInvalid.
core::Result<Preset> readPreset(const std::filesystem::path& path,
                                std::vector<core::Problem>* warnings = nullptr);
// The same from memory; `origin` is named in messages.
core::Result<Preset> parsePreset(const std::string& toml, const std::string& origin,
                                 std::vector<core::Problem>* warnings = nullptr);
std::string writePreset(const Preset& preset);

} // namespace titanus::controls
