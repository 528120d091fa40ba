// Real CLIP architectures on tiny checkpoints made by a formula, against the numbers of Hugging
// Face's and open_clip's code (tools/reference/clip_goldens.py): no weights are needed.
#include "core/files.h"
#include "guidance/clip/clip_guide.h"
#include "guidance/clip/text_tower.h"
#include "support/temp_folder.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <cmath>
#include <cstring>
#include <limits>

using namespace titanus;
using namespace titanus::guidance;
using nlohmann::json;

namespace {

const char* kMerges = "#version\nl o\nlo w</w>\ne r</w>\nn e\nw er</w>\nlo wer</w>\n";
using Tensors = std::map<std::string, at::Tensor>;

std::vector<double> uniform(const std::string& name, std::int64_t count) {
    std::uint64_t h = 0xCBF29CE484222325ull;
    for (char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
    std::vector<double> out;
    for (std::uint64_t i = 1; i <= static_cast<std::uint64_t>(count); ++i) {
        std::uint64_t z = h + i * 0x9E3779B97F4A7C15ull;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
        out.push_back(static_cast<double>((z ^ (z >> 31)) >> 40) * 0x1p-24);
    }
    return out;
}

bool contains(const std::string& s, const char* part) { return s.find(part) != std::string::npos; }
bool ends(const std::string& s, const std::string& end) { return s.size() >= end.size() && s.substr(s.size() - end.size()) == end; }

void add(Tensors& all, const std::string& name, std::vector<std::int64_t> shape) {
    std::int64_t count = 1;
    for (std::int64_t n : shape) count *= n;
    const bool norm = contains(name, ".ln_") || contains(name, "ln_final") || contains(name, ".bn") || contains(name, "downsample.1.");
    double base = 0, amp = std::sqrt(3.0 * static_cast<double>(shape[0]) / static_cast<double>(count));
    if ((norm && ends(name, ".weight")) || ends(name, "running_var")) base = 1, amp = 0.1;
    else if (ends(name, "bias") || ends(name, "running_mean")) amp = 0.1;
    else if (contains(name, "embedding")) amp = 0.5;
    const at::Tensor t = at::empty(shape);
    float* out = t.data_ptr<float>();
    for (double u : uniform(name, count)) *out++ = static_cast<float>(base + amp * (2 * u - 1));
    all[name] = t;
}

void addTransformer(Tensors& all, const std::string& prefix, std::int64_t w, int layers) {
    for (int i = 0; i < layers; ++i) {
        const std::string b = prefix + "transformer.resblocks." + std::to_string(i) + ".";
        for (const char* ln : {"ln_1", "ln_2"}) add(all, b + ln + ".weight", {w}), add(all, b + ln + ".bias", {w});
        add(all, b + "attn.in_proj_weight", {3 * w, w}), add(all, b + "attn.in_proj_bias", {3 * w});
        add(all, b + "attn.out_proj.weight", {w, w}), add(all, b + "attn.out_proj.bias", {w});
        add(all, b + "mlp.c_fc.weight", {4 * w, w}), add(all, b + "mlp.c_fc.bias", {4 * w});
        add(all, b + "mlp.c_proj.weight", {w, 4 * w}), add(all, b + "mlp.c_proj.bias", {w});
    }
}

Tensors textTensors(std::int64_t embed, std::int64_t w) {
    Tensors all;
    add(all, "token_embedding.weight", {520, w}), add(all, "positional_embedding", {16, w});
    addTransformer(all, "", w, 3);
    add(all, "ln_final.weight", {w}), add(all, "ln_final.bias", {w}), add(all, "text_projection", {w, embed});
    all["logit_scale"] = at::full({}, std::log(100.0));
    return all;
}

Tensors vitTensors(std::int64_t embed, std::int64_t textWidth) {
    Tensors all = textTensors(embed, textWidth);
    add(all, "visual.conv1.weight", {128, 3, 16, 16}), add(all, "visual.class_embedding", {128});
    add(all, "visual.positional_embedding", {10, 128});
    for (const char* ln : {"visual.ln_pre", "visual.ln_post"}) add(all, std::string(ln) + ".weight", {128}), add(all, std::string(ln) + ".bias", {128});
    addTransformer(all, "visual.", 128, 2);
    add(all, "visual.proj", {128, embed});
    return all;
}

Tensors resnetTensors() {
    Tensors all = textTensors(80, 192);
    const auto conv = [&](const std::string& c, const std::string& bn, std::int64_t out, std::int64_t in, std::int64_t k) {
        add(all, "visual." + c + ".weight", {out, in, k, k});
        for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) add(all, "visual." + bn + part, {out});
        all["visual." + bn + ".num_batches_tracked"] = at::zeros({}, at::kLong);
    };
    conv("conv1", "bn1", 8, 3, 3), conv("conv2", "bn2", 8, 8, 3), conv("conv3", "bn3", 16, 8, 3);
    std::int64_t in = 16;
    for (int stage = 1; stage <= 4; ++stage)
        for (int n = 0; n < (stage == 1 ? 2 : 1); ++n) {
            const std::int64_t w = 16 << (stage - 1);
            const std::string b = "layer" + std::to_string(stage) + "." + std::to_string(n) + ".";
            conv(b + "conv1", b + "bn1", w, in, 1), conv(b + "conv2", b + "bn2", w, w, 3), conv(b + "conv3", b + "bn3", 4 * w, w, 1);
            if (n == 0) conv(b + "downsample.0", b + "downsample.1", 4 * w, in, 1);
            in = 4 * w;
        }
    add(all, "visual.attnpool.positional_embedding", {5, in});
    for (const char* p : {"q_proj", "k_proj", "v_proj", "c_proj"}) {
        const std::int64_t out = *p == 'c' ? 80 : in;
        add(all, std::string("visual.attnpool.") + p + ".weight", {out, in}), add(all, std::string("visual.attnpool.") + p + ".bias", {out});
    }
    return all;
}

// The same tensors under Hugging Face's names.
Tensors huggingFace(const Tensors& from) {
    Tensors to;
    const auto block = [&](std::string name, const at::Tensor& t) {
        const bool vision = name.rfind("visual.", 0) == 0;
        if (vision) name = name.substr(7);
        const std::string rest = name.substr(22), layer = rest.substr(0, rest.find('.')), leaf = rest.substr(rest.find('.') + 1);
        const std::string at = std::string(vision ? "vision_model" : "text_model") + ".encoder.layers." + layer + ".";
        if (leaf.rfind("attn.in_proj_", 0) == 0) {
            const auto parts = t.chunk(3);
            const char* names[] = {"q_proj.", "k_proj.", "v_proj."};
            for (std::size_t i = 0; i < 3; ++i) to[at + "self_attn." + names[i] + leaf.substr(13)] = parts[i].clone();
            return;
        }
        for (const auto& [a, b] : std::map<std::string, std::string>{{"attn.out_proj", "self_attn.out_proj"}, {"ln_1", "layer_norm1"},
                 {"ln_2", "layer_norm2"}, {"mlp.c_fc", "mlp.fc1"}, {"mlp.c_proj", "mlp.fc2"}})
            if (leaf.rfind(a + ".", 0) == 0) to[at + b + leaf.substr(a.size())] = t;
    };
    const std::map<std::string, std::string> fixed{
        {"visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"}, {"visual.class_embedding", "vision_model.embeddings.class_embedding"},
        {"visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"}, {"visual.ln_pre.weight", "vision_model.pre_layrnorm.weight"},
        {"visual.ln_pre.bias", "vision_model.pre_layrnorm.bias"}, {"visual.ln_post.weight", "vision_model.post_layernorm.weight"},
        {"visual.ln_post.bias", "vision_model.post_layernorm.bias"}, {"token_embedding.weight", "text_model.embeddings.token_embedding.weight"},
        {"positional_embedding", "text_model.embeddings.position_embedding.weight"}, {"ln_final.weight", "text_model.final_layer_norm.weight"},
        {"ln_final.bias", "text_model.final_layer_norm.bias"}, {"logit_scale", "logit_scale"}};
    for (const auto& [name, t] : from) {
        if (const auto it = fixed.find(name); it != fixed.end()) to[it->second] = t;
        else if (name == "visual.proj") to["visual_projection.weight"] = t.t().contiguous();
        else if (name == "text_projection") to["text_projection.weight"] = t.t().contiguous();
        else block(name, t);
    }
    to["vision_model.embeddings.position_ids"] = at::arange(10);
    return to;
}

std::unique_ptr<Guide> make(const Tensors& tensors, bool quickGelu = true) {
    ClipConfig config;
    config.name = "tiny";
    config.quickGelu = quickGelu;
    return makeClipGuide(Weights(tensors, "tiny"), config, kMerges);
}

at::Tensor picture(int side) {
    const auto u = uniform("image", 3 * side * side);
    return at::tensor(std::vector<float>(u.begin(), u.end())).view({1, 3, side, side});
}

double difference(const at::Tensor& a, const json& golden) {
    return (a - at::tensor(golden.get<std::vector<float>>())).abs().max().item<double>();
}

const json& goldens() {
    static const json all = json::parse(core::readFile(std::filesystem::path(TITANUS_TEST_DATA) / "clip/goldens.json").value());
    return all;
}

constexpr double kClose = 2e-5;

void expectImages(const Guide& guide, const json& golden) {
    for (const auto& [side, g] : golden.at("images").items()) {
        at::Tensor image = picture(std::stoi(side)).requires_grad_(true);
        const at::Tensor e = guide.encodeImages(image)[0];
        EXPECT_LT(difference(e.detach(), g.at("embedding")), kClose) << side;
        const auto u = uniform("direction", e.numel());
        const at::Tensor direction = at::tensor(std::vector<float>(u.begin(), u.end())) * 2 - 1;
        torch::autograd::backward({(e * direction).sum()}, {});
        const at::Tensor flat = image.grad().flatten();
        const double norm = g.at("gradientNorm");
        EXPECT_NEAR(flat.norm().item<double>(), norm, 1e-4 * norm);
        for (const auto& [i, value] : g.at("gradient").items())
            EXPECT_NEAR(flat[std::stoi(i)].item<double>(), value.get<double>(), 1e-3 * std::abs(value.get<double>()) + 1e-6 * norm) << i;
    }
}

void expectTexts(const Guide& guide, const json& golden) {
    for (const auto& [text, e] : golden.at("texts").items()) EXPECT_LT(difference(guide.encodeText(text), e), kClose) << text;
}

TEST(Clip, VisionTransformerAndTextAreHuggingFacesNumbers) {
    expectImages(*make(vitTensors(80, 192)), goldens().at("A.quick_gelu"));
    expectTexts(*make(vitTensors(80, 192)), goldens().at("A.quick_gelu"));
    expectImages(*make(vitTensors(80, 192), false), goldens().at("A.gelu"));
    expectTexts(*make(vitTensors(80, 192), false), goldens().at("A.gelu"));
    expectImages(*make(vitTensors(128, 128)), goldens().at("B.quick_gelu"));
    expectTexts(*make(vitTensors(128, 128)), goldens().at("B.quick_gelu"));
}

TEST(Clip, ModifiedResNetHasOpenClipsNumbers) {
    ASSERT_TRUE(goldens().contains("C")) << "the stored numbers of the reference are not whole";
    expectImages(*make(resnetTensors()), goldens().at("C"));
}

TEST(Clip, AllLayoutsAreTheSameModelBitForBit) {
    const Tensors plain = vitTensors(80, 192);
    Tensors nested, prefixed;
    for (const auto& [name, t] : plain) {
        nested[name.rfind("visual.", 0) == 0 || name == "logit_scale" ? name : "text." + name] = t;
        prefixed["module." + name] = t;
    }
    prefixed["module.context_length"] = at::zeros({}, at::kLong);
    const at::NoGradGuard noGrad;
    const auto first = make(plain);
    for (const Tensors& other : {huggingFace(plain), nested, prefixed}) {
        const auto guide = make(other);
        EXPECT_TRUE(at::equal(guide->encodeImages(picture(48)), first->encodeImages(picture(48))));
        EXPECT_TRUE(at::equal(guide->encodeText("lower newer low"), first->encodeText("lower newer low")));
    }
    EXPECT_EQ(first->inputSize(), 48);
    EXPECT_EQ(first->embedDim(), 80);
}

TEST(Clip, MutationsMissTheNumbersByFar) {
    const json& golden = goldens().at("B.quick_gelu");
    const auto imageMiss = [&](const Guide& g) {
        const at::NoGradGuard noGrad;
        return difference(g.encodeImages(picture(48))[0], golden.at("images").at("48").at("embedding"));
    };
    const auto textMiss = [&](const Guide& g) { return difference(g.encodeText("lower newer low"), golden.at("texts").at("lower newer low")); };
    EXPECT_GT(imageMiss(*make(vitTensors(128, 128), false)), 10 * kClose);
    Tensors swapped = vitTensors(128, 128);
    auto& qkv = swapped["visual.transformer.resblocks.0.attn.in_proj_weight"];
    qkv = at::cat({qkv.slice(0, 128, 256), qkv.slice(0, 0, 128), qkv.slice(0, 256)});
    EXPECT_GT(imageMiss(*make(swapped)), 10 * kClose);
    Tensors turned = vitTensors(128, 128);
    turned["text_projection"] = turned["text_projection"].t().contiguous();
    EXPECT_GT(textMiss(*make(turned)), 10 * kClose);
    Tensors places = vitTensors(128, 128);
    auto& p = places["visual.positional_embedding"];
    p = at::cat({p.slice(0, 0, 1), p.slice(0, 1).view({3, 3, 128}).transpose(0, 1).reshape({9, 128})});
    EXPECT_GT(imageMiss(*make(places)), 10 * kClose);
}

// The text transformer of the tiny checkpoints, step by step, so that its rules can be broken.
at::Tensor textBy(const std::vector<int>& ids, bool causal, bool lastRow, std::size_t end) {
    Weights w(textTensors(128, 128), "tiny");
    const at::NoGradGuard noGrad;
    const auto t = static_cast<std::int64_t>(ids.size());
    const at::Tensor index = at::tensor(std::vector<std::int64_t>(ids.begin(), ids.end()));
    at::Tensor x = (at::embedding(w.take("token_embedding.weight", {-1, 128}), index) + w.take("positional_embedding", {-1, 128}).slice(0, 0, t)).unsqueeze(0);
    const at::Tensor mask = causal ? at::full({t, t}, -std::numeric_limits<float>::infinity()).triu(1) : at::Tensor();
    for (int i = 0; i < 3; ++i)
        x = TransformerBlock::take(w, "transformer.resblocks." + std::to_string(i) + ".", 128).forward(x, 2, Activation::QuickGelu, mask);
    const at::Tensor row = x[0][lastRow ? t - 1 : static_cast<std::int64_t>(end)];
    return at::matmul(at::layer_norm(row, {128}, w.take("ln_final.weight", {128}), w.take("ln_final.bias", {128}), 1e-5), w.take("text_projection", {128, 128}));
}

TEST(Clip, TextIsReadAtTheFirstEndTokenUnderACausalMaskWhateverFollows) {
    const std::string text = "lower newer low";
    const auto golden = goldens().at("B.quick_gelu").at("texts").at(text);
    std::vector<int> ids = make(vitTensors(128, 128))->tokenise(text);
    const std::size_t end = ids.size() - 1;
    ids.resize(16, 0); // OpenAI's padding, to the whole context
    const auto miss = [&](const at::Tensor& e) { return difference(e / e.norm(), golden); };
    EXPECT_LT(miss(textBy(ids, true, false, end)), kClose); // what stands after the end changes nothing
    std::vector<int> huggingFaces = ids;
    std::fill(huggingFaces.begin() + static_cast<std::ptrdiff_t>(end) + 1, huggingFaces.end(), ids[end]);
    EXPECT_LT(miss(textBy(huggingFaces, true, false, end)), kClose);
    EXPECT_GT(miss(textBy(ids, false, false, end)), 10 * kClose); // no mask
    EXPECT_GT(miss(textBy(ids, true, true, end)), 10 * kClose);   // the last row
}

// OpenAI's ViT-B/32 by its published names, shapes and precisions.
struct Shape { std::string name; std::vector<std::int64_t> size; bool half; };
std::vector<Shape> vitB32() {
    std::vector<Shape> all{{"positional_embedding", {77, 512}, false}, {"text_projection", {512, 512}, true}, {"logit_scale", {}, false},
                           {"visual.class_embedding", {768}, false}, {"visual.positional_embedding", {50, 768}, false},
                           {"visual.proj", {768, 512}, true}, {"visual.conv1.weight", {768, 3, 32, 32}, true}};
    const auto norm = [&](const std::string& n, std::int64_t w) { all.push_back({n + ".weight", {w}, false}), all.push_back({n + ".bias", {w}, false}); };
    const auto linear = [&](const std::string& n, std::int64_t out, std::int64_t in) { all.push_back({n + ".weight", {out, in}, true}), all.push_back({n + ".bias", {out}, true}); };
    norm("visual.ln_pre", 768), norm("visual.ln_post", 768), norm("ln_final", 512);
    all.push_back({"token_embedding.weight", {49408, 512}, false});
    for (const auto& [prefix, w] : {std::pair<std::string, std::int64_t>{"visual.", 768}, {"", 512}})
        for (int i = 0; i < 12; ++i) {
            const std::string b = prefix + "transformer.resblocks." + std::to_string(i) + ".";
            all.push_back({b + "attn.in_proj_weight", {3 * w, w}, true}), all.push_back({b + "attn.in_proj_bias", {3 * w}, true});
            linear(b + "attn.out_proj", w, w), linear(b + "mlp.c_fc", 4 * w, w), linear(b + "mlp.c_proj", w, 4 * w);
            norm(b + "ln_1", w), norm(b + "ln_2", w);
        }
    return all;
}

TEST(Clip, ASparseFileWithExactlyOpenAisNamesAndShapesIsAViTB32) {
    json header;
    std::uint64_t at = 0;
    std::int64_t numbers = 0;
    std::size_t halves = 0;
    const auto shapes = vitB32();
    for (const Shape& s : shapes) {
        std::int64_t count = 1;
        for (const std::int64_t n : s.size) count *= n;
        const std::uint64_t bytes = static_cast<std::uint64_t>(count) * (s.half ? 2 : 4);
        header[s.name] = {{"dtype", s.half ? "F16" : "F32"}, {"shape", s.size}, {"data_offsets", {at, at + bytes}}};
        at += bytes;
        numbers += count;
        halves += s.half;
    }
    EXPECT_EQ(shapes.size(), 302u);
    EXPECT_EQ(halves, 195u);
    EXPECT_EQ(numbers, 151277313);
    for (const char* name : {"input_resolution", "context_length", "vocab_size"}) {
        header[name] = {{"dtype", "I64"}, {"shape", json::array()}, {"data_offsets", {at, at + 8}}};
        at += 8;
    }
    const std::string text = header.dump();
    const TempFolder folder;
    const auto path = folder.path / "model.safetensors";
    std::string start(8, '\0');
    const std::uint64_t length = text.size();
    std::memcpy(start.data(), &length, 8);
    ASSERT_TRUE(core::writeFileAtomic(path, start + text));
    std::filesystem::resize_file(path, 8 + text.size() + at); // a hole: no disk is used
    const auto file = Safetensors::open(path);
    ASSERT_TRUE(file) << file.problem().line();
    EXPECT_EQ(file.value().tensors().size(), 305u);
    // The towers take every key in its shape; the numbers, all zero, are one element repeated, so
    // that no memory is used either.
    Tensors tensors;
    for (const auto& [name, view] : file.value().tensors())
        tensors[name] = at::zeros({1}, at::kFloat).as_strided(view.shape, std::vector<std::int64_t>(view.shape.size(), 0));
    tensors["input_resolution"] = tensors["context_length"] = tensors["vocab_size"] = at::zeros({}, at::kLong);
    std::string merges = "#version: 0.2\n"; // as many as CLIP's
    for (int i = 0; i < 48894; ++i) merges += "a" + std::to_string(i) + " b\n";
    ClipConfig config;
    config.name = "fake";
    config.quickGelu = true;
    try {
        const auto guide = makeClipGuide(Weights(std::move(tensors), "fake"), config, merges);
        EXPECT_EQ(guide->inputSize(), 224);
        EXPECT_EQ(guide->embedDim(), 512);
    } catch (const ModelError& e) {
        ADD_FAILURE() << e.problem.line();
    }
}

TEST(Clip, MissingExtraAndMisshapenKeysAreNamed) {
    const auto expectNamed = [](const Tensors& tensors, const char* key) {
        try {
            make(tensors);
            ADD_FAILURE() << key;
        } catch (const ModelError& e) {
            EXPECT_NE(e.problem.line().find(key), std::string::npos) << e.problem.line();
        }
    };
    Tensors t = vitTensors(80, 192);
    t.erase("visual.ln_post.bias");
    expectNamed(t, "visual.ln_post.bias");
    t = vitTensors(80, 192);
    t["visual.extra"] = at::zeros({1});
    expectNamed(t, "visual.extra");
    t = vitTensors(80, 192);
    t["visual.proj"] = at::zeros({127, 80});
    expectNamed(t, "visual.proj");
    t = vitTensors(80, 192);
    t["visual.proj"] = t["visual.proj"].to(at::kLong); // whole numbers in the right shape
    expectNamed(t, "visual.proj holds whole numbers");
}

} // namespace
