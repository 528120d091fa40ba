#include "app/command_line.h"
#include "app/engine_options.h"

#include <gtest/gtest.h>

using namespace titanus::app;

namespace {

std::variant<Command, int> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "titanus");
    return parseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}
template <class T> T parsed(std::vector<const char*> arguments) {
    const auto result = parse(std::move(arguments));
    EXPECT_TRUE(std::holds_alternative<Command>(result));
    return std::get<T>(std::get<Command>(result));
}
int exitCode(std::vector<const char*> arguments) { return std::get<int>(parse(std::move(arguments))); }

TEST(CommandLine, WithoutACommandItPlaysTheDemo) {
    const auto o = parsed<PlayOptions>({});
    EXPECT_EQ(o.input, ""); // as last time; at the first start the demo: Program.L29_TheInputOfLastTime...
    EXPECT_EQ(o.size.width, 1280);
    EXPECT_FALSE(o.headless);
}

TEST(CommandLine, PlayTakesItsOptionsWithAndWithoutItsName) {
    for (bool named : {true, false}) {
        std::vector<const char*> arguments{"--input", "silence", "--headless", "--set", "camera.zoom=1", "--size", "640x360", "--duration", "2"};
        if (named) arguments.insert(arguments.begin(), "play");
        const auto o = parsed<PlayOptions>(arguments);
        EXPECT_EQ(o.input, "silence");
        EXPECT_TRUE(o.headless);
        EXPECT_EQ(o.assignments, std::vector<std::string>{"camera.zoom=1"});
        EXPECT_EQ(o.size.height, 360);
        EXPECT_EQ(o.durationSeconds, 2);
    }
}

TEST(CommandLine, RenderKnowsTheContract) {
    const auto o = parsed<RenderOptions>({"render", "--track", "a.wav", "--preset", "neon", "--seconds", "3", "--start", "1", "--fps", "25",
                                          "--size", "320x180", "--steps-per-frame", "2", "--seed", "9", "-o", "x.mp4"});
    EXPECT_EQ(o.track, "a.wav");
    EXPECT_EQ(o.preset, "neon");
    EXPECT_EQ(o.fps, 25);
    EXPECT_EQ(o.stepsPerFrame, 2);
    EXPECT_EQ(o.seed, 9u);
    EXPECT_EQ(o.output, "x.mp4");
}

TEST(CommandLine, TheGuideReckonsWhereAndHowFineItIsAsked) {
    using titanus::guidance::DeviceChoice, titanus::guidance::Precision;
    const auto untold = engineOptions(parsed<PlayOptions>({}), 1);
    EXPECT_EQ(untold.device, DeviceChoice::Automatic);
    EXPECT_EQ(untold.precision, Precision::Automatic);
    const auto told = engineOptions(parsed<PlayOptions>({"--device", "cpu", "--precision", "float16"}), 1);
    EXPECT_EQ(told.device, DeviceChoice::Cpu);
    EXPECT_EQ(told.precision, Precision::Float16);
    EXPECT_EQ(engineOptions(parsed<PlayOptions>({"--precision", "float32"}), 1).precision, Precision::Float32);
    EXPECT_EQ(engineOptions(parsed<PlayOptions>({"--precision", "bfloat16"}), 1).precision, Precision::Bfloat16);
    EXPECT_EQ(exitCode({"--device", "abacus"}), 2);
    EXPECT_EQ(exitCode({"--precision", "float8"}), 2);
}

TEST(CommandLine, HelpOfEveryCommandEndsWell) {
    for (const char* command : {"play", "render", "draw", "analyse", "encode", "models", "bench", "params", "devices"})
        EXPECT_EQ(exitCode({command, "--help"}), 0) << command;
    EXPECT_EQ(exitCode({"--help"}), 0);
    EXPECT_EQ(exitCode({"--version"}), 0);
}

TEST(CommandLine, MistakesAreUsageErrors) {
    EXPECT_EQ(exitCode({"--nonsense"}), 2);
    EXPECT_EQ(exitCode({"dance"}), 2);
    EXPECT_EQ(exitCode({"render"}), 2);
    EXPECT_EQ(exitCode({"render", "-o", "x.mp4", "--size", "12"}), 2);
    EXPECT_EQ(exitCode({"render", "-o", "x.mp4", "--size", "640x0"}), 2);
    EXPECT_EQ(exitCode({"render", "-o", "x.mp4", "--fps", "zero"}), 2);
    EXPECT_EQ(exitCode({"encode"}), 2);
    EXPECT_EQ(exitCode({"bench", "luck"}), 2);
    EXPECT_EQ(exitCode({"models"}), 2);
    EXPECT_EQ(exitCode({"play", "--duration", "-1"}), 2);
}

} // namespace
