#include "fuzz/fuzz.h"

#include "core/files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

namespace titanus::fuzz {
namespace {
namespace fs = std::filesystem;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* set = std::getenv(name);
    return set && *set ? std::strtoull(set, nullptr, 10) : otherwise;
}

class Mutator {
  public:
    Mutator(std::uint64_t seed, const std::vector<std::string>& tokens) : random_(seed), tokens_(tokens) {}

    std::string operator()(std::string bytes, const std::string& other) {
        for (std::size_t n = 1 + below(6); n > 0; --n) once(bytes, other);
        return bytes;
    }
    std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

  private:
    void once(std::string& bytes, const std::string& other) {
        static const std::vector<std::string> kNasty{
            std::string(1, '\0'), "\xff\xff\xff\xff", "\x80", "\xc3", "\xf0\x9f\x98\x80", "-1", "0", "1e309", "nan", "18446744073709551615",
            "9223372036854775808", "\"", "'", "[", "]", "{", "}", "(", ")", "=", "#", "\n", "\\", "%s", "../../etc/passwd"};
        const std::size_t at = below(bytes.size() + 1);
        switch (below(8)) {
        case 0: if (!bytes.empty()) bytes[below(bytes.size())] = static_cast<char>(random_()); break;
        case 1: if (!bytes.empty()) bytes[below(bytes.size())] ^= static_cast<char>(1 << below(8)); break;
        case 2: bytes.resize(at); break; // the end is missing
        case 3: bytes.erase(at, 1 + below(16)); break;
        case 4: bytes.insert(at, kNasty[below(kNasty.size())]); break;
        case 5: if (!tokens_.empty()) bytes.insert(at, tokens_[below(tokens_.size())]); break;
        case 6: { // a part of itself once more, perhaps often
            const std::string part = bytes.substr(at, 1 + below(24));
            for (std::size_t n = 1 + below(below(10) == 0 ? 2000 : 4); n > 0; --n) bytes.insert(at, part);
            break;
        }
        case 7: bytes = bytes.substr(0, at) + other.substr(std::min(other.size(), below(other.size() + 1))); break;
        }
        constexpr std::size_t kLongest = 1 << 16;
        if (bytes.size() > kLongest) bytes.resize(kLongest);
    }

    std::mt19937_64 random_;
    const std::vector<std::string>& tokens_;
};

// Before the reader gets it: what ends the program leaves its input behind.
fs::path remembered(const std::string& target, const std::string& bytes) {
    const fs::path path = fs::temp_directory_path() / ("titanus-fuzz-" + target);
    if (const auto written = core::writeFileAtomic(path, bytes); !written) ADD_FAILURE() << written.problem().line();
    return path;
}

} // namespace

void run(const std::string& target, const std::vector<std::string>& seeds, const Reader& reader, const std::vector<std::string>& tokens) {
    const bool keep = std::getenv("TITANUS_FUZZ_KEEP") != nullptr; // writes each input first: slow, for finding
    const auto feed = [&](const std::string& bytes) {
        const fs::path path = keep ? remembered(target, bytes) : fs::path();
        try {
            reader(bytes);
        } catch (const std::exception& e) {
            ADD_FAILURE() << target << " threw " << e.what() << "; input in " << remembered(target, bytes);
        }
    };
    std::vector<std::string> pool = seeds;
    std::error_code ec;
    for (fs::directory_iterator it(fs::path(TITANUS_SOURCE_DIR) / "tests/fuzz/corpus" / target, ec), end; !ec && it != end; it.increment(ec))
        if (const auto bytes = core::readFile(it->path())) pool.push_back(bytes.value());
    ASSERT_FALSE(pool.empty());
    for (const std::string& bytes : pool) feed(bytes);
    Mutator mutate(setting("TITANUS_FUZZ_SEED", 1), tokens);
    for (std::uint64_t n = setting("TITANUS_FUZZ_RUNS", 300); n > 0 && !testing::Test::HasFailure(); --n)
        feed(mutate(pool[mutate.below(pool.size())], pool[mutate.below(pool.size())]));
}

} // namespace titanus::fuzz
