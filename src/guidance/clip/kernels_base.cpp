// Compiled for every processor of the architecture.
#define TITANUS_KERNELS kKernelsBase
#define TITANUS_KERNELS_NAME "base"
#include "guidance/clip/kernels.inc"
