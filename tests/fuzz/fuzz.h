#pragma once
// A small mutating fuzzer: seeds in, damaged inputs out, the same ones for the same random seed. Under
// the sanitizers a reader that steps outside its input ends the test. Inputs that once broke
// something go to tests/fuzz/corpus/<target>/ and are read first, for ever.
// Thread: one
#include <functional>
#include <string>
#include <vector>

namespace titanus::fuzz {

using Reader = std::function<void(const std::string& bytes)>;

// Reads the corpus of `target`, the seeds, and TITANUS_FUZZ_RUNS (300) mutations of them. A reader
// that throws fails the test; the input is then kept in the temporary folder and named.
void run(const std::string& target, const std::vector<std::string>& seeds, const Reader& reader,
         const std::vector<std::string>& tokens = {});

} // namespace titanus::fuzz
