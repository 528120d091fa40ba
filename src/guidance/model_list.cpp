#include "guidance/model_list.h"

#include <fmt/format.h>

namespace titanus::guidance {
namespace {

struct Row { const char *name, *input, *megabytes, *licence, *link, *sha256; };

// Sources: the projects' own lists; hashes only where they were published.
constexpr Row kRows[] = {
    {"titanus-guide", "96 px", "18", "Apache-2.0", "ships with Titanus: models/titanus-guide", ""},
    {"ViT-B-32 (OpenAI)", "224 px", "605", "MIT repository",
     "https://huggingface.co/timm/vit_base_patch32_clip_224.openai/resolve/main/open_clip_model.safetensors", ""},
    {"ViT-B-32 (OpenAI, TorchScript)", "224 px", "354", "MIT repository",
     "https://openaipublic.azureedge.net/clip/models/40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt",
     "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"},
    {"ViT-B-32-256 (DataComp)", "256 px", "605", "MIT",
     "https://huggingface.co/laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K/resolve/main/open_clip_model.safetensors", ""},
    {"TinyCLIP-40M-32", "224 px", "337", "MIT", "https://huggingface.co/wkcn/TinyCLIP-ViT-40M-32-Text-19M-LAION400M", ""},
    {"TinyCLIP-8M-16", "224 px", "94", "MIT", "https://huggingface.co/wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M", ""},
    {"FARE4 ViT-B-32", "224 px", "605", "repository MIT, card unconfirmed", "https://huggingface.co/chs20/FARE4-ViT-B-32-laion2B-s34B-b79K", ""},
    {"RN50 (OpenAI)", "224 px", "256", "MIT repository",
     "https://openaipublic.azureedge.net/clip/models/afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762/RN50.pt",
     "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762"},
};

} // namespace

std::string listModels() {
    std::string out;
    for (const Row& row : kRows) {
        out += fmt::format("{:<32} {:<7} {:>5} MB  {}\n    {}\n", row.name, row.input, row.megabytes, row.licence, row.link);
        if (*row.sha256) out += fmt::format("    sha256 {}\n", row.sha256);
    }
    out += "\nPut the weights into a folder with CLIP's merges (merges.txt or bpe_simple_vocab_16e6.txt, unpacked) and either the\n"
           "config.json or open_clip_config.json that belongs to them or a model.json {\"activation\": \"quick_gelu\"} (OpenAI)\n"
           "or \"gelu\" (LAION, DataComp, TinyCLIP); .bin and plain .pt files first go through tools/convert_clip.py.\n"
           "Then: titanus models verify FOLDER. The loader is tested on small random models only, not yet on these weights.\n";
    return out;
}

} // namespace titanus::guidance
