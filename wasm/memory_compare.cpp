// SPDX-License-Identifier: Apache-2.0
// memcmp of the module, eight bytes at a time. That of Emscripten's library goes byte by byte, and each sample of a
// steady scrape is compared with the line that was at its place the last time.
#if defined(__EMSCRIPTEN__)
#include <cstddef>
#include <cstdint>

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
#endif
