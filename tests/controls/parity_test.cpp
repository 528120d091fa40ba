// docs/PARITY.md promises nothing that no test shows.
#include "core/files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

namespace titanus {
namespace {
namespace fs = std::filesystem;

const fs::path kRoot = TITANUS_SOURCE_DIR;

// "Suite.Name" of every test in the tree.
std::set<std::string> testsThereAre() {
    std::set<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests", fs::directory_options::follow_directory_symlink)) {
        if (entry.path().extension() != ".cpp") continue;
        std::istringstream lines(core::readFile(entry.path()).value());
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with("TEST")) continue;
            const auto open = line.find('('), comma = line.find(", "), close = line.find(')');
            if (close == std::string::npos || comma > close) continue;
            out.insert(line.substr(open + 1, comma - open - 1) + "." + line.substr(comma + 2, close - comma - 2));
        }
    }
    return out;
}

TEST(Parity, EveryLineOfTheListIsThereAndEveryTestItNamesExists) {
    const auto tests = testsThereAre();
    ASSERT_GT(tests.size(), 100u);
    std::istringstream lines(core::readFile(kRoot / "docs/PARITY.md").value());
    int next = 1;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| P")) continue;
        EXPECT_TRUE(line.starts_with("| P" + std::to_string(next) + " |")) << line;
        ++next;
        int named = 0;
        for (std::size_t at = line.find('`'); at != std::string::npos;) {
            const std::size_t end = line.find('`', at + 1);
            ASSERT_NE(end, std::string::npos) << line;
            const std::string name = line.substr(at + 1, end - at - 1);
            // A test, not a parameter (lower case) or a form of the language.
            if (name[0] >= 'A' && name[0] <= 'Z' && name.find('.') != std::string::npos) {
                ++named;
                EXPECT_TRUE(tests.contains(name)) << name << " in\n" << line;
            }
            at = line.find('`', end + 1);
        }
        if (line.find("| done |") != std::string::npos) {
            EXPECT_GT(named, 0) << line;
        }
    }
    EXPECT_EQ(next, 40);
}

} // namespace
} // namespace titanus
