#pragma once
// Eight at a time where the processor can. Without fused multiply-add, which would round otherwise than the others do;
// not under the thread sanitizer, which starts after the loader has asked for the clone.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TITANUS_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define TITANUS_WIDE
#endif
