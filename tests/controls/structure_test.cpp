// The folders' directions, checked in the sources themselves, because linking stops no header.
// docs/ARCHITECTURE.md explains them.
#include "core/files.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

namespace titanus {
namespace {
namespace fs = std::filesystem;

const fs::path kSource = fs::path(TITANUS_SOURCE_DIR) / "src";

struct Rule {
    std::set<std::string> folders; // whose headers may be included
    std::set<std::string> headers; // single headers besides: the value of the left neighbour
};
const std::map<std::string, Rule> kRules{
    {"core", {{}, {}}},
    {"params", {{"core"}, {}}},
    {"formula", {{"core"}, {}}},
    {"audio", {{"core"}, {"params/catalogue.h"}}},
    {"analysis", {{"core", "params"}, {}}},
    {"modulation", {{"core", "params", "formula"}, {"analysis/features.h"}}},
    {"guidance", {{"core", "params", "formula"},
                  {"modulation/frame_state.h", "modulation/camera.h", "modulation/star_map.h", "modulation/formula_variables.h"}}},
    {"render", {{"core", "params"}, {"modulation/frame_state.h", "modulation/camera.h", "guidance/canvas.h"}}},
    {"outputs", {{"core", "params"}, {"render/picture.h"}}},
    {"controls", {{"core", "params", "formula"}, {}}},
    {"ui", {{"core", "params"},
            {"analysis/features.h", "modulation/frame_state.h", "modulation/camera.h", "modulation/star_map.h", "guidance/canvas.h", "render/picture.h"}}},
    {"app", {{"core", "params", "audio", "analysis", "modulation", "guidance", "render", "outputs", "controls", "ui"}, {}}},
};

// Libraries that show in one folder only: beginning of the include -> where.
const std::vector<std::pair<std::string, std::set<std::string>>> kLibraries{
    {"torch/", {"guidance/clip"}}, {"ATen/", {"guidance/clip"}}, {"c10/", {"guidance/clip"}},
    {"portaudio.h", {"audio"}}, {"sndfile.h", {"audio"}},
    {"kiss_fft", {"analysis"}}, {"kissfft", {"analysis"}},
    {"RtMidi.h", {"controls"}}, {"rtmidi/", {"controls"}}, {"oscpack/", {"controls"}}, {"toml++/", {"controls", "guidance"}}, {"yaml-cpp/", {"controls"}},
    {"imgui", {"ui"}}, {"backends/imgui", {"ui"}},
    {"CLI/", {"app"}},
    {"libav", {"outputs"}}, {"libsw", {"outputs"}},
    {"glad/", {"render", "outputs/window"}}, {"GL/", {"render"}},
};

// A measurement drives the stage before its own.
const std::set<std::pair<std::string, std::string>> kExceptions{{"render/bench.cpp", "modulation/modulator.h"}};

struct Include { std::string text; bool quoted; int line; };

std::vector<Include> includesOf(const fs::path& file) {
    std::vector<Include> out;
    std::istringstream lines(core::readFile(file).value());
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (!line.starts_with("#include ")) continue;
        const auto begin = line.find_first_of("<\"");
        const auto end = line.find_first_of(">\"", begin + 1);
        if (end != std::string::npos) out.push_back({line.substr(begin + 1, end - begin - 1), line[begin] == '"', number});
    }
    return out;
}

std::vector<fs::path> sources() {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(kSource))
        if (entry.path().extension() == ".h" || entry.path().extension() == ".cpp") out.push_back(entry.path());
    return out;
}

TEST(Structure, FoldersIncludeOnlyWhatTheirRowAllows) {
    ASSERT_GT(sources().size(), 50u);
    for (const fs::path& file : sources()) {
        const fs::path relative = fs::relative(file, kSource);
        const std::string folder = relative.begin()->string();
        if (!relative.has_parent_path()) continue; // main.cpp
        const auto rule = kRules.find(folder);
        ASSERT_NE(rule, kRules.end()) << folder << " has no row";
        for (const Include& include : includesOf(file)) {
            if (!include.quoted) continue;
            const std::string other = include.text.substr(0, include.text.find('/'));
            if (other == folder || !kRules.contains(other) || kExceptions.contains({relative.string(), include.text})) continue;
            EXPECT_TRUE(rule->second.folders.contains(other) || rule->second.headers.contains(include.text))
                << "src/" << relative.string() << ":" << include.line << " includes " << include.text;
        }
    }
}

TEST(Structure, EachLibraryHasOneOwner) {
    for (const fs::path& file : sources()) {
        const std::string relative = fs::relative(file, kSource).string();
        for (const Include& include : includesOf(file))
            for (const auto& [library, owners] : kLibraries) {
                if (!include.text.starts_with(library)) continue;
                bool owned = false;
                for (const std::string& owner : owners) owned = owned || relative.starts_with(owner);
                EXPECT_TRUE(owned) << "src/" << relative << ":" << include.line << " includes " << include.text;
            }
    }
}

TEST(Structure, NoHeaderShowsJson) {
    for (const fs::path& file : sources()) {
        if (file.extension() != ".h") continue;
        for (const Include& include : includesOf(file))
            EXPECT_FALSE(include.text.starts_with("nlohmann/json.hpp")) << fs::relative(file, kSource) << ":" << include.line;
    }
}

TEST(Structure, IncludesAreWrittenFromTheRoot) {
    for (const fs::path& file : sources())
        for (const Include& include : includesOf(file))
            EXPECT_FALSE(include.text.starts_with("../")) << fs::relative(file, kSource) << ":" << include.line;
}

} // namespace
} // namespace titanus
