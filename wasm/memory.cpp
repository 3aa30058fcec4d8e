// SPDX-License-Identifier: Apache-2.0
// memcmp and memcpy of the module. Emscripten's library compares byte by byte, and each sample of a steady scrape is
// compared with the line that was at its place the last time; and it copies the few bytes of a text or an event one by
// one.
#if defined(__EMSCRIPTEN__)
#include <cstddef>
#include <cstdint>

#include <wasm_simd128.h>

namespace {

/// The first and the last bytes of a block no larger than both: they may overlap.
template <class T>
void CopyEnds(unsigned char* to, const unsigned char* from, std::size_t size) {
  T first;
  T last;
  __builtin_memcpy(&first, from, sizeof first);
  __builtin_memcpy(&last, from + size - sizeof last, sizeof last);
  __builtin_memcpy(to, &first, sizeof first);
  __builtin_memcpy(to + size - sizeof last, &last, sizeof last);
}

}  // namespace

extern "C" int memcmp(const void* left, const void* right, std::size_t size) {
  const auto* a = static_cast<const unsigned char*>(left);
  const auto* b = static_cast<const unsigned char*>(right);
  for (; size >= sizeof(std::uint64_t); size -= sizeof(std::uint64_t)) {
    std::uint64_t eight_of_a = 0;
    std::uint64_t eight_of_b = 0;
    __builtin_memcpy(&eight_of_a, a, sizeof eight_of_a);
    __builtin_memcpy(&eight_of_b, b, sizeof eight_of_b);
    if (eight_of_a != eight_of_b) break;
    a += sizeof eight_of_a;
    b += sizeof eight_of_b;
  }
  for (; size > 0; --size, ++a, ++b) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

extern "C" void* memcpy(void* to, const void* from, std::size_t size) {
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  constexpr std::size_t kVector = sizeof(v128_t);
  if (size >= kVector) {
    const v128_t last = wasm_v128_load(in + size - kVector);
    unsigned char* const out_last = out + size - kVector;
    for (; out < out_last; out += kVector, in += kVector) wasm_v128_store(out, wasm_v128_load(in));
    wasm_v128_store(out_last, last);
  } else if (size >= sizeof(std::uint64_t)) {
    CopyEnds<std::uint64_t>(out, in, size);
  } else if (size >= sizeof(std::uint32_t)) {
    CopyEnds<std::uint32_t>(out, in, size);
  } else {
    for (; size > 0; --size) *out++ = *in++;
  }
  return to;
}
#endif
