#pragma once
// Real CLIP models that performers know, with where to find them. Titanus ships none of them.
// Thread: any (constant data)   Source: the projects' own lists; hashes only where they were published
#include <span>
#include <string>
#include <string_view>

namespace titanus::guidance {

struct ModelRow {
    std::string_view name, title, input, megabytes, licence;
    std::string_view host, folder;       // link of a file: host + folder + file
    std::string_view weights, sha256;    // file of the weights; empty hash: none published
    std::string_view activation;         // "quick_gelu", "gelu"; empty: stands in config.json
    std::string_view config;             // further file that belongs to it; empty: none
};
std::span<const ModelRow> modelRows();

// CLIP's merges, which every one of them needs.
struct MergesRow { std::string_view host, folder, file, sha256; };
const MergesRow& clipMerges();

// A table for a terminal: name, input size, licence, size, link, hash where published.
std::string listModels();

} // namespace titanus::guidance
