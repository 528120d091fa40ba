#pragma once
// Every event, in order, from one thread to one other: a bounded lock-free ring. When it is full
// the new event is dropped and counted, never waited for.
// Thread: exactly one producer and one consumer   Real-time safe: yes (after construction)
#include <readerwriterqueue/readerwriterqueue.h>

#include <atomic>
#include <cstddef>
#include <type_traits>

namespace titanus::core {

template <class T> class Spsc {
    static_assert(std::is_trivially_copyable_v<T>, "what crosses threads must not own memory");

  public:
    explicit Spsc(std::size_t capacity) : queue_(capacity) {}

    // [producer]
    bool push(const T& item) {
        if (queue_.try_enqueue(item)) return true;
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    // [consumer]
    bool pop(T& item) { return queue_.try_dequeue(item); }
    // [any] Running total of events that found the ring full.
    std::size_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  private:
    moodycamel::ReaderWriterQueue<T> queue_;
    std::atomic<std::size_t> dropped_{0};
};

} // namespace titanus::core
