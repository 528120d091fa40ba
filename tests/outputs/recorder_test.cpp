#include "outputs/output_fixture.h"
#include "outputs/recorder.h"
#include "support/video_reader.h"

#include <cstdlib>
#include <cstring>
#include <fstream>

namespace titanus::outputs {
namespace {
namespace fs = std::filesystem;
using support::readVideo;

class RecorderTest : public OutputTest {
  protected:
    RecorderOptions options(const std::string& name, double rate = 0) const {
        RecorderOptions o;
        o.path = at(name);
        o.width = 64;
        o.height = 48;
        o.fps = 25;
        o.audioSampleRate = rate;
        return o;
    }
};

// Waits for a buffer, which main never does live, so that each picture of the test counts.
void give(Recorder& recorder, double seconds, std::uint8_t grey) {
    std::span<std::uint8_t> buffer;
    while ((buffer = recorder.buffer()).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto image = fourFields(64, 48, grey);
    std::memcpy(buffer.data(), image.rgba.data(), buffer.size());
    recorder.submit(seconds);
}

void push(core::SampleRing& ring, const std::vector<float>& stereo) {
    while (ring.space() < stereo.size()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ring.push(stereo.data(), stereo.size());
}

TEST_F(RecorderTest, AnUnevenDisplayBecomesAConstantFrameRate) {
    auto recorder = Recorder::open(options("uneven.mkv"), nullptr);
    ASSERT_TRUE(recorder.ok()) << recorder.problem().line();
    // 60 fps for a second, a hitch of half a second, 10 fps for a second; any start of the clock.
    std::vector<double> times;
    for (int i = 0; i < 60; ++i) times.push_back(1234 + i / 60.0);
    for (int i = 0; i < 10; ++i) times.push_back(1235.5 + i / 10.0);
    for (std::size_t i = 0; i < times.size(); ++i) give(*recorder.value(), times[i], static_cast<std::uint8_t>(40 + i * 3));
    recorder.value()->stop();
    const double shown = (times.back() - times.front()) * 25;
    EXPECT_NEAR(static_cast<double>(recorder.value()->written()), shown + 1, 1);
    EXPECT_GT(recorder.value()->bytes(), 0);
    EXPECT_NEAR(recorder.value()->seconds(), shown / 25, 0.08);
    const auto back = readVideo(at("uneven.mkv"));
    ASSERT_EQ(back.frames.size(), recorder.value()->written());
    for (std::size_t i = 1; i < back.frames.size(); ++i) EXPECT_NEAR(back.frameSeconds[i] - back.frameSeconds[i - 1], 0.04, 0.002);
    // The frame at 2 s is the picture of then, within one frame.
    const std::size_t newest = 60 + 5;
    EXPECT_NEAR(back.frames[50].at(50, 40)[0], 40 + newest * 3, 8);
}

TEST_F(RecorderTest, ABusyEncoderSkipsAndCountsWithoutHoldingMain) {
    RecorderOptions o = options("busy.mkv");
    o.width = 1280;
    o.height = 720;
    auto recorder = Recorder::open(o, nullptr);
    ASSERT_TRUE(recorder.ok());
    // Each picture stands for 2 s: 50 encoded frames each, far more than the encoder can keep up with.
    int given = 0;
    for (int i = 0; i < 40; ++i) {
        const auto buffer = recorder.value()->buffer();
        if (buffer.empty()) continue;
        recorder.value()->submit(given++ * 2.0);
    }
    EXPECT_EQ(given + static_cast<int>(recorder.value()->skipped()), 40);
    EXPECT_GT(recorder.value()->skipped(), 20u);
    EXPECT_GE(given, 6);
    recorder.value()->stop();
    EXPECT_EQ(recorder.value()->written(), static_cast<std::uint64_t>((given - 1) * 50 + 1));
    EXPECT_FALSE(recorder.value()->failed());
}

TEST_F(RecorderTest, SoundOfADriftingCardStaysWithAPictureOfEveryMinute) {
    // Five minutes in seconds: small rate, few frames, and a card that is 0.1 % fast (300 ms by the end).
    constexpr int kRate = 8000, kFps = 5, kMinutes = 5;
    core::SampleRing ring(kRate);
    const std::vector<float> stale(200, 0.9f);
    ring.push(stale.data(), stale.size()); // an earlier recording's: must not be in this one
    RecorderOptions o = options("drift.mkv", kRate);
    o.fps = kFps;
    auto recorder = Recorder::open(o, &ring);
    ASSERT_TRUE(recorder.ok());
    std::size_t heard = 0;
    std::vector<double> flashes;
    for (int i = 0; i < kMinutes * 60 * kFps; ++i) {
        const bool flash = i % (20 * kFps) == 7;
        if (flash) flashes.push_back(static_cast<double>(i) / kFps);
        give(*recorder.value(), static_cast<double>(i) / kFps, flash ? 250 : 40);
        const auto until = static_cast<std::size_t>((i + 1.0) / kFps * kRate * 1.001);
        std::vector<float> sound((until - heard) * 2, 0.f);
        if (flash) std::fill(sound.begin(), sound.begin() + 400, 0.8f);
        push(ring, sound);
        heard = until;
    }
    recorder.value()->stop();
    EXPECT_EQ(ring.dropped(), 0u);
    const auto back = readVideo(o.path, false);
    // A block of the codec is 1024 samples, at this rate 128 ms.
    EXPECT_NEAR(back.soundEnds(), back.pictureEnds(), 0.04 + 1024.0 / kRate);
    std::vector<double> clicks;
    for (std::size_t i = 0; i < back.stereo.size(); i += 2) {
        const double t = back.soundBegins + static_cast<double>(i) / 2 / kRate;
        if (std::abs(back.stereo[i]) > 0.3f && (clicks.empty() || t - clicks.back() > 1)) clicks.push_back(t);
    }
    ASSERT_EQ(clicks.size(), flashes.size());
    for (std::size_t i = 0; i < clicks.size(); ++i) EXPECT_NEAR(clicks[i], back.frameSeconds[0] + flashes[i], 0.04) << "at " << flashes[i] << " s";
}

TEST_F(RecorderTest, ALostSoundDeviceLeavesSilenceAndTheRestInStep) {
    constexpr int kRate = 16000, kFps = 10;
    core::SampleRing ring(kRate);
    RecorderOptions o = options("lost.mkv", kRate);
    o.fps = kFps;
    auto recorder = Recorder::open(o, &ring);
    ASSERT_TRUE(recorder.ok());
    for (int i = 0; i < 20 * kFps; ++i) {
        give(*recorder.value(), static_cast<double>(i) / kFps, 40);
        const bool lost = i >= 5 * kFps && i < 12 * kFps;
        std::vector<float> sound(kRate / kFps * 2, 0.f);
        if (i == 15 * kFps) std::fill(sound.begin(), sound.begin() + 400, 0.8f);
        if (!lost) push(ring, sound);
    }
    recorder.value()->stop();
    const auto back = readVideo(o.path, false);
    double click = -1;
    for (std::size_t i = 0; i < back.stereo.size() && click < 0; i += 2)
        if (std::abs(back.stereo[i]) > 0.3f) click = static_cast<double>(i) / 2 / kRate;
    EXPECT_NEAR(back.soundBegins + click, back.frameSeconds[0] + 15, 0.3);
    EXPECT_NEAR(back.soundEnds(), back.pictureEnds(), 0.35);
}

TEST_F(RecorderTest, WhatFailsIsSaidOnceAndTheRestIsSwallowed) {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    fs::create_symlink("/dev/full", at("full.mkv"));
    core::SampleRing ring(48000);
    auto recorder = Recorder::open(options("full.mkv", 48000), &ring);
    if (recorder.ok()) {
        for (int i = 0; i < 200; ++i) {
            give(*recorder.value(), i / 25.0, static_cast<std::uint8_t>(i));
            push(ring, tone(440, 48000, 0, 1920));
        }
        recorder.value()->stop();
        EXPECT_TRUE(recorder.value()->failed());
        core::ProblemNote note;
        ASSERT_TRUE(recorder.value()->nextProblem(note));
        EXPECT_EQ(note.id, core::ProblemId::OutputWriteFailed);
        EXPECT_FALSE(recorder.value()->nextProblem(note)) << "once";
    } else {
        EXPECT_EQ(recorder.problem().id, core::ProblemId::OutputOpenFailed);
    }
}

TEST_F(RecorderTest, AnUnwritableFolderIsSaidAtTheStart) {
    RecorderOptions o = options("x.mkv");
    o.path = "/proc/none/x.mkv";
    const auto recorder = Recorder::open(o, nullptr);
    ASSERT_FALSE(recorder.ok());
    EXPECT_EQ(recorder.problem().id, core::ProblemId::OutputOpenFailed);
}

TEST_F(RecorderTest, ANewRecordingNeverOverwritesAndFollowsTheDesktop) {
    ::unsetenv("XDG_VIDEOS_DIR");
    ::setenv("HOME", folder_.c_str(), 1);
    ::setenv("XDG_CONFIG_HOME", at("config").c_str(), 1);
    EXPECT_EQ(newRecordingPath().parent_path(), at("Videos") / "titanus");
    fs::create_directories(at("config"));
    std::ofstream(at("config") / "user-dirs.dirs") << "# written by a desktop\nXDG_VIDEOS_DIR=\"$HOME/Filme\"\n";
    EXPECT_EQ(newRecordingPath().parent_path(), at("Filme") / "titanus");
    ::setenv("XDG_VIDEOS_DIR", at("V").c_str(), 1);
    fs::create_directories(at("V") / "titanus");
    for (int i = 0; i < 5; ++i) {
        const fs::path path = newRecordingPath();
        EXPECT_FALSE(fs::exists(path));
        EXPECT_TRUE(path.filename().string().starts_with("titanus-20")) << path;
        std::ofstream(path) << "x";
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(at("V") / "titanus"), fs::directory_iterator()), 5);
}

} // namespace
} // namespace titanus::outputs
