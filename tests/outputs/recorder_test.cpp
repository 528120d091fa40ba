#include "outputs/output_fixture.h"
#include "outputs/recorder.h"
#include "support/video_reader.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sys/resource.h>
#include <tuple>

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

TEST_F(RecorderTest, L25_ABusyEncoderSkipsAndCountsWithoutHoldingMain) {
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

// The input is switched while recording: one ring dies at 4 s, another, of another rate, begins at 6 s.
TEST_F(RecorderTest, AnotherInputGoesOnInStepAfterSilence) {
    constexpr int kRate = 16000, kOther = 22050, kFps = 10;
    auto first = std::make_unique<core::SampleRing>(kRate * 2);
    core::SampleRing second(kOther * 2);
    RecorderOptions o = options("switched.mkv", kRate);
    o.fps = kFps;
    auto recorder = Recorder::open(o, first.get());
    ASSERT_TRUE(recorder.ok());
    for (int i = 0; i < 20 * kFps; ++i) {
        give(*recorder.value(), static_cast<double>(i) / kFps, 40);
        if (i == 4 * kFps) {
            recorder.value()->setSound(nullptr);
            first.reset();
        }
        if (i == 6 * kFps) {
            // Live, pictures wait for parts of a second; fed at full speed, a pool of them is most of the silence looked at.
            while (recorder.value()->written() <= 6 * kFps && !recorder.value()->failed()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            const std::vector<float> stale(2000, 0.9f); // heard before the recording turned to it
            second.push(stale.data(), stale.size());
            recorder.value()->setSound(&second, kOther);
        }
        if (first) push(*first, tone(400, kRate, static_cast<std::size_t>(i) * kRate / kFps, kRate / kFps));
        if (i >= 6 * kFps) push(second, tone(700, kOther, static_cast<std::size_t>(i - 6 * kFps) * kOther / kFps, kOther / kFps));
    }
    recorder.value()->stop();
    EXPECT_FALSE(recorder.value()->failed());
    const auto back = readVideo(o.path, false);
    ASSERT_EQ(back.sampleRate, kRate);
    const auto at = [&](double from, double to) {
        const auto a = static_cast<std::ptrdiff_t>((from - back.soundBegins) * kRate) * 2, b = static_cast<std::ptrdiff_t>((to - back.soundBegins) * kRate) * 2;
        return std::vector<float>(back.stereo.begin() + a, back.stereo.begin() + std::min<std::ptrdiff_t>(b, static_cast<std::ptrdiff_t>(back.stereo.size())));
    };
    EXPECT_NEAR(frequencyOf(at(0.5, 3.5), kRate, 0), 400, 3);
    for (const float v : at(4.5, 5.5)) ASSERT_LT(std::abs(v), 0.02f);
    EXPECT_NEAR(frequencyOf(at(8, 19), kRate, 0), 700, 5) << "half a percent is the most that drift bends";
    EXPECT_NEAR(back.soundEnds(), back.pictureEnds(), 0.35);
}

TEST_F(RecorderTest, WithoutAnInputTheFileHasSilenceUntilOneComes) {
    RecorderOptions o = options("silent.mkv", 16000);
    auto recorder = Recorder::open(o, nullptr);
    ASSERT_TRUE(recorder.ok());
    for (int i = 0; i < 100; ++i) give(*recorder.value(), i / 25.0, 40);
    recorder.value()->stop();
    const auto back = readVideo(o.path, false);
    EXPECT_NEAR(back.soundEnds(), 4, 0.5);
    for (const float v : back.stereo) ASSERT_EQ(v, 0.f);
}

// A full disk, as RLIMIT_FSIZE makes one: what fitted can be played.
TEST_F(RecorderTest, AFullDiskEndsTheRecordingNotTheShowAndKeepsWhatFitted) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    auto recorder = Recorder::open(options("limited.mkv", 48000), nullptr);
    ASSERT_TRUE(recorder.ok());
    const rlimit small{200'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < 1500; ++i) {
        std::span<std::uint8_t> buffer;
        while ((buffer = recorder.value()->buffer()).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        std::uint32_t random = static_cast<std::uint32_t>(i) + 1; // noise: does not compress
        for (std::uint8_t& byte : buffer) byte = static_cast<std::uint8_t>((random = random * 1664525 + 1013904223) >> 24);
        recorder.value()->submit(i / 25.0);
        if (recorder.value()->failed()) break;
    }
    recorder.value()->stop();
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_TRUE(recorder.value()->failed());
    core::ProblemNote note;
    ASSERT_TRUE(recorder.value()->nextProblem(note));
    EXPECT_EQ(note.id, core::ProblemId::OutputWriteFailed);
    EXPECT_FALSE(recorder.value()->nextProblem(note)) << "once";
    EXPECT_GT(readVideo(at("limited.mkv")).frames.size(), 10u);
}

TEST_F(RecorderTest, EveryFormatRecordsLiveWithSound) {
    const std::vector<std::tuple<VideoCodec, std::string, std::string>> formats{
        {VideoCodec::H264, "a.mkv", "aac"}, {VideoCodec::Ffv1, "b.mkv", "pcm_f32le"}, {VideoCodec::Hap, "c.mov", "pcm_f32le"}};
    for (const auto& [codec, file, sound] : formats) {
        core::SampleRing ring(48000);
        RecorderOptions o = options(file, 48000);
        o.codec = codec;
        auto recorder = Recorder::open(o, &ring);
        if (!recorder) {
            EXPECT_NE(recorder.problem().line().find("has no encoder"), std::string::npos) << recorder.problem().line();
            continue;
        }
        for (int i = 0; i < 50; ++i) {
            give(*recorder.value(), i / 25.0, 120);
            push(ring, tone(440, 48000, static_cast<std::size_t>(i) * 1920, 1920));
        }
        recorder.value()->stop();
        EXPECT_FALSE(recorder.value()->failed()) << file;
        const auto back = readVideo(o.path);
        EXPECT_EQ(back.audioCodec, sound);
        ASSERT_EQ(back.frames.size(), 50u) << file;
        EXPECT_NEAR(back.frames[25].at(50, 40)[0], 120, 8) << file;
        EXPECT_NEAR(frequencyOf(back.stereo, 48000, 0), 440, 3) << file;
    }
    EXPECT_EQ(newRecordingPath(VideoCodec::Hap).extension(), ".mov");
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
    ::setenv("HOME", folder_.path.c_str(), 1);
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
