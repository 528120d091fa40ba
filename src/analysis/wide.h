#pragma once
// Eight at a time, multiply and add in one, where the processor can (2013 and later); older ones round otherwise in the
// last place. Not under the thread sanitizer, which starts after the loader has asked for the clone.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TITANUS_WIDE __attribute__((target_clones("fma", "default")))
#else
#define TITANUS_WIDE
#endif
