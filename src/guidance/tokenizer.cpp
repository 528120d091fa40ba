#include "guidance/tokenizer.h"

#include "core/files.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;

namespace {

struct CodeRange { char32_t first, last; };
struct CodePair { char32_t from, to; };
#include "guidance/unicode_ranges.inc"

template <std::size_t N> bool inRanges(const CodeRange (&ranges)[N], char32_t c) {
    const auto* it = std::upper_bound(std::begin(ranges), std::end(ranges), c,
                                      [](char32_t v, const CodeRange& r) { return v < r.first; });
    return it != std::begin(ranges) && c <= std::prev(it)->last;
}
bool isLetter(char32_t c) { return inRanges(kLetterRanges, c); }
bool isNumber(char32_t c) { return inRanges(kNumberRanges, c); }
bool isSpace(char32_t c) {
    return c == 0x20 || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F) || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}
char32_t lower(char32_t c) {
    const auto* it = std::lower_bound(std::begin(kLowerCase), std::end(kLowerCase), c,
                                      [](const CodePair& p, char32_t v) { return p.from < v; });
    return it != std::end(kLowerCase) && it->from == c ? it->to : c;
}

// Broken sequences become U+FFFD: any bytes from outside are text.
std::u32string decode(const std::string& text) {
    std::u32string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t length = byte < 0x80 ? 1 : byte >> 5 == 6 ? 2 : byte >> 4 == 14 ? 3 : byte >> 3 == 30 ? 4 : 0;
        char32_t c = length == 1 ? byte : length ? byte & (0xFFu >> (length + 1)) : 0;
        bool good = length && i + length <= text.size();
        for (std::size_t k = 1; good && k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            good = next >> 6 == 2;
            c = c << 6 | (next & 0x3F);
        }
        out += good && c < 0x110000 && (c < 0xD800 || c > 0xDFFF) ? c : U'\uFFFD';
        i += good ? length : 1;
    }
    return out;
}

void append(std::string& out, char32_t c) {
    const auto put = [&](char32_t v) { out += static_cast<char>(v); };
    if (c < 0x80) put(c);
    else if (c < 0x800) put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
    else if (c < 0x10000) put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    else put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
}

std::u32string cleaned(const std::string& text) {
    std::u32string out;
    bool space = false;
    for (char32_t c : decode(text)) {
        if (isSpace(c)) {
            space = !out.empty();
            continue;
        }
        if (space) out += U' ';
        space = false;
        out += lower(c);
    }
    return out;
}

// CLIP's pattern: contractions, runs of letters, one number, runs of anything else but space.
std::size_t pieceLength(const std::u32string& s, std::size_t at) {
    static constexpr std::u32string_view kWhole[] = {U"<|startoftext|>", U"<|endoftext|>", U"'s", U"'t",
                                                     U"'re", U"'ve", U"'m", U"'ll", U"'d"};
    for (std::u32string_view word : kWhole)
        if (s.compare(at, word.size(), word) == 0) return word.size();
    const auto run = [&](auto&& same) {
        std::size_t n = 1;
        while (at + n < s.size() && same(s[at + n])) ++n;
        return n;
    };
    if (isLetter(s[at])) return run(isLetter);
    if (isNumber(s[at])) return 1;
    return run([](char32_t c) { return !isSpace(c) && !isLetter(c) && !isNumber(c); });
}

// Printable bytes stand for themselves, the other 68 for U+0100 and following.
struct ByteCharacters {
    std::array<std::string, 256> text;
    std::array<int, 256> id{};
    ByteCharacters() {
        int next = 0, other = 0;
        const auto printable = [](int b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174; };
        for (int pass = 0; pass < 2; ++pass)
            for (int b = 0; b < 256; ++b) {
                if (printable(b) != (pass == 0)) continue;
                const auto at = static_cast<std::size_t>(b);
                append(text[at], static_cast<char32_t>(pass == 0 ? b : 256 + other++));
                id[at] = next++;
            }
    }
};
const ByteCharacters& byteCharacters() {
    static const ByteCharacters table;
    return table;
}
constexpr const char* kWordEnd = "</w>";

} // namespace

core::Result<Tokenizer> Tokenizer::read(const std::filesystem::path& file, std::size_t maxMerges) {
    auto text = core::readFile(file);
    if (!text) return text.problem();
    auto made = fromText(text.value(), maxMerges);
    if (!made) return Problem{made.problem().id, file.string() + ": " + made.problem().detail};
    return made;
}

core::Result<Tokenizer> Tokenizer::fromText(const std::string& text, std::size_t maxMerges) {
    Tokenizer t;
    const ByteCharacters& bytes = byteCharacters();
    for (std::size_t b = 0; b < 256; ++b) {
        t.ids_[bytes.text[b]] = bytes.id[b];
        t.ids_[bytes.text[b] + kWordEnd] = bytes.id[b] + 256;
    }
    std::size_t line = 0, start = 0;
    while (start < text.size() && (maxMerges == 0 || t.ranks_.size() < maxMerges)) {
        std::size_t end = std::min(text.find('\n', start), text.size());
        std::string merge = text.substr(start, end - start);
        start = end + 1;
        if (!merge.empty() && merge.back() == '\r') merge.pop_back();
        if (line++ == 0 || merge.empty()) continue; // the header
        const auto space = merge.find(' ');
        if (space == std::string::npos || space == 0 || space + 1 == merge.size())
            return Problem{ProblemId::ModelBroken, "line " + std::to_string(line) + " is no merge of two tokens"};
        const int rank = static_cast<int>(t.ranks_.size());
        if (!t.ranks_.emplace(merge, rank).second)
            return Problem{ProblemId::ModelBroken, "line " + std::to_string(line) + " repeats a merge"};
        t.ids_[merge.substr(0, space) + merge.substr(space + 1)] = 512 + rank;
    }
    if (t.ranks_.empty()) return Problem{ProblemId::ModelBroken, "no merges in it"};
    return t;
}

std::vector<int> Tokenizer::encodeWord(const std::string& word) const {
    std::vector<std::string> parts;
    for (char c : word) parts.push_back(byteCharacters().text[static_cast<unsigned char>(c)]);
    parts.back() += kWordEnd;
    while (parts.size() > 1) {
        int best = std::numeric_limits<int>::max();
        std::string left, right;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const auto it = ranks_.find(parts[i] + ' ' + parts[i + 1]);
            if (it != ranks_.end() && it->second < best) {
                best = it->second;
                left = parts[i];
                right = parts[i + 1];
            }
        }
        if (left.empty()) break;
        std::vector<std::string> merged;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const bool pair = i + 1 < parts.size() && parts[i] == left && parts[i + 1] == right;
            merged.push_back(pair ? left + right : parts[i]);
            i += pair;
        }
        parts = std::move(merged);
    }
    std::vector<int> out;
    for (const std::string& part : parts) out.push_back(ids_.at(part));
    return out;
}

Tokenizer::Tokens Tokenizer::encode(const std::string& text, std::size_t context) const {
    const std::u32string clean = cleaned(text);
    Tokens tokens{{startId()}, false};
    for (std::size_t at = 0; at < clean.size();) {
        if (isSpace(clean[at])) {
            ++at;
            continue;
        }
        const std::size_t length = pieceLength(clean, at);
        const std::u32string piece = clean.substr(at, length);
        at += length;
        if (piece == U"<|startoftext|>") tokens.ids.push_back(startId());
        else if (piece == U"<|endoftext|>") tokens.ids.push_back(endId());
        else {
            std::string bytes;
            for (char32_t c : piece) append(bytes, c);
            const auto ids = encodeWord(bytes);
            tokens.ids.insert(tokens.ids.end(), ids.begin(), ids.end());
        }
    }
    tokens.truncated = tokens.ids.size() + 1 > context;
    if (tokens.truncated) tokens.ids.resize(context - 1);
    tokens.ids.push_back(endId());
    return tokens;
}

} // namespace titanus::guidance
