// The painting "pixels": what PyTTI's pixel_size shows.
#include "gl_fixture.h"

namespace titanus::render {
namespace {
using guidance::Canvas;
using modulation::FrameState;

class PixelsGl : public GlTest {
  protected:
    static constexpr int kColumns = 32, kRows = 18, kSide = kHeight / kRows; // 5 pixels of the output a square
    static constexpr double kNear = 4; // of 255: dither, 8-bit textures; neighbours are 20 apart on the mean
    // Every pixel a colour of its own, far from its neighbours'.
    Canvas colours() {
        Canvas canvas;
        canvas.width = kColumns;
        canvas.height = kRows;
        canvas.generation = 1;
        std::uint32_t x = 1;
        for (int i = 0; i < kColumns * kRows * 4; ++i) {
            x = x * 1664525u + 1013904223u;
            canvas.rgba.push_back(i % 4 == 3 ? 1.f : 0.38f + 0.24f * static_cast<float>(x >> 24) / 255);
        }
        return canvas;
    }
    void pixels(float size) {
        neutral(store_);
        set(store_, "look.painting", 5);
        set(store_, "look.pixel_size", size);
    }
};

TEST_F(PixelsGl, P12EachPixelOfTheCanvasIsOneCrispSquareOfItsColour) {
    start();
    pixels(1);
    const Canvas canvas = colours();
    const core::Image image = drawn(stateOf(), canvas);
    for (int row = 0; row < kRows; ++row)
        for (int column = 0; column < kColumns; ++column)
            for (int y = 1; y < kSide - 1; ++y) // all but the rim, which is smoothed over one pixel
                for (int x = 1; x < kSide - 1; ++x)
                    for (int c = 0; c < 3; ++c) {
                        const float want = 255 * canvas.rgba[static_cast<std::size_t>((row * kColumns + column) * 4 + c)];
                        ASSERT_NEAR(image.at(column * kSide + x, row * kSide + y)[c], want, kNear) << row << " " << column;
                    }
}

TEST_F(PixelsGl, P12SquaresAreAsCrispAsTheOutputWhateverThePaintingSize) {
    constexpr int kFull = 1080, kWide = kFull / kRows; // 60 pixels a square; other paintings are smaller at this quality
    start(1920, kFull);
    pixels(1);
    const Canvas canvas = colours();
    const core::Image image = drawn(stateOf(), canvas);
    for (int row = 2; row < kRows - 2; ++row)
        for (int column = 2; column < kColumns - 2; ++column)
            for (const int at : {1, kWide / 2, kWide - 2})
                for (int c = 0; c < 3; ++c) {
                    const float want = 255 * canvas.rgba[static_cast<std::size_t>((row * kColumns + column) * 4 + c)];
                    ASSERT_NEAR(image.at(column * kWide + at, row * kWide + at)[c], want, kNear) << row << " " << column << " " << at;
                }
}

TEST_F(PixelsGl, P12APixelSizeOfTwoShowsTheMeanOfFour) {
    start();
    pixels(2);
    const Canvas canvas = colours();
    const core::Image image = drawn(stateOf(), canvas);
    for (int row = 0; row < kRows / 2; ++row)
        for (int column = 0; column < kColumns / 2; ++column)
            for (int c = 0; c < 3; ++c) {
                float want = 0;
                for (const int shift : {0, 1, kColumns, kColumns + 1})
                    want += 255.f / 4 * canvas.rgba[static_cast<std::size_t>((2 * row * kColumns + 2 * column + shift) * 4 + c)];
                for (const int at : {1, kSide, 2 * kSide - 2}) ASSERT_NEAR(image.at(column * 2 * kSide + at, row * 2 * kSide + at)[c], want, kNear);
            }
}

TEST_F(PixelsGl, P12TheSquaresStandStillWhileThePictureMovesUnderThem) {
    start();
    pixels(1);
    const Canvas canvas = colours();
    FrameState state = stateOf();
    state.pose.view.tx = 2.4 * 2.0 / kRows; // two squares and less than half of one to the right
    const core::Image image = drawn(state, canvas);
    for (int row = 0; row < kRows; ++row)
        for (int column = 2; column < kColumns; ++column)
            for (int c = 0; c < 3; ++c) {
                const float want = 255 * canvas.rgba[static_cast<std::size_t>((row * kColumns + column - 2) * 4 + c)];
                ASSERT_NEAR(image.at(column * kSide + 2, row * kSide + 2)[c], want, kNear) << row << " " << column;
            }
}

} // namespace
} // namespace titanus::render
