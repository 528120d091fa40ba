#include "guidance/clip/embedded_guide.h"

#include "core/files.h"
#include "guidance/clip/lite_tower.h"
#include "guidance/clip/text_tower.h"
#include "guidance/tokenizer.h"

#include <nlohmann/json.hpp>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;
using nlohmann::json;

namespace {

class EmbeddedGuide final : public Guide {
  public:
    EmbeddedGuide(const json& config, Weights weights, Tokenizer tokenizer)
        : name_(config.at("name")), inputSize_(config.at("image").at("size")),
          neutral_(config.at("neutral_prompts").get<std::vector<std::string>>()),
          tokenizer_(std::move(tokenizer)), image_(weights, towerConfig(config)),
          text_(weights, config.at("text").at("activation") == "quick_gelu" ? Activation::QuickGelu : Activation::Gelu) {
        weights.drop("logit_scale"); // temperature of its training: guidance uses angles
        weights.requireEmpty();
        if (text_.vocabularySize() != static_cast<std::int64_t>(tokenizer_.vocabularySize()))
            throw ModelError{{ProblemId::ModelBroken, weights.source() + ": vocabulary does not fit the merges"}};
        if (text_.embedDim() != config.at("embed_dim").get<std::int64_t>())
            throw ModelError{{ProblemId::ModelBroken, weights.source() + ": text and image embeddings differ in width"}};
        embedDim_ = static_cast<int>(text_.embedDim());
    }

    std::string name() const override { return name_; }
    int inputSize() const override { return inputSize_; }
    int embedDim() const override { return embedDim_; }
    std::vector<std::string> neutralPrompts() const override { return neutral_; }

    void moveTo(const Device& device) override {
        device_ = device;
        image_.moveTo(device);
    }
    at::Tensor encodeImages(const at::Tensor& images) const override {
        const at::Tensor e = outOfTower(image_.forward(intoTower(images, device_)), device_);
        return e / (e.norm(2, {1}, true) + 1e-12);
    }
    std::vector<int> tokenise(const std::string& text, bool* truncated) const override {
        auto tokens = tokenizer_.encode(text, static_cast<std::size_t>(text_.contextLength()));
        if (truncated) *truncated = tokens.truncated;
        return std::move(tokens.ids);
    }

  protected:
    at::Tensor encodeTokens(const std::vector<int>& ids) const override { return text_.forward(ids); }

  private:
    static LiteTower::Config towerConfig(const json& config) {
        const json& image = config.at("image");
        LiteTower::Config c;
        for (const json& b : image.at("blocks"))
            c.blocks.push_back({b.at("kernel"), b.at("stride"), b.at("expand"), b.at("in"), b.at("out")});
        c.stemOut = image.at("stem").at("out");
        c.head = image.at("head");
        c.embed = config.at("embed_dim");
        c.mean = image.at("mean").get<std::vector<double>>();
        c.std = image.at("std").get<std::vector<double>>();
        return c;
    }

    std::string name_;
    int inputSize_ = 0, embedDim_ = 0;
    std::vector<std::string> neutral_;
    Tokenizer tokenizer_;
    LiteTower image_;
    TextTower text_;
};

} // namespace

core::Result<std::unique_ptr<Guide>> loadEmbeddedGuide(const std::filesystem::path& dir) {
    const auto configText = core::readFile(dir / "config.json");
    if (!configText) return Problem{ProblemId::ModelMissing, configText.problem().detail};
    try {
        const json config = json::parse(configText.value());
        auto tokenizer = Tokenizer::read(dir / config.at("text").at("merges").get<std::string>());
        if (!tokenizer) return tokenizer.problem();
        auto weights = Weights::read(dir / "model.safetensors");
        if (!weights) return weights.problem();
        return std::unique_ptr<Guide>(std::make_unique<EmbeddedGuide>(config, std::move(weights).value(), std::move(tokenizer).value()));
    } catch (const json::exception& e) {
        return Problem{ProblemId::ModelBroken, (dir / "config.json").string() + ": " + e.what()};
    } catch (const ModelError& e) {
        return e.problem;
    }
}

} // namespace titanus::guidance
