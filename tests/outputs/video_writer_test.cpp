#include "outputs/output_fixture.h"
#include "outputs/video_writer.h"
#include "support/video_reader.h"

#include "core/files.h"

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace titanus::outputs {
namespace {
namespace fs = std::filesystem;
using core::ProblemId;
using support::readVideo;

constexpr int kRate = 48000;

class VideoWriterTest : public OutputTest {
  protected:
    VideoOptions options(const std::string& name, int rate = kRate) const {
        VideoOptions o;
        o.path = at(name);
        o.width = 96;
        o.height = 64;
        o.fps = 25;
        o.audioSampleRate = rate;
        return o;
    }
};

// `frames` pictures whose grey counts up, with the tone as long as `soundSeconds`.
core::Result<void> fill(VideoWriter& writer, const VideoOptions& o, int frames, double soundSeconds) {
    const auto total = static_cast<std::size_t>(soundSeconds * o.audioSampleRate);
    std::size_t heard = 0;
    for (int i = 0; i < frames; ++i) {
        const auto picture = fourFields(o.width, o.height, static_cast<std::uint8_t>(40 + i * 2));
        if (auto done = writer.video(picture.rgba, i); !done) return done;
        const std::size_t until = i + 1 == frames ? total : std::min(total, static_cast<std::size_t>((i + 1) / o.fps * o.audioSampleRate));
        const auto sound = tone(440, std::max(o.audioSampleRate, 1), heard, until - heard);
        if (auto done = writer.audio(sound.data(), sound.size() / 2); !done) return done;
        heard = until;
    }
    return {};
}

void write(const VideoOptions& o, int frames = 50, double soundSeconds = 2) {
    auto writer = VideoWriter::open(o);
    ASSERT_TRUE(writer.ok()) << writer.problem().line();
    const auto done = fill(*writer.value(), o, frames, soundSeconds);
    ASSERT_TRUE(done.ok()) << done.problem().line();
    const auto finished = writer.value()->finish();
    ASSERT_TRUE(finished.ok()) << finished.problem().line();
}

void expectColour(const core::Image& image, double x, double y, int r, int g, int b, int tolerance, const std::string& what) {
    const std::uint8_t* p = image.at(static_cast<int>(x * image.width), static_cast<int>(y * image.height));
    EXPECT_NEAR(p[0], r, tolerance) << what;
    EXPECT_NEAR(p[1], g, tolerance) << what;
    EXPECT_NEAR(p[2], b, tolerance) << what;
}

void expectPattern(const core::Image& image, int grey, int tolerance) {
    expectColour(image, .25, .25, 220, 20, 20, tolerance, "red, above on the left");
    expectColour(image, .75, .25, 20, 200, 20, tolerance, "green, above on the right");
    expectColour(image, .25, .75, 20, 20, 210, tolerance, "blue, below on the left");
    expectColour(image, .75, .75, grey, grey, grey, tolerance, "grey, below on the right");
}

TEST_F(VideoWriterTest, PicturesAndSoundComeBackFromEveryFileKind) {
    struct Case { const char* name; VideoCodec codec; bool live; const char* video; const char* audio; int tolerance; };
    for (const Case& c : {Case{"a.mp4", VideoCodec::H264, false, "h264", "aac", 6}, Case{"b.mkv", VideoCodec::H264, false, "h264", "aac", 6},
                          Case{"c.mov", VideoCodec::H264, false, "h264", "aac", 6}, Case{"d.mp4", VideoCodec::H264, true, "h264", "aac", 6},
                          Case{"e.mkv", VideoCodec::H264, true, "h264", "aac", 6},
                          Case{"f.mkv", VideoCodec::Ffv1, false, "ffv1", "pcm_f32le", 0},
                          Case{"g.mov", VideoCodec::Hap, false, "hap", "pcm_f32le", 12}}) {
        SCOPED_TRACE(std::string(c.name) + (c.live ? " live" : ""));
        VideoOptions o = options(c.name);
        o.codec = c.codec;
        o.live = c.live;
        write(o);
        const auto back = readVideo(o.path);
        EXPECT_EQ(back.videoCodec, c.video);
        EXPECT_EQ(back.audioCodec, c.audio);
        EXPECT_NEAR(back.fps, 25, 0.01);
        ASSERT_EQ(back.frames.size(), 50u);
        for (const int i : {0, 20, 49}) expectPattern(back.frames[static_cast<std::size_t>(i)], 40 + i * 2, c.tolerance);
        for (std::size_t i = 0; i < 50; ++i) EXPECT_NEAR(back.frameSeconds[i] - back.frameSeconds[0], static_cast<double>(i) / 25, 0.002);
        EXPECT_NEAR(back.soundEnds(), back.pictureEnds(), 1 / 25.0);
        EXPECT_NEAR(back.frameSeconds[0], back.soundBegins, 1 / 25.0);
        EXPECT_NEAR(frequencyOf(back.stereo, back.sampleRate, 0), 440, 1);
        float right = 0;
        for (std::size_t i = 1; i < back.stereo.size(); i += 2) right = std::max(right, std::abs(back.stereo[i]));
        EXPECT_LT(right, 0.02f) << "the right channel was silent";
        if (c.codec == VideoCodec::H264) {
            EXPECT_TRUE(back.limitedRange);
            EXPECT_TRUE(back.bt709);
        }
    }
}

TEST_F(VideoWriterTest, AFlashAndItsClickStayTogether) {
    for (const bool live : {false, true})
        for (const char* name : {"sync.mp4", "sync.mkv"}) {
            SCOPED_TRACE(std::string(name) + (live ? " live" : ""));
            VideoOptions o = options(name);
            o.live = live;
            auto writer = VideoWriter::open(o);
            ASSERT_TRUE(writer.ok());
            constexpr int kFlash = 30;
            for (int i = 0; i < 50; ++i) {
                core::Image image = fourFields(o.width, o.height, 40);
                if (i == kFlash) std::fill(image.rgba.begin(), image.rgba.end(), std::uint8_t{255});
                ASSERT_TRUE(writer.value()->video(image.rgba, i).ok());
                std::vector<float> sound(kRate / 25 * 2, 0.f);
                if (i == kFlash) std::fill(sound.begin(), sound.begin() + 200, 0.9f);
                ASSERT_TRUE(writer.value()->audio(sound.data(), sound.size() / 2).ok());
            }
            ASSERT_TRUE(writer.value()->finish().ok());
            const auto back = readVideo(o.path);
            ASSERT_EQ(back.frames.size(), 50u);
            double flash = -1, click = -1;
            for (std::size_t i = 0; i < 50; ++i)
                if (flash < 0 && back.frames[i].at(10, 10)[2] > 200) flash = back.frameSeconds[i];
            for (std::size_t i = 0; i < back.stereo.size(); i += 2)
                if (click < 0 && std::abs(back.stereo[i]) > 0.4f) click = back.soundBegins + static_cast<double>(i) / 2 / back.sampleRate;
            ASSERT_GE(flash, 0);
            ASSERT_GE(click, 0);
            EXPECT_NEAR(flash, click, 0.012);
        }
}

TEST_F(VideoWriterTest, TheSameFramesGiveTheSameBytes) {
    for (const char* ending : {".mp4", ".mkv"}) {
        write(options(std::string("first") + ending));
        write(options(std::string("second") + ending));
        const auto first = core::readFile(at(std::string("first") + ending)), second = core::readFile(at(std::string("second") + ending));
        ASSERT_TRUE(first.ok() && second.ok());
        EXPECT_GT(first.value().size(), 1000u);
        EXPECT_TRUE(first.value() == second.value()) << ending;
    }
}

TEST_F(VideoWriterTest, SoundMayBeShorterOrLongerThanThePictures) {
    for (const double seconds : {0.5, 3.5}) {
        VideoOptions o = options("length.mp4");
        write(o, 50, seconds);
        const auto back = readVideo(o.path, false);
        EXPECT_EQ(back.frames.size(), 50u);
        EXPECT_NEAR(back.soundSeconds(), seconds, 0.05);
    }
}

TEST_F(VideoWriterTest, ARateThatAacLacksIsResampled) {
    VideoOptions o = options("rate.mp4", 37800);
    write(o, 50, 2);
    const auto back = readVideo(o.path, false);
    EXPECT_EQ(back.sampleRate, 48000);
    EXPECT_NEAR(frequencyOf(back.stereo, back.sampleRate, 0), 440, 1);
    EXPECT_NEAR(back.soundSeconds(), 2, 0.05);
}

TEST_F(VideoWriterTest, OddSidesLoseOneRowAndColumn) {
    VideoOptions o = options("odd.mp4", 0);
    o.width = 97;
    o.height = 65;
    write(o, 5, 0);
    const auto back = readVideo(o.path);
    ASSERT_EQ(back.frames.size(), 5u);
    EXPECT_EQ(back.frames[0].width, 96);
    EXPECT_EQ(back.frames[0].height, 64);
    expectPattern(back.frames[4], 48, 6);
    EXPECT_TRUE(back.audioCodec.empty());
}

TEST_F(VideoWriterTest, L25_AFileCutOffPlaysToItsLastSecond) {
    for (const char* name : {"cut.mkv", "cut.mp4"}) {
        VideoOptions o = options(name);
        o.live = true;
        const pid_t child = ::fork();
        if (child == 0) {
            auto writer = VideoWriter::open(o);
            if (!writer || !fill(*writer.value(), o, 100, 4)) ::_exit(2);
            ::_exit(0); // nothing is finished or flushed
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_EQ(status, 0);
        const auto back = readVideo(o.path);
        ASSERT_GE(back.frames.size(), 75u) << name;
        expectPattern(back.frames[74], 40 + 74 * 2, 6);
        EXPECT_GT(back.soundSeconds(), 2.9) << name;
    }
}

TEST_F(VideoWriterTest, WhatCannotBeOpenedIsOneLine) {
    VideoOptions o = options("x.mp4");
    o.path = "/proc/none/x.mp4";
    auto writer = VideoWriter::open(o);
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.problem().id, ProblemId::OutputOpenFailed);
    EXPECT_NE(writer.problem().line().find("/proc/none/x.mp4"), std::string::npos);
    for (auto change : {+[](VideoOptions& v) { v.width = 1; }, +[](VideoOptions& v) { v.fps = 0; },
                        +[](VideoOptions& v) { v.codec = VideoCodec::Ffv1; }, +[](VideoOptions& v) { v.codec = VideoCodec::Hap; }}) {
        VideoOptions bad = options("bad.mp4");
        change(bad);
        auto refused = VideoWriter::open(bad);
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.problem().id, ProblemId::OutputOpenFailed);
        EXPECT_FALSE(fs::exists(bad.path)) << "nothing is left behind";
    }
}

TEST_F(VideoWriterTest, AFullDiskIsAProblemNotAnEnd) {
    for (const bool live : {true, false}) {
        const pid_t child = ::fork(); // the limit cannot be taken back
        if (child == 0) {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{20'000, 20'000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            VideoOptions o = options("full.mkv");
            o.live = live;
            auto writer = VideoWriter::open(o);
            if (!writer) ::_exit(2);
            auto done = fill(*writer.value(), o, 100, 4);
            if (live && done) ::_exit(3); // a recording learns of it at once
            if (done) done = writer.value()->finish();
            ::_exit(!done && done.problem().id == ProblemId::OutputWriteFailed ? 0 : 4);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status));
        EXPECT_EQ(WEXITSTATUS(status), 0);
    }
}

} // namespace
} // namespace titanus::outputs
