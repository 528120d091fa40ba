#pragma once
// Where files live, and writing them so that nothing is ever half-written. Thread: any
#include "core/result.h"

#include <filesystem>
#include <string>

namespace titanus::core {

// Whole file as bytes. Errors: FileUnreadable.
Result<std::string> readFile(const std::filesystem::path& path);
// Writes beside the target, syncs, renames; creates folders. Errors: OutputWriteFailed.
Result<void> writeFileAtomic(const std::filesystem::path& path, const std::string& bytes);

// A folder of the program's own data ("shaders", "presets", "models"): TITANUS_DATA if set, the
// source tree when built there, else <program>/../share/titanus.
std::filesystem::path dataDir(const std::string& name);
// XDG folders of this user, with /titanus appended; not created.
std::filesystem::path configDir(); // maps, user presets
std::filesystem::path stateDir();  // autosave, logs, window places

} // namespace titanus::core
