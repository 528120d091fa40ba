// Real sound, without hardware: a private JACK server on its dummy driver, a sine played into it by
// another program, heard through PortAudio.
#include "audio/clock_fit.h"
#include "audio/devices.h"
#include "audio/sound.h"
#include "support/jack_server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

using namespace titanus::audio;
using titanus::core::SteadyClock;
using titanus::support::JackServer;

namespace {

constexpr double kAmplitude = 0.5, kHz = 440;

Sound sine(double seconds) {
    Sound sound{48000, 2, {}};
    for (int i = 0; i < static_cast<int>(seconds * 48000); ++i) {
        const auto x = static_cast<float>(kAmplitude * std::sin(2 * 3.141592653589793 * kHz * i / 48000));
        sound.samples.insert(sound.samples.end(), {x, x});
    }
    return sound;
}

struct Heard { double rms = 0, hz = 0; };

Heard measure(const std::vector<float>& stereo, double sampleRate) {
    const std::size_t frames = stereo.size() / 2;
    double sum = 0;
    std::size_t first = 0, last = 0;
    int periods = -1;
    for (std::size_t i = 0; i < frames; ++i) {
        sum += static_cast<double>(stereo[2 * i]) * static_cast<double>(stereo[2 * i]);
        if (i > 0 && stereo[2 * i - 2] < 0 && stereo[2 * i] >= 0) {
            if (periods++ < 0) first = i;
            last = i;
        }
    }
    Heard heard;
    heard.rms = std::sqrt(sum / static_cast<double>(std::max<std::size_t>(frames, 1)));
    if (periods > 0) heard.hz = periods * sampleRate / static_cast<double>(last - first);
    return heard;
}

// Exactly the next `frames` from the ring; fewer only if sound stops for 10 s.
std::vector<float> listen(Input& input, std::size_t frames) {
    std::vector<float> out(frames * 2);
    std::size_t got = 0;
    for (int idle = 0; got < out.size() && idle < 2000; ++idle) {
        const std::size_t n = input.ring().pop(out.data() + got, out.size() - got);
        got += n;
        if (n > 0) idle = 0;
        else std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    out.resize(got);
    return out;
}

TEST(Jack, DemoIsAudibleOnTheOutput) {
    JackServer jack;
    if (!jack.running()) GTEST_SKIP() << jack.reason();
    auto backend = makeSystemBackend();
    const SteadyClock clock;
    auto player = openInput({.spec = "demo"}, *backend, clock);
    ASSERT_TRUE(player) << player.problem().line();
    EXPECT_NE(player.value()->info().output, "");
    EXPECT_EQ(player.value()->info().sampleRate, 48000);
    ASSERT_TRUE(player.value()->start());
    EXPECT_FALSE(jack.waitForPort("PortAudio:out_1").empty());
    const auto heard = listen(*player.value(), 24000);
    EXPECT_EQ(heard.size(), 48000u);
    EXPECT_GT(measure(heard, 48000).rms, 0.03);
}

TEST(Jack, MachineWithoutSoundHasNoDevicesAndNoErrors) {
    // No server by that name: as on a machine without sound.
    setenv("JACK_DEFAULT_SERVER", "titanusnone", 1);
    setenv("JACK_NO_START_SERVER", "1", 1);
    testing::internal::CaptureStderr();
    auto backend = makeSystemBackend();
    const DeviceList list = listDevices(*backend);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    for (const Device& device : list.inputs) EXPECT_NE(device.system, "JACK Audio Connection Kit");
    unsetenv("JACK_DEFAULT_SERVER");
    unsetenv("JACK_NO_START_SERVER");
}

// Last: PortAudio cannot close a stream of a server that died, so this process is left without.
TEST(Jack, SinePlayedByAnotherProgramIsHeardThroughPortAudio) {
    JackServer jack;
    if (!jack.running()) GTEST_SKIP() << jack.reason();
    const std::string file = jack.folder() + "/sine.wav";
    ASSERT_TRUE(writeWav(file, sine(60)));

    auto backend = makeSystemBackend();
    const SteadyClock clock;
    auto input = openInput({.spec = "device:system"}, *backend, clock);
    ASSERT_TRUE(input) << input.problem().line();
    Input& in = *input.value();
    EXPECT_EQ(in.info().sampleRate, 48000);
    EXPECT_LE(in.info().latencySeconds, 1);
    ASSERT_TRUE(in.start());
    const std::string left = jack.waitForPort("PortAudio:in_0"), right = jack.waitForPort("PortAudio:in_1");
    ASSERT_FALSE(left.empty());
    ASSERT_FALSE(right.empty());
    if (jack.start({"jack-play", file}) < 0) GTEST_SKIP() << "jack-play is not installed";
    const std::string out1 = jack.waitForPort("jack-play"), out2 = out1.substr(0, out1.size() - 1) + "2";
    ASSERT_FALSE(out1.empty());
    ASSERT_TRUE(jack.connect(out1, left));
    ASSERT_TRUE(jack.connect(out2, right));

    // A busy machine may lose blocks; one undisturbed stretch in a few must be exact.
    listen(in, 24000);
    Heard heard;
    for (int attempt = 0; attempt < 8; ++attempt) {
        heard = measure(listen(in, 24000), 48000);
        if (std::fabs(heard.rms - 0.35355) < 0.001 && std::fabs(heard.hz - kHz) < 0.5) break;
    }
    EXPECT_NEAR(heard.rms, 0.35355, 0.001);
    EXPECT_NEAR(heard.hz, kHz, 0.5);

    ClockFit fit;
    BlockStamp stamp;
    while (in.stamps().pop(stamp)) fit.add(stamp);
    // The dummy driver leaves out periods when the machine is busy, but never hurries.
    EXPECT_GT(fit.framesPerSecond(), 4800);
    EXPECT_LT(fit.framesPerSecond(), 48000 * 1.05);
    EXPECT_TRUE(in.alive());
    jack.stop(); // pulled out
    for (int i = 0; i < 200 && in.alive(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_FALSE(in.alive());
}

} // namespace
