#pragma once
// Every event, in order, from one thread to one other: a bounded lock-free ring. When it is full
// the new event is dropped and counted, never waited for.
// Thread: exactly one producer and one consumer   Real-time safe: yes (after construction)
#include <readerwriterqueue/readerwriterqueue.h>

#include <atomic>
#include <cstddef>
#include <type_traits>

#ifdef __SANITIZE_THREAD__
#include <vector>

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace titanus::core {

#ifdef __SANITIZE_THREAD__
// The queue orders by fences, which the thread sanitizer does not follow. Under it what the queue
// does inside is not looked at, and the order that it gives is told instead, item by item: what
// came before the push of the n-th comes before what follows its pop. All else is judged as ever.
class HandOver {
  public:
    explicit HandOver(std::size_t capacity) : marks_(2 * capacity + 64) {} // the queue rounds up
    template <class Enqueue> bool push(Enqueue enqueue) {
        __tsan_release(&marks_[pushed_ % marks_.size()]);
        if (!unseen(enqueue)) return false;
        ++pushed_;
        return true;
    }
    template <class Dequeue> bool pop(Dequeue dequeue) {
        if (!unseen(dequeue)) return false;
        __tsan_acquire(&marks_[popped_++ % marks_.size()]);
        return true;
    }

  private:
    template <class Call> static bool unseen(Call call) {
        AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
        const bool done = call();
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
        AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
        return done;
    }
    std::vector<char> marks_;
    std::size_t pushed_ = 0, popped_ = 0; // the producer's, the consumer's
};
#else
struct HandOver {
    explicit HandOver(std::size_t) {}
    template <class Enqueue> bool push(Enqueue enqueue) { return enqueue(); }
    template <class Dequeue> bool pop(Dequeue dequeue) { return dequeue(); }
};
#endif

template <class T> class Spsc {
    static_assert(std::is_trivially_copyable_v<T>, "what crosses threads must not own memory");

  public:
    explicit Spsc(std::size_t capacity) : queue_(capacity), handOver_(capacity) {}

    // [producer]
    bool push(const T& item) {
        if (handOver_.push([&] { return queue_.try_enqueue(item); })) return true;
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    // [consumer]
    bool pop(T& item) {
        return handOver_.pop([&] { return queue_.try_dequeue(item); });
    }
    // [any] Running total of events that found the ring full.
    std::size_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  private:
    moodycamel::ReaderWriterQueue<T> queue_;
    [[no_unique_address]] HandOver handOver_;
    std::atomic<std::size_t> dropped_{0};
};

} // namespace titanus::core
