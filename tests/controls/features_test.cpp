// docs/FEATURES.md promises nothing that no test shows, and names each row of the feature list.
#include "core/files.h"
#include "support/tests_there_are.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace titanus {
namespace {
using support::kRoot;

std::string text(const std::filesystem::path& path) { return core::readFile(kRoot / path).value(); }

// And "surface/Name" of those that drive the program.
std::set<std::string> testsWithTheProgram() {
    std::set<std::string> out = support::testsThereAre();
    std::istringstream lines(text("tests/surface/CMakeLists.txt"));
    for (std::string line; std::getline(lines, line);) {
        constexpr std::string_view kCall = "titanus_surface_test(";
        if (line.starts_with(kCall)) out.insert("surface/" + line.substr(kCall.size(), line.find(' ') - kCall.size()));
    }
    return out;
}

std::vector<std::string> rowsThereMustBe() {
    std::vector<std::string> out;
    for (int i = 1; i <= 34; ++i) out.push_back("L" + std::to_string(i));
    for (int i = 1; i <= 12; ++i) out.push_back("A" + std::to_string(i));
    out.push_back("N5");
    for (int i = 9; i <= 12; ++i) out.push_back("N" + std::to_string(i));
    return out;
}

// The name carries the id, not merely its letters: L1 is not in L13_.
bool carries(const std::string& name, const std::string& id) {
    std::istringstream parts(name.substr(name.find_first_of("./") + 1));
    for (std::string part; std::getline(parts, part, '_');)
        if (part == id) return true;
    return false;
}

TEST(Features, EveryRowIsThereAndEveryTestItNamesExists) {
    const auto tests = testsWithTheProgram();
    ASSERT_GT(tests.size(), 400u);
    const std::string manual = text("docs/MANUAL_TESTS.md");
    std::istringstream lines(text("docs/FEATURES.md"));
    std::vector<std::string> rows;
    std::set<std::string> named;
    for (std::string line; std::getline(lines, line);) {
        if (line.size() < 5 || !line.starts_with("| ") || !std::isupper(static_cast<unsigned char>(line[2])) || !std::isdigit(static_cast<unsigned char>(line[3]))) continue;
        const std::string id = line.substr(2, line.find(' ', 2) - 2);
        rows.push_back(id);
        int shown = 0, carrying = 0;
        for (std::size_t at = line.find('`'); at != std::string::npos;) {
            const std::size_t end = line.find('`', at + 1);
            ASSERT_NE(end, std::string::npos) << line;
            const std::string name = line.substr(at + 1, end - at - 1);
            EXPECT_TRUE(tests.contains(name)) << id << ": " << name;
            named.insert(name);
            ++shown;
            carrying += carries(name, id);
            at = line.find('`', end + 1);
        }
        const bool left = line.find("not built") != std::string::npos || line.find("rows L") != std::string::npos || line.find("figures in") != std::string::npos ||
                          line.find("every test") != std::string::npos;
        EXPECT_TRUE(shown > 0 || left) << line;
        if (shown > 0) {
            EXPECT_GT(carrying, 0) << "no test is found by the row's id: " << line;
        }
        if (line.find("by hand") != std::string::npos) {
            bool there = false;
            std::istringstream manualLines(manual);
            for (std::string other; std::getline(manualLines, other);)
                if (other.starts_with("|") && other.substr(0, other.find('|', 1)).find(id) != std::string::npos) there = true;
            EXPECT_TRUE(there) << id << " has no line in MANUAL_TESTS.md";
        }
    }
    EXPECT_EQ(rows, rowsThereMustBe());
    for (const std::string& name : tests) {
        if (!name.starts_with("surface/")) continue;
        EXPECT_TRUE(named.contains(name)) << name << " is not in docs/FEATURES.md";
    }
}

} // namespace
} // namespace titanus
