#include "render/marks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace titanus::render {
namespace {
using modulation::CameraMotion;
using modulation::CameraSpace;

const std::vector<Marks::Layer> kLayers{{0.2f, 3}, {0.1f, 2}};

TEST(Marks, SameSeedAndMotionGiveTheSameMarks) {
    Marks a, b;
    CameraMotion motion;
    motion.view.tx = 0.01;
    for (Marks* marks : {&a, &b}) {
        marks->layOut(kLayers, 1.78f, 7);
        for (int i = 0; i < 100; ++i) marks->advance(motion, {}, 1 / 60.0);
    }
    ASSERT_EQ(a.instances().size(), b.instances().size());
    for (std::size_t i = 0; i < a.instances().size(); ++i) {
        EXPECT_EQ(a.instances()[i].x, b.instances()[i].x);
        EXPECT_EQ(a.instances()[i].random, b.instances()[i].random);
    }
}

TEST(Marks, AnotherSeedPlacesThemElsewhere) {
    Marks a, b;
    a.layOut(kLayers, 1.78f, 1);
    b.layOut(kLayers, 1.78f, 2);
    EXPECT_NE(a.instances()[0].x, b.instances()[0].x);
}

TEST(Marks, APanCarriesThemByItsOwnDistance) {
    Marks marks;
    marks.layOut({{0.2f, 1e6f}}, 1.78f, 1); // they live for ever: none is reborn meanwhile
    const auto before = marks.instances();
    CameraMotion motion;
    motion.view.tx = 0.002;
    for (int i = 0; i < 10; ++i) marks.advance(motion, {}, 1 / 60.0);
    int carried = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
        carried += std::abs(marks.instances()[i].x - before[i].x - 0.02f) < 1e-4f;
    EXPECT_GT(carried, static_cast<int>(before.size() * 9 / 10)); // the rest left at the edge
}

TEST(Marks, APictureUnderMotionStaysCovered) {
    Marks marks;
    marks.layOut({{0.2f, 3}}, 1.78f, 1);
    CameraMotion motion;
    motion.view = {1.01, 0, 0, 1.01, 0, 0}; // a fast zoom empties the middle
    for (int i = 0; i < 600; ++i) marks.advance(motion, {}, 1 / 60.0);
    // Every third of the picture still holds its share of marks.
    int count[3][3]{}, inside = 0;
    for (const MarkInstance& m : marks.instances()) {
        const int x = static_cast<int>((m.x / 1.78f + 1) * 1.5f), y = static_cast<int>((m.y + 1) * 1.5f);
        if (x >= 0 && x < 3 && y >= 0 && y < 3) ++count[x][y], ++inside;
    }
    for (auto& column : count)
        for (int n : column) EXPECT_GT(n, inside / 9 / 4);
}

TEST(Marks, TheyGrowAndFadeInsteadOfPopping) {
    Marks marks;
    marks.layOut({{0.2f, 1}}, 1.78f, 1);
    float largestJump = 0;
    for (int i = 0; i < 300; ++i) {
        const auto before = marks.instances();
        marks.advance({}, {}, 1 / 60.0);
        for (std::size_t k = 0; k < before.size(); ++k)
            largestJump = std::max(largestJump, std::abs(marks.instances()[k].size - before[k].size));
    }
    EXPECT_LT(largestJump, 0.2f * 0.5f);
}

} // namespace
} // namespace titanus::render
