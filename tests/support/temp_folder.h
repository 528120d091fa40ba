#pragma once
// A folder that vanishes with the test.
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace titanus {

struct TempFolder {
    std::filesystem::path path;
    TempFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "titanus-test-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::filesystem::filesystem_error("no temporary folder", pattern, {errno, std::generic_category()});
        path = pattern;
    }
    ~TempFolder() {
        std::error_code ec;
        std::filesystem::remove_all(path, ec);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
};

// One for the whole program, for what outlives a test's body.
inline const std::filesystem::path& scratch() {
    static const TempFolder folder;
    return folder.path;
}

} // namespace titanus
