#include "support/tests_there_are.h"

#include "core/files.h"

#include <sstream>

namespace titanus::support {
namespace fs = std::filesystem;

std::set<std::string> testsThereAre() {
    std::set<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests", fs::directory_options::follow_directory_symlink)) {
        if (entry.path().extension() != ".cpp") continue;
        std::istringstream lines(core::readFile(entry.path()).value());
        for (std::string line; std::getline(lines, line);) {
            const auto open = line.find('('), comma = line.find(", "), close = line.find(')');
            if (!line.starts_with("TEST") || close == std::string::npos || comma > close) continue;
            out.insert(line.substr(open + 1, comma - open - 1) + "." + line.substr(comma + 2, close - comma - 2));
        }
    }
    return out;
}

} // namespace titanus::support
