#include "gl_fixture.h"

#include "core/files.h"
#include "support/temp_folder.h"

namespace titanus::render {
namespace {
namespace fs = std::filesystem;

class ShadersGl : public GlTest {
  protected:
    void SetUp() override {
        GlTest::SetUp();
        fs::copy(TITANUS_SOURCE_DIR "/shaders", folder_);
    }

    // Writes the file with a time stamp that differs for certain.
    void edit(const char* name, const std::string& text) {
        ASSERT_TRUE(core::writeFileAtomic(folder_ / name, text));
        fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() + std::chrono::seconds(++edits_));
    }
    std::string text(const char* name) { return core::readFile(folder_ / name).value(); }

    TempFolder temporary_;
    const fs::path& folder_ = temporary_.path;
    int edits_ = 0;
    std::vector<core::Problem> problems_;
    ProblemSink sink_ = [this](const core::Problem& p) { problems_.push_back(p); };
};

TEST_F(ShadersGl, L30_ABrokenShaderIsReportedOnceWithItsLineAndTheOldOneStays) {
    start(kWidth, kHeight, 0, folder_);
    neutral(store_);
    const guidance::Canvas canvas = edgyCanvas();
    const core::Image before = drawn(stateOf(0), canvas);
    const std::string good = text("finish.frag");
    edit("finish.frag", good + "\nthis is no shader;\n");
    EXPECT_FALSE(renderer_->reloadChangedShaders(1, sink_));
    ASSERT_EQ(problems_.size(), 1u);
    EXPECT_EQ(problems_[0].id, core::ProblemId::ShaderInvalid);
    const long line = std::count(good.begin(), good.end(), '\n') + 2;
    EXPECT_TRUE(problems_[0].detail.starts_with("finish.frag:" + std::to_string(line) + ": ")) << problems_[0].detail;
    EXPECT_FALSE(renderer_->reloadChangedShaders(2, sink_));
    EXPECT_EQ(problems_.size(), 1u) << "once for each change";
    EXPECT_EQ(drawn(stateOf(0), canvas).rgba, before.rgba);
}

TEST_F(ShadersGl, L30_ARepairedOrChangedShaderIsTakenUp) {
    start(kWidth, kHeight, 0, folder_);
    const guidance::Canvas canvas = edgyCanvas();
    const std::string good = text("finish.frag");
    edit("finish.frag", "nonsense");
    renderer_->reloadChangedShaders(1, sink_);
    std::string red = good;
    red.replace(red.rfind("color = vec4(c, 1.0)"), 20, "color = vec4(1, 0, 0, 1)");
    edit("finish.frag", red);
    EXPECT_TRUE(renderer_->reloadChangedShaders(2, sink_));
    const core::Image image = drawn(stateOf(0), canvas);
    EXPECT_EQ(image.at(20, 20)[0], 255);
    EXPECT_EQ(image.at(20, 20)[1], 0);
}

TEST_F(ShadersGl, AMistakeInAnIncludedFileNamesThatFile) {
    start(kWidth, kHeight, 0, folder_);
    edit("warp.glsl", text("warp.glsl") + "\nfloat broken( { }\n");
    renderer_->reloadChangedShaders(1, sink_);
    ASSERT_FALSE(problems_.empty());
    EXPECT_TRUE(problems_[0].detail.starts_with("warp.glsl:")) << problems_[0].detail;
    EXPECT_EQ(problems_.size(), 1u) << "one mistake, however many passes include it";
}

TEST_F(ShadersGl, FilesAreLookedAtFourTimesASecondAtMost) {
    start(kWidth, kHeight, 0, folder_);
    EXPECT_FALSE(renderer_->reloadChangedShaders(1, sink_));
    edit("finish.frag", "nonsense");
    EXPECT_FALSE(renderer_->reloadChangedShaders(1.1, sink_));
    EXPECT_TRUE(problems_.empty());
    renderer_->reloadChangedShaders(1.3, sink_);
    EXPECT_EQ(problems_.size(), 1u);
}

TEST_F(ShadersGl, AMissingFolderOrFileIsAProblemThatNamesIt) {
    const auto missing = Renderer::create({kWidth, kHeight, folder_ / "nowhere", 0, 60});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.problem().id, core::ProblemId::FileUnreadable);
    fs::remove(folder_ / "oil.frag");
    const auto incomplete = Renderer::create({kWidth, kHeight, folder_, 0, 60});
    ASSERT_FALSE(incomplete);
    EXPECT_NE(incomplete.problem().detail.find("oil.frag"), std::string::npos);
}

} // namespace
} // namespace titanus::render
