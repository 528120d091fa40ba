#include "guidance/clip/guide.h"

#include "core/files.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <cmath>

using namespace titanus;
using namespace titanus::guidance;
using nlohmann::json;

namespace {

const Guide& guide() {
    static const auto loaded = loadGuide({});
    if (!loaded.ok()) throw std::runtime_error(loaded.problem().line());
    return *loaded.value();
}

const json& goldens() {
    static const json all = json::parse(core::readFile(core::dataDir("models") / "titanus-guide/goldens.json").value());
    return all;
}

// The picture that the goldens are computed from, as their note defines it.
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

TEST(EmbeddedGuide, TokenIdsAreTheGoldensExactly) {
    for (const auto& [text, ids] : goldens().at("tokens").items())
        EXPECT_EQ(guide().tokenise(text), ids.get<std::vector<int>>()) << text;
}

TEST(EmbeddedGuide, TextEmbeddingsAreTheGoldens) {
    for (const auto& [text, golden] : goldens().at("text").items())
        EXPECT_GE(cosine(guide().encodeText(text), golden), 0.9995) << text;
}

TEST(EmbeddedGuide, ImageEmbeddingsAreTheGoldensAtBothSizes) {
    const at::NoGradGuard noGrad;
    for (const auto& [size, golden] : goldens().at("image").items())
        EXPECT_GE(cosine(guide().encodeImages(pattern(std::stoi(size)))[0], golden), 0.9995) << size;
}

TEST(EmbeddedGuide, GradientIsTheGolden) {
    const json& g = goldens().at("gradient");
    at::Tensor image = pattern(96).requires_grad_(true);
    const at::Tensor text = guide().encodeText("a photo of a jellyfish");
    const at::Tensor value = (guide().encodeImages(image)[0] * text).sum();
    EXPECT_NEAR(value.item<double>(), g.at("value").get<double>(), 1e-3);
    value.backward();
    const at::Tensor grad = image.grad();
    const double norm = g.at("norm").get<double>();
    EXPECT_NEAR(grad.norm().item<double>(), norm, 0.02 * norm);
    for (const auto& [at, golden] : g.at("samples").items()) {
        int c = 0, y = 0, x = 0;
        ASSERT_EQ(std::sscanf(at.c_str(), "%d,%d,%d", &c, &y, &x), 3);
        const double expected = golden.get<double>();
        EXPECT_NEAR(grad[0][c][y][x].item<double>(), expected, 0.02 * std::abs(expected) + 1e-7) << at;
    }
}

TEST(EmbeddedGuide, ABatchIsTheSameAsItsPicturesOneByOne) {
    const at::NoGradGuard noGrad;
    const at::Tensor batch = at::cat({pattern(96), pattern(96).flip({3}), at::full({1, 3, 96, 96}, 0.5)});
    const at::Tensor together = guide().encodeImages(batch);
    for (int i = 0; i < 3; ++i)
        EXPECT_LT((guide().encodeImages(batch.slice(0, i, i + 1))[0] - together[i]).abs().max().item<float>(), 1e-5);
}

TEST(EmbeddedGuide, LongTextIsTruncatedAndSaysSo) {
    bool truncated = false;
    std::string longText;
    for (int i = 0; i < 60; ++i) longText += "x ";
    EXPECT_EQ(guide().tokenise(longText, &truncated).size(), 32u);
    EXPECT_TRUE(truncated);
    guide().encodeText("a fox", &truncated);
    EXPECT_FALSE(truncated);
}

TEST(EmbeddedGuide, MissingAndBrokenModelsAreOneLine) {
    const auto missing = loadGuide("/nowhere/model");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.problem().id, core::ProblemId::ModelMissing);
    EXPECT_NE(missing.problem().line().find("/nowhere/model"), std::string::npos);
    namespace fs = std::filesystem;
    const TempFolder folder;
    const fs::path &dir = folder.path, good = core::dataDir("models") / "titanus-guide";
    const auto copy = [&](const char* name) { fs::copy_file(good / name, dir / name, fs::copy_options::overwrite_existing); };
    for (const char* name : {"config.json", "merges.txt", "model.safetensors"}) copy(name);
    const auto expectBroken = [&](const char* part) {
        const auto bad = loadGuide(dir);
        ASSERT_FALSE(bad);
        EXPECT_EQ(bad.problem().id, core::ProblemId::ModelBroken);
        EXPECT_NE(bad.problem().line().find(part), std::string::npos) << bad.problem().line();
    };
    fs::resize_file(dir / "model.safetensors", 9000000);
    expectBroken("model.safetensors");
    copy("model.safetensors");
    json config = json::parse(core::readFile(good / "config.json").value());
    config["image"]["head"] = 1000;
    ASSERT_TRUE(core::writeFileAtomic(dir / "config.json", config.dump()));
    expectBroken("image.head.weight");
    config["image"].erase("head");
    ASSERT_TRUE(core::writeFileAtomic(dir / "config.json", config.dump()));
    expectBroken("config.json");
}

} // namespace
