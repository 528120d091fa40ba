#include "gl_fixture.h"

#include "render/gl.h"
#include "render/pixel_reader.h"

namespace titanus::render {
namespace {

// Left column red, bottom row green, the rest blue.
struct Pattern {
    GlTexture texture = makeTexture(8, 6, GL_RGBA8);
    Picture picture{texture.name(), 8, 6, 5, 0.5};

    Pattern() {
        std::vector<std::uint8_t> rows; // GL order: bottom first
        for (int y = 0; y < 6; ++y)
            for (int x = 0; x < 8; ++x) {
                const std::uint8_t red = x == 0 ? 255 : 0, green = y == 0 ? 255 : 0;
                rows.insert(rows.end(), {red, green, static_cast<std::uint8_t>(red || green ? 0 : 255), 255});
            }
        glBindTexture(GL_TEXTURE_2D, texture.name());
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 8, 6, GL_RGBA, GL_UNSIGNED_BYTE, rows.data());
    }
};

TEST_F(GlTest, ReadBackHasTheTopRowFirst) {
    const Pattern pattern;
    const core::Image image = PixelReader::read(pattern.picture);
    ASSERT_EQ(image.width, 8);
    EXPECT_EQ(image.at(0, 0)[0], 255);
    EXPECT_EQ(image.at(3, 0)[2], 255);
    EXPECT_EQ(image.at(3, 5)[1], 255) << "the bottom row comes last";
    EXPECT_EQ(image.at(3, 0)[3], 255);
}

TEST_F(GlTest, FramesComeBackInOrderAndAFullRingRefuses) {
    const Pattern pattern;
    PixelReader reader(8, 6, 3);
    Picture picture = pattern.picture;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        picture.frame = i;
        EXPECT_TRUE(reader.request(picture));
    }
    EXPECT_FALSE(reader.request(picture));
    EXPECT_EQ(reader.inFlight(), 3);
    std::vector<std::uint8_t> bytes(reader.bytes());
    ReadFrame info;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        ASSERT_TRUE(reader.collect(bytes, info, true));
        EXPECT_EQ(info.frame, i);
        EXPECT_EQ(bytes[0], 255);
    }
    EXPECT_FALSE(reader.collect(bytes, info, true)) << "nothing in flight";
    EXPECT_TRUE(reader.request(picture));
}

TEST_F(GlTest, APictureOfAnotherSizeIsScaled) {
    const Pattern pattern;
    PixelReader reader(16, 12, 1);
    ASSERT_TRUE(reader.request(pattern.picture));
    std::vector<std::uint8_t> bytes(reader.bytes());
    ReadFrame info;
    ASSERT_TRUE(reader.collect(bytes, info, true));
    EXPECT_EQ(bytes[0], 255);
    EXPECT_EQ(bytes[(11 * 16 + 8) * 4 + 1], 255);
    EXPECT_DOUBLE_EQ(info.seconds, 0.5);
}

} // namespace
} // namespace titanus::render
