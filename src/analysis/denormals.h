#pragma once
// While one of these lives, numbers too small for their full precision count as zero: a decaying tail would
// otherwise cost several times its sound. Live, in `analyse` and in `render` alike, so that all hear the same.
// Thread: its own   Real-time safe: yes
#if defined(__SSE__)
#include <xmmintrin.h>
#elif defined(__aarch64__)
#include <cstdint>
#endif

namespace titanus::analysis {

class FlushDenormals {
  public:
#if defined(__SSE__)
    FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }
    ~FlushDenormals() { _mm_setcsr(before_); }
#elif defined(__aarch64__)
    FlushDenormals() {
        asm volatile("mrs %0, fpcr" : "=r"(before_));
        asm volatile("msr fpcr, %0" : : "r"(before_ | (1ull << 24)));
    }
    ~FlushDenormals() { asm volatile("msr fpcr, %0" : : "r"(before_)); }
#else
    FlushDenormals() = default; // the followers' own floors must do
#endif
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

  private:
#if defined(__aarch64__)
    std::uint64_t before_ = 0;
#else
    [[maybe_unused]] unsigned before_ = 0;
#endif
};

} // namespace titanus::analysis
