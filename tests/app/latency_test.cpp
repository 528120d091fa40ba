// From a click to the pixel that it changes, through a private JACK server whose output is led back to
// its input.
#include "app/bench_latency.h"
#include "support/jack_server.h"

#include <gtest/gtest.h>

#include <thread>

using namespace titanus;

namespace {

TEST(BenchLatency, EveryClickThatComesBackChangesAPixelAndStagesAddUp) {
    support::JackServer jack({.sampleRate = 48000, .periodFrames = 128});
    if (!jack.running()) GTEST_SKIP() << jack.reason();
    bool connected = false;
    std::thread cable([&] { // both ports are there once the measuring has begun
        const std::string out = jack.waitForPort("PortAudio:out_0", 30), in = jack.waitForPort("PortAudio:in_0", 30);
        connected = !out.empty() && !in.empty() && jack.connect(out, in);
    });
    const auto measured = app::measureLatency({.clicks = 8, .input = "system", .output = "system"});
    cable.join();
    if (!measured && measured.problem().id == core::ProblemId::GlUnavailable) GTEST_SKIP() << measured.problem().line();
    ASSERT_TRUE(connected);
    ASSERT_TRUE(measured) << measured.problem().line();
    const app::LatencyFigures& f = measured.value();
    EXPECT_GE(f.answered, 6);
    EXPECT_LE(f.answered, f.played);
    EXPECT_EQ(f.sampleRate, 48000);
    for (const app::LatencyStage* s : {&f.capture, &f.decision, &f.waiting, &f.drawing, &f.total}) {
        EXPECT_GE(s->p50, 0);
        EXPECT_LE(s->p50, s->p90);
        EXPECT_LE(s->p90, s->most);
    }
    EXPECT_GT(f.decision.p50, 0);
    EXPECT_GT(f.drawing.p50, 0);
    EXPECT_GE(f.total.most, std::max({f.capture.p50, f.decision.p50, f.waiting.p50, f.drawing.p50}));
}

TEST(BenchLatency, WithoutACableItSaysWhatToConnect) {
    support::JackServer jack({.sampleRate = 48000, .periodFrames = 128});
    if (!jack.running()) GTEST_SKIP() << jack.reason();
    const auto measured = app::measureLatency({.clicks = 2, .givenUpSeconds = 3, .input = "system", .output = "system"});
    ASSERT_FALSE(measured);
    if (measured.problem().id == core::ProblemId::GlUnavailable) GTEST_SKIP() << measured.problem().line();
    EXPECT_NE(measured.problem().line().find("connect"), std::string::npos) << measured.problem().line();
}

} // namespace
