#include "guidance/encode.h"

#include "core/files.h"
#include "core/image.h"
#include "guidance/clip/guide.h"

#include <nlohmann/json.hpp>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

namespace titanus::guidance {
using core::Problem;
using core::ProblemId;
using nlohmann::json;

namespace {

Embedding toVector(const at::Tensor& e) {
    const at::Tensor flat = e.contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

at::Tensor prepared(const core::Image& image, int side) {
    const at::Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(image.rgba.data()), {image.height, image.width, 4}, at::kByte);
    at::Tensor x = bytes.slice(2, 0, 3).permute({2, 0, 1}).unsqueeze(0).to(at::kFloat) / 255;
    const double scale = static_cast<double>(side) / std::min(image.width, image.height);
    const auto w = std::max<std::int64_t>(side, static_cast<std::int64_t>(image.width * scale));
    const auto h = std::max<std::int64_t>(side, static_cast<std::int64_t>(image.height * scale));
    x = at::_upsample_bicubic2d_aa(x, {h, w}, false).clamp(0, 1); // bicubic overshoots
    return x.slice(2, (h - side) / 2, (h - side) / 2 + side).slice(3, (w - side) / 2, (w - side) / 2 + side).contiguous();
}

// The test picture that goldens.json is made from (its note gives the formula).
at::Tensor pattern(int size) {
    at::Tensor image = at::empty({1, 3, size, size});
    float* out = image.data_ptr<float>();
    for (int c = 0; c < 3; ++c)
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x) {
                const double u = (x + 0.5) / size, v = (y + 0.5) / size;
                *out++ = static_cast<float>(0.5 + 0.5 * std::sin(2 * M_PI * (3 * u + 0.31 * c) + 4 * v * v * (c + 1)) *
                                                      std::cos(2 * M_PI * (2 - 0.5 * c) * v + c));
            }
    return image;
}

double cosine(const at::Tensor& a, const json& golden) {
    const at::Tensor b = at::tensor(golden.get<std::vector<float>>());
    return (a * b).sum().item<double>() / (a.norm().item<double>() * b.norm().item<double>());
}

// Gradient along a direction against the difference quotient along it.
double gradientError(const Guide& guide) {
    at::Tensor image = pattern(guide.inputSize()).requires_grad_(true);
    const at::Tensor text = guide.encodeText("a photo");
    torch::autograd::backward({(guide.encodeImages(image)[0] * text).sum()}, {});
    const at::Tensor g = image.grad();
    const at::NoGradGuard noGrad;
    const at::Tensor direction = g / g.norm();
    const double h = 0.004; // small against the bends of ReLU6, large against rounding
    const auto value = [&](double t) { return (guide.encodeImages(image.detach() + direction * t)[0] * text).sum().item<double>(); };
    const double slope = (value(h) - value(-h)) / (2 * h), expected = g.norm().item<double>();
    return std::abs(slope - expected) / expected;
}

} // namespace

core::Result<std::vector<Embedding>> encodeTexts(const std::filesystem::path& model, const std::vector<std::string>& texts) {
    const auto guide = loadGuide(model);
    if (!guide) return guide.problem();
    std::vector<Embedding> out;
    for (const std::string& text : texts) out.push_back(toVector(guide.value()->encodeText(text)));
    return out;
}

core::Result<std::vector<Embedding>> encodeImageFiles(const std::filesystem::path& model, const std::vector<std::filesystem::path>& images) {
    std::vector<Embedding> out;
    if (images.empty()) return out;
    const auto guide = loadGuide(model);
    if (!guide) return guide.problem();
    const at::NoGradGuard noGrad;
    for (const auto& path : images) {
        const auto image = core::readImage(path);
        if (!image) return image.problem();
        out.push_back(toVector(guide.value()->encodeImages(prepared(image.value(), guide.value()->inputSize()))[0]));
    }
    return out;
}

core::Result<std::vector<int>> tokenIds(const std::filesystem::path& model, const std::string& text) {
    const auto guide = loadGuide(model);
    if (!guide) return guide.problem();
    return guide.value()->tokenise(text, nullptr);
}

core::Result<std::string> verifyModel(const std::filesystem::path& given) {
    const std::filesystem::path model = given.empty() ? core::dataDir("models") / "titanus-guide" : given;
    const auto loaded = loadGuide(model);
    if (!loaded) return loaded.problem();
    const Guide& guide = *loaded.value();
    const auto broken = [&](const std::string& what) { return Problem{ProblemId::ModelBroken, model.string() + ": " + what}; };
    json report{{"model", guide.name()}, {"inputSize", guide.inputSize()}, {"embedDim", guide.embedDim()}};
    const double slopeError = gradientError(guide);
    report["gradientRelativeError"] = slopeError;
    if (!(slopeError < 0.05)) return broken("gradient differs from the difference quotient by " + std::to_string(slopeError));
    const auto text = core::readFile(model / "goldens.json");
    if (!text) {
        report["goldens"] = "none beside the model";
        return report.dump(1);
    }
    try {
        const json goldens = json::parse(text.value());
        for (const auto& [line, ids] : goldens.at("tokens").items())
            if (guide.tokenise(line, nullptr) != ids.get<std::vector<int>>()) return broken("token ids of \"" + line + "\"");
        constexpr double kLeast = 0.9995;
        double worst = 1;
        for (const auto& [line, golden] : goldens.at("text").items()) worst = std::min(worst, cosine(guide.encodeText(line), golden));
        report["textCosine"] = worst;
        if (worst < kLeast) return broken("text embeddings differ from the goldens: cosine " + std::to_string(worst));
        const at::NoGradGuard noGrad;
        worst = 1;
        for (const auto& [size, golden] : goldens.at("image").items())
            worst = std::min(worst, cosine(guide.encodeImages(pattern(std::stoi(size)))[0], golden));
        report["imageCosine"] = worst;
        if (worst < kLeast) return broken("image embeddings differ from the goldens: cosine " + std::to_string(worst));
        report["goldens"] = "all reproduced";
    } catch (const std::exception& e) {
        return broken(std::string("goldens.json: ") + e.what());
    }
    return report.dump(1);
}

} // namespace titanus::guidance
