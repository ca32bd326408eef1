// Sixteen bytes of text looked at at once: Swift has no instruction that gathers the results of a comparison into bits.
#ifndef CVECTOR_H
#define CVECTOR_H

#include <stdint.h>
#include <string.h>

/// Bit n: byte n is a quote, a backslash, a control character (below 0x20), or not ASCII. Reads 16 bytes.
static inline uint32_t vector_stops(const void *text) {
#if defined(__SSE2__)
  typedef char sixteen __attribute__((vector_size(16), aligned(1)));
  sixteen bytes;
  memcpy(&bytes, text, sizeof bytes);
  // Signed, so that what is not ASCII is below 0x20, too.
  sixteen stops = (bytes == '"') | (bytes == '\\') | (bytes < 0x20);
  return (uint32_t)__builtin_ia32_pmovmskb128(stops);
#else
  uint32_t stops = 0;
  for (int place = 0; place < 16; place++) {
    signed char byte = ((const signed char *)text)[place];
    stops |= (uint32_t)(byte == '"' || byte == '\\' || byte < 0x20) << place;
  }
  return stops;
#endif
}

#endif
