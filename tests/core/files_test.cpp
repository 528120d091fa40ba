#include "core/files.h"
#include "core/image.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>

using namespace titanus::core;
using titanus::scratch;
namespace fs = std::filesystem;

namespace {

TEST(Files, AtomicWriteReplacesTheWholeFileAndLeavesNoTemporary) {
    const fs::path path = scratch() / "sub" / "a.txt";
    ASSERT_TRUE(writeFileAtomic(path, "first and long"));
    ASSERT_TRUE(writeFileAtomic(path, "second"));
    EXPECT_EQ(readFile(path).value(), "second");
    EXPECT_FALSE(fs::exists(path.string() + ".tmp"));
}

TEST(Files, FailuresNameThePath) {
    const auto missing = readFile("/nowhere/at/all.txt");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.problem().line().find("/nowhere/at/all.txt"), std::string::npos);
    const auto folder = readFile("/tmp");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.problem().id, ProblemId::FileUnreadable);
    const auto unwritable = writeFileAtomic("/proc/titanus/none", "x");
    ASSERT_FALSE(unwritable);
    EXPECT_EQ(unwritable.problem().id, ProblemId::OutputWriteFailed);
}

TEST(Images, PngRoundTripIsExact) {
    Image image{3, 2, std::vector<std::uint8_t>(24)};
    for (std::size_t i = 0; i < image.rgba.size(); ++i)
        image.rgba[i] = static_cast<std::uint8_t>(i % 4 == 3 ? 255 : i * 9);
    const fs::path path = scratch() / "p.png";
    ASSERT_TRUE(writePng(path, image));
    const auto back = readImage(path);
    ASSERT_TRUE(back);
    EXPECT_EQ(back.value().rgba, image.rgba);
}

// A disk that takes no more than some bytes: the size of files is limited for this process.
TEST(Images, APictureThatTheDiskDoesNotTakeIsAProblemAndLeavesTheOldOneWhole) {
    const fs::path path = scratch() / "kept.png";
    Image small{2, 1, std::vector<std::uint8_t>(8, 77)}, large{64, 64, std::vector<std::uint8_t>(64 * 64 * 4)};
    for (std::size_t i = 0; i < large.rgba.size(); ++i) large.rgba[i] = static_cast<std::uint8_t>(i * i * 31 >> 3); // does not pack
    ASSERT_TRUE(writePng(path, small));
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit full{512, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
    const auto written = writePng(path, large);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.problem().id, ProblemId::OutputWriteFailed);
    EXPECT_NE(written.problem().line().find("kept.png"), std::string::npos);
    const auto kept = readImage(path);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept.value().rgba, small.rgba);
    for (const auto& entry : fs::directory_iterator(scratch())) EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
}

TEST(Images, UnreadablePictureIsOneProblemLine) {
    const fs::path path = scratch() / "not.png";
    ASSERT_TRUE(writeFileAtomic(path, "not a picture"));
    const auto bad = readImage(path);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.problem().id, ProblemId::PictureUnreadable);
    EXPECT_EQ(bad.problem().line().find('\n'), std::string::npos);
}

} // namespace
