#pragma once
// Real CLIP models that performers know, with where to find them. Titanus has no network code and
// ships none of them. Thread: any (constant data)
#include <string>

namespace titanus::guidance {

// A table for a terminal: name, input size, licence, size, link, hash where published.
std::string listModels();

} // namespace titanus::guidance
