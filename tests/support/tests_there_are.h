#pragma once
// Which tests this tree has, for the documents that name them.
// Thread: any
#include <filesystem>
#include <set>
#include <string>

namespace titanus::support {

inline const std::filesystem::path kRoot = TITANUS_SOURCE_DIR;

// "Suite.Name" of every test of the tree.
std::set<std::string> testsThereAre();

} // namespace titanus::support
