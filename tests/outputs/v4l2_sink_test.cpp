#include "outputs/output_fixture.h"
#include "outputs/v4l2_sink.h"

#include <csignal>
#include <cstring>
#include <fstream>
#include <sys/stat.h>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace titanus::outputs {
namespace {

class V4l2SinkTest : public OutputTest {
  protected:
    // No kernel module here: a file and a pipe take the bytes of the device.
    V4l2Options options(const std::string& name, V4l2Pixels pixels = V4l2Pixels::Yuyv) const {
        return {.device = at(name).string(), .width = 32, .height = 20, .pixels = pixels, .negotiate = false};
    }
};

void give(PictureSink& sink, const core::Image& image) {
    std::span<std::uint8_t> buffer;
    while ((buffer = sink.buffer()).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::memcpy(buffer.data(), image.rgba.data(), buffer.size());
    sink.submit(0);
}

std::vector<std::uint8_t> contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Inverse of BT.601 limited range (ITU-R BT.601-7, 2.5).
std::array<double, 3> rgbOf(double y, double cb, double cr) {
    const double l = (y - 16) * 255 / 219, b = (cb - 128) * 255 / 224, r = (cr - 128) * 255 / 224;
    return {l + 1.402 * r, l - 0.344136 * b - 0.714136 * r, l + 1.772 * b};
}

TEST_F(V4l2SinkTest, L24_EveryPictureArrivesWholeAndInBt601) {
    std::ofstream(at("device")).flush();
    auto sink = openV4l2Sink(options("device"));
    ASSERT_TRUE(sink.ok()) << sink.problem().line();
    const auto image = fourFields(32, 20, 130);
    for (int i = 0; i < 5; ++i) give(*sink.value(), image);
    sink.value()->stop();
    EXPECT_EQ(sink.value()->written(), 5u);
    const auto bytes = contents(at("device"));
    ASSERT_EQ(bytes.size(), 5u * 32 * 20 * 2);
    for (const auto& [x, y] : {std::pair{4, 4}, {20, 4}, {4, 15}, {20, 15}}) {
        const std::size_t pair = static_cast<std::size_t>(y * 32 + x) / 2 * 4 + 4u * 32 * 20 * 2; // of the last picture
        const auto rgb = rgbOf(bytes[pair], bytes[pair + 1], bytes[pair + 3]);
        for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(rgb[c], image.at(x, y)[c], 3) << x << "," << y << " channel " << c;
    }
}

TEST_F(V4l2SinkTest, Rgb24IsThePictureWithoutItsAlpha) {
    std::ofstream(at("device")).flush();
    auto sink = openV4l2Sink(options("device", V4l2Pixels::Rgb24));
    ASSERT_TRUE(sink.ok());
    const auto image = fourFields(32, 20, 77);
    give(*sink.value(), image);
    sink.value()->stop();
    const auto bytes = contents(at("device"));
    ASSERT_EQ(bytes.size(), 32u * 20 * 3);
    for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes[i], image.rgba[i / 3 * 4 + i % 3]);
}

TEST_F(V4l2SinkTest, AReaderThatTakesNothingHoldsNeitherTheDisplayNorTheEnd) {
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    const int reader = ::open(at("pipe").c_str(), O_RDONLY | O_NONBLOCK);
    V4l2Options o = options("pipe");
    o.width = 640;
    o.height = 480;
    auto sink = openV4l2Sink(o);
    ASSERT_TRUE(sink.ok()) << sink.problem().line();
    int given = 0;
    for (int i = 0; i < 20; ++i)
        if (!sink.value()->buffer().empty()) {
            sink.value()->submit(0);
            ++given;
        }
    EXPECT_LE(given, 4);
    EXPECT_EQ(sink.value()->skipped(), static_cast<std::uint64_t>(20 - given));
    sink.value()->stop(); // returns
    EXPECT_EQ(sink.value()->written(), 0u);
    EXPECT_FALSE(sink.value()->failed());
    ::close(reader);
}

TEST_F(V4l2SinkTest, ADeviceThatGoesAwayIsOneProblem) {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    const int reader = ::open(at("pipe").c_str(), O_RDONLY | O_NONBLOCK);
    auto sink = openV4l2Sink(options("pipe"));
    ASSERT_TRUE(sink.ok());
    ::close(reader);
    for (int i = 0; i < 5; ++i) give(*sink.value(), fourFields(32, 20, 9));
    sink.value()->stop();
    EXPECT_TRUE(sink.value()->failed());
    core::ProblemNote note;
    ASSERT_TRUE(sink.value()->nextProblem(note));
    EXPECT_EQ(note.id, core::ProblemId::OutputWriteFailed);
    EXPECT_FALSE(sink.value()->nextProblem(note));
}

TEST_F(V4l2SinkTest, WhatIsNoVirtualCameraIsSaidAtTheStart) {
    V4l2Options o = options("absent");
    EXPECT_EQ(openV4l2Sink(o).problem().id, core::ProblemId::OutputOpenFailed);
    std::ofstream(at("file")).flush();
    o = options("file");
    o.negotiate = true;
    const auto asDevice = openV4l2Sink(o);
    ASSERT_FALSE(asDevice.ok());
    EXPECT_NE(asDevice.problem().line().find("is no video device"), std::string::npos) << asDevice.problem().line();
    o.width = 33;
    EXPECT_FALSE(openV4l2Sink(o).ok());
}

} // namespace
} // namespace titanus::outputs
