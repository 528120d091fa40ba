#include "guidance/clip/key_layout.h"

#include <string_view>
#include <vector>

namespace titanus::guidance {
namespace {

bool endsWith(std::string_view s, std::string_view end) {
    return s.size() >= end.size() && s.substr(s.size() - end.size()) == end;
}

std::vector<std::string> names(const Weights& w) {
    std::vector<std::string> out;
    for (const auto& [name, tensor] : w.all()) out.push_back(name);
    return out;
}

void cutPrefix(Weights& w, std::string_view prefix) {
    for (const std::string& name : names(w))
        if (name.compare(0, prefix.size(), prefix) == 0) w.rename(name, name.substr(prefix.size()));
}

void renameBoth(Weights& w, const std::string& from, const std::string& to) {
    for (const char* part : {".weight", ".bias"}) w.rename(from + part, to + part);
}

void translateTower(Weights& w, const std::string& from, const std::string& to) {
    for (int i = 0;; ++i) {
        const std::string in = from + "encoder.layers." + std::to_string(i) + ".";
        const std::string out = to + "transformer.resblocks." + std::to_string(i) + ".";
        if (!w.has(in + "layer_norm1.weight")) break;
        for (const char* part : {"weight", "bias"}) {
            std::vector<at::Tensor> qkv;
            for (const char* name : {"q_proj.", "k_proj.", "v_proj."}) {
                const std::string key = in + "self_attn." + name + part;
                const at::Tensor shape = w.peek(key);
                qkv.push_back(w.take(key, shape.sizes().vec()));
            }
            if (qkv[0].sizes() != qkv[1].sizes() || qkv[0].sizes() != qkv[2].sizes() || qkv[0].dim() == 0)
                throw ModelError{{core::ProblemId::ModelBroken, w.source() + ": q, k, v of " + in + " differ in shape"}};
            w.put(out + "attn.in_proj_" + part, at::cat(qkv, 0));
        }
        renameBoth(w, in + "self_attn.out_proj", out + "attn.out_proj");
        renameBoth(w, in + "layer_norm1", out + "ln_1");
        renameBoth(w, in + "layer_norm2", out + "ln_2");
        renameBoth(w, in + "mlp.fc1", out + "mlp.c_fc");
        renameBoth(w, in + "mlp.fc2", out + "mlp.c_proj");
    }
}

void translateHuggingFace(Weights& w) {
    const auto turned = [&](const std::string& from, const std::string& to) {
        if (w.has(from)) w.put(to, w.take(from, {-1, -1}).t().contiguous());
    };
    w.rename("vision_model.embeddings.patch_embedding.weight", "visual.conv1.weight");
    w.rename("vision_model.embeddings.class_embedding", "visual.class_embedding");
    w.rename("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding");
    renameBoth(w, "vision_model.pre_layrnorm", "visual.ln_pre"); // their spelling
    renameBoth(w, "vision_model.post_layernorm", "visual.ln_post");
    turned("visual_projection.weight", "visual.proj");
    w.rename("text_model.embeddings.token_embedding.weight", "token_embedding.weight");
    w.rename("text_model.embeddings.position_embedding.weight", "positional_embedding");
    renameBoth(w, "text_model.final_layer_norm", "ln_final");
    turned("text_projection.weight", "text_projection");
    translateTower(w, "vision_model.", "visual.");
    translateTower(w, "text_model.", "");
}

} // namespace

const char* layoutName(KeyLayout layout) {
    constexpr const char* kNames[] = {"OpenAI, open_clip", "open_clip with text.", "Hugging Face"};
    return kNames[static_cast<int>(layout)];
}

KeyLayout toOpenAiNames(Weights& w) {
    cutPrefix(w, "module.");
    for (const std::string& name : names(w))
        if (name == "input_resolution" || name == "context_length" || name == "vocab_size" || endsWith(name, "position_ids") ||
            endsWith(name, "num_batches_tracked"))
            w.drop(name);
    if (w.has("vision_model.embeddings.class_embedding")) {
        translateHuggingFace(w);
        return KeyLayout::HuggingFace;
    }
    if (w.has("text.token_embedding.weight")) {
        cutPrefix(w, "text.");
        return KeyLayout::OpenClipText;
    }
    return KeyLayout::OpenAi;
}

} // namespace titanus::guidance
