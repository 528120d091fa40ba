// Another guide while the show runs, with real towers: the embedded guide and copies of it that look
// at crops of another size.
#include "guidance/clip/make_engine.h"
#include "guidance/embedded.h"
#include "guidance/switching_engine.h"

#include "core/files.h"
#include "support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace titanus::guidance {
namespace {
namespace fs = std::filesystem;
using params::param;

constexpr auto kModel = params::text("guide.model");

// A folder with the embedded guide's weights and another input size.
struct Copy : TempFolder {
    Copy(const std::string& name, int size) {
        const fs::path from = core::dataDir("models") / "titanus-guide";
        for (const char* part : {"model.safetensors", "merges.txt"}) fs::create_symlink(fs::absolute(from / part), path / part);
        auto config = nlohmann::json::parse(core::readFile(from / "config.json").value());
        config["name"] = name;
        config["image"]["size"] = size;
        EXPECT_TRUE(core::writeFileAtomic(path / "config.json", config.dump()));
    }
};

TEST(SwitchingEngine, P39AnotherInputSizeGoesOnWithThePictureAndThePrompts) {
    const Copy small("small", 64);
    EngineOptions options;
    options.threads = 1;
    options.aspect = 1;
    options.precision = Precision::Float32;
    options.device = DeviceChoice::Cpu;
    auto made = SwitchingEngine::make(options, makeClipEngine);
    ASSERT_TRUE(made) << made.problem().line();
    auto engine = std::move(made).value();
    engine->report = [](const core::Problem& p) { ADD_FAILURE() << p.line(); };
    EXPECT_EQ(engine->info().inputSize, 96);
    Show show("a red fox");
    Canvas before, after;
    for (int i = 0; i < 6; ++i) engine->step(show.next(), before);
    show.text(kModel, small.path.string());
    engine->step(show.next(), after);
    EXPECT_EQ(engine->info().inputSize, 64);
    EXPECT_EQ(engine->info().guide, "small");
    EXPECT_EQ(after.steps, 7u);
    EXPECT_LT(distance(before, after), .05); // one step further, not another picture
    for (int i = 0; i < 6; ++i) engine->step(show.next(), after);
    EXPECT_GT(distance(before, after), .005); // and it paints on
    EXPECT_TRUE(after.prompts[0].active);
    EXPECT_TRUE(std::isfinite(after.loss));
    EXPECT_EQ(after.notFinite, 0u);
    show.text(kModel, "");
    engine->step(show.next(), after);
    EXPECT_EQ(engine->info().inputSize, 96);
}

TEST(SwitchingEngine, P39TheOtherJudgesStayAndSeeCropsOfTheirOwnSize) {
    const Copy small("judge", 64), large("large", 128);
    for (const bool alternate : {false, true}) {
        EngineOptions options;
        options.threads = 1;
        options.aspect = 1;
        options.precision = Precision::Float32;
        options.device = DeviceChoice::Cpu;
        options.alternate = alternate;
        options.more = {{small.path, 1}};
        auto engine = std::move(SwitchingEngine::make(options, makeClipEngine)).value();
        engine->report = [](const core::Problem& p) { ADD_FAILURE() << p.line(); };
        EXPECT_EQ(engine->info().guide, "titanus-guide + judge");
        Show show("a red fox");
        show.set(param("hold.semantic"), 1);
        show.set(param("guide.erase"), .3f);
        Canvas out;
        for (int i = 0; i < 3; ++i) engine->step(show.next(), out);
        show.text(kModel, large.path.string());
        for (int i = 0; i < 4; ++i) engine->step(show.next(), out);
        EXPECT_EQ(engine->info().guide, "large + judge");
        EXPECT_EQ(engine->info().inputSize, 128);
        EXPECT_EQ(out.notFinite, 0u);
        EXPECT_EQ(out.steps, 7u);
    }
}

TEST(SwitchingEngine, P39AFolderWithoutAModelIsNamedAndTheGuideStays) {
    EngineOptions options;
    options.threads = 1;
    options.device = DeviceChoice::Cpu;
    options.precision = Precision::Float32;
    auto engine = std::move(SwitchingEngine::make(options, makeClipEngine)).value();
    std::vector<std::string> said;
    engine->report = [&](const core::Problem& p) { said.push_back(p.line()); };
    Show show("a red fox");
    Canvas out;
    engine->step(show.next(), out);
    show.text(kModel, "/no/such/model");
    for (int i = 0; i < 3; ++i) engine->step(show.next(), out);
    ASSERT_EQ(said.size(), 1u);
    EXPECT_NE(said[0].find("/no/such/model"), std::string::npos) << said[0];
    EXPECT_EQ(engine->info().inputSize, 96);
    EXPECT_EQ(out.steps, 4u);
}

} // namespace
} // namespace titanus::guidance
