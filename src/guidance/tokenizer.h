#pragma once
// CLIP's byte-pair tokenizer: text to token ids. One implementation reads the embedded guide's
// merges and CLIP's own file (OpenAI's list or merges.txt).
// Thread: any   Ownership: value   Errors: FileUnreadable, ModelBroken
// Source: openai/CLIP (MIT) as described in its paper and code; own implementation
#include "core/result.h"

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace titanus::guidance {

class Tokenizer {
  public:
    // maxMerges: OpenAI's file holds more lines than CLIP uses (48,894); 0 takes all.
    static core::Result<Tokenizer> read(const std::filesystem::path& mergesFile, std::size_t maxMerges = 0);
    static core::Result<Tokenizer> fromText(const std::string& mergesText, std::size_t maxMerges = 0);

    struct Tokens {
        std::vector<int> ids;     // start ... end, at most `context` of them
        bool truncated = false;
    };
    // Cleans (white space, lower case), splits, merges, and frames with start and end.
    Tokens encode(const std::string& text, std::size_t context) const;

    int startId() const { return static_cast<int>(512 + ranks_.size()); }
    int endId() const { return startId() + 1; }
    std::size_t vocabularySize() const { return 512 + ranks_.size() + 2; }

  private:
    std::vector<int> encodeWord(const std::string& bytes) const;

    std::unordered_map<std::string, int> ids_;   // token text -> id
    std::unordered_map<std::string, int> ranks_; // "left right" -> rank
};

} // namespace titanus::guidance
