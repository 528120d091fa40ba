#pragma once
// The present state, saved while it changes and at the end, so that nothing is lost by a crash:
// a preset plus the settings of this machine. Three older copies are kept (.1 newest, .3 oldest);
// a broken file falls back to the newest copy that reads.
// Thread: main   Ownership: values   Files: stateDir()/session.toml
#include "controls/preset.h"

#include <optional>

namespace titanus::controls {

struct Session {
    Preset preset;                          // what presets hold; name of the last recalled
    std::vector<std::pair<params::ParamIndex, float>> machine; // the others, where not default
    std::vector<std::pair<params::TextIndex, std::string>> machineTexts;
};

std::filesystem::path sessionFile(); // stateDir()/session.toml
Session captureSession(const params::Store& store, const Preset& current);
void restoreSession(const Session& session, params::Store& store); // Origin::Start
void restoreMachine(const Session& session, params::Store& store); // only what belongs to this machine

std::string writeSession(const Session& session);
core::Result<Session> parseSession(const std::string& toml, const std::string& origin,
                                   std::vector<core::Problem>* warnings = nullptr);

// Rotates the copies and writes. Errors: OutputWriteFailed.
core::Result<void> saveSession(const std::filesystem::path& file, const Session& session);
// nullopt: there was none. Copies passed over are reported in `problems`.
std::optional<Session> loadSession(const std::filesystem::path& file,
                                   std::vector<core::Problem>* problems);

} // namespace titanus::controls
