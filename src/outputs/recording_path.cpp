// Where a new recording goes.
#include "outputs/recorder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <fstream>

namespace titanus::outputs {
namespace fs = std::filesystem;

namespace {

std::string environment(const char* key) {
    const char* value = std::getenv(key);
    return value ? value : "";
}

// Desktops keep the (translated) name in user-dirs.dirs: XDG_VIDEOS_DIR="$HOME/Filme"
fs::path videosFolder() {
    if (const auto given = environment("XDG_VIDEOS_DIR"); !given.empty()) return given;
    const std::string home = environment("HOME");
    if (home.empty()) return fs::temp_directory_path();
    const std::string config = environment("XDG_CONFIG_HOME");
    std::ifstream dirs((config.empty() ? fs::path(home) / ".config" : fs::path(config)) / "user-dirs.dirs");
    constexpr std::string_view kKey = "XDG_VIDEOS_DIR=\"", kHome = "$HOME";
    for (std::string line; std::getline(dirs, line);) {
        const auto end = line.rfind('"');
        if (!line.starts_with(kKey) || end <= kKey.size()) continue;
        const std::string value = line.substr(kKey.size(), end - kKey.size());
        return value.starts_with(kHome) ? home + value.substr(kHome.size()) : value;
    }
    return fs::path(home) / "Videos";
}

} // namespace

fs::path newRecordingPath(VideoCodec codec) {
    const fs::path folder = videosFolder() / "titanus";
    const std::string name = fmt::format("titanus-{:%Y-%m-%d-%H%M%S}", fmt::localtime(std::time(nullptr)));
    const char* ending = codec == VideoCodec::Hap ? ".mov" : ".mkv";
    std::error_code ec;
    fs::path path = folder / (name + ending);
    for (int n = 2; fs::exists(path, ec); ++n) path = folder / fmt::format("{}-{}{}", name, n, ending);
    return path;
}

} // namespace titanus::outputs
