#include "outputs/frame_sink.h"
#include "outputs/output_fixture.h"

#include "core/files.h"

#include <fstream>

namespace titanus::outputs {
namespace {
namespace fs = std::filesystem;
using core::ProblemId;

class FrameSinkTest : public OutputTest {};

SinkOptions small(int rate = 0) {
    SinkOptions options;
    options.width = 32;
    options.height = 24;
    options.audioSampleRate = rate;
    return options;
}

TEST_F(FrameSinkTest, AFolderReceivesEachPictureUnchanged) {
    auto sink = openSink(at("pictures"), small());
    ASSERT_TRUE(sink.ok()) << sink.problem().line();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(sink.value()->write(fourFields(32, 24, static_cast<std::uint8_t>(i * 50)), i).ok());
    ASSERT_TRUE(sink.value()->finish().ok());
    for (int i = 0; i < 3; ++i) {
        const auto back = core::readImage(at("pictures") / ("frame_00000" + std::to_string(i) + ".png"));
        ASSERT_TRUE(back.ok());
        EXPECT_EQ(back.value().rgba, fourFields(32, 24, static_cast<std::uint8_t>(i * 50)).rgba);
    }
    EXPECT_FALSE(fs::exists(at("pictures") / "sound.wav")) << "no sound was asked for";
}

TEST_F(FrameSinkTest, TheSoundBesideThePicturesIsAWholeWav) {
    auto sink = openSink(at("pictures"), small(44100));
    ASSERT_TRUE(sink.ok());
    const auto sound = tone(440, 44100, 0, 4410);
    for (std::size_t i = 0; i < 4410; i += 441) ASSERT_TRUE(sink.value()->audio(&sound[i * 2], 441).ok());
    ASSERT_TRUE(sink.value()->finish().ok());
    const auto wav = core::readFile(at("pictures") / "sound.wav");
    ASSERT_TRUE(wav.ok());
    const std::string& bytes = wav.value();
    ASSERT_EQ(bytes.size(), 44u + 4410 * 4);
    const auto number = [&](std::size_t where, int n) {
        std::uint32_t v = 0;
        for (int i = 0; i < n; ++i) v |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[where + static_cast<std::size_t>(i)])) << (8 * i);
        return v;
    };
    EXPECT_EQ(bytes.substr(0, 4) + bytes.substr(8, 8), "RIFFWAVEfmt ");
    EXPECT_EQ(number(4, 4), 36u + 4410 * 4);
    EXPECT_EQ(number(22, 2), 2u);
    EXPECT_EQ(number(24, 4), 44100u);
    EXPECT_EQ(number(40, 4), 4410u * 4);
    for (std::size_t i : {1u, 25u, 1000u}) {
        EXPECT_NEAR(static_cast<std::int16_t>(number(44 + i * 4, 2)) / 32767.0, sound[i * 2], 1e-4);
        EXPECT_EQ(number(46 + i * 4, 2), 0u);
    }
}

TEST_F(FrameSinkTest, AnUnknownEndingIsOneLineWithTheWayOut) {
    for (const char* name : {"x.webm", "x.avi", "x.mp5"}) {
        const auto sink = openSink(at(name), small());
        ASSERT_FALSE(sink.ok()) << name;
        EXPECT_EQ(sink.problem().id, ProblemId::OutputOpenFailed);
        const std::string line = sink.problem().line();
        EXPECT_NE(line.find(fs::path(name).extension().string()), std::string::npos) << line;
        EXPECT_NE(line.find(".mkv or a folder"), std::string::npos) << line;
        EXPECT_FALSE(fs::exists(at(name)));
    }
}

TEST_F(FrameSinkTest, AFileWhereTheFolderShouldBeIsAProblem) {
    std::ofstream(at("taken")) << "x";
    for (const char* name : {"taken", "taken/inside"}) {
        const auto sink = openSink(at(name), small());
        ASSERT_FALSE(sink.ok()) << name;
        EXPECT_EQ(sink.problem().id, ProblemId::OutputOpenFailed);
    }
}

} // namespace
} // namespace titanus::outputs
