#include "guidance/model_list.h"

#include <fmt/format.h>

#include <array>

namespace titanus::guidance {
namespace {

constexpr std::string_view kHub = "https://huggingface.co", kOpenAi = "https://openaipublic.azureedge.net";

// Hashes of OpenAI's files stand in their links; those of the hub, and its revisions, are the ones that public
// projects pin (seven name TinyCLIP's, three timm's); nothing was fetched from here to check them.
constexpr std::array kRows{
    ModelRow{"vit-b-32", "ViT-B-32 (OpenAI)", "224 px", "605", "MIT repository", kHub, 
             "/timm/vit_base_patch32_clip_224.openai/resolve/a6f597a30f7b82c51704746581f9a4e41421e878/", "open_clip_model.safetensors",
             "e6d1bd7789aa45192b3bf90570a789b478bae1b74ebcce7eddd908e83a2b7c31", "quick_gelu", "open_clip_config.json"},
    ModelRow{"vit-b-32-openai", "ViT-B-32 (OpenAI, TorchScript)", "224 px", "354", "MIT repository", kOpenAi,
             "/clip/models/40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/", "ViT-B-32.pt",
             "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af", "quick_gelu", ""},
    ModelRow{"vit-b-16-openai", "ViT-B-16 (OpenAI, TorchScript)", "224 px", "351", "MIT repository", kOpenAi,
             "/clip/models/5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f/", "ViT-B-16.pt",
             "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f", "quick_gelu", ""},
    ModelRow{"vit-b-32-256-datacomp", "ViT-B-32-256 (DataComp)", "256 px", "605", "MIT", kHub,
             "/laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K/resolve/4afec35ffe57a943d569ff7ee888061830164da8/", "open_clip_model.safetensors", "", "gelu", "open_clip_config.json"},
    ModelRow{"tinyclip-40m-32", "TinyCLIP-40M-32", "224 px", "337", "MIT", kHub,
             "/wkcn/TinyCLIP-ViT-40M-32-Text-19M-LAION400M/resolve/886b932a36b8fa6c18a8e423a67ca21af5316af8/",
             "model.safetensors", "", "", "config.json"},
    ModelRow{"tinyclip-8m-16", "TinyCLIP-8M-16", "224 px", "94", "MIT", kHub,
             "/wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M/resolve/a2a8c6eaa2549ad66eb7c31b85022bf58273a26c/",
             "model.safetensors", "9339ee3d736344d0ddcaa6c03edc9f89688f08caaea5401220885233da726fcc", "", "config.json"},
    ModelRow{"rn50-openai", "RN50 (OpenAI, TorchScript)", "224 px", "256", "MIT repository", kOpenAi,
             "/clip/models/afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762/", "RN50.pt",
             "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762", "quick_gelu", ""},
};
constexpr MergesRow kMerges{"https://raw.githubusercontent.com", "/openai/CLIP/main/clip/", "bpe_simple_vocab_16e6.txt.gz",
                            "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"};

} // namespace

std::span<const ModelRow> modelRows() { return kRows; }
const MergesRow& clipMerges() { return kMerges; }

std::string listModels() {
    std::string out = "titanus-guide: ships with Titanus (96 px, 18 MB, Apache-2.0)\n";
    for (const ModelRow& row : kRows) {
        out += fmt::format("{:<24} {:<32} {:<7} {:>4} MB  {}\n    {}{}{}\n", row.name, row.title, row.input, row.megabytes, row.licence, row.host,
                           row.folder, row.weights);
        if (!row.sha256.empty()) out += fmt::format("    sha256 {}\n", row.sha256);
    }
    out += fmt::format("\nMerges of all of them: {}{}{}\n    sha256 {}\n", kMerges.host, kMerges.folder, kMerges.file, kMerges.sha256);
    out += "\n`titanus models get NAME` fetches one by curl. By hand: put the weights into a folder with CLIP's merges (merges.txt or\n"
           "bpe_simple_vocab_16e6.txt, unpacked) and either the config.json or open_clip_config.json that belongs to them or a\n"
           "model.json {\"activation\": \"quick_gelu\"} (OpenAI) or \"gelu\" (LAION, DataComp, TinyCLIP); .bin and plain .pt files,\n"
           "such as the FARE models of huggingface.co/chs20, first go through `titanus models convert`. Then: titanus models\n"
           "verify FOLDER. The loader is tested on small random models only, not yet on these weights.\n";
    return out;
}

} // namespace titanus::guidance
