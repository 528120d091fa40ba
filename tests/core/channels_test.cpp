#include "core/latest.h"
#include "core/sample_ring.h"
#include "core/spsc.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

using namespace titanus::core;

namespace {

// Every word derives from one seed, so that a torn read cannot pass unnoticed.
struct Seeded {
    std::array<std::uint64_t, 40> words{};
    void fill(std::uint64_t seed) {
        for (std::size_t i = 0; i < words.size(); ++i) words[i] = seed * 0x9E3779B97F4A7C15ull + i;
    }
    std::uint64_t seed() const { return words[0] / 0x9E3779B97F4A7C15ull; }
    bool whole() const {
        for (std::size_t i = 1; i < words.size(); ++i)
            if (words[i] != words[0] + i) return false;
        return true;
    }
};

TEST(Latest, ReaderSeesWholeValuesThatNeverGoBack) {
    Latest<Seeded> channel;
    constexpr std::uint64_t kLast = 200000;
    std::thread writer([&] {
        for (std::uint64_t i = 1; i <= kLast; ++i) {
            channel.slot().words[0] = 0;
            Seeded& slot = channel.slot();
            for (std::size_t w = 0; w < slot.words.size(); ++w) slot.words[w] = i * 1000 + w;
            channel.publish();
        }
    });
    std::uint64_t before = 0;
    while (before < kLast) {
        if (!channel.update()) continue;
        const Seeded& value = channel.value();
        ASSERT_TRUE(value.whole());
        const std::uint64_t seed = value.words[0] / 1000;
        ASSERT_GT(seed, before);
        before = seed;
    }
    writer.join();
    EXPECT_FALSE(channel.update());
}

TEST(Latest, NothingIsNewBeforeTheFirstPublish) {
    Latest<int> channel;
    EXPECT_FALSE(channel.update());
    channel.slot() = 7;
    EXPECT_FALSE(channel.update());
    channel.publish();
    EXPECT_TRUE(channel.update());
    EXPECT_EQ(channel.value(), 7);
    EXPECT_FALSE(channel.update());
}

TEST(Spsc, KeepsOrderAndCountsWhatDoesNotFit) {
    Spsc<int> ring(8);
    int pushed = 0;
    while (ring.push(pushed)) ++pushed;
    EXPECT_GE(pushed, 8);
    EXPECT_EQ(ring.dropped(), 1u);
    int got = -1;
    for (int i = 0; i < pushed; ++i) {
        ASSERT_TRUE(ring.pop(got));
        EXPECT_EQ(got, i);
    }
    EXPECT_FALSE(ring.pop(got));
}

TEST(SampleRing, DeliversEverySampleInOrderAcrossThreads) {
    SampleRing ring(1000);
    constexpr int kTotal = 300000;
    std::thread writer([&] {
        float next = 0;
        std::vector<float> block(37);
        int sent = 0;
        while (sent < kTotal) {
            const std::size_t n = std::min<std::size_t>(block.size(), static_cast<std::size_t>(kTotal - sent));
            if (ring.space() < n) continue;
            for (std::size_t i = 0; i < n; ++i) block[i] = next++;
            ASSERT_TRUE(ring.push(block.data(), n));
            sent += static_cast<int>(n);
        }
    });
    std::vector<float> block(53);
    float expected = 0;
    while (expected < kTotal) {
        const std::size_t n = ring.pop(block.data(), block.size());
        for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(block[i], expected++);
    }
    writer.join();
    EXPECT_EQ(ring.dropped(), 0u);
}

TEST(SampleRing, DropsTheNewestBlockWhenFullAndCountsIt) {
    SampleRing ring(64);
    std::vector<float> block(40, 1.f);
    EXPECT_TRUE(ring.push(block.data(), 40));
    EXPECT_FALSE(ring.push(block.data(), 40));
    EXPECT_EQ(ring.dropped(), 40u);
    EXPECT_EQ(ring.ready(), 40u);
}

} // namespace
