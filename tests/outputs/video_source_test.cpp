// Reading films, on one that the writer makes: one grey for each picture, so that a picture tells
// its time.
#include "outputs/output_fixture.h"
#include "outputs/video_source.h"
#include "outputs/video_writer.h"

#include "core/files.h"

namespace titanus::outputs {
namespace {

constexpr int kFps = 20, kFrames = 80; // four seconds, longer than a jump decodes through

class VideoSourceTest : public OutputTest {
  protected:
    std::string film() {
        VideoOptions o;
        o.path = at("film.mp4");
        o.width = 96;
        o.height = 64;
        o.fps = kFps;
        auto writer = VideoWriter::open(o);
        EXPECT_TRUE(writer.ok());
        for (int i = 0; i < kFrames; ++i) EXPECT_TRUE(writer.value()->video(fourFields(96, 64, greyOf(i)).rgba, i).ok());
        EXPECT_TRUE(writer.value()->finish().ok());
        return o.path.string();
    }
    static std::uint8_t greyOf(int frame) { return static_cast<std::uint8_t>(40 + 2 * frame); }
    static double frameShown(const core::Image& image) { return (image.at(72, 48)[0] - 40) / 2.0; }
};

TEST_F(VideoSourceTest, P27EachTimeGivesItsPictureForwardsBackwardsAndBeyondTheEnd) {
    auto opened = VideoSource::open(film());
    ASSERT_TRUE(opened.ok()) << opened.problem().line();
    VideoSource& source = *opened.value();
    EXPECT_NEAR(source.durationSeconds(), kFrames / static_cast<double>(kFps), 0.06);
    EXPECT_NEAR(source.framesPerSecond(), kFps, 1e-6);
    // One after another, skipping, a jump far ahead, back, and around: the film loops.
    for (const double seconds : {0.0, 0.05, 0.1, 0.8, 3.9, 0.3, 1.02, 4.0 + 0.5, 8.0 + 2.0, 0.0}) {
        const auto image = source.at(seconds);
        ASSERT_TRUE(image.ok()) << image.problem().line();
        const double wanted = std::floor(std::fmod(seconds, source.durationSeconds()) * kFps + 1e-6);
        EXPECT_NEAR(frameShown(*image.value()), wanted, 1.01) << seconds;
    }
    const auto image = source.at(0.2);
    ASSERT_TRUE(image.ok());
    EXPECT_EQ(image.value()->width, 96);
    EXPECT_EQ(image.value()->height, 64);
    EXPECT_NEAR(image.value()->at(20, 10)[0], 220, 6); // red above left: colours and rows are right
    EXPECT_NEAR(image.value()->at(20, 50)[2], 210, 6);
}

TEST_F(VideoSourceTest, ThePictureHasAnotherNumberOnlyWhenItIsAnother) {
    auto opened = VideoSource::open(film());
    ASSERT_TRUE(opened.ok());
    VideoSource& source = *opened.value();
    ASSERT_TRUE(source.at(0.51).ok());
    const auto number = source.number();
    ASSERT_TRUE(source.at(0.53).ok());
    EXPECT_EQ(source.number(), number);
    ASSERT_TRUE(source.at(0.56).ok());
    EXPECT_EQ(source.number(), number + 1);
}

TEST_F(VideoSourceTest, LargeFilmsLeaveNoLargerThanACanvasNeeds) {
    VideoOptions o;
    o.path = at("large.mp4");
    o.width = 1600;
    o.height = 400;
    o.fps = 10;
    auto writer = VideoWriter::open(o);
    ASSERT_TRUE(writer.ok());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(writer.value()->video(fourFields(1600, 400, 90).rgba, i).ok());
    ASSERT_TRUE(writer.value()->finish().ok());
    auto opened = VideoSource::open(o.path.string());
    ASSERT_TRUE(opened.ok());
    const auto image = opened.value()->at(0);
    ASSERT_TRUE(image.ok());
    EXPECT_EQ(image.value()->width, VideoSource::kLongestSide);
    EXPECT_EQ(image.value()->height, 256);
}

TEST_F(VideoSourceTest, WhatIsNoFilmIsOneLine) {
    const auto expectLine = [](const std::string& path, const char* why) {
        const auto opened = VideoSource::open(path);
        ASSERT_FALSE(opened.ok());
        EXPECT_EQ(opened.problem().id, core::ProblemId::PictureUnreadable);
        EXPECT_NE(opened.problem().line().find(path), std::string::npos);
        EXPECT_NE(opened.problem().line().find(why), std::string::npos) << opened.problem().line();
    };
    expectLine("/nowhere/film.mp4", "no such file");
    ASSERT_TRUE(core::writeFileAtomic(at("text.mp4"), "this is no film"));
    expectLine(at("text.mp4").string(), "Invalid data");
    expectLine("/dev/video99", "no such file or device");
}

} // namespace
} // namespace titanus::outputs
