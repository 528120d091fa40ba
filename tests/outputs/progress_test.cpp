#include "outputs/progress.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace titanus::outputs {
namespace {

TEST(Progress, TimeLeftIsTheTimeTakenTimesWhatIsMissing) {
    EXPECT_NE(progressLine("rendering", 25, 100, 10).find("left 0:30"), std::string::npos) << progressLine("rendering", 25, 100, 10);
    EXPECT_NE(progressLine("rendering", 1, 1000, 10).find("left 2:46:30"), std::string::npos) << progressLine("rendering", 1, 1000, 10);
}

TEST(Progress, BeforeTheFirstFrameNothingIsPromised) {
    EXPECT_NE(progressLine("rendering", 0, 100, 3).find("left ?"), std::string::npos);
}

TEST(Progress, TheBarIsFullAtTheEndAndNeverOverflows) {
    EXPECT_NE(progressLine("x", 100, 100, 1).find("[==============================] 100 %"), std::string::npos);
    EXPECT_EQ(progressLine("x", 100, 100, 1).find(']'), progressLine("x", 0, 100, 1).find(']'));
    EXPECT_EQ(progressLine("x", 130, 100, 1).find(']'), progressLine("x", 0, 100, 1).find(']'));
}

TEST(Progress, OffATerminalALineEachTenPercent) {
    ::testing::internal::CaptureStderr();
    Progress progress("rendering", 200);
    for (int i = 1; i <= 200; ++i) progress.update(i);
    progress.finish();
    const std::string text = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10) << text;
    EXPECT_EQ(text.find('\r'), std::string::npos);
}

} // namespace
} // namespace titanus::outputs
