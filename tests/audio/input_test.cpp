#include "audio/input.h"

#include "audio/clock_fit.h"
#include "audio/devices.h"
#include "audio/demo_track.h"
#include "audio/sound.h"
#include "fake_backend.h"
#include "support/allocations.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

using namespace titanus::audio;
using titanus::core::ManualClock;
using titanus::core::ProblemId;
using titanus::core::SteadyClock;
namespace fs = std::filesystem;

namespace {

const Device kCard{.name = "Card One (hw:0)", .system = "ALSA", .inputs = 2, .outputs = 2,
                   .sampleRate = 44100, .defaultInput = true, .defaultOutput = true};
const Device kMixer{.name = "Big Mixer", .system = "JACK", .inputs = 8, .outputs = 0, .sampleRate = 96000};
const Device kMonitor{.name = "Monitor of Card One", .system = "SDL", .inputs = 2, .sampleRate = 48000,
                      .monitor = true};

std::unique_ptr<Input> opened(const InputOptions& options, Backend& backend,
                              const titanus::core::Clock& clock) {
    auto input = openInput(options, backend, clock);
    EXPECT_TRUE(input) << (input ? "" : input.problem().line());
    return input ? std::move(input).value() : nullptr;
}
std::vector<float> drain(titanus::core::SampleRing& ring) {
    std::vector<float> out(ring.ready());
    out.resize(ring.pop(out.data(), out.size()));
    return out;
}
std::vector<float> counting(std::size_t n, float from = 0) {
    std::vector<float> out(n);
    for (std::size_t i = 0; i < n; ++i) out[i] = from + static_cast<float>(i);
    return out;
}

TEST(Devices, AreFoundByExactNameThenByPartWhateverTheCase) {
    const std::vector<Device> list{kMonitor, kCard, kMixer};
    EXPECT_EQ(findInput(list, "Big Mixer")->name, "Big Mixer");
    EXPECT_EQ(findInput(list, "card one")->name, "Monitor of Card One"); // first part that fits
    EXPECT_EQ(findInput(list, "Card One (hw:0)")->name, "Card One (hw:0)");
    EXPECT_EQ(findInput(list, "")->name, "Card One (hw:0)");
    EXPECT_EQ(findOutput(list, "mixer"), nullptr);
    EXPECT_EQ(findInput(list, "nothing like it"), nullptr);
}

TEST(Devices, L1_MonitorsComeFirstAmongTheInputs) {
    FakeBackend backend;
    for (const Device& d : {kCard, kMixer, kMonitor}) backend.plug(d);
    const DeviceList list = listDevices(backend);
    ASSERT_EQ(list.inputs.size(), 3u);
    EXPECT_TRUE(list.inputs[0].monitor);
    ASSERT_EQ(list.outputs.size(), 1u);
}

TEST(DeviceInput, DeliversStereoAtItsOwnRateToTheRing) {
    FakeBackend backend;
    backend.plug(kCard);
    const ManualClock clock;
    auto input = opened({.spec = "device:card"}, backend, clock);
    ASSERT_TRUE(input);
    EXPECT_EQ(input->info().sampleRate, 44100);
    EXPECT_EQ(input->info().kind, InputKind::Device);
    ASSERT_TRUE(input->start());
    const auto block = counting(5000); // longer than a piece
    backend.block(block.data(), nullptr, 2500);
    EXPECT_EQ(drain(input->ring()), block);
    EXPECT_EQ(input->frames(), 2500u);
}

TEST(DeviceInput, PicksTwoOfManyChannelsAndDoublesMono) {
    FakeBackend backend;
    backend.plug(kMixer);
    Device mono = kCard;
    mono.name = "Mono", mono.inputs = 1;
    backend.plug(mono);
    const ManualClock clock;
    {
        auto input = opened({.spec = "device:mixer", .left = 5, .right = 2}, backend, clock);
        ASSERT_EQ(backend.channels(), 6);
        const auto block = counting(12);
        backend.block(block.data(), nullptr, 2);
        EXPECT_EQ(drain(input->ring()), (std::vector<float>{5, 2, 11, 8}));
    }
    auto input = opened({.spec = "device:Mono"}, backend, clock);
    const auto block = counting(3);
    backend.block(block.data(), nullptr, 3);
    EXPECT_EQ(drain(input->ring()), (std::vector<float>{0, 0, 1, 1, 2, 2}));
}

TEST(DeviceInput, FullRingDropsTheNewestAndCounts) {
    FakeBackend backend;
    backend.plug(kCard);
    const ManualClock clock;
    auto input = opened({.spec = "device:card"}, backend, clock);
    const std::vector<float> block(2 * 1024, 0.5f);
    for (int i = 0; i < 400; ++i) backend.block(block.data(), nullptr, 1024);
    EXPECT_GT(input->overruns(), 0u);
    EXPECT_EQ(input->overruns() + input->ring().ready() / 2, 400u * 1024);
    EXPECT_EQ(input->frames(), 400u * 1024);
    EXPECT_GE(input->ring().ready(), 2u * 44100); // at least a second is kept
}

TEST(DeviceInput, RecorderHearsOnlyWhileRecording) {
    FakeBackend backend;
    backend.plug(kCard);
    const ManualClock clock;
    auto input = opened({.spec = "device:card"}, backend, clock);
    const auto block = counting(64);
    backend.block(block.data(), nullptr, 32);
    EXPECT_EQ(input->recorderRing().ready(), 0u);
    input->setRecording(true);
    backend.block(block.data(), nullptr, 32);
    input->setRecording(false);
    backend.block(block.data(), nullptr, 32);
    EXPECT_EQ(drain(input->recorderRing()), block);
}

TEST(DeviceInput, IsDeadAfterHalfASecondWithoutSoundOrWhenTheSystemEndsIt) {
    FakeBackend backend;
    backend.plug(kCard);
    ManualClock clock;
    auto input = opened({.spec = "device:card"}, backend, clock);
    ASSERT_TRUE(input->start());
    clock.set(2.5); // slow to begin with is no failure
    EXPECT_TRUE(input->alive());
    const std::vector<float> block(64);
    backend.block(block.data(), nullptr, 32);
    clock.set(2.9);
    EXPECT_TRUE(input->alive());
    clock.set(3.1);
    EXPECT_FALSE(input->alive());
    backend.block(block.data(), nullptr, 32);
    EXPECT_TRUE(input->alive());
    backend.finish();
    EXPECT_FALSE(input->alive());
}

TEST(DeviceInput, NeverStartingIsNoticedToo) {
    FakeBackend backend;
    backend.plug(kCard);
    ManualClock clock;
    auto input = opened({.spec = "device:card"}, backend, clock);
    ASSERT_TRUE(input->start());
    clock.set(3.5);
    EXPECT_FALSE(input->alive());
}

TEST(AudioCallback, AllocatesNothing) {
    FakeBackend backend;
    backend.plug(kCard);
    const SteadyClock clock;
    const std::vector<float> in(2 * 3000, 0.1f);
    std::vector<float> out(2 * 3000);
    {
        auto input = opened({.spec = "device:card"}, backend, clock);
        input->setRecording(true);
        const std::size_t before = titanus::support::allocations();
        for (int i = 0; i < 2000; ++i) backend.block(in.data(), nullptr, 1 + static_cast<std::size_t>(i) % 3000, i % 7 == 0);
        EXPECT_EQ(titanus::support::allocations(), before);
        EXPECT_GT(input->overruns(), 0u); // the full ring was part of it
        EXPECT_GT(input->xruns(), 0u);
    }
    auto input = opened({.spec = "demo"}, backend, clock);
    const std::size_t before = titanus::support::allocations();
    for (int i = 0; i < 2000; ++i) backend.block(nullptr, out.data(), 1 + static_cast<std::size_t>(i) % 3000);
    EXPECT_EQ(titanus::support::allocations(), before);
    // Proof that the counter counts: a new string does allocate.
    const std::string s(100, 'x');
    EXPECT_GT(titanus::support::allocations(), before);
}

TEST(PlayedInput, RingGetsExactlyWhatIsPlayedWhateverTheMonitorLevel) {
    FakeBackend backend;
    Device out = kCard;
    out.sampleRate = 48000;
    backend.plug(out);
    const ManualClock clock;
    auto input = opened({.spec = "demo", .monitorGain = 0.5f}, backend, clock);
    EXPECT_EQ(input->info().output, out.name);
    EXPECT_EQ(input->info().kind, InputKind::Demo);
    std::vector<float> played(2 * 512), expected(2 * 512);
    backend.block(nullptr, played.data(), 512);
    DemoSynth().read(expected.data(), 512);
    const auto heard = drain(input->ring());
    EXPECT_EQ(heard, expected);
    for (std::size_t i = 0; i < heard.size(); ++i) ASSERT_FLOAT_EQ(played[i], 0.5f * heard[i]);
    input->setMonitorGain(0);
    backend.block(nullptr, played.data(), 512);
    backend.block(nullptr, played.data(), 512);
    for (const float x : played) ASSERT_EQ(x, 0);
    EXPECT_EQ(input->ring().ready(), 2u * 2 * 512);
}

TEST(PlayedInput, IsConvertedWhereTheOutputWantsAnotherRate) {
    FakeBackend backend;
    backend.plug(kCard); // 44100, the file has 48000
    const titanus::TempFolder folder;
    const fs::path path = folder.path / "rate.wav";
    Sound sine{48000, 2, {}};
    for (int i = 0; i < 48000; ++i)
        for (int c = 0; c < 2; ++c)
            sine.samples.push_back(0.5f * std::sin(2 * 3.14159265f * 441 * static_cast<float>(i) / 48000));
    ASSERT_TRUE(writeWav(path, sine));
    const ManualClock clock;
    auto input = opened({.spec = path.string()}, backend, clock);
    EXPECT_EQ(input->info().sampleRate, 44100);
    std::vector<float> out(2 * 4410);
    backend.block(nullptr, out.data(), 4410);
    int crossings = 0;
    for (std::size_t i = 1; i < 4410; ++i) crossings += out[2 * i - 2] < 0 && out[2 * i] >= 0;
    EXPECT_NEAR(crossings, 44, 1); // 0.1 s of 441 Hz
}

TEST(PlayedInput, IsPacedByTheClockWhereThereIsNoOutput) {
    FakeBackend backend;
    const SteadyClock clock;
    for (const std::string spec : {"demo", "silence"}) {
        auto input = opened({.spec = spec}, backend, clock);
        ASSERT_TRUE(input);
        EXPECT_EQ(input->info().output, "");
        const double start = clock.seconds();
        ASSERT_TRUE(input->start());
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        input->stop();
        const double elapsed = clock.seconds() - start;
        const double delivered = static_cast<double>(input->frames()) / input->info().sampleRate;
        EXPECT_LE(delivered, elapsed);
        EXPECT_GT(delivered, 0.05); // loose: the machine may be busy
        EXPECT_TRUE(input->alive());
        const auto heard = drain(input->ring());
        EXPECT_EQ(heard.size(), input->frames() * 2);
        double energy = 0;
        for (const float x : heard) energy += static_cast<double>(x * x);
        EXPECT_EQ(energy > 0, spec == "demo");
    }
}

TEST(PlayedInput, StampsAgreeWithTheFrameCount) {
    FakeBackend backend;
    const SteadyClock clock;
    auto input = opened({.spec = "silence"}, backend, clock);
    ASSERT_TRUE(input->start());
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    input->stop();
    BlockStamp stamp, before{};
    int count = 0;
    for (; input->stamps().pop(stamp); before = stamp, ++count) {
        EXPECT_GT(stamp.frames, before.frames);
        EXPECT_GE(stamp.hostSeconds, before.hostSeconds);
    }
    EXPECT_GT(count, 0);
    EXPECT_EQ(before.frames, input->frames());
}

class ShortFile : public testing::Test {
  protected:
    ShortFile() {
        for (std::size_t i = 0; i < 2 * kFrames; ++i)
            sound_.samples.push_back(static_cast<float>(static_cast<int>(i % 200) - 100) / 128);
        EXPECT_TRUE(writeWav(path_, sound_));
    }
    std::vector<float> play(const InputOptions& options, std::size_t frames) {
        auto input = opened(options, backend_, clock_);
        std::vector<float> out(frames * 2);
        for (std::size_t i = 0; i < frames; i += 100) {
            backend_.block(nullptr, &out[2 * i], 100);
            std::this_thread::sleep_for(std::chrono::milliseconds(1)); // the reader keeps up
        }
        position_ = input->position();
        return out;
    }
    static constexpr std::size_t kFrames = 1000;
    titanus::TempFolder folder_;
    fs::path path_ = folder_.path / "short.wav";
    Sound sound_{44100, 2, {}};
    FakeBackend backend_;
    ManualClock clock_;
    double position_ = 0;
};

TEST_F(ShortFile, LoopsWithoutAGap) {
    backend_.plug(kCard);
    const auto out = play({.spec = path_.string(), .loop = true}, 3000);
    for (std::size_t i = 0; i < out.size(); ++i)
        ASSERT_NEAR(out[i], sound_.samples[i % (2 * kFrames)], 1e-4f) << i;
    EXPECT_NEAR(position_, 0, 1e-6);
}

TEST_F(ShortFile, IsFollowedBySilenceWithoutLoop) {
    backend_.plug(kCard);
    const auto out = play({.spec = path_.string(), .loop = false}, 2000);
    for (std::size_t i = 0; i < out.size(); ++i)
        ASSERT_NEAR(out[i], i < 2 * kFrames ? sound_.samples[i] : 0.f, 1e-4f) << i;
    EXPECT_NEAR(position_, 1000.0 / 44100, 1e-9);
}

TEST_F(ShortFile, BeginsWhereAsked) {
    backend_.plug(kCard);
    const auto out = play({.spec = path_.string(), .startSeconds = 500.0 / 44100}, 400);
    for (std::size_t i = 0; i < out.size(); ++i) ASSERT_NEAR(out[i], sound_.samples[1000 + i], 1e-4f);
}

TEST(OpenInput, WhatIsNotThereIsOneLineThatNamesIt) {
    FakeBackend backend;
    backend.plug(kMonitor);
    const ManualClock clock;
    const struct { std::string spec; ProblemId id; } rows[]{
        {"device:no such card", ProblemId::AudioDeviceMissing},
        {"/no/such/file.wav", ProblemId::AudioFileUnreadable},
        {"/tmp", ProblemId::AudioFileUnreadable},
    };
    for (const auto& row : rows) {
        const auto input = openInput({.spec = row.spec}, backend, clock);
        ASSERT_FALSE(input) << row.spec;
        EXPECT_EQ(input.problem().id, row.id);
        const std::string name = row.spec.starts_with("device:") ? row.spec.substr(7) : row.spec;
        EXPECT_NE(input.problem().line().find(name), std::string::npos);
    }
    EXPECT_FALSE(openInput({.spec = ""}, backend, clock));
    EXPECT_FALSE(openInput({.spec = "device:"}, backend, clock)); // no default input here
    backend.refuse(true);
    EXPECT_EQ(openInput({.spec = "device:monitor"}, backend, clock).problem().id, ProblemId::AudioOpenFailed);
}

TEST(OpenInput, DeviceMayBeNamedWithoutItsPrefix) {
    FakeBackend backend;
    backend.plug(kMonitor);
    const ManualClock clock;
    auto input = opened({.spec = "Monitor of Card One"}, backend, clock);
    ASSERT_TRUE(input);
    EXPECT_EQ(input->info().kind, InputKind::Device);
}

TEST(OpenInput, OutputThatRefusesLeavesTheDemoSilentButRunning) {
    FakeBackend backend;
    backend.plug(kCard);
    backend.refuse(true);
    const SteadyClock clock;
    auto input = opened({.spec = "demo"}, backend, clock);
    ASSERT_TRUE(input);
    EXPECT_EQ(input->info().output, "");
    EXPECT_EQ(input->info().sampleRate, kDemoSampleRate);
}

TEST(ClockFit, FindsRateAndOffsetThroughJitter) {
    ClockFit fit;
    EXPECT_FALSE(fit.ready());
    std::uint32_t random = 1;
    for (std::uint64_t k = 1; k <= 2000; ++k) {
        random = random * 1664525u + 1013904223u;
        const double jitter = (random >> 8) / 16777216.0 * 0.004 - 0.002;
        fit.add({k * 256, 1e5 + static_cast<double>(k) * 256 / 47990.0 + jitter});
    }
    EXPECT_NEAR(fit.framesPerSecond(), 47990, 47990 * 3e-4);
    EXPECT_NEAR(fit.hostSeconds(2000.0 * 256), 1e5 + 2000 * 256 / 47990.0, 5e-4);
}

} // namespace
