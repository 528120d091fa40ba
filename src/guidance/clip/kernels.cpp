#include "guidance/clip/kernels.h"

namespace titanus::guidance {

extern const Kernels kKernelsBase;
#if defined(__x86_64__)
extern const Kernels kKernelsAvx2;
#endif

const Kernels& baseKernels() { return kKernelsBase; }

const Kernels& kernels() {
#if defined(__x86_64__)
    static const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2) return kKernelsAvx2;
#endif
    return kKernelsBase;
}

void packPanels(const float* from, std::int64_t k, std::int64_t n, std::int64_t rowStride, std::int64_t columnStride, float* packed) {
    for (std::int64_t first = 0; first < n; first += 16) {
        const std::int64_t width = n - first < 16 ? n - first : 16;
        for (std::int64_t r = 0; r < k; ++r)
            for (std::int64_t c = 0; c < width; ++c) *packed++ = from[r * rowStride + (first + c) * columnStride];
    }
}

} // namespace titanus::guidance
