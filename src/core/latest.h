#pragma once
// Newest value from one writer to one reader: a triple buffer. The reader never waits, may skip
// values and never sees a half-written one; neither end allocates. The writer fills its slot in
// place, so large values (pictures) are never copied.
// Thread: exactly one writing and one reading thread   Real-time safe: yes
#include <array>
#include <atomic>
#include <cstdint>

namespace titanus::core {

template <class T> class Latest {
  public:
    // [writer] The slot to fill. It holds an older value: overwrite every field.
    T& slot() { return slots_[writing_]; }

    // [writer] Makes the filled slot the newest value.
    void publish() {
        const std::uint8_t before =
            shared_.exchange(static_cast<std::uint8_t>(writing_ | kFresh), std::memory_order_acq_rel);
        writing_ = before & kIndex;
    }

    // [reader] Takes the newest value; false if there is none newer than value().
    bool update() {
        if (!(shared_.load(std::memory_order_relaxed) & kFresh)) return false;
        reading_ = shared_.exchange(reading_, std::memory_order_acq_rel) & kIndex;
        return true;
    }

    // [reader] The value last taken; default-constructed before the first update().
    const T& value() const { return slots_[reading_]; }

  private:
    static constexpr std::uint8_t kIndex = 3, kFresh = 4;

    std::array<T, 3> slots_{};
    alignas(64) std::uint8_t writing_ = 0;              // writer's
    alignas(64) std::uint8_t reading_ = 1;              // reader's
    alignas(64) std::atomic<std::uint8_t> shared_{2};   // the slot in between, and whether it is newer
};

} // namespace titanus::core
