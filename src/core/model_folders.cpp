#include "core/model_folders.h"

#include "core/files.h"

#include <algorithm>

namespace titanus::core {
namespace fs = std::filesystem;

namespace {

// A folder of a model holds its weights.
bool hasWeights(const fs::path& folder) {
    std::error_code none;
    for (fs::directory_iterator at(folder, none), end; !none && at != end; at.increment(none))
        if (const auto kind = at->path().extension(); kind == ".safetensors" || kind == ".pt") return true;
    return false;
}

std::vector<fs::path> folders() { return {dataDir("models"), configDir() / "models"}; }

} // namespace

fs::path modelNamed(const std::string& text, const fs::path& otherwise) {
    if (text.empty()) return otherwise;
    std::error_code none;
    if (const fs::path path = text; path.is_relative() && !fs::exists(path, none))
        for (const fs::path& folder : folders())
            if (fs::exists(folder / path, none)) return folder / path;
    return text;
}

std::vector<fs::path> modelsFound() {
    std::vector<fs::path> found;
    for (const fs::path& folder : folders()) {
        std::error_code none;
        std::vector<fs::path> here;
        for (fs::directory_iterator at(folder, none), end; !none && at != end; at.increment(none))
            if (at->is_directory(none) && hasWeights(at->path())) here.push_back(at->path());
        std::sort(here.begin(), here.end());
        for (const fs::path& path : here)
            if (std::find(found.begin(), found.end(), path) == found.end()) found.push_back(path);
    }
    return found;
}

} // namespace titanus::core
