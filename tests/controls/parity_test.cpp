// docs/PARITY.md promises nothing that no test shows.
#include "core/files.h"
#include "support/tests_there_are.h"

#include <gtest/gtest.h>

#include <sstream>

namespace titanus {
namespace {

TEST(Parity, EveryLineOfTheListIsThereAndEveryTestItNamesExists) {
    const auto tests = support::testsThereAre();
    ASSERT_GT(tests.size(), 100u);
    std::istringstream lines(core::readFile(support::kRoot / "docs/PARITY.md").value());
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
