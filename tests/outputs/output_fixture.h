#pragma once
// What the tests of the folder share: a scratch folder, a picture of known colours, a tone.
#include "core/image.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace titanus::outputs {

class OutputTest : public ::testing::Test {
  protected:
    std::filesystem::path at(const std::string& name) const { return folder_.path / name; }

    TempFolder folder_;
};

// Four fields: red and green above, blue and the grey given below.
inline core::Image fourFields(int width, int height, std::uint8_t grey) {
    core::Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 4), 255)};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const bool right = x >= width / 2, below = y >= height / 2;
            const std::uint8_t red = !below && !right ? 220 : 20, green = !below && right ? 200 : 20, blue = below && !right ? 210 : 20;
            std::uint8_t* p = image.at(x, y);
            p[0] = below && right ? grey : red;
            p[1] = below && right ? grey : green;
            p[2] = below && right ? grey : blue;
        }
    return image;
}

// Left `hz`, right silent: shows swapped or mixed channels.
inline std::vector<float> tone(double hz, int rate, std::size_t from, std::size_t frames) {
    std::vector<float> stereo(frames * 2);
    for (std::size_t i = 0; i < frames; ++i)
        stereo[i * 2] = 0.5f * static_cast<float>(std::sin(2 * 3.14159265358979 * hz * static_cast<double>(from + i) / rate));
    return stereo;
}

// By rising zero crossings of the channel, without the encoder's edges.
inline double frequencyOf(const std::vector<float>& stereo, int rate, std::size_t channel) {
    long first = -1, last = -1;
    int crossings = 0;
    const auto edge = static_cast<std::size_t>(rate / 5);
    for (std::size_t i = edge; i + edge < stereo.size() / 2; ++i) {
        if (!(stereo[(i - 1) * 2 + channel] < 0 && stereo[i * 2 + channel] >= 0)) continue;
        if (first < 0) first = static_cast<long>(i);
        last = static_cast<long>(i);
        ++crossings;
    }
    return crossings < 2 ? 0 : (crossings - 1) * static_cast<double>(rate) / static_cast<double>(last - first);
}

} // namespace titanus::outputs
