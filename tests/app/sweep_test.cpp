// `titanus render --sweep` as people type it: a film for each value (P38).
#include "core/files.h"
#include "core/image.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <sys/wait.h>

namespace fs = std::filesystem;

namespace {

TEST(Program, P38ASweepOverTwoValuesRendersTwoDifferentFilms) {
    const titanus::TempFolder folder;
    const fs::path& home = folder.path;
    const std::string line = "cd " + home.string() + " && env -u DISPLAY -u WAYLAND_DISPLAY HOME=" + home.string() + " XDG_CONFIG_HOME=" + home.string() +
                             "/config XDG_STATE_HOME=" + home.string() + "/state timeout 240 " TITANUS_PROGRAM
                             " render --track demo --seconds 0.4 --fps 10 --size 128x72 --set canvas.side=64 --set guide.crops=1 --steps-per-frame 1"
                             " --sweep look.invert=0,1 -o film > out.txt 2> err.txt < /dev/null";
    const int status = std::system(line.c_str());
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 0) << titanus::core::readFile(home / "err.txt").value();
    std::set<std::string> films;
    for (const auto& entry : fs::directory_iterator(home))
        if (entry.is_directory() && entry.path().filename().string().starts_with("film-")) films.insert(entry.path().filename().string());
    ASSERT_EQ(films, (std::set<std::string>{"film-look.invert=0", "film-look.invert=1"}));
    double apart = 0;
    int pictures = 0;
    for (const auto& entry : fs::directory_iterator(home / "film-look.invert=0")) {
        if (entry.path().extension() != ".png") continue;
        const auto plain = titanus::core::readImage(entry.path()), negative = titanus::core::readImage(home / "film-look.invert=1" / entry.path().filename());
        ASSERT_TRUE(plain && negative) << entry.path();
        ASSERT_EQ(plain.value().rgba.size(), negative.value().rgba.size());
        ++pictures;
        for (std::size_t i = 0; i < plain.value().rgba.size(); ++i)
            if (i % 4 < 3) apart += std::abs(plain.value().rgba[i] - negative.value().rgba[i]) / static_cast<double>(plain.value().rgba.size() / 4 * 3);
    }
    EXPECT_EQ(pictures, 4);
    EXPECT_GT(apart / 4, 20); // of 255, on the mean
}

} // namespace
