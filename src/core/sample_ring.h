#pragma once
// Interleaved float samples from the audio thread to one reader, in bulk: a fixed power-of-two ring
// with two counters. Whole blocks only: a block that does not fit is dropped and counted.
// Thread: one producer [audio], one consumer   Real-time safe: yes (after construction)
#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace titanus::core {

class SampleRing {
  public:
    explicit SampleRing(std::size_t minimumFloats)
        : data_(std::bit_ceil(minimumFloats)), mask_(data_.size() - 1) {}

    // [producer] false, and counted, if `count` floats do not fit. None may be nowhere: copy_n, unlike memcpy,
    // takes a null pointer then.
    bool push(const float* samples, std::size_t count) {
        const std::uint64_t head = head_.load(std::memory_order_relaxed);
        if (data_.size() - (head - tail_.load(std::memory_order_acquire)) < count) {
            dropped_.fetch_add(count, std::memory_order_relaxed);
            return false;
        }
        copyIn(head, samples, count);
        head_.store(head + count, std::memory_order_release);
        return true;
    }

    // [consumer] Takes up to `count` floats; returns how many.
    std::size_t pop(float* samples, std::size_t count) {
        const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
        const auto ready = static_cast<std::size_t>(head_.load(std::memory_order_acquire) - tail);
        count = std::min(count, ready);
        const std::size_t at = tail & mask_, first = std::min(count, data_.size() - at);
        std::copy_n(&data_[at], first, samples);
        std::copy_n(data_.data(), count - first, samples + first);
        tail_.store(tail + count, std::memory_order_release);
        return count;
    }

    // [consumer]
    std::size_t ready() const {
        return static_cast<std::size_t>(head_.load(std::memory_order_acquire) -
                                        tail_.load(std::memory_order_relaxed));
    }
    // [producer]
    std::size_t space() const {
        return data_.size() - static_cast<std::size_t>(head_.load(std::memory_order_relaxed) -
                                                       tail_.load(std::memory_order_acquire));
    }
    // [any] Running total of the floats accepted.
    std::uint64_t pushed() const { return head_.load(std::memory_order_acquire); }
    // [any] Floats lost because the reader was behind.
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  private:
    void copyIn(std::uint64_t head, const float* samples, std::size_t count) {
        const std::size_t at = head & mask_, first = std::min(count, data_.size() - at);
        std::copy_n(samples, first, &data_[at]);
        std::copy_n(samples + first, count - first, data_.data());
    }

    std::vector<float> data_;
    std::size_t mask_;
    alignas(64) std::atomic<std::uint64_t> head_{0};
    alignas(64) std::atomic<std::uint64_t> tail_{0};
    std::atomic<std::uint64_t> dropped_{0};
};

} // namespace titanus::core
