#include "controls/preset_bank.h"

#include "core/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace titanus::controls {
namespace fs = std::filesystem;
using core::Problem;
using core::ProblemId;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(c < 128 ? std::tolower(c) : c); });
    return out;
}

// Share of letter pairs that two names have in common (Dice), 0..1: finds "titanus" in
// "Titanus colony", which an edit distance does not.
double likeness(std::string_view a, std::string_view b) {
    const std::string x = lower(a), y = lower(b);
    if (x.size() < 2 || y.size() < 2) return x == y;
    std::size_t common = 0;
    std::vector<bool> used(y.size());
    for (std::size_t i = 0; i + 1 < x.size(); ++i)
        for (std::size_t j = 0; j + 1 < y.size(); ++j)
            if (!used[j] && x[i] == y[j] && x[i + 1] == y[j + 1]) {
                used[j] = true;
                ++common;
                break;
            }
    return 2.0 * static_cast<double>(common) / static_cast<double>(x.size() + y.size() - 2);
}

// "Coral reef!" -> "coral-reef"
std::string slug(std::string_view name) {
    std::string out;
    for (const char c : lower(name)) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
        else if (!out.empty() && out.back() != '-') out += '-';
    }
    while (!out.empty() && out.back() == '-') out.pop_back();
    return out.empty() ? "preset" : out;
}

// "01-titanus-colony" -> "titanus-colony"
std::string withoutNumber(const std::string& stem) {
    const auto at = stem.find_first_not_of("0123456789");
    return at != std::string::npos && at > 0 && stem[at] == '-' ? stem.substr(at + 1) : stem;
}

std::vector<fs::path> tomlFiles(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code ec;
    for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec))
        if (it->path().extension() == ".toml" && it->is_regular_file(ec)) files.push_back(it->path());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

PresetBank::PresetBank(fs::path builtInFolder, fs::path userFolder)
    : builtIn_(std::move(builtInFolder)), user_(std::move(userFolder)) {
    rescan();
}

PresetBank PresetBank::standard() { return {core::dataDir("presets"), core::configDir() / "presets"}; }

void PresetBank::rescan(std::vector<Problem>* problems) {
    entries_.clear();
    for (const bool builtIn : {true, false})
        for (const fs::path& path : tomlFiles(builtIn ? builtIn_ : user_)) {
            auto preset = readPreset(path);
            if (preset)
                entries_.push_back({preset.value().name, preset.value().about, path, builtIn});
            else if (problems)
                problems->push_back(preset.problem());
        }
}

std::optional<std::size_t> PresetBank::indexOf(std::string_view name) const {
    const std::string wanted = lower(name);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const std::string stem = lower(entries_[i].path.stem().string());
        if (lower(entries_[i].name) == wanted || stem == wanted || withoutNumber(stem) == wanted) return i;
    }
    return std::nullopt;
}

core::Result<Preset> PresetBank::load(std::size_t index, std::vector<Problem>* warnings) const {
    if (index >= entries_.size())
        return Problem{ProblemId::PresetMissing, fmt::format("number {} (there are {})", index + 1, entries_.size())};
    return readPreset(entries_[index].path, warnings);
}

core::Result<Preset> PresetBank::find(std::string_view what, std::vector<Problem>* warnings) const {
    if (const auto index = indexOf(what)) return load(*index, warnings);
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(what.data(), what.data() + what.size(), number);
    if (error == std::errc{} && end == what.data() + what.size() && number >= 1) return load(number - 1, warnings);
    std::error_code ec;
    if (fs::is_regular_file(fs::path(what), ec) || what.find('/') != std::string_view::npos || what.ends_with(".toml"))
        return readPreset(fs::path(what), warnings);
    std::string detail(what);
    const auto best = std::max_element(entries_.begin(), entries_.end(), [&](const auto& a, const auto& b) {
        return likeness(a.name, what) < likeness(b.name, what);
    });
    if (best != entries_.end()) detail += "; did you mean \"" + best->name + "\"?";
    return Problem{ProblemId::PresetMissing, detail};
}

std::size_t PresetBank::next(std::optional<std::size_t> current) const {
    if (entries_.empty() || !current) return 0;
    return (*current + 1) % entries_.size();
}

std::size_t PresetBank::previous(std::optional<std::size_t> current) const {
    if (entries_.empty()) return 0;
    return (current.value_or(0) + entries_.size() - 1) % entries_.size();
}

core::Result<std::size_t> PresetBank::save(Preset preset, bool overwrite) {
    if (preset.name.empty()) preset.name = "Preset";
    const std::string wanted = preset.name;
    for (int n = 2;; ++n) {
        const auto taken = indexOf(preset.name);
        const bool own = taken && !entries_[*taken].builtIn;
        const fs::path file = own ? entries_[*taken].path : user_ / (slug(preset.name) + ".toml");
        std::error_code ec;
        if ((own && overwrite) || (!taken && !fs::exists(file, ec))) {
            if (auto written = core::writeFileAtomic(file, writePreset(preset)); !written) return written.problem();
            rescan();
            for (std::size_t i = 0; i < entries_.size(); ++i)
                if (entries_[i].path == file) return i;
            return Problem{ProblemId::OutputWriteFailed, file.string() + ": does not read back"};
        }
        preset.name = fmt::format("{} {}", wanted, n);
    }
}

} // namespace titanus::controls
