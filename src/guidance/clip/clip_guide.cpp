#include "guidance/clip/clip_guide.h"

#include "core/files.h"
#include "guidance/clip/image_tower.h"
#include "guidance/clip/key_layout.h"

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;

namespace {

class ClipGuide final : public Guide {
  public:
    ClipGuide(Weights w, const ClipConfig& config, const std::string& mergesText) : name_(config.name) {
        const Activation activation = config.quickGelu ? Activation::QuickGelu : Activation::Gelu;
        anchors_ = {config.matching, config.unrelated};
        toOpenAiNames(w);
        image_ = w.has("visual.layer1.0.conv1.weight") ? takeModifiedResNet(w) : takeVisionTransformer(w, activation);
        text_ = std::make_unique<TextTower>(w, activation);
        w.drop("logit_scale"); // guidance uses angles
        w.drop("logit_bias");
        w.requireEmpty();
        const auto broken = [&](const std::string& why) { throw ModelError{{ProblemId::ModelBroken, w.source() + ": " + why}}; };
        if (text_->embedDim() != image_->embedDim()) broken("text and image embeddings differ in width");
        if (text_->vocabularySize() <= 514) broken("vocabulary is smaller than the byte characters");
        // OpenAI's list goes on after the merges that CLIP uses.
        auto tokenizer = Tokenizer::fromText(mergesText, static_cast<std::size_t>(text_->vocabularySize() - 514));
        if (!tokenizer) throw ModelError{{ProblemId::ModelBroken, config.merges.string() + ": " + tokenizer.problem().detail}};
        tokenizer_ = std::make_unique<Tokenizer>(std::move(tokenizer).value());
        if (static_cast<std::int64_t>(tokenizer_->vocabularySize()) != text_->vocabularySize())
            broken("vocabulary does not fit the merges");
        inputSize_ = config.inputSize > 0 ? config.inputSize : image_->inputSize();
        std_ = at::empty({1, 3, 1, 1});
        mean_ = at::empty({1, 3, 1, 1});
        for (std::size_t i = 0; i < 3; ++i) {
            std_.data_ptr<float>()[i] = static_cast<float>(config.std[i]);
            mean_.data_ptr<float>()[i] = static_cast<float>(config.mean[i]);
        }
    }

    std::string name() const override { return name_; }
    int inputSize() const override { return inputSize_; }
    int embedDim() const override { return static_cast<int>(text_->embedDim()); }
    GuideAnchors anchors() const override { return anchors_; }
    std::vector<std::string> neutralPrompts() const override {
        return {"a photo", "a picture", "an image of something", "a drawing", "texture", "abstract art", "a blurry picture", "noise"};
    }
    void moveTo(const Device& device) override {
        device_ = device;
        image_->moveTo(device);
        mean_ = mean_.to(device.where);
        std_ = std_.to(device.where);
    }
    at::Tensor encodeImages(const at::Tensor& images) const override {
        const at::Tensor e = outOfTower(image_->forward(intoTower((images - mean_) / std_, device_)), device_);
        return e / (e.norm(2, {1}, true) + 1e-12);
    }
    std::vector<int> tokenise(const std::string& text, bool* truncated) const override {
        auto tokens = tokenizer_->encode(text, static_cast<std::size_t>(text_->contextLength()));
        if (truncated) *truncated = tokens.truncated;
        return std::move(tokens.ids);
    }

  protected:
    at::Tensor encodeTokens(const std::vector<int>& ids) const override { return text_->forward(ids); }

  private:
    std::string name_;
    int inputSize_ = 0;
    GuideAnchors anchors_;
    std::unique_ptr<Tokenizer> tokenizer_;
    std::unique_ptr<ImageTower> image_;
    std::unique_ptr<TextTower> text_;
    at::Tensor mean_, std_;
};

} // namespace

std::unique_ptr<Guide> makeClipGuide(Weights weights, const ClipConfig& config, const std::string& mergesText) {
    return std::make_unique<ClipGuide>(std::move(weights), config, mergesText);
}

core::Result<std::unique_ptr<Guide>> loadClipGuide(const std::filesystem::path& path) {
    const auto config = readClipConfig(path);
    if (!config) return config.problem();
    const auto& file = config.value().weights;
    const auto merges = core::readFile(config.value().merges);
    if (!merges) return merges.problem();
    auto weights = file.extension() == ".pt" ? readTorchScript(file) : Weights::read(file);
    if (!weights) return weights.problem();
    try {
        return makeClipGuide(std::move(weights).value(), config.value(), merges.value());
    } catch (const ModelError& e) {
        return e.problem;
    } catch (const std::exception& e) { // torch: shapes so odd that no check foresaw them
        return Problem{ProblemId::ModelBroken, file.string() + ": " + std::string(e.what()).substr(0, 160)};
    }
}

} // namespace titanus::guidance
