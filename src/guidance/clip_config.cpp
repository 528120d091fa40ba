#include "guidance/clip_config.h"

#include "core/files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kWeightNames[] = {"open_clip_model.safetensors", "model.safetensors"};
constexpr const char* kMergeNames[] = {"merges.txt", "bpe_simple_vocab_16e6.txt"};

Problem broken(const fs::path& file, const std::string& why) {
    return Problem{ProblemId::ModelBroken, file.string() + ": " + why};
}

// The one weights file of a folder: a well-known name, else the only candidate.
core::Result<fs::path> findWeights(const fs::path& dir) {
    std::error_code error;
    for (const char* name : kWeightNames)
        if (fs::is_regular_file(dir / name, error)) return dir / name;
    std::vector<fs::path> found;
    fs::path pickle;
    for (const auto& entry : fs::directory_iterator(dir, error)) {
        const auto kind = entry.path().extension();
        if (kind == ".safetensors" || kind == ".pt") found.push_back(entry.path());
        if (kind == ".bin" || kind == ".pth" || kind == ".ckpt" || kind == ".pkl") pickle = entry.path();
    }
    if (found.size() == 1) return found.front();
    if (found.empty() && !pickle.empty())
        return broken(pickle, "is a PyTorch pickle: make model.safetensors of it with `titanus models convert`");
    return Problem{ProblemId::ModelMissing,
                   dir.string() + (found.empty() ? ": no .safetensors or .pt in it" : ": several models, name one of them")};
}

template <std::size_t N> bool readNumbers(const std::vector<double>& from, std::array<double, N>& to) {
    if (from.size() != N) return false;
    std::copy(from.begin(), from.end(), to.begin());
    return true;
}

bool positive(const std::array<double, 3>& values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return v > 1e-6 && v < 1e6; });
}

// Empty: fine.
std::string readSidecar(const fs::path& file, const json& own, ClipConfig& c) {
    const auto numbers = [&](const char* key, std::array<double, 3>& to) {
        return !own.contains(key) || readNumbers(own.at(key).get<std::vector<double>>(), to);
    };
    if (!numbers("mean", c.mean) || !numbers("std", c.std) || !positive(c.std)) return "mean and std are three numbers each";
    if (own.contains("activation")) {
        const auto activation = own.at("activation").get<std::string>();
        if (activation != "gelu" && activation != "quick_gelu") return "activation is \"gelu\" or \"quick_gelu\"";
        c.quickGelu = activation == "quick_gelu";
        c.activationSource = file.string();
    }
    if (own.contains("tokenizer")) c.merges = file.parent_path() / own.at("tokenizer").get<std::string>();
    c.name = own.value("name", c.name);
    c.inputSize = own.value("px", 0);
    c.matching = own.value("d_matching", c.matching);
    c.unrelated = own.value("d_unrelated", c.unrelated);
    if (c.inputSize < 0 || c.inputSize > 4096) return "px is a size in pixels";
    if (!(c.matching > 0 && c.matching < c.unrelated)) return "d_matching is below d_unrelated";
    return {};
}

// Hugging Face: a missing hidden_act means quick_gelu.
std::string readHuggingFace(const fs::path& file, const json& config, ClipConfig& c) {
    if (!config.contains("text_config") || !config.contains("vision_config")) return {};
    std::optional<std::string> activation;
    for (const char* part : {"text_config", "vision_config"}) {
        const json& tower = config.at(part);
        const auto act = tower.value("hidden_act", std::string("quick_gelu"));
        if (activation && *activation != act) return "its towers have different activations";
        activation = act;
        if (tower.contains("num_attention_heads") && tower.contains("hidden_size") &&
            tower.at("num_attention_heads").get<int>() * 64 != tower.at("hidden_size").get<int>())
            return std::string(part) + ": heads are not 64 wide";
    }
    if (*activation != "gelu" && *activation != "quick_gelu") return "unknown hidden_act " + *activation;
    c.quickGelu = *activation == "quick_gelu";
    c.activationSource = file.string();
    return {};
}

// open_clip: a missing quick_gelu means false.
std::string readOpenClip(const fs::path& file, const json& config, ClipConfig& c) {
    const json& model = config.at("model_cfg");
    c.quickGelu = model.value("quick_gelu", false);
    c.activationSource = file.string();
    const json shape = config.value("preprocess_cfg", json::object());
    if ((shape.contains("mean") && !readNumbers(shape.at("mean").get<std::vector<double>>(), c.mean)) ||
        (shape.contains("std") && !readNumbers(shape.at("std").get<std::vector<double>>(), c.std)) || !positive(c.std))
        return "mean and std are three numbers each";
    return {};
}

} // namespace

core::Result<ClipConfig> readClipConfig(const fs::path& path) {
    ClipConfig c;
    std::error_code error;
    if (!fs::exists(path, error)) return Problem{ProblemId::ModelMissing, path.string()};
    const bool folder = fs::is_directory(path, error);
    const fs::path dir = folder ? path : path.parent_path();
    c.weights = path;
    if (folder) {
        auto weights = findWeights(path);
        if (!weights) return weights.problem();
        c.weights = weights.value();
    }
    c.name = folder ? fs::weakly_canonical(path, error).filename().string() : path.stem().string();

    fs::path sidecar = c.weights;
    sidecar.replace_extension(".json");
    if (!fs::exists(sidecar, error)) sidecar = dir / "model.json";
    fs::path reading;
    try {
        using Reader = std::string (*)(const fs::path&, const json&, ClipConfig&);
        const std::pair<fs::path, Reader> sources[] = {
            {sidecar, readSidecar}, {dir / "config.json", readHuggingFace}, {dir / "open_clip_config.json", readOpenClip}};
        for (const auto& [file, reader] : sources) {
            reading = file;
            if (!c.activationSource.empty() || !fs::exists(file, error)) continue;
            const auto text = core::readFile(file);
            if (!text) return text.problem();
            if (const auto why = reader(file, json::parse(text.value()), c); !why.empty()) return broken(file, why);
        }
    } catch (const std::exception& e) { // the parsers' own
        return broken(reading, e.what());
    }
    if (c.activationSource.empty())
        return broken(c.weights, "its activation is not told by the file: write {\"activation\": \"quick_gelu\"} (OpenAI) or "
                                 "\"gelu\" (LAION, DataComp, TinyCLIP) into " + (dir / "model.json").string());
    for (const char* name : kMergeNames)
        if (c.merges.empty() && fs::exists(dir / name, error)) c.merges = dir / name;
    if (c.merges.empty())
        return Problem{ProblemId::ModelMissing, dir.string() + ": no merges.txt or bpe_simple_vocab_16e6.txt (unpacked) in it"};
    return c;
}

} // namespace titanus::guidance
