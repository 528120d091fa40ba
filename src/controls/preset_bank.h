#pragma once
// All presets in one list: the built-in ones in the order of their file names ("01-...toml"), then
// the user's. Built-in files are never written.
// Thread: main   Ownership: holds names and paths; presets are read when asked for
#include "controls/preset.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace titanus::controls {

struct BankEntry {
    std::string name;
    std::string about;
    std::filesystem::path path;
    bool builtIn = true;
};

class PresetBank {
  public:
    // Missing folders are empty; a file that cannot be read becomes a problem and is left out.
    PresetBank(std::filesystem::path builtInFolder, std::filesystem::path userFolder);
    static PresetBank standard(); // dataDir("presets"), configDir()/presets

    // Reads the folders again; problems found are appended.
    void rescan(std::vector<core::Problem>* problems = nullptr);
    const std::vector<BankEntry>& entries() const { return entries_; }

    // A number from 1, a name (any case) or the path of a file. Errors: PresetMissing naming the nearest.
    core::Result<Preset> find(std::string_view what, std::vector<core::Problem>* warnings = nullptr) const;
    core::Result<Preset> load(std::size_t index, std::vector<core::Problem>* warnings = nullptr) const;
    std::optional<std::size_t> indexOf(std::string_view name) const;
    // Round the list; from nullopt (a preset outside the list) to its first or last.
    std::size_t next(std::optional<std::size_t> current) const;
    std::size_t previous(std::optional<std::size_t> current) const;

    // Writes a user preset and rescans. A name that is taken gets " 2", " 3", ... unless it is the
    // user's own and `overwrite`. Returns its index. Errors: OutputWriteFailed.
    core::Result<std::size_t> save(Preset preset, bool overwrite = false);

  private:
    std::filesystem::path builtIn_, user_;
    std::vector<BankEntry> entries_;
};

} // namespace titanus::controls
