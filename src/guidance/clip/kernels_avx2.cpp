// Compiled with AVX2 and FMA (src/guidance/CMakeLists.txt); called only where the processor has both.
#if defined(__x86_64__)
#define TITANUS_KERNELS kKernelsAvx2
#define TITANUS_KERNELS_NAME "avx2"
#include "guidance/clip/kernels.inc"
#endif
